//! A type that the running release names gets another name.

use super::finding::Category;
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::MigrationView;
use crate::sql::Operation;
use crate::sql::operation::AlterType;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "type-renamed",
    category: Category::RollingDeploy,
    title: "A type that the running release names gets another name",
    why: "sqlx and diesel look up enums and composite types by their names, and casts write them out: the release that \
          is still running fails with `type does not exist`.",
    source: "PostgreSQL docs, ALTER TYPE, RENAME TO",
    bad: &[
        Sample::new(TASKS, "ALTER TYPE state RENAME TO task_state;"),
        Sample::new(TASKS, "CREATE SCHEMA app; ALTER TYPE state SET SCHEMA app;"),
    ],
    good: &[
        Sample::new("CREATE TYPE state AS ENUM ('open', 'done');", "ALTER TYPE state RENAME TO task_state;"),
        Sample::new(
            "CREATE TYPE state AS ENUM ('open'); CREATE TABLE tasks (id bigint PRIMARY KEY);",
            "ALTER TYPE state RENAME TO old_state; CREATE TYPE state AS ENUM ('open', 'done'); DROP TYPE old_state;",
        ),
    ],
    check: Check::Outcome(check),
    ..Rule::BASE
};

const TASKS: &str = "CREATE TYPE state AS ENUM ('open', 'done'); CREATE TABLE tasks (id bigint PRIMARY KEY, s state);";

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for (statement, judged) in view.operations {
        let Operation::AlterType { name, action } = &judged.located.operation else { continue };
        let now_named = |schema: &str, other: &str| match action {
            AlterType::Rename { to } => to.as_str() == other && name.schema.as_ref().is_none_or(|own| own.as_str() == schema),
            AlterType::SetSchema { schema: to } => to.as_str() == schema && name.name.as_str() == other,
            _ => false,
        };
        let mut old = view.after.types().filter(|def| def.created.migration < view.since);
        let Some(renamed) = old.find(|def| now_named(def.schema.as_str(), def.name.as_str())) else { continue };
        let replaced = view.after.types().any(|def| def.name == name.name && def.id != renamed.id);
        let users = view.after.tables_using_type(renamed.id);
        let Some(table) = users.into_iter().find(|id| view.was_known(*id)).and_then(|id| view.after.relation(id)) else {
            continue;
        };
        let Some(mut to) = findings.statement(*statement).filter(|_| !replaced) else { continue };
        to.block(format!("the release that is running no longer finds the type {}, which {} has", name.name, table.qualified()))
            .at(judged.located.span)
            .help("keep its name; or make a type of the new name, and move column by column with both releases in mind");
    }
}
