//! Whether an index of a partition fits a partitioned one (`CompareIndexInfo` on the server).

use crate::catalog::{Catalog, Index, RelationId, Table};
use crate::sql::operation::CreateIndex;
use crate::sql::{Expr, Ident, ObjectName};

/// What two indexes must share; columns by name, because partitions number theirs on their own.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shape {
    method: Ident,
    unique: bool,
    nulls_not_distinct: bool,
    keys: Vec<Key>,
    include: Vec<Ident>,
    predicate: Option<Expr>,
}

#[derive(Clone, Debug, PartialEq)]
struct Key {
    expr: Expr,
    collation: Option<Ident>,
    operator_class: Option<Ident>,
}

impl Key {
    /// A collation or operator class is the same object whether its schema is written or not.
    fn new(expr: Expr, collation: Option<&ObjectName>, operator_class: Option<&ObjectName>) -> Self {
        let bare = |name: Option<&ObjectName>| name.map(|n| n.name.clone());
        Self { expr: bare_columns(expr), collation: bare(collation), operator_class: bare(operator_class) }
    }
}

impl Shape {
    /// The index that a statement makes.
    pub(super) fn of_statement(catalog: &Catalog, create: &CreateIndex) -> Option<Self> {
        let table = catalog.table(catalog.resolve(&create.table).found()?)?;
        let key = |e: &crate::sql::operation::IndexElement| {
            let column = match &e.expression.expr {
                Expr::Column { name, .. } => table.column(name),
                _ => None,
            };
            let collation = e.collation.as_ref().or(column.and_then(|c| c.collation.as_deref()));
            Key::new(e.expression.expr.clone(), collation, e.operator_class.as_ref())
        };
        Some(Self {
            method: create.method.clone(),
            unique: create.unique,
            nulls_not_distinct: create.nulls_not_distinct,
            keys: create.elements.iter().map(key).collect(),
            include: create.include.clone(),
            predicate: create.predicate.as_ref().map(|p| bare_columns(p.expr.clone())),
        })
    }

    /// An index that is there.
    pub(super) fn of_index(catalog: &Catalog, index: &Index) -> Option<Self> {
        let table = catalog.table(index.table)?;
        let mut keys = Vec::with_capacity(index.keys.len());
        for key in &index.keys {
            let column = key.column.and_then(|id| table.column_by_id(id));
            let expr = match (column, &key.expression) {
                (Some(column), _) => Expr::Column { qualifier: None, name: column.name.clone() },
                (None, Some(expression)) => expression.expr.clone(),
                (None, None) => return None,
            };
            let collation = key.collation.as_ref().or(column.and_then(|c| c.collation.as_deref()));
            keys.push(Key::new(expr, collation, key.operator_class.as_ref()));
        }
        Some(Self {
            method: index.method.clone(),
            unique: index.unique,
            nulls_not_distinct: index.nulls_not_distinct,
            keys,
            include: index.include.iter().filter_map(|id| Some(table.column_by_id(*id)?.name.clone())).collect(),
            predicate: index.predicate.as_ref().map(|p| bare_columns(p.expr.clone())),
        })
    }
}

/// The first index of a partition that fits and does not yet belong to another partitioned index.
pub(super) fn match_in(catalog: &Catalog, shape: &Shape, partition: RelationId) -> Option<RelationId> {
    let indexes = catalog.table(partition).map_or(&[][..], |table: &Table| &table.indexes);
    indexes.iter().copied().find(|id| {
        let index = catalog.index(*id);
        index.is_some_and(|i| i.parent.is_none() && Shape::of_index(catalog, i).as_ref() == Some(shape))
    })
}

/// An expression over one table, without the table's name before its columns.
fn bare_columns(mut expr: Expr) -> Expr {
    strip(&mut expr);
    expr
}

fn strip(expr: &mut Expr) {
    match expr {
        Expr::Column { qualifier, .. } => *qualifier = None,
        Expr::Call { args: parts, .. }
        | Expr::And(parts)
        | Expr::Or(parts)
        | Expr::Array(parts)
        | Expr::Other(parts) => parts.iter_mut().for_each(strip),
        Expr::Cast { expr, .. } | Expr::Collate { expr, .. } | Expr::Not(expr) | Expr::IsNull { expr, .. } => {
            strip(expr);
        }
        Expr::Binary { left, right, .. } => {
            strip(left);
            strip(right);
        }
        Expr::InList { expr, list, .. } => {
            strip(expr);
            list.iter_mut().for_each(strip);
        }
        Expr::Between { expr, low, high, .. } => {
            strip(expr);
            strip(low);
            strip(high);
        }
        _ => {}
    }
}
