//! Whether an expression can have another value tomorrow, or for the next row (docs, 38.7 "Function Volatility Categories").
//!
//! What decides a rewrite by `ADD COLUMN … DEFAULT` is only whether anything volatile is called, at any depth
//! (`contain_volatile_functions` on the server); a stable default is evaluated once. Index expressions, predicates,
//! generated columns and partition keys have to be immutable (`contain_mutable_functions`).

use super::store::UNKNOWN_TYPE;
use super::typing::{Bounds, ExprType, Typing};
use super::{Catalog, Conflict, RelationId};
use crate::sql::expr::Expr;
use crate::sql::operation::Volatility;
use crate::sql::{DataType, Ident};
use std::cell::RefCell;

/// The volatility of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VolatilityOf {
    /// The same value for ever.
    Immutable,
    /// The same value within a statement.
    Stable,
    /// A new value at each evaluation.
    Volatile,
    /// A function or a type that decides it is not known.
    Unknown,
}

impl From<Bounds> for VolatilityOf {
    fn from(bounds: Bounds) -> Self {
        match bounds.least {
            Volatility::Volatile => Self::Volatile,
            least if least != bounds.most => Self::Unknown,
            Volatility::Stable => Self::Stable,
            Volatility::Immutable => Self::Immutable,
        }
    }
}

impl Catalog {
    /// The volatility of an expression without columns, such as a default.
    pub fn volatility(&self, expr: &Expr) -> VolatilityOf {
        self.bounds(expr, None).into()
    }

    /// The volatility of an expression over the columns of a table.
    pub fn volatility_on(&self, expr: &Expr, table: RelationId) -> VolatilityOf {
        self.bounds(expr, Some(table)).into()
    }

    /// Whether anything volatile is called; absent: it depends on a function that is not known.
    pub fn contains_volatile_functions(&self, expr: &Expr) -> Option<bool> {
        let bounds = self.bounds(expr, None);
        match (bounds.least, bounds.most) {
            (Volatility::Volatile, _) => Some(true),
            (_, Volatility::Volatile) => None,
            _ => Some(false),
        }
    }

    /// Whether an expression over a table (where given) is immutable; absent: it depends on what is not known.
    pub fn is_immutable(&self, expr: &Expr, table: Option<RelationId>) -> Option<bool> {
        let bounds = self.bounds(expr, table);
        match (bounds.least, bounds.most) {
            (_, Volatility::Immutable) => Some(true),
            (Volatility::Immutable, _) => None,
            _ => Some(false),
        }
    }

    /// The type of an expression over a table (where given), as far as it is known; a string constant has none.
    pub fn expression_type(&self, expr: &Expr, table: Option<RelationId>) -> Option<DataType> {
        let columns = |_: Option<&Ident>, name: &Ident| self.column_type(table, name);
        match Typing::new(self, &columns).examine(expr).data_type {
            ExprType::Known(data_type) => Some(data_type),
            ExprType::Literal | ExprType::Unclear => None,
        }
    }

    /// The first error in an expression over a table (where given): a function, type, operator or relation that does
    /// not exist, a constant that its type does not take.
    pub fn expression_problem(&self, expr: &Expr, table: Option<RelationId>) -> Option<Conflict> {
        let columns = |_: Option<&Ident>, name: &Ident| self.column_type(table, name);
        let problems = RefCell::default();
        Typing::new(self, &columns).reporting(&problems).examine(expr);
        problems.into_inner().into_iter().next()
    }

    fn bounds(&self, expr: &Expr, table: Option<RelationId>) -> Bounds {
        let columns = |_: Option<&Ident>, name: &Ident| self.column_type(table, name);
        Typing::new(self, &columns).examine(expr).bounds
    }

    pub(super) fn column_type(&self, table: Option<RelationId>, name: &Ident) -> Option<DataType> {
        let relation = self.relation(table?)?;
        match (relation.table(), relation.view()) {
            (Some(table), _) => table.column(name).map(|c| c.data_type.clone()).filter(|t| !t.is(UNKNOWN_TYPE)),
            (None, Some(view)) => view.columns.iter().find(|c| c.name == *name)?.data_type.clone(),
            (None, None) => None,
        }
    }
}
