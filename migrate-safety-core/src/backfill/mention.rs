//! Whether an expression over a row of a table reads a column of that table, queries inside included.

use crate::catalog::{Catalog, RelationId};
use crate::sql::expr::{Cte, CteBody, Expr, Query, TableRef, TableSource};
use crate::sql::{Ident, ObjectName};

/// How sure it is that a column is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mention {
    /// It is not.
    No,
    /// A query inside reads something of this name: the same column of other rows, or what is not looked into.
    Perhaps,
    /// It is the column of the row.
    Own,
}

/// Whether `expr`, over a row of the table, reads `column` of it.
pub(super) fn mention(catalog: &Catalog, table: RelationId, expr: &Expr, column: &Ident) -> Mention {
    Reader { catalog, table, column }.read(expr, &Scope::OUTERMOST)
}

struct Reader<'a> {
    catalog: &'a Catalog,
    table: RelationId,
    column: &'a Ident,
}

/// What names can stand for: the tables of a query, and of those around it.
struct Scope<'s> {
    ctes: &'s [Cte],
    tables: &'s [TableRef],
    around: Option<&'s Self>,
}

impl Scope<'_> {
    const OUTERMOST: Self = Self { ctes: &[], tables: &[], around: None };

    fn is_cte(&self, name: &ObjectName) -> bool {
        let here = name.schema.is_none() && self.ctes.iter().any(|cte| cte.name == name.name);
        here || self.around.is_some_and(|around| around.is_cte(name))
    }
}

impl Reader<'_> {
    fn read(&self, expr: &Expr, scope: &Scope<'_>) -> Mention {
        let mut found = Mention::No;
        expr.walk(&mut |part| {
            found = found.max(match part {
                Expr::Column { qualifier, name } if name == self.column => self.named(qualifier.as_ref(), scope),
                Expr::Star(Some(qualifier)) => self.named(Some(qualifier), scope),
                Expr::Subquery { query, .. } => self.query(query, scope),
                _ => Mention::No,
            });
        });
        found
    }

    fn query(&self, query: &Query, around: &Scope<'_>) -> Mention {
        let with = Scope { ctes: &query.ctes, tables: &[], around: Some(around) };
        let mut found = Mention::No;
        for cte in &query.ctes {
            found = found.max(match &cte.body {
                CteBody::Query(query) => self.query(query, &with),
                CteBody::Dml(_) => Mention::Perhaps,
            });
        }
        for select in &query.selects {
            let scope = Scope { ctes: &[], tables: &select.from, around: Some(&with) };
            let items = select.items.iter().map(|item| &item.expr);
            let joins = select.from.iter().filter_map(|table| table.on.as_ref());
            let own = items.chain(joins).chain(&select.filter).chain(&select.others);
            let behind = query.order_by.iter().chain(&query.limit).chain(&query.offset);
            found = own.chain(behind).map(|expr| self.read(expr, &scope)).fold(found, Mention::max);
            for table in &select.from {
                found = found.max(match &table.source {
                    TableSource::Relation { .. } => Mention::No,
                    TableSource::Query(query) => self.query(query, &scope),
                    TableSource::Expr(expr) => self.read(expr, &scope),
                });
            }
        }
        found
    }

    /// What a column of the name is that is looked for.
    fn named(&self, qualifier: Option<&Ident>, scope: &Scope<'_>) -> Mention {
        let candidates = scope.tables.iter().filter(|table| qualifier.is_none_or(|name| called(table) == Some(name)));
        let mut found = None;
        for table in candidates {
            let has = match &table.source {
                TableSource::Relation { name, .. } if !scope.is_cte(name) && table.columns.is_empty() => {
                    self.of_relation(name, qualifier.is_some())
                }
                _ => Some(Mention::Perhaps),
            };
            found = found.max(has);
        }
        match (found, scope.around) {
            (Some(found), _) => found,
            (None, Some(around)) => self.named(qualifier, around),
            (None, None) => Mention::Own,
        }
    }

    /// What the column is in a relation; nothing, if the relation does not have it.
    fn of_relation(&self, name: &ObjectName, is_told: bool) -> Option<Mention> {
        let Some(id) = self.catalog.resolve(name).found() else { return Some(Mention::Perhaps) };
        if id == self.table {
            return Some(Mention::Perhaps);
        }
        let Some(table) = self.catalog.table(id) else { return Some(Mention::Perhaps) };
        (is_told || table.column(self.column).is_some()).then_some(Mention::No)
    }
}

/// The name by which a query speaks of what it reads.
fn called(table: &TableRef) -> Option<&Ident> {
    match (&table.alias, &table.source) {
        (Some(alias), _) => Some(alias),
        (None, TableSource::Relation { name, .. }) => Some(&name.name),
        (None, _) => None,
    }
}
