//! Casts that the server made when an expression was written, and that stay when a column gets another type.
//!
//! `coalesce(a, 0)` over a smallint is `coalesce(a::integer, 0)` on the server, and is that still when `a` is a bigint.

use super::change::Change;
use crate::catalog::typing::Typing;
use crate::catalog::{Catalog, Column, Conflict, ConstraintKind, RelationId, TypeRef};
use crate::sql::expr::{Expr, Expression};
use crate::sql::{DataType, Ident};

impl Change<'_> {
    /// Writes out the casts of a column in the checks and indexes of its table, before it gets another type.
    pub(super) fn write_out_casts(&mut self, table: RelationId, column: &Column) {
        let Some(definition) = self.table(table) else { return };
        let checks = definition.constraints.iter().filter_map(|c| match &c.kind {
            ConstraintKind::Check { expression, columns } if columns.contains(&column.id) => {
                Some((c.id, self.catalog.with_casts(table, column, &expression.expr)?))
            }
            _ => None,
        });
        for (id, expr) in checks.collect::<Vec<_>>() {
            if let Some(ConstraintKind::Check { expression, .. }) =
                self.catalog.constraint_mut(table, id).map(|c| &mut c.kind)
            {
                expression.expr = expr;
            }
        }
        for id in self.catalog.indexes_on_column(table, column.id) {
            let Some(mut index) = self.catalog.index(id).cloned() else { continue };
            let expressions =
                index.keys.iter_mut().filter_map(|key| key.expression.as_mut()).chain(&mut index.predicate);
            for expression in expressions {
                if let Some(expr) = self.catalog.with_casts(table, column, &expression.expr) {
                    expression.expr = expr;
                }
            }
            if let Some(old) = self.catalog.index_mut(id) {
                *old = index;
            }
        }
    }
}

impl Change<'_> {
    /// Reports what checks and indexes over a column cannot compute any more now that it has another type.
    pub(super) fn check_computed(&mut self, table: RelationId, column: &Column) {
        let Some(definition) = self.table(table) else { return };
        let checks = definition.constraints.iter().filter_map(|c| match &c.kind {
            ConstraintKind::Check { expression, columns } if columns.contains(&column.id) => Some(expression),
            _ => None,
        });
        let indexes = self.catalog.indexes_on_column(table, column.id);
        let indexes = indexes.iter().filter_map(|id| self.catalog.index(*id));
        let computed = indexes
            .flat_map(|index| index.keys.iter().filter_map(|key| key.expression.as_ref()).chain(&index.predicate));
        let problem = |expression: &Expression| self.catalog.expression_problem(&expression.expr, Some(table));
        let problems: Vec<Conflict> = checks.chain(computed).filter_map(problem).take(1).collect();
        self.applied.conflicts.extend(problems);
    }
}

impl Catalog {
    /// An expression with the casts of a column that its calls make; nothing if they make none.
    fn with_casts(&self, table: RelationId, column: &Column, expr: &Expr) -> Option<Expr> {
        let mut written = expr.clone();
        self.add_casts(table, column, &mut written);
        (written != *expr).then_some(written)
    }

    fn add_casts(&self, table: RelationId, column: &Column, expr: &mut Expr) {
        let wanted = self.argument_types(table, expr);
        if let Expr::Call { args, .. } = expr {
            for (arg, wanted) in args.iter_mut().zip(wanted) {
                let is_it = matches!(arg, Expr::Column { name, .. } if *name == column.name);
                if is_it && (&wanted.name, &wanted.schema) != (&column.data_type.name, &column.data_type.schema) {
                    *arg = Expr::Cast { expr: Box::new(arg.clone()), to: wanted };
                }
            }
        }
        // A constant that is compared with a value of an enum is one of it.
        if let TypeRef::Enum(..) = self.type_of(&column.data_type) {
            for constant in compared_with(&column.name, expr) {
                if matches!(constant, Expr::String(_)) {
                    *constant = Expr::Cast { expr: Box::new(constant.clone()), to: column.data_type.clone() };
                }
            }
        }
        // Operators take a value of a domain as one of its base type.
        if let TypeRef::Domain(_, domain) = self.type_of(&column.data_type) {
            let operands = match expr {
                Expr::Binary { left, right, .. } => vec![left, right],
                Expr::InList { expr, .. } | Expr::Between { expr, .. } => vec![expr],
                _ => Vec::new(),
            };
            for operand in operands {
                if matches!(&**operand, Expr::Column { name, .. } if *name == column.name) {
                    **operand = Expr::Cast { expr: operand.clone(), to: domain.base.clone() };
                }
            }
        }
        for part in expr.parts_mut() {
            self.add_casts(table, column, part);
        }
    }

    /// The types that a call gives its arguments, as far as they are known.
    fn argument_types(&self, table: RelationId, expr: &Expr) -> Vec<DataType> {
        let Expr::Call { name, args } = expr else { return Vec::new() };
        if name.schema.is_none() && matches!(name.name.as_str(), "coalesce" | "greatest" | "least") {
            let common = self.expression_type(expr, Some(table)).filter(|t| !t.array);
            return common.map_or(Vec::new(), |common| vec![DataType { modifiers: Vec::new(), ..common }; args.len()]);
        }
        let columns = |_: Option<&Ident>, name: &Ident| self.column_type(Some(table), name);
        let called = Typing::new(self, &columns).called(name, args).and_then(|id| self.routine(id));
        called.map_or(Vec::new(), |routine| routine.inputs().cloned().collect())
    }
}

/// What a column is compared with, perhaps the column among it.
fn compared_with<'e>(column: &Ident, expr: &'e mut Expr) -> Vec<&'e mut Expr> {
    let is_it = |expr: &Expr| matches!(expr, Expr::Column { name, .. } if name == column);
    match expr {
        Expr::Binary { left, right, .. } if is_it(left) || is_it(right) => vec![left, right],
        Expr::InList { expr, list, .. } if is_it(expr) => list.iter_mut().collect(),
        Expr::Between { expr, low, high, .. } if is_it(expr) => vec![low, high],
        _ => Vec::new(),
    }
}
