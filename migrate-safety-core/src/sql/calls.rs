//! Which routines an operation calls.

use super::expr::{Cte, CteBody, Expr, Expression, Query, TableRef, TableSource};
use super::name::ObjectName;
use super::operation::{ColumnDef, ConstraintDef, ConstraintKind, Operation, TableAction};

/// A call of a function or procedure.
#[derive(Clone, Debug, PartialEq)]
pub struct RoutineCall {
    /// The routine, as written.
    pub name: ObjectName,
    /// What it is given, as in [`Expr::Call`].
    pub args: Vec<Expr>,
}

/// The functions and procedures that an operation calls itself, each once, in order of appearance. What those call in
/// turn, and what triggers do, is not in it; operators, casts and types have functions of their own, neither are they.
pub fn called_routines(operation: &Operation) -> Vec<ObjectName> {
    let mut names = Vec::new();
    for call in routine_calls(operation) {
        if !names.contains(&call.name) {
            names.push(call.name);
        }
    }
    names
}

/// The same with what the routines are given: each call that differs from the others.
pub fn routine_calls(operation: &Operation) -> Vec<RoutineCall> {
    let mut found = Vec::new();
    if let Operation::Call { name, args } = operation {
        found.push(RoutineCall { name: name.clone(), args: args.clone() });
    }
    each_expr(operation, &mut |expr| {
        if let Expr::Call { name, args } = expr {
            let call = RoutineCall { name: name.clone(), args: args.clone() };
            if !found.contains(&call) {
                found.push(call);
            }
        }
    });
    found
}

/// Calls `visit` on every expression of an operation that the server evaluates when it runs, those of its subqueries
/// and common table expressions included.
pub(crate) fn each_expr<'o>(operation: &'o Operation, visit: &mut dyn FnMut(&'o Expr)) {
    match operation {
        Operation::Select(query) | Operation::CreateTableAs { query, .. } => in_query(query, visit),
        Operation::CreateMaterializedView { query, with_data: true, .. } => in_query(query, visit),
        Operation::Copy { query: Some(query), .. } => in_query(query, visit),
        Operation::Call { args, .. } => args.iter().for_each(|arg| in_expr(arg, visit)),
        Operation::Insert(insert) => {
            in_ctes(&insert.ctes, visit);
            if let Some(source) = &insert.source {
                in_query(source, visit);
            }
            if let Some(conflict) = &insert.on_conflict {
                let set = conflict.assignments.iter().map(|(_, value)| value);
                conflict.target.iter().chain(set).chain(&conflict.filter).for_each(|e| in_expr(e, visit));
            }
            insert.returning.iter().for_each(|e| in_expr(e, visit));
        }
        Operation::Update(update) => {
            in_ctes(&update.ctes, visit);
            in_tables(&update.from, visit);
            let set = update.assignments.iter().map(|(_, value)| value);
            set.chain(&update.filter).chain(&update.returning).for_each(|e| in_expr(e, visit));
        }
        Operation::Delete(delete) => {
            in_ctes(&delete.ctes, visit);
            in_tables(&delete.using, visit);
            delete.filter.iter().chain(&delete.returning).for_each(|e| in_expr(e, visit));
        }
        Operation::Merge(merge) => {
            in_ctes(&merge.ctes, visit);
            in_tables(std::slice::from_ref(&merge.source), visit);
            in_expr(&merge.on, visit);
            merge.exprs.iter().chain(&merge.returning).for_each(|e| in_expr(e, visit));
        }
        Operation::AlterTable(alter) => in_action(&alter.action, visit),
        Operation::CreateIndex(index) => {
            let keys = index.elements.iter().map(|element| &element.expression);
            keys.chain(&index.predicate).for_each(|e| in_expr(&e.expr, visit));
        }
        _ => {}
    }
}

/// What an action of `ALTER TABLE` evaluates for the rows there are.
fn in_action<'o>(action: &'o TableAction, visit: &mut dyn FnMut(&'o Expr)) {
    match action {
        TableAction::AddColumn { column, .. } => in_column(column, visit),
        TableAction::SetType { using: Some(using), .. } => in_expr(&using.expr, visit),
        TableAction::SetExpression { expression, .. } => in_expr(&expression.expr, visit),
        TableAction::AddConstraint(constraint) => in_constraint(constraint, visit),
        _ => {}
    }
}

fn in_column<'o>(column: &'o ColumnDef, visit: &mut dyn FnMut(&'o Expr)) {
    let generated = column.generated.as_ref().map(|generated| &generated.expression);
    let values: Vec<&Expression> = column.default.iter().chain(generated).collect();
    values.into_iter().for_each(|e| in_expr(&e.expr, visit));
    column.constraints.iter().for_each(|constraint| in_constraint(constraint, visit));
}

fn in_constraint<'o>(constraint: &'o ConstraintDef, visit: &mut dyn FnMut(&'o Expr)) {
    match &constraint.kind {
        ConstraintKind::Check(check) if !constraint.not_valid => in_expr(&check.expr, visit),
        ConstraintKind::Exclude(exclude) => {
            let keys = exclude.elements.iter().map(|element| &element.expression);
            keys.chain(&exclude.predicate).for_each(|e| in_expr(&e.expr, visit));
        }
        _ => {}
    }
}

/// Calls `visit` on an expression and all in it, subqueries included.
pub(crate) fn in_expr<'o>(expr: &'o Expr, visit: &mut dyn FnMut(&'o Expr)) {
    expr.walk(&mut |e| {
        visit(e);
        if let Expr::Subquery { query, .. } = e {
            in_query(query, visit);
        }
    });
}

fn in_ctes<'o>(ctes: &'o [Cte], visit: &mut dyn FnMut(&'o Expr)) {
    for cte in ctes {
        match &cte.body {
            CteBody::Query(query) => in_query(query, visit),
            CteBody::Dml(operation) => each_expr(operation, visit),
        }
    }
}

fn in_tables<'o>(tables: &'o [TableRef], visit: &mut dyn FnMut(&'o Expr)) {
    for table in tables {
        match &table.source {
            TableSource::Relation { .. } => {}
            TableSource::Query(query) => in_query(query, visit),
            TableSource::Expr(expr) => in_expr(expr, visit),
        }
        if let Some(on) = &table.on {
            in_expr(on, visit);
        }
    }
}

fn in_query<'o>(query: &'o Query, visit: &mut dyn FnMut(&'o Expr)) {
    in_ctes(&query.ctes, visit);
    for select in &query.selects {
        select.items.iter().for_each(|item| in_expr(&item.expr, visit));
        in_tables(&select.from, visit);
        select.filter.iter().chain(&select.others).for_each(|e| in_expr(e, visit));
    }
    query.order_by.iter().chain(&query.limit).chain(&query.offset).for_each(|e| in_expr(e, visit));
}
