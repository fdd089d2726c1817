//! Whether a condition picks out rows by a key.

use super::extent::{Change, Rows};
use super::view::OperationView;
use crate::catalog::{Catalog, ConstraintKind, RelationId, Table};
use crate::sql::expr::Expr;

/// So many rows the author of a statement has in mind.
const FEW: u64 = 100;

/// Whether an operation changes only a few rows of a table: by constants for a key, or by what limits it otherwise.
pub(super) fn is_bound(view: &OperationView<'_>, id: RelationId, filter: Option<&Expr>) -> bool {
    let few = |change: &Change<'_>| change.table == id && change.rows <= Rows::AtMost(FEW);
    let in_loop = view.located.routine.as_ref().is_some_and(|frame| !frame.loops.is_empty());
    by_key(view.scene.catalog, id, filter) || (!in_loop && view.changes.iter().any(few))
}

/// Whether a condition can only hold for a few rows: it gives constants for all columns of a unique key.
fn by_key(catalog: &Catalog, id: RelationId, filter: Option<&Expr>) -> bool {
    let (Some(filter), Some(relation)) = (filter, catalog.relation(id)) else { return false };
    let Some(table) = relation.table() else { return false };
    let given: Vec<&str> = filter.conjuncts().iter().filter_map(given_column).collect();
    if relation.unknown {
        // Its keys are not known: by convention this is one.
        return given.contains(&"id");
    }
    unique_keys(catalog, id, table).iter().any(|key| !key.is_empty() && key.iter().all(|column| given.contains(column)))
}

/// The column for which a conjunct gives constants.
pub(super) fn given_column(conjunct: &Expr) -> Option<&str> {
    match conjunct {
        Expr::Binary { op, left, right } if **op == *"=" => match (column(left), column(right)) {
            (Some(name), None) if right.is_constant() => Some(name),
            (None, Some(name)) if left.is_constant() => Some(name),
            _ => None,
        },
        Expr::InList { expr, list, negated: false } if list.iter().all(Expr::is_constant) => column(expr),
        _ => None,
    }
}

fn column(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Column { name, .. } => Some(name.as_str()),
        _ => None,
    }
}

/// The columns of each unique constraint and index of a table.
fn unique_keys<'c>(catalog: &'c Catalog, id: RelationId, table: &'c Table) -> Vec<Vec<&'c str>> {
    let name = |column| table.column_by_id(column).map(|c| c.name.as_str());
    let of_constraints = table.constraints.iter().filter_map(|constraint| match &constraint.kind {
        ConstraintKind::Unique { columns, .. } => columns.iter().map(|c| name(*c)).collect(),
        _ => None,
    });
    let indexes = catalog.indexes_of(id).iter().filter_map(|id| catalog.index(*id));
    let unique = indexes.filter(|index| index.unique && index.predicate.is_none());
    let of_indexes = unique.filter_map(|index| index.keys.iter().map(|key| name(key.column?)).collect());
    of_constraints.chain(of_indexes).collect()
}
