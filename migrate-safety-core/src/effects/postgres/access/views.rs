//! Views as the queries they stand for, and the names of relations that a query reads.

use crate::catalog::{Catalog, RelationId, View};
use crate::effects::postgres::bodies;
use crate::sql::expr::{CteBody, Expr, Query, TableRef, TableSource};
use crate::sql::{ObjectName, Operation};
use std::collections::HashMap;

/// The queries of all views that a statement reads.
#[derive(Debug, Default)]
pub(in crate::effects::postgres) struct Views {
    queries: HashMap<RelationId, Option<Query>>,
}

impl Views {
    /// Collects the views behind the names that a statement reads, and those behind these.
    pub(in crate::effects::postgres) fn behind(catalog: &Catalog, names: &[&ObjectName]) -> Self {
        let mut views = Self::default();
        let mut open: Vec<RelationId> = names.iter().filter_map(|n| catalog.resolve(n).found()).collect();
        while let Some(id) = open.pop() {
            let Some(view) = plain_view(catalog, id) else { continue };
            if views.queries.contains_key(&id) {
                continue;
            }
            let query = bodies::query(&view.sql, catalog).filter(|q| is_as_it_was(catalog, view, q));
            views.queries.insert(id, query);
            open.extend(view.depends_on.iter().map(|d| d.relation));
        }
        views
    }

    /// What a view stands for, if that is known.
    pub(super) fn query(&self, id: RelationId) -> Option<&Query> {
        self.queries.get(&id)?.as_ref()
    }
}

/// The view, unless it is materialised.
pub(super) fn plain_view(catalog: &Catalog, id: RelationId) -> Option<&View> {
    catalog.relation(id)?.view().filter(|view| !view.materialized)
}

/// Whether the names in a view's text still are those of what it depends on.
fn is_as_it_was(catalog: &Catalog, view: &View, query: &Query) -> bool {
    let own: Vec<&crate::sql::Ident> = query.ctes.iter().map(|c| &c.name).collect();
    relation_names(query).into_iter().filter(|n| !own.contains(&&n.name)).all(|n| in_view(catalog, view, n).is_some())
}

/// What a name in a view's text means: the server has stored what it was bound to.
pub(super) fn in_view(catalog: &Catalog, view: &View, name: &ObjectName) -> Option<RelationId> {
    let bound = view.depends_on.iter().map(|d| d.relation).find(|id| {
        let fits = |r: &crate::catalog::Relation| {
            r.name == name.name && name.schema.as_ref().is_none_or(|schema| r.schema == *schema)
        };
        catalog.relation(*id).is_some_and(fits)
    });
    bound.or_else(|| match catalog.resolve(name) {
        crate::catalog::Resolved::Found(id) if view.depends_on.is_empty() => Some(id),
        _ => None,
    })
}

/// The relation that a view can be written through to.
pub(in crate::effects::postgres) fn view_base(catalog: &Catalog, id: RelationId) -> Option<RelationId> {
    let view = plain_view(catalog, id)?;
    if let [only] = view.depends_on.as_slice() {
        return Some(only.relation);
    }
    let query = bodies::query(&view.sql, catalog)?;
    match &query.selects.first()?.from.first()?.source {
        TableSource::Relation { name, .. } => in_view(catalog, view, name),
        _ => None,
    }
}

/// The names of everything that a query reads from, its subqueries included, each as often as it stands there.
pub(super) fn relation_names(query: &Query) -> Vec<&ObjectName> {
    let mut names = Vec::new();
    names_in_query(query, &mut names);
    names
}

pub(in crate::effects::postgres) fn names_in_query<'q>(query: &'q Query, names: &mut Vec<&'q ObjectName>) {
    for cte in &query.ctes {
        match &cte.body {
            CteBody::Query(query) => names_in_query(query, names),
            CteBody::Dml(operation) => names_in_operation(operation, names),
        }
    }
    for select in &query.selects {
        select.from.iter().for_each(|table| names_in_table(table, names));
        let items = select.items.iter().map(|item| &item.expr);
        items.chain(&select.filter).chain(&select.others).for_each(|e| names_in_expr(e, names));
    }
    query.order_by.iter().chain(&query.limit).chain(&query.offset).for_each(|e| names_in_expr(e, names));
}

pub(in crate::effects::postgres) fn names_in_table<'q>(table: &'q TableRef, names: &mut Vec<&'q ObjectName>) {
    match &table.source {
        TableSource::Relation { name, .. } => names.push(name),
        TableSource::Query(query) => names_in_query(query, names),
        TableSource::Expr(expr) => names_in_expr(expr, names),
    }
    table.on.iter().for_each(|e| names_in_expr(e, names));
}

pub(in crate::effects::postgres) fn names_in_expr<'q>(expr: &'q Expr, names: &mut Vec<&'q ObjectName>) {
    expr.walk(&mut |e| {
        if let Expr::Subquery { query, .. } = e {
            names_in_query(query, names);
        }
    });
}

/// The names that a statement about data reads, its target included.
pub(in crate::effects::postgres) fn names_in_operation<'q>(operation: &'q Operation, names: &mut Vec<&'q ObjectName>) {
    let mut ctes: &'q [crate::sql::expr::Cte] = &[];
    match operation {
        Operation::Select(query)
        | Operation::CreateTableAs { query, .. }
        | Operation::CreateMaterializedView { query, .. } => names_in_query(query, names),
        Operation::Copy { table, query, .. } => {
            names.extend(table);
            query.iter().for_each(|q| names_in_query(q, names));
        }
        Operation::Call { args, .. } => args.iter().for_each(|e| names_in_expr(e, names)),
        Operation::Insert(insert) => {
            ctes = &insert.ctes;
            names.push(&insert.table);
            insert.source.iter().for_each(|q| names_in_query(q, names));
            insert.returning.iter().for_each(|e| names_in_expr(e, names));
            if let Some(conflict) = &insert.on_conflict {
                let set = conflict.assignments.iter().map(|(_, e)| e);
                set.chain(&conflict.filter).for_each(|e| names_in_expr(e, names));
            }
        }
        Operation::Update(update) => {
            ctes = &update.ctes;
            names.push(&update.table.name);
            update.from.iter().for_each(|t| names_in_table(t, names));
            let set = update.assignments.iter().map(|(_, e)| e);
            set.chain(&update.filter).chain(&update.returning).for_each(|e| names_in_expr(e, names));
        }
        Operation::Delete(delete) => {
            ctes = &delete.ctes;
            names.push(&delete.table.name);
            delete.using.iter().for_each(|t| names_in_table(t, names));
            delete.filter.iter().chain(&delete.returning).for_each(|e| names_in_expr(e, names));
        }
        Operation::Merge(merge) => {
            ctes = &merge.ctes;
            names.push(&merge.table.name);
            names_in_table(&merge.source, names);
            std::iter::once(&merge.on).chain(&merge.exprs).for_each(|e| names_in_expr(e, names));
        }
        _ => {}
    }
    for cte in ctes {
        match &cte.body {
            CteBody::Query(query) => names_in_query(query, names),
            CteBody::Dml(operation) => names_in_operation(operation, names),
        }
    }
}
