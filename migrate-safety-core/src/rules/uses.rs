//! Whether an operation uses a value of a type.

use crate::catalog::{Catalog, TypeDef};
use crate::sql::expr::{CteBody, Expr, Query};
use crate::sql::operation::{ColumnDef, ConstraintDef, ConstraintKind, Operation, TableAction};
use crate::sql::{DataType, ObjectName};

/// Whether `operation` uses the constant `label` as a value of the type `definition`: by a cast, or in a statement
/// about a table that has a column of the type.
pub(super) fn literal_of_type(catalog: &Catalog, operation: &Operation, label: &str, definition: &TypeDef) -> bool {
    let is_type = |data_type: &DataType| {
        data_type.name == definition.name && data_type.schema.as_ref().is_none_or(|s| *s == definition.schema)
    };
    let has_column = |table: &ObjectName| {
        let table = catalog.resolve(table).found().and_then(|id| catalog.table(id));
        table.is_some_and(|t| t.columns.iter().any(|c| is_type(&c.data_type)))
    };
    let mut cast = false;
    let mut bare = false;
    let mut tables: Vec<&ObjectName> = Vec::new();
    let mut look = |expr: &Expr| match expr {
        Expr::Cast { expr, to } if is_type(to) => cast |= matches!(&**expr, Expr::String(s) if **s == *label),
        Expr::String(s) => bare |= **s == *label,
        _ => {}
    };
    visit(operation, &mut look, &mut tables);
    if cast || (bare && tables.into_iter().any(has_column)) {
        return true;
    }
    let columns = own_columns(operation);
    let of_type = |column: &&ColumnDef| column.data_type.as_ref().is_some_and(is_type);
    let any_of_type = columns.iter().any(of_type);
    columns.iter().any(|column| {
        let default = column.default.iter().filter(|_| of_type(column)).map(|d| &d.expr);
        let checks = column.constraints.iter().chain(own_constraints(operation)).filter(|_| any_of_type);
        let checks = checks.filter_map(|c| match &c.kind {
            ConstraintKind::Check(check) => Some(&check.expr),
            _ => None,
        });
        default.chain(checks).any(|expr| mentions(expr, label))
    })
}

/// The columns that an operation makes.
fn own_columns(operation: &Operation) -> Vec<&ColumnDef> {
    match operation {
        Operation::CreateTable(table) => table.columns.iter().collect(),
        Operation::AlterTable(alter) => match &alter.action {
            TableAction::AddColumn { column, .. } => vec![&**column],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// The constraints that a new table has besides those of its columns.
fn own_constraints(operation: &Operation) -> &[ConstraintDef] {
    match operation {
        Operation::CreateTable(table) => &table.constraints,
        _ => &[],
    }
}

/// Whether an expression has a string constant.
fn mentions(expr: &Expr, text: &str) -> bool {
    let mut found = false;
    expr.walk(&mut |e| found |= matches!(e, Expr::String(s) if **s == *text));
    found
}

/// Calls `look` on every expression of an operation and collects the tables it is about.
fn visit<'o>(operation: &'o Operation, look: &mut dyn FnMut(&'o Expr), tables: &mut Vec<&'o ObjectName>) {
    let expr = |e: &'o Expr, look: &mut dyn FnMut(&'o Expr)| {
        e.walk(&mut |e| {
            look(e);
            if let Expr::Subquery { query, .. } = e {
                query.walk_exprs(look);
            }
        });
    };
    let query = |q: &'o Query, look: &mut dyn FnMut(&'o Expr), tables: &mut Vec<&'o ObjectName>| {
        q.walk_exprs(look);
        for select in &q.selects {
            for table in &select.from {
                if let crate::sql::expr::TableSource::Relation { name, .. } = &table.source {
                    tables.push(name);
                }
            }
        }
        for cte in &q.ctes {
            if let CteBody::Dml(operation) = &cte.body {
                visit(operation, look, tables);
            }
        }
    };
    match operation {
        Operation::Select(q) => query(q, look, tables),
        Operation::Insert(insert) => {
            tables.push(&insert.table);
            if let Some(source) = &insert.source {
                query(source, look, tables);
            }
        }
        Operation::Update(update) => {
            tables.push(&update.table.name);
            update.assignments.iter().for_each(|(_, e)| expr(e, look));
            update.filter.iter().for_each(|e| expr(e, look));
        }
        Operation::Delete(delete) => {
            tables.push(&delete.table.name);
            delete.filter.iter().for_each(|e| expr(e, look));
        }
        Operation::CreateTable(table) => {
            for column in &table.columns {
                column.default.iter().for_each(|d| expr(&d.expr, look));
            }
        }
        Operation::CreateIndex(index) => {
            tables.push(&index.table);
            index.predicate.iter().for_each(|p| expr(&p.expr, look));
        }
        Operation::AlterTable(alter) if matches!(alter.action, TableAction::AddColumn { .. }) => {
            own_columns(operation).iter().filter_map(|c| c.default.as_ref()).for_each(|d| expr(&d.expr, look));
        }
        Operation::AlterTable(alter) => {
            tables.push(&alter.table);
            match &alter.action {
                TableAction::SetDefault { default, .. } => expr(&default.expr, look),
                TableAction::AddConstraint(constraint) => {
                    if let ConstraintKind::Check(check) = &constraint.kind {
                        expr(&check.expr, look);
                    }
                }
                TableAction::SetType { using, .. } => using.iter().for_each(|u| expr(&u.expr, look)),
                _ => {}
            }
        }
        _ => {}
    }
}
