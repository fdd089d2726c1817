//! What rules say of changes of tables of MySQL and MariaDB.

use super::known::in_statement;
use crate::databases::effects::shown;
use crate::databases::operation::{Action, ActionKind, IndexKind, Lock, Operation};
use crate::databases::schema::Table;
use crate::databases::view::{Judged, StatementView};
use crate::dialect::Dialect;
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

/// What to do instead of a copy, by the fact that makes it one.
const CURES: [(&str, &str); 7] = [
    (
        "add-foreign-key/checked",
        "count the rows that refer to nothing, then add it with `SET SESSION foreign_key_checks = 0` and \
         `ALGORITHM=INPLACE, LOCK=NONE`: rows are not looked at",
    ),
    (
        "drop-primary-key/alone",
        "drop it and add the other primary key in one ALTER TABLE: that is done in place while others write",
    ),
    ("add-column/computed-default", WITHOUT_DEFAULT),
    ("add-column/called-default", WITHOUT_DEFAULT),
    ("add-column/stored", "make the column VIRTUAL, which is instant, with an index if it has to be fast"),
    ("add-column/virtual-between", "add the virtual column as the last one: that is instant"),
    ("not-null/not-strict", "set a strict `sql_mode` for the session: then it is done in place"),
];

const WITHOUT_DEFAULT: &str = "add the column without a default, and give it one with ALTER COLUMN … SET DEFAULT: both \
    are instant; the rows that are there stay NULL until a backfill";

/// What to do instead of a copy.
pub(super) fn cure(view: &StatementView<'_>, table: &Table) -> String {
    let facts = &view.outcome.effects.facts;
    if let Some((_, cure)) = CURES.iter().find(|(fact, _)| facts.contains(fact)) {
        return (*cure).to_owned();
    }
    if adds_unique(view) {
        return "add the unique key in a statement of its own, which is done in place; a tool that copies drops the rows \
                of which there are two"
            .to_owned();
    }
    match tool(view, table) {
        Some(tool) => format!("expand and contract, or copy it beside the writers: `{tool}`"),
        None => "do it while nobody writes".to_owned(),
    }
}

/// The command of a tool that makes the change while others write, if it is an `ALTER TABLE`.
fn tool(view: &StatementView<'_>, table: &Table) -> Option<String> {
    let Operation::AlterTable(alter) = view.operation() else { return None };
    let base = view.span().start.offset;
    let text = |action: &Action| {
        let range = action.span.start.offset.checked_sub(base)?..action.span.end.offset.checked_sub(base)?;
        let text = view.sql.get(range)?;
        // White space within a constant is a part of it, and the end of a line ends a comment.
        let keeps = text.contains(['\'', '"', '#']) || text.contains("--");
        Some(if keeps { text.to_owned() } else { text.split_whitespace().collect::<Vec<_>>().join(" ") })
    };
    // Without ALGORITHM and LOCK: the tools make a table of their own.
    let actions = alter.actions.iter().map(text).collect::<Option<Vec<String>>>()?.join(", ");
    let (actions, name) = (in_shell(&actions), in_shell(table.name.name.as_str()));
    let adds = |kind: &ActionKind| matches!(kind, ActionKind::AddForeignKey { .. });
    let has_keys = alter.actions.iter().any(|action| adds(&action.kind))
        || !table.foreign_keys.is_empty()
        || view.schema.references_to(&table.name).next().is_some();
    let key = view.schema.key(&table.name);
    let has_triggers = view.schema.triggers.values().any(|trigger| view.schema.key(&trigger.table) == key);
    let to_itself = view.schema.references_to(&table.name).any(|(other, _)| other.id == table.id);
    // gh-ost takes no table with foreign keys. pt-online-schema-change works by triggers of its own: those of the table do not
    // hold for a while, and a foreign key to itself it cannot make anew.
    match (has_keys, has_triggers) {
        (true, true) => None,
        (true, false) if to_itself => None,
        (true, false) => {
            let of_mariadb =
                if view.target().dialect == Dialect::MariaDb { " --recursion-method=processlist" } else { "" };
            Some(format!(
                "pt-online-schema-change --alter {actions} D=DATABASE,t={name} \
                 --alter-foreign-keys-method=rebuild_constraints{of_mariadb} {OF_PERCONA} --execute"
            ))
        }
        (false, _) => {
            let triggers = if has_triggers { " --include-triggers --trigger-suffix=_gho" } else { "" };
            Some(format!("gh-ost --database=DATABASE --table={name} --alter={actions}{triggers} {OF_GH_OST} --execute"))
        }
    }
}

/// How far replicas and the load may go, and for how long the change of tables may be waited for.
const OF_PERCONA: &str =
    "--max-lag=1s --max-load=Threads_running=50 --critical-load=Threads_running=200 --set-vars=lock_wait_timeout=3";
const OF_GH_OST: &str = "--max-lag-millis=1500 --max-load=Threads_running=50 --critical-load=Threads_running=200 \
    --cut-over-lock-timeout-seconds=3";

/// Whether it adds a unique key together with something else.
fn adds_unique(view: &StatementView<'_>) -> bool {
    let Operation::AlterTable(alter) = view.operation() else { return false };
    let unique =
        |kind: &ActionKind| matches!(kind, ActionKind::AddIndex { index, .. } if index.kind == IndexKind::Unique);
    alter.actions.iter().any(|action| unique(&action.kind))
}

/// One word of a shell.
fn in_shell(text: &str) -> String {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if plain { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
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
    in_statement(view.target().dialect, &shown(view.target(), &table.name))
}

/// Whether the statement was accepted.
pub(super) fn is_taken(judged: &Judged) -> bool {
    judged.outcome.effects.failures.iter().all(|failure| failure.only_with_rows)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_word_of_a_shell_is_taken_as_it_is() {
        assert_eq!(super::in_shell("users"), "users");
        assert_eq!(super::in_shell("ADD `a` char(1) DEFAULT 'x'"), r"'ADD `a` char(1) DEFAULT '\''x'\'''");
    }
}
