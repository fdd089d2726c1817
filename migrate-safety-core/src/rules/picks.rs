//! The queries by which a change picks its rows.

use super::extent::Change;
use crate::catalog::{Catalog, Table};
use crate::sql::expr::{Cte, CteBody, Expr, Query, TableSource};
use crate::sql::{Ident, Operation};

/// Every query inside an operation: of `WITH`, `FROM`, conditions, and what is inserted; outer ones first.
pub(super) fn queries(operation: &Operation) -> Vec<&Query> {
    let mut found = Vec::new();
    match operation {
        Operation::Select(query) => enter(query, &mut found),
        Operation::Insert(insert) => {
            in_ctes(&insert.ctes, &mut found);
            insert.source.iter().for_each(|source| enter(source, &mut found));
        }
        operation => {
            let change = super::extent::parts(operation);
            in_ctes(change.ctes, &mut found);
            change.from.iter().for_each(|table| in_source(&table.source, &mut found));
            change.filter.iter().for_each(|filter| in_expr(filter, &mut found));
        }
    }
    found
}

/// The columns by which a change picks its rows, those in the queries it uses included.
pub(super) fn picked_by<'o>(change: &Change<'o>) -> Vec<&'o Ident> {
    let mut columns: Vec<&Ident> = change.filter().map(Expr::columns).unwrap_or_default();
    for query in queries(change.operation) {
        for select in &query.selects {
            let joins = select.from.iter().filter_map(|table| table.on.as_ref());
            columns.extend(select.filter.iter().chain(joins).flat_map(Expr::columns));
        }
    }
    columns
}

/// The table that a query reads, if it is one and its columns are known.
pub(super) fn only_table<'c>(catalog: &'c Catalog, query: &Query) -> Option<&'c Table> {
    let [select] = query.selects.as_slice() else { return None };
    let [from] = select.from.as_slice() else { return None };
    let TableSource::Relation { name, .. } = &from.source else { return None };
    let relation = catalog.relation(catalog.resolve(name).found()?).filter(|relation| !relation.unknown)?;
    relation.table()
}

/// Whether a name in procedural code is a variable, as far as a table is concerned that has no such column.
pub(super) fn is_variable(table: &Table, expr: &Expr) -> bool {
    match expr {
        Expr::Column { qualifier: None, name } => table.column(name).is_none(),
        Expr::Column { qualifier: Some(_), .. } | Expr::Parameter => true,
        Expr::Cast { expr, .. } => is_variable(table, expr),
        _ => false,
    }
}

fn enter<'o>(query: &'o Query, found: &mut Vec<&'o Query>) {
    found.push(query);
    in_ctes(&query.ctes, found);
    for select in &query.selects {
        select.from.iter().for_each(|table| in_source(&table.source, found));
        select.filter.iter().for_each(|filter| in_expr(filter, found));
    }
}

fn in_ctes<'o>(ctes: &'o [Cte], found: &mut Vec<&'o Query>) {
    for cte in ctes {
        match &cte.body {
            CteBody::Query(query) => enter(query, found),
            CteBody::Dml(operation) => found.extend(queries(operation)),
        }
    }
}

fn in_source<'o>(source: &'o TableSource, found: &mut Vec<&'o Query>) {
    if let TableSource::Query(query) = source {
        enter(query, found);
    }
}

fn in_expr<'o>(expr: &'o Expr, found: &mut Vec<&'o Query>) {
    expr.walk(&mut |e| {
        if let Expr::Subquery { query, .. } = e {
            enter(query, found);
        }
    });
}
