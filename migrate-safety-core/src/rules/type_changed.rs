//! A column gets a type that compiled code does not expect.

use super::finding::Category;
use super::known::is_below_another;
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::stand_in::stand_in;
use super::view::MigrationView;
use crate::catalog::{ColumnId, RelationId, TypeRef};
use crate::effects::BreakageKind;
use crate::sql::operation::TableAction;
use crate::sql::{DataType, Ident, Operation};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "type-changed",
    category: Category::RollingDeploy,
    title: "A column gets a type that the running release does not expect",
    why: "Statements that the running release has prepared, as sqlx and diesel do with all of them, fail with `cached plan \
          must not change result type`; and it was compiled for the old type: it cannot decode the new one, and its \
          parameters have the wrong type. The new release fails the same way before the migration.",
    source: "PostgreSQL docs, PREPARE: a prepared statement that would give another row type is refused",
    bad: &[Sample::new(ORDERS, "ALTER TABLE orders ALTER COLUMN id TYPE bigint;").rows(&[("public.orders", 100)])],
    good: &[
        Sample::new(ORDERS, "ALTER TABLE orders ALTER COLUMN note TYPE text;"),
        Sample::new(ORDERS, "ALTER TABLE orders RENAME COLUMN id TO number; ALTER TABLE orders ALTER COLUMN number TYPE bigint;")
            .with(&["rename-column"])
            .rows(&[("public.orders", 100)]),
        Sample::new(ORDERS, "ALTER TABLE orders ADD COLUMN n int; ALTER TABLE orders ALTER COLUMN n TYPE bigint;")
            .rows(&[("public.orders", 100)]),
    ],
    check: Check::Outcome(check),
    ..Rule::BASE
};

const ORDERS: &str = "CREATE TABLE orders (id int PRIMARY KEY, note varchar(50));";

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for (statement, judged) in view.operations {
        let changed = judged.effects.breaks.iter().filter(|b| b.what == BreakageKind::Retyped);
        let changed: Vec<_> = changed.filter_map(|b| b.column.as_ref().map(|(id, name)| (&b.relation, *id, name))).collect();
        let ids: Vec<RelationId> = changed.iter().map(|(relation, ..)| relation.id).collect();
        let top = changed.iter().find(|(relation, id, _)| {
            view.column_was_known(relation.id, *id)
                && !is_below_another(view.after, relation.id, &ids)
                && !is_named_anew(view, relation.id, *id)
        });
        let (Some((relation, id, name)), Some(mut to)) = (top, findings.statement(*statement)) else { continue };
        let new = view.last_seen_column(relation.id, *id).map(|column| &column.data_type);
        let becomes = new.map(|new| format!(": it is {new} now")).unwrap_or_default();
        let message = format!("what the running release has prepared or compiled for {}.{name} fails{becomes}", relation.name);
        let finding = if view.last_seen(relation.id).is_some_and(|table| table.unknown) {
            let question = judged.effects.uncertain.first().cloned();
            to.flag(message).verify(question.unwrap_or_else(|| format!("which type had {}.{name}?", relation.name)))
        } else {
            to.block(message)
        };
        finding.at(judged.located.span).help(
            "expand: add a column of the new type and write both (code or trigger); migrate: fill it in batches, deploy \
             the release that reads it; contract: drop the old one in a later migration",
        );
        if let (Operation::AlterTable(alter), Some(new)) = (&judged.located.operation, new)
            && matches!(alter.action, TableAction::SetType { .. })
            && !is_new_type(view, new)
        {
            let column = Ident::exact(&format!("{name}_new")).sql();
            finding.fix(format!("ALTER TABLE {} ADD COLUMN {column} {new}", alter.table.sql()));
        }
    }
}

/// Whether the migration gives the column another name: what the running release says of it fails for that already.
fn is_named_anew(view: &MigrationView<'_>, relation: RelationId, column: ColumnId) -> bool {
    let now = view.last_seen_column(relation, column).map(|column| &*column.name);
    view.operations.iter().any(|(_, judged)| {
        judged.effects.breaks.iter().filter(|b| b.what == BreakageKind::Renamed && b.relation.id == relation).any(|b| {
            let old = b.column.as_ref().filter(|(id, _)| *id == column).map(|(_, name)| name.as_str());
            old.is_some_and(|old| now != Some(old)) && stand_in(view, judged, &b.relation.name).is_none()
        })
    })
}

/// Whether the migration itself makes the type, so that a statement in its place could not name it.
fn is_new_type(view: &MigrationView<'_>, data_type: &DataType) -> bool {
    match view.after.type_of(data_type) {
        TypeRef::Enum(def) | TypeRef::Domain(def, _) | TypeRef::Other(def) => def.created.migration >= view.since,
        TypeRef::Builtin | TypeRef::Row(_) | TypeRef::Unknown => false,
    }
}
