//! The index that identifies rows for logical replication is dropped.

use super::finding::Category;
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::MigrationView;
use crate::sql::operation::ReplicaIdentity;

const USERS: &str = "CREATE TABLE users (email text NOT NULL); CREATE UNIQUE INDEX users_email_key ON users (email); ALTER TABLE users REPLICA IDENTITY USING INDEX users_email_key;";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "replica-identity-dropped",
    category: Category::IndexDependencies,
    title: "The index that identifies rows for logical replication is dropped",
    why: "The table is left with no replica identity: if it is published, each UPDATE and DELETE of it fails from then on, with `cannot update table … because it does not have a replica identity and publishes updates`.",
    source: "PostgreSQL docs, ALTER TABLE, REPLICA IDENTITY; 29.1.1 Replica Identity",
    bad: &[Sample::new(USERS, "-- no-transaction\nDROP INDEX CONCURRENTLY users_email_key;")],
    good: &[Sample::new(
        "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL); CREATE INDEX users_email_idx ON users (email);",
        "-- no-transaction\nDROP INDEX CONCURRENTLY users_email_idx;",
    )],
    check: Check::Outcome(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for (statement, judged) in view.operations {
        for (table, index) in &judged.removed.identities {
            let Some(dropped) = judged.removed.relations.iter().find(|relation| relation.id == *index) else { continue };
            let still_without = view.after.table(*table).is_some_and(|t| t.replica_identity == ReplicaIdentity::Nothing);
            let Some(table) = view.after.relation(*table).filter(|_| still_without) else { continue };
            let Some(mut findings) = findings.statement(*statement) else { continue };
            let literal = |name: &str| format!("'{}'", name.replace('\'', "''"));
            findings
                .flag(format!(
                    "{} identifies rows of {} for logical replication: without it a published table refuses UPDATE and \
                     DELETE",
                    dropped.name,
                    table.qualified()
                ))
                .at(judged.located.span)
                .help("set REPLICA IDENTITY to another unique index, or DEFAULT, in a migration before")
                .verify(format!(
                    "SELECT pubname FROM pg_publication_tables WHERE schemaname = {} AND tablename = {}",
                    literal(&table.schema),
                    literal(&table.name)
                ));
        }
    }
}
