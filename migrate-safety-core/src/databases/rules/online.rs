//! What rules say of changes of tables of MySQL and MariaDB.

use super::known::quoted;
use crate::databases::effects::shown;
use crate::databases::operation::{Lock, Operation};
use crate::databases::schema::Table;
use crate::databases::view::{Judged, StatementView};
use crate::effects::RelationRef;

/// The table that a statement changes, with how reports name it, if work on it is felt.
pub(super) fn changed<'a>(view: &StatementView<'a>) -> Option<(&'a Table, RelationRef)> {
    let name = match view.operation() {
        Operation::AlterTable(alter) => &alter.table,
        Operation::CreateIndex(create) => &create.table,
        Operation::DropIndex { table: Some(table), .. } => table,
        Operation::Maintain { tables, .. } => tables.first()?,
        _ => return None,
    };
    let relation = view.reference(name).filter(|relation| view.is_hot(relation))?;
    Some((view.table(name)?, relation))
}

/// Whether others cannot write to the table meanwhile.
pub(super) fn keeps_from_writing(view: &StatementView<'_>) -> bool {
    view.outcome.lock.is_some_and(|lock| lock > Lock::None)
}

/// The command of a tool that makes the change while others write, if it is an `ALTER TABLE`.
pub(super) fn tool(view: &StatementView<'_>, table: &Table) -> Option<String> {
    let Operation::AlterTable(alter) = view.operation() else { return None };
    let first = alter.actions.first()?.span.start.offset;
    let start = first.checked_sub(view.span().start.offset)?;
    let actions = view.sql.get(start..)?.trim_end().trim_end_matches(';');
    let actions = actions.split_whitespace().collect::<Vec<_>>().join(" ").replace('"', "\\\"");
    let name = table.name.name.as_str();
    let has_keys = !table.foreign_keys.is_empty() || view.schema.references_to(&table.name).next().is_some();
    let has_triggers = view.schema.triggers.values().any(|trigger| trigger.table == table.name);
    // gh-ost takes no table with foreign keys or triggers; pt-online-schema-change works by triggers of its own.
    Some(if has_keys || has_triggers {
        format!(
            "pt-online-schema-change --alter \"{actions}\" D=DATABASE,t={name} --alter-foreign-keys-method=auto \
             --max-lag=1s --execute"
        )
    } else {
        format!("gh-ost --database=DATABASE --table={name} --alter=\"{actions}\" --max-lag-millis=1500 --execute")
    })
}

/// Why there is no better way, as the end of a sentence.
pub(super) fn reasons(view: &StatementView<'_>) -> String {
    let reasons = &view.outcome.because;
    let own: Vec<&str> =
        reasons.iter().map(String::as_str).filter(|reason| !reason.starts_with("nobody may")).collect();
    if own.is_empty() { String::new() } else { format!(": {}", own.join("; ")) }
}

/// Whether the worst is said only because a column's old type is not known.
pub(super) fn is_guess(view: &StatementView<'_>) -> bool {
    view.outcome.effects.facts.contains(&"column/unknown")
        && view
            .outcome
            .because
            .iter()
            .all(|reason| reason.starts_with("what the column was") || reason.starts_with("nobody may"))
}

/// A table as a query names it.
pub(super) fn in_query(view: &crate::databases::view::MigrationView<'_>, table: &Table) -> String {
    let name = shown(view.target(), &table.name);
    name.split('.').map(|part| quoted(view.target().dialect, part)).collect::<Vec<_>>().join(".")
}

/// Whether the statement was accepted.
pub(super) fn is_taken(judged: &Judged) -> bool {
    judged.outcome.effects.failures.iter().all(|failure| failure.only_with_rows)
}
