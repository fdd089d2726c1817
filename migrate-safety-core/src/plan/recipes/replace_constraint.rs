//! A constraint in another one's place: the new one holds before the old one goes, so that no row slips through.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::catalog::{Constraint, ConstraintKind, Table};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::model::PhaseName;
use crate::plan::names;
use crate::sql::Operation;
use crate::sql::operation::{AlterTable, TableAction};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "replace-constraint",
    title: "DROP CONSTRAINT and ADD CONSTRAINT in its place",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE c (id bigint PRIMARY KEY, p bigint CONSTRAINT c_p REFERENCES p);",
            "ALTER TABLE c DROP CONSTRAINT c_p, ADD CONSTRAINT c_p FOREIGN KEY (p) REFERENCES p ON DELETE CASCADE",
        ),
        RecipeSample::new(
            "CREATE TABLE t (a int CONSTRAINT positive CHECK (a > 0));",
            "ALTER TABLE t DROP CONSTRAINT positive; ALTER TABLE t ADD CONSTRAINT \"Above 10\" CHECK (a > 10)",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let [drop, add] = request.pair()?;
    let (Operation::AlterTable(drop), Operation::AlterTable(add)) = (drop, add) else { return None };
    let (AlterTable { action: TableAction::DropConstraint { name: old, cascade: false, .. }, .. }, table) =
        (&**drop, request.table(&drop.table)?)
    else {
        return None;
    };
    if !matches!(add.action, TableAction::AddConstraint(_)) || request.is_new(table.id) || table.table.is_partitioned() {
        return None;
    }
    let before = table.table.constraint(old)?;
    let new = request.new_constraints(table.id).into_iter().find(|c| c.parent.is_none())?;
    let after = request.after.table(table.id)?;
    if !new.valid || !asks_the_same_columns(table.table, before, new) {
        return None;
    }
    let (t, old) = (table.sql(), old.sql());
    let same_name = new.name == before.name;
    let is_free = |name: &crate::sql::Ident| table.table.constraint(name).is_none() && after.constraint(name).is_none();
    let interim = if same_name { names::fresh(&new.name, "_new", is_free) } else { new.name.clone() };
    let definition = request.after.constraint_sql(after, new);
    let add_new = format!("ALTER TABLE {t} ADD CONSTRAINT {} {definition}", interim.sql());
    let again = request.catalog.constraint_sql(table.table, before);
    let mut last = vec![format!("ALTER TABLE {t} DROP CONSTRAINT {old}")];
    let mut back = Vec::new();
    if same_name {
        last.push(format!("ALTER TABLE {t} RENAME CONSTRAINT {} TO {old}", interim.sql()));
        back.push(format!("ALTER TABLE {t} RENAME CONSTRAINT {old} TO {}", interim.sql()));
    }
    back.push(format!("ALTER TABLE {t} ADD CONSTRAINT {old} {again} NOT VALID"));
    back.push(format!("ALTER TABLE {t} VALIDATE CONSTRAINT {old}"));
    Some(request.plan_as([&add_new]).map(|draft: Draft| {
        let taken_off = DraftStep::ddl(format!("Take the old {old} away"), last).undo(back);
        Draft { already_safe: false, ..draft }.step(PhaseName::Contract, taken_off)
    }))
}

/// Whether both are about the same columns, in the same way, so that the one can stand for the other.
fn asks_the_same_columns(table: &Table, old: &Constraint, new: &Constraint) -> bool {
    match (&old.kind, &new.kind) {
        (ConstraintKind::ForeignKey(old), ConstraintKind::ForeignKey(new)) => old.columns == new.columns,
        (ConstraintKind::Check { columns: old, .. }, ConstraintKind::Check { columns: new, .. }) => {
            let known = |id| table.column_by_id(id).is_some();
            old.iter().any(|id| new.contains(id)) && new.iter().all(|id| known(*id))
        }
        _ => false,
    }
}
