//! Whether an index finds the rows that a foreign key asks for.

use crate::catalog::{Catalog, Column, ColumnId, ForeignKeyRef, Index, RelationId};
use crate::sql::expr::Expr;

/// Whether the referencing side has an index by which the rows of a referenced row are found without reading all.
pub(crate) fn has_index(catalog: &Catalog, key: &ForeignKeyRef<'_>) -> bool {
    let indexes = catalog.indexes_of(key.from).iter().filter_map(|id| catalog.index(*id));
    indexes.into_iter().any(|index| serves(catalog, key.from, index, &key.key.columns))
}

/// Whether an index leads with these columns, in any order, over all rows that have them.
pub(crate) fn serves(catalog: &Catalog, table: RelationId, index: &Index, columns: &[ColumnId]) -> bool {
    let leading = index.keys.iter().take(columns.len());
    index.valid
        && matches!(index.method.as_str(), "btree" | "hash")
        && leading.clone().next().is_some()
        && leading.into_iter().all(|key| key.column.is_some_and(|column| columns.contains(&column)))
        && index.predicate.as_ref().is_none_or(|predicate| {
            let columns: Vec<&Column> = columns.iter().filter_map(|id| catalog.column(table, *id)).collect();
            predicate.expr.conjuncts().iter().all(|part| is_not_null(part, &columns))
        })
}

/// `column IS NOT NULL`, which holds for every row that is looked for.
fn is_not_null(part: &Expr, columns: &[&Column]) -> bool {
    let Expr::IsNull { expr, negated: true } = part else { return false };
    matches!(&**expr, Expr::Column { name, .. } if columns.iter().any(|column| column.name == *name))
}
