//! An enum value that the running release uses gets another name.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::sql::Operation;
use crate::sql::operation::AlterType;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "enum-value-renamed",
    category: Category::RollingDeploy,
    title: "An enum value that the running release uses gets another name",
    why: "From the commit on, the release that is still running writes a value that is refused (`invalid input value for \
          enum`), and reads one that it has no variant for.",
    source: "PostgreSQL docs, ALTER TYPE, RENAME VALUE",
    bad: &[Sample::new(TASKS, "ALTER TYPE state RENAME VALUE 'done' TO 'closed';")],
    good: &[Sample::new(
        "CREATE TYPE state AS ENUM ('open', 'done');",
        "ALTER TYPE state RENAME VALUE 'done' TO 'closed'; CREATE TABLE tasks (id bigint PRIMARY KEY, s state);",
    )],
    check: Check::Operation(check),
    ..Rule::BASE
};

const TASKS: &str = "CREATE TYPE state AS ENUM ('open', 'done'); CREATE TABLE tasks (id bigint PRIMARY KEY, s state);";

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::AlterType { name, action: AlterType::RenameValue { from, to } } = &view.located.operation else {
        return;
    };
    let table = view.effects.breaks.iter().map(|b| &b.relation).find(|table| view.is_old(table.id));
    let user = match table {
        Some(table) => &table.name,
        None if view.is_unseen_type(name) => &name.to_string(),
        None => return,
    };
    findings
        .block(format!("the release that is running writes '{from}' to {user} and does not know '{to}'"))
        .at(view.located.span)
        .help(
            "expand: add the new value, deploy a release that reads both; migrate: write the new one, update old rows in \
             batches; contract: stop using the old label, which may stay in the type",
        );
}
