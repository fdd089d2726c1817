//! Puts what is known of variables into the conditions and limits of statements: `LIMIT batch` becomes `LIMIT 1000`.

use super::fold::fold;
use super::known::Variables;
use crate::sql::expr::{Cte, CteBody, Expr, Query, TableRef, TableSource};
use crate::sql::operation::Operation;

/// Puts the integers that variables are known to be into what decides which rows a statement is about.
pub(super) fn bind(operation: &mut Operation, variables: &Variables) {
    match operation {
        Operation::Select(query) => in_query(query, variables),
        Operation::Insert(insert) => {
            in_ctes(&mut insert.ctes, variables);
            insert.source.iter_mut().for_each(|source| in_query(source, variables));
        }
        Operation::Update(update) => {
            in_ctes(&mut update.ctes, variables);
            in_tables(&mut update.from, variables);
            update.filter.iter_mut().for_each(|filter| in_expr(filter, variables));
        }
        Operation::Delete(delete) => {
            in_ctes(&mut delete.ctes, variables);
            in_tables(&mut delete.using, variables);
            delete.filter.iter_mut().for_each(|filter| in_expr(filter, variables));
        }
        Operation::Merge(merge) => {
            in_ctes(&mut merge.ctes, variables);
            in_tables(std::slice::from_mut(&mut merge.source), variables);
            in_expr(&mut merge.on, variables);
        }
        _ => {}
    }
}

fn in_ctes(ctes: &mut [Cte], variables: &Variables) {
    for cte in ctes {
        match &mut cte.body {
            CteBody::Query(query) => in_query(query, variables),
            CteBody::Dml(operation) => bind(operation, variables),
        }
    }
}

fn in_tables(tables: &mut [TableRef], variables: &Variables) {
    for table in tables {
        if let TableSource::Query(query) = &mut table.source {
            in_query(query, variables);
        }
        table.on.iter_mut().for_each(|on| in_expr(on, variables));
    }
}

fn in_query(query: &mut Query, variables: &Variables) {
    in_ctes(&mut query.ctes, variables);
    for select in &mut query.selects {
        in_tables(&mut select.from, variables);
        select.filter.iter_mut().for_each(|filter| in_expr(filter, variables));
    }
    query.limit.iter_mut().chain(&mut query.offset).for_each(|expr| in_expr(expr, variables));
}

fn in_expr(expr: &mut Expr, variables: &Variables) {
    if let Expr::Column { qualifier: None, .. } = expr {
        if let Some(value) = fold(expr, variables).as_integer() {
            *expr = Expr::Number(value.to_string().into());
        }
        return;
    }
    if let Expr::Subquery { query, .. } = expr {
        in_query(query, variables);
    }
    expr.parts_mut().into_iter().for_each(|part| in_expr(part, variables));
}
