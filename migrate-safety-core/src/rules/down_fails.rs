//! A way back that cannot run.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::{MigrationView, Undone};
use crate::sql::{Operation, ProblemKind};

const TABLES: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "down-fails",
    category: Category::Rollback,
    title: "A way back that cannot run",
    why: "It is run for the first time when a release has gone wrong, by somebody in a hurry. If it fails then, there is \
          no way back at all.",
    source: "the schema after the migration",
    bad: &[
        Sample::new(TABLES, "ALTER TABLE users ADD COLUMN a int;").down("ALTER TABLE users DROP COLUMN b;"),
        Sample::new(TABLES, "ALTER TABLE users ADD COLUMN a int;").down("ALTER TABLE users DROP COLUM a;"),
    ],
    good: &[Sample::new(TABLES, "ALTER TABLE users ADD COLUMN a int;").down("ALTER TABLE users DROP COLUMN a;")],
    check: Check::Migration(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    let (Some(down), Some(undone)) = (&view.migration.down, view.undone) else { return };
    let Some((line, why)) = failure(undone) else { return };
    let file = file_name(&down.path);
    findings
        .flag(format!("{file} fails at line {line}: {why}"))
        .help("run the migration and its way back on a scratch database before they ship");
}

/// The first error of a way back: its line, and what the server says.
pub(super) fn failure(undone: &Undone) -> Option<(u32, String)> {
    let unreadable = undone.script.statements.iter().flat_map(|statement| &statement.problems);
    let unreadable = unreadable.filter(|problem| matches!(problem.kind, ProblemKind::Invalid | ProblemKind::CopyData));
    let unreadable = unreadable.map(|problem| (problem.span.start.line, problem.message.to_string()));
    let failing = undone.operations.iter().filter_map(|(_, judged)| {
        let line = judged.located.span.start.line;
        let no_block = judged.effects.requires_no_transaction && judged.scope.is_block();
        if no_block && !matches!(judged.located.operation, Operation::Transaction(_)) {
            return Some((line, "it cannot run inside a transaction".to_owned()));
        }
        let failure = judged.effects.failures.iter().find(|failure| !failure.only_with_rows)?;
        Some((line, failure.message.clone()))
    });
    unreadable.chain(failing).min_by_key(|(line, _)| *line)
}

/// What to call the file of a way back.
pub(super) fn file_name(path: &std::path::Path) -> String {
    path.file_name().map_or_else(|| "the way back".to_owned(), |name| name.to_string_lossy().into_owned())
}
