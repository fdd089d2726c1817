//! What constraints prove about the rows of a table.

use crate::catalog::{Catalog, Column, ColumnId, Constraint, ConstraintKind, RelationId, Table};
use crate::sql::expr::Expr;

impl Catalog {
    /// Whether the server can tell without a look at the rows that a column holds no NULL: it is `NOT NULL`, or a
    /// valid `CHECK` implies it (PostgreSQL 12 and later).
    pub fn not_null_proof(&self, table: RelationId, column: ColumnId) -> bool {
        let Some(table) = self.table(table) else { return false };
        let Some(column) = table.column_by_id(column) else { return false };
        let mut checks = refusing_null(table, column);
        column.not_null || (self.target().version >= 12 && checks.any(|constraint| constraint.valid))
    }

    /// Whether NULL cannot be written to a column any more, whatever the rows hold: `NOT VALID` constraints are checked
    /// for new rows.
    pub fn refuses_null(&self, table: RelationId, column: ColumnId) -> bool {
        let Some(table) = self.table(table) else { return false };
        let Some(definition) = table.column_by_id(column) else { return false };
        let not_null = |c: &Constraint| matches!(c.kind, ConstraintKind::NotNull { column: of } if of == column);
        definition.not_null
            || table.constraints.iter().any(|c| c.enforced && not_null(c))
            || refusing_null(table, definition).next().is_some()
    }
}

/// The checks that a NULL does not pass.
fn refusing_null<'c>(table: &'c Table, column: &'c Column) -> impl Iterator<Item = &'c Constraint> {
    table.constraints.iter().filter(|constraint| match &constraint.kind {
        ConstraintKind::Check { expression, .. } => {
            constraint.enforced && implies_not_null(&expression.expr, column, false)
        }
        _ => false,
    })
}

/// Whether a condition that is not false for any row means that a column is not NULL; `negated`: its negation.
///
/// As the server does it, only `IS NOT NULL` itself counts: `c > 0` also passes a check when it is NULL.
fn implies_not_null(condition: &Expr, column: &Column, negated: bool) -> bool {
    match condition {
        Expr::IsNull { expr, negated: not_null } => {
            *not_null != negated && matches!(&**expr, Expr::Column { name, .. } if *name == column.name)
        }
        Expr::Not(inner) => implies_not_null(inner, column, !negated),
        Expr::And(parts) if !negated => parts.iter().any(|p| implies_not_null(p, column, negated)),
        Expr::Or(parts) if negated => parts.iter().any(|p| implies_not_null(p, column, negated)),
        Expr::And(parts) | Expr::Or(parts) => {
            !parts.is_empty() && parts.iter().all(|p| implies_not_null(p, column, negated))
        }
        _ => false,
    }
}
