//! A new enum value that the running release does not know.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::catalog::{TypeDefKind, TypeRef};
use crate::sql::operation::AlterType;
use crate::sql::{DataType, Operation};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "enum-value-added",
    category: Category::RollingDeploy,
    title: "An enum gets a value that the running release does not know",
    why: "As soon as the new release writes the value, the old one reads rows that it cannot decode: a Rust enum has no \
          variant for it, and the whole query fails. A value cannot be taken away again.",
    source: "PostgreSQL docs, ALTER TYPE, ADD VALUE",
    bad: &[Sample::new(TASKS, "ALTER TYPE state ADD VALUE 'late';")],
    good: &[
        Sample::new("CREATE TYPE state AS ENUM ('open', 'done');", "ALTER TYPE state ADD VALUE 'late';"),
        Sample::new(TASKS, "ALTER TYPE state ADD VALUE IF NOT EXISTS 'done';"),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

const TASKS: &str = "CREATE TYPE state AS ENUM ('open', 'done'); CREATE TABLE tasks (id bigint PRIMARY KEY, s state);";

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::AlterType { name, action: AlterType::AddValue { value, .. }, .. } = &view.located.operation else {
        return;
    };
    let catalog = view.scene.catalog;
    let named = DataType { schema: name.schema.clone(), ..DataType::builtin(&name.name) };
    let user = if let TypeRef::Enum(definition) = catalog.type_of(&named) {
        let TypeDefKind::Enum(labels) = &definition.kind else { return };
        let is_new = definition.created.migration >= view.scene.since;
        if is_new || labels.iter().any(|(label, _)| label == value) {
            return;
        }
        let mut users = view.effects.breaks.iter().map(|b| &b.relation);
        let Some(table) = users.find(|table| view.is_old(table.id)) else { return };
        format!("rows of {} that have", table.name)
    } else if view.is_unseen_type(name) {
        format!("rows with a {name} of")
    } else {
        return;
    };
    findings
        .flag(format!("a running release cannot read {user} '{value}'"))
        .at(view.located.span)
        .help(
            "deploy a release that can read the value (or has a variant for unknown ones) everywhere before one that \
             writes it",
        )
        .verify(format!("no release writes '{value}' before every running one can read it"));
}
