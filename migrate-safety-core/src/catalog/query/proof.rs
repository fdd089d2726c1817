//! What constraints prove about the rows of a table.

use crate::catalog::{Catalog, Column, ColumnId, ConstraintKind, RelationId};
use crate::sql::expr::Expr;

impl Catalog {
    /// Whether the server can tell without a look at the rows that a column holds no NULL: it is `NOT NULL`, or a
    /// valid `CHECK` implies it (PostgreSQL 12 and later).
    pub fn not_null_proof(&self, table: RelationId, column: ColumnId) -> bool {
        let Some(table) = self.table(table) else { return false };
        let Some(column) = table.column_by_id(column) else { return false };
        let by_check = || {
            table.constraints.iter().any(|constraint| match &constraint.kind {
                ConstraintKind::Check { expression, .. } => {
                    constraint.valid && constraint.enforced && implies_not_null(&expression.expr, column, false)
                }
                _ => false,
            })
        };
        column.not_null || (self.target().version >= 12 && by_check())
    }
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
