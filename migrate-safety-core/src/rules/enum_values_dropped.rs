//! An enum made anew lacks values of the old one.

use super::finding::Category;
use super::known::some_of;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::catalog::{TypeDefKind, TypeRef};
use crate::sql::Operation;
use crate::sql::operation::TableAction;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "enum-values-dropped",
    category: Category::DataLoss,
    title: "An enum made anew lacks values of the old one",
    why: "There is no DROP VALUE, so the type is made anew and columns are moved over. A row with a value that is no \
          longer there makes the cast fail; a USING that maps it to another value loses which it was.",
    source: "PostgreSQL docs, 8.7 Enumerated Types; ALTER TYPE",
    bad: &[Sample::new(
        TASKS,
        "CREATE TYPE state2 AS ENUM ('open', 'done'); ALTER TABLE tasks ALTER COLUMN s TYPE state2 USING s::text::state2;",
    )
    .rows(&[("public.tasks", 100)])
    .with(&["type-changed"])],
    good: &[Sample::new("CREATE TYPE state AS ENUM ('open', 'late', 'done');", "DROP TYPE state; CREATE TYPE state AS ENUM ('open', 'done');")],
    check: Check::Operation(check),
    ..Rule::BASE
};

const TASKS: &str =
    "CREATE TYPE state AS ENUM ('open', 'late', 'done'); CREATE TABLE tasks (id bigint PRIMARY KEY, s state);";

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::AlterTable(alter) = &view.located.operation else { return };
    let TableAction::SetType { column, data_type, .. } = &alter.action else { return };
    let catalog = view.scene.catalog;
    let Some(relation) = view.scene.target().filter(|r| view.is_old_column(r.id, column)) else { return };
    let Some(old) = relation.table().and_then(|table| table.column(column)) else { return };
    let (TypeRef::Enum(old), TypeRef::Enum(new)) = (catalog.type_of(&old.data_type), catalog.type_of(data_type)) else {
        return;
    };
    let (TypeDefKind::Enum(labels), TypeDefKind::Enum(kept)) = (&old.kind, &new.kind) else { return };
    let gone = labels.iter().filter(|(label, _)| !kept.iter().any(|(other, _)| other == label));
    let gone: Vec<String> = gone.map(|(label, _)| format!("'{}'", label.replace('\'', "''"))).collect();
    if gone.is_empty() {
        return;
    }
    let name = relation.qualified();
    findings
        .flag(format!("{name}.{column} cannot hold {} any more: this fails, or maps it away, where a row does", some_of(&gone)))
        .at(view.located.span)
        .help(
            "stop writing the value in an earlier release, move its rows to another one in batches, and leave the label \
             in the type: an unused label harms nobody",
        )
        .verify(format!(
            "SELECT count(*) FROM {} WHERE {}::text IN ({})",
            alter.table.sql(),
            column.sql(),
            gone.join(", ")
        ));
}
