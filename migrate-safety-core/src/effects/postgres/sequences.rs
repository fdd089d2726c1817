//! Sequences that an expression draws from.

use crate::catalog::{Catalog, ColumnId, RelationId};
use crate::sql::ObjectName;
use crate::sql::expr::Expr;

/// The sequences that an expression names in `nextval`, `setval` or `currval`; queries inside are not entered.
///
/// All three lock the sequence ROW EXCLUSIVE.
pub(super) fn drawn_from(catalog: &Catalog, expr: &Expr) -> Vec<RelationId> {
    let mut found = Vec::new();
    expr.walk(&mut |e| {
        if let Expr::Call { name, args } = e
            && is_system(name)
            && matches!(name.name.as_str(), "nextval" | "setval" | "currval")
        {
            found.extend(args.first().and_then(|arg| sequence_named(catalog, arg)));
        }
    });
    found
}

fn is_system(name: &ObjectName) -> bool {
    name.schema.as_ref().is_none_or(|s| *s == *"pg_catalog")
}

/// The sequence that `'s'`, `'s'::regclass` or `pg_get_serial_sequence('t', 'c')` stands for.
fn sequence_named(catalog: &Catalog, expr: &Expr) -> Option<RelationId> {
    match expr {
        Expr::String(_) => {
            let id = catalog.regclass(expr).found()?;
            catalog.relation(id)?.sequence().map(|_| id)
        }
        Expr::Cast { expr, .. } => sequence_named(catalog, expr),
        Expr::Call { name, args } if is_system(name) && name.name == *"pg_get_serial_sequence" => {
            let [table, column] = args.as_slice() else { return None };
            let table = catalog.regclass(uncast(table)).found()?;
            // The column is given as it is stored, not as it would be written.
            let Expr::String(column) = uncast(column) else { return None };
            let column = catalog.table(table)?.column(column)?;
            column.sequence.or_else(|| owned(catalog, table, column.id))
        }
        _ => None,
    }
}

fn owned(catalog: &Catalog, table: RelationId, column: ColumnId) -> Option<RelationId> {
    let sequences = &catalog.table(table)?.sequences;
    sequences.iter().copied().find(|id| {
        let owner = catalog.relation(*id).and_then(|r| r.sequence()?.owned_by);
        owner == Some((table, column))
    })
}

fn uncast(expr: &Expr) -> &Expr {
    match expr {
        Expr::Cast { expr, .. } => uncast(expr),
        other => other,
    }
}
