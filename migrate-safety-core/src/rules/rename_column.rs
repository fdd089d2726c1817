//! A column that the running release uses gets another name.

use super::finding::Category;
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::stand_in::{columns, stand_in};
use super::view::{Judged, MigrationView};
use crate::effects::{Breakage, BreakageKind};
use crate::sql::operation::TableAction;
use crate::sql::Operation;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "rename-column",
    category: Category::RollingDeploy,
    title: "A column that the running release uses gets another name",
    why: "From the commit on, every statement of the release that is still running that names the column fails with \
          `column does not exist`; the new release fails before it. There is no moment at which both work.",
    source: "PostgreSQL docs, ALTER TABLE, RENAME",
    bad: &[
        Sample::new(USERS, "ALTER TABLE users RENAME COLUMN user_name TO username;"),
        Sample::new("CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;", "ALTER VIEW v RENAME COLUMN a TO b;"),
    ],
    good: &[
        // Two columns change places: readers find both.
        Sample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, a text, b text);",
            "ALTER TABLE users RENAME a TO c; ALTER TABLE users RENAME b TO a; ALTER TABLE users RENAME c TO b;",
        ),
        Sample::new(USERS, "ALTER TABLE users ADD COLUMN username text;"),
        Sample::new(USERS, "ALTER TABLE users ADD COLUMN nick text; ALTER TABLE users RENAME COLUMN nick TO nickname;"),
        Sample::new(
            USERS,
            "ALTER TABLE users RENAME COLUMN user_name TO username; ALTER TABLE users RENAME TO accounts; \
             CREATE VIEW users AS SELECT id, username AS user_name FROM accounts;",
        ),
    ],
    check: Check::Outcome(check),
    ..Rule::BASE
};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, user_name text);";

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for (statement, judged) in view.operations {
        let renamed = judged.effects.breaks.iter().filter(|b| b.what == BreakageKind::Renamed);
        // The table itself comes before those below it.
        let Some((broken, old, new)) = renamed.filter_map(|b| Some((b, old_name(judged, b)?, new_name(judged)))).next() else {
            continue;
        };
        let known = match &broken.column {
            Some((column, _)) => view.column_was_known(broken.relation.id, *column),
            None => view.was_known(broken.relation.id),
        };
        let kept = stand_in(view, judged, &broken.relation.name).is_some_and(|other| {
            let has = columns(other).is_none_or(|all| all.iter().any(|(name, _)| **name == *old));
            other.id != broken.relation.id && has
        });
        if !known || kept || is_same_again(view, broken, &old) || is_interim(view, judged, &old) {
            continue;
        }
        let Some(mut to) = findings.statement(*statement) else { continue };
        let finding = to.block(format!("the release that is running no longer finds {}.{old}", broken.relation.name));
        finding.at(judged.located.span).help(
            "expand: add a column of the new name and write both (code or trigger); migrate: fill it in batches, deploy \
             the release that reads it; contract: drop the old one in a later migration",
        );
        let data_type = broken.column.as_ref().and_then(|(id, _)| view.last_seen_column(broken.relation.id, *id));
        if let (Operation::AlterTable(alter), Some(column), Some(new)) = (&judged.located.operation, data_type, new)
            && !crate::catalog::UNKNOWN_TYPE.eq(column.data_type.name.as_str())
        {
            finding.fix(format!("ALTER TABLE {} ADD COLUMN {new} {}", alter.table.sql(), column.data_type));
        }
    }
}

/// The column's name before the operation.
fn old_name(judged: &Judged, broken: &Breakage) -> Option<String> {
    match (&broken.column, &judged.located.operation) {
        (Some((_, name)), _) => Some(name.clone()),
        (None, Operation::AlterTable(alter)) => match &alter.action {
            TableAction::RenameColumn { column, .. } => Some(column.to_string()),
            _ => None,
        },
        (None, _) => None,
    }
}

fn new_name(judged: &Judged) -> Option<String> {
    match &judged.located.operation {
        Operation::AlterTable(alter) => match &alter.action {
            TableAction::RenameColumn { to, .. } => Some(to.sql()),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a later statement gives the column its name back, or gives the name to another column that was there: they
/// were swapped.
fn is_same_again(view: &MigrationView<'_>, broken: &Breakage, old: &str) -> bool {
    let Some((id, _)) = &broken.column else { return false };
    let table = broken.relation.id;
    let named = view.after.table(table).and_then(|after| after.column(old));
    named.is_some_and(|column| column.id == *id || view.column_was_known(table, column.id))
}

/// Whether the name was itself given by an earlier statement of the migration: nobody else has seen it.
fn is_interim(view: &MigrationView<'_>, judged: &Judged, name: &str) -> bool {
    let Operation::AlterTable(here) = &judged.located.operation else { return false };
    let earlier = view.operations.iter().map(|(_, other)| other).take_while(|other| !std::ptr::eq(*other, judged));
    earlier.filter_map(|other| match &other.located.operation {
        Operation::AlterTable(alter) if alter.table == here.table => Some(&alter.action),
        _ => None,
    })
    .any(|action| matches!(action, TableAction::RenameColumn { to, .. } if *to == *name))
}
