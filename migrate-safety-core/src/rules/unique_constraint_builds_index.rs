//! UNIQUE, PRIMARY KEY or EXCLUDE builds its index under ACCESS EXCLUSIVE.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView, own_migration};
use super::finding::Category;
use super::hazard::hazard;
use crate::sql::name::Ident;
use crate::sql::Operation;
use crate::sql::operation::{ConstraintKind, TableAction};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "unique-constraint-builds-index",
    category: Category::LockContention,
    title: "UNIQUE, PRIMARY KEY or EXCLUDE builds its index under ACCESS EXCLUSIVE",
    why: "The index behind the constraint is built while nobody can read or write the table.",
    source: "PostgreSQL docs, ALTER TABLE, ADD table_constraint_using_index",
    bad: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);").with(&["rows-may-violate"]),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint); CREATE UNIQUE INDEX users_email_key ON users (email);", "ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;"),
    ],
    planned: true,
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::AlterTable(alter) = &view.located.operation else { return };
    let TableAction::AddConstraint(constraint) = &alter.action else { return };
    let Some(hazard) = hazard(view) else { return };
    match &constraint.kind {
        ConstraintKind::Unique(unique) => {
            let what = if unique.primary { "PRIMARY KEY" } else { "UNIQUE" };
            let subject = match unique.using_index {
                Some(_) => format!("the {what} constraint"),
                None => format!("building the index of the {what} constraint"),
            };
            let finding = findings.block(hazard.sentence(&subject));
            finding.at(view.located.span);
            if unique.using_index.is_some() {
                finding.help(
                    "prove the columns NOT NULL first: a CHECK (… IS NOT NULL) added NOT VALID and validated, then \
                     SET NOT NULL",
                );
                return;
            }
            finding.help(format!(
                "build a unique index CONCURRENTLY, {}, then add the constraint USING INDEX",
                own_migration(view.host)
            ));
            if !unique.without_overlaps {
                let columns: Vec<String> = unique.columns.iter().map(super::super::sql::name::Ident::sql).collect();
                let name = constraint.name.clone().unwrap_or_else(|| {
                    let parts: Vec<&str> = unique.columns.iter().map(|c| &**c).collect();
                    let (body, ending) = if unique.primary { (String::new(), "pkey") } else { (parts.join("_") + "_", "key") };
                    Ident::exact(&format!("{}_{body}{ending}", alter.table.name))
                });
                finding.fix(format!(
                    "CREATE UNIQUE INDEX CONCURRENTLY {} ON {} ({})",
                    name.sql(),
                    alter.table.sql(),
                    columns.join(", ")
                ));
            }
        }
        ConstraintKind::Exclude(_) => {
            let finding = findings
                .block(hazard.sentence("building the index of the EXCLUDE constraint"));
            finding.at(view.located.span).help("there is no online form: plan a maintenance window, or a new table");
        }
        _ => {}
    }
}
