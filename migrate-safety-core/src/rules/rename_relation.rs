//! A table, view or schema that the running release uses gets another name.

use super::finding::Category;
use super::known::{is_below_another, some_of};
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::stand_in::{missing, stand_in};
use super::view::{Judged, MigrationView};
use crate::catalog::{Relation, RelationId, RelationKind};
use crate::effects::BreakageKind;
use crate::sql::operation::TableAction;
use crate::sql::{ObjectName, Operation};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "rename-relation",
    category: Category::RollingDeploy,
    title: "A table or view that the running release uses gets another name",
    why: "From the commit on, every statement of the release that is still running fails with `relation does not \
          exist`, until the last of its processes is replaced; and so does the new one if the deploy is rolled back.",
    source: "PostgreSQL docs, ALTER TABLE, RENAME; CREATE VIEW, Updatable Views",
    bad: &[
        Sample::new(USERS, "ALTER TABLE users RENAME TO accounts;"),
        Sample::new("CREATE SCHEMA app; CREATE TABLE app.users (id bigint PRIMARY KEY);", "ALTER TABLE app.users SET SCHEMA public;"),
        Sample::new("CREATE SCHEMA app; CREATE TABLE app.users (id bigint PRIMARY KEY);", "ALTER SCHEMA app RENAME TO core;"),
        Sample::new(USERS, "CREATE TABLE users_new (LIKE users INCLUDING ALL); ALTER TABLE users RENAME TO users_old; ALTER TABLE users_new RENAME TO users;"),
    ],
    good: &[
        Sample::new(USERS, "ALTER TABLE users RENAME TO accounts; CREATE VIEW users AS SELECT * FROM accounts;"),
        Sample::new("", "CREATE TABLE users (id bigint PRIMARY KEY); ALTER TABLE users RENAME TO accounts;"),
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY);", "ALTER INDEX users_pkey RENAME TO accounts_pkey;"),
    ],
    check: Check::Outcome(check),
    ..Rule::BASE
};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text);";

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    let mut seen: Vec<RelationId> = Vec::new();
    for (statement, judged) in view.operations {
        if is_of_column(judged) {
            continue;
        }
        if let Operation::RenameSchema { name, to } = &judged.located.operation
            && !view.after.complete
            && judged.effects.breaks.is_empty()
            && let Some(mut findings) = findings.statement(*statement)
        {
            let message = format!("the release that is running no longer finds what is in {name}: it is in {to}");
            findings.block(message).at(judged.located.span).verify(format!("does any release name the schema {name}?"));
            continue;
        }
        let renamed = judged.effects.breaks.iter().filter(|b| b.what == BreakageKind::Renamed && b.column.is_none());
        // A running release knows the first name only.
        let renamed: Vec<_> = renamed.map(|b| &b.relation).filter(|relation| !seen.contains(&relation.id)).collect();
        let ids: Vec<RelationId> = renamed.iter().map(|relation| relation.id).collect();
        seen.extend(&ids);
        let mut broken = Vec::new();
        for relation in renamed {
            let Some(now) = view.last_seen(relation.id).filter(|_| view.was_known(relation.id)) else { continue };
            if is_below_another(view.after, relation.id, &ids) || is_owned(now) {
                continue;
            }
            match stand_in(view, judged, &relation.name) {
                None => broken.push((relation.name.clone(), now)),
                Some(other) if other.id == now.id => {}
                Some(other) if is_empty(view, judged, other) => {
                    broken.push((format!("the rows of {}: an empty table has its name", relation.name), now));
                }
                Some(other) => {
                    let columns = missing(view, now, other);
                    if !columns.is_empty() {
                        broken.push((format!("{} (without {})", relation.name, some_of(&columns)), now));
                    }
                }
            }
        }
        let (Some((_, first)), Some(mut to)) = (broken.first(), findings.statement(*statement)) else { continue };
        let names: Vec<&str> = broken.iter().map(|(name, _)| name.as_str()).collect();
        let message = format!("the release that is running no longer finds {}", some_of(&names));
        // Programs hardly ever name a sequence.
        let only_sequences = broken.iter().all(|(_, relation)| relation.sequence().is_some());
        let finding = if only_sequences {
            to.flag(message).verify("does any release name the sequence (`nextval`, `setval`)?")
        } else {
            to.block(message)
        };
        finding.at(judged.located.span).help(
            "in the same transaction, make a view with the old name: it can be written through; deploy the release that \
             uses the new name, and drop the view in a later migration",
        );
        if let Some(fix) = fix(judged, first) {
            finding.fix(fix);
        }
    }
}

/// Whether it is a table that the transaction has made and put nothing in; what is attached to it may have rows.
fn is_empty(view: &MigrationView<'_>, judged: &Judged, table: &Relation) -> bool {
    let is_plain = table.table().is_some_and(|table| !table.is_partitioned());
    let mut here = view.operations.iter().map(|(_, other)| other);
    let filled = |other: &Judged| other.writes.iter().any(|write| write.table.id == table.id);
    let made_full =
        |other: &Judged| matches!(other.located.operation, Operation::CreateTableAs { .. } | Operation::Opaque { .. });
    is_plain
        && !table.unknown
        && table.created.transaction == judged.now.transaction
        && !here.any(|other| filled(other) || made_full(other))
}

/// Whether it is a column that gets another name, be it one of a view.
fn is_of_column(judged: &Judged) -> bool {
    matches!(&judged.located.operation, Operation::AlterTable(alter)
        if matches!(alter.action, TableAction::RenameColumn { .. }))
}

/// Whether it is the sequence of a column: that goes by the column.
fn is_owned(relation: &Relation) -> bool {
    relation.sequence().is_some_and(|sequence| sequence.owned_by.is_some())
}

/// The rename together with a view of the old name.
fn fix(judged: &Judged, relation: &Relation) -> Option<String> {
    let Operation::AlterTable(alter) = &judged.located.operation else { return None };
    let TableAction::Rename { to } = &alter.action else { return None };
    if !matches!(relation.kind, RelationKind::Table(_)) {
        return None;
    }
    let (old, new) = (alter.table.sql(), ObjectName { schema: alter.table.schema.clone(), name: to.clone() }.sql());
    Some(format!("ALTER TABLE {old} RENAME TO {};\nCREATE VIEW {old} AS SELECT * FROM {new};", to.sql()))
}
