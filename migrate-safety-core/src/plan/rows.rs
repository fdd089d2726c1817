//! The rows that an UPDATE or DELETE changes, and what it gives them, as expressions over one row: what other tables have to
//! do with it (`FROM`, `USING`) becomes queries inside.

use super::error::Refusal;
use super::request::TableRef;
use crate::catalog::{Catalog, Table};
use crate::sql::expr::{self, CteBody, Expr, Query, TableSource};
use crate::sql::operation::{Delete, Update};
use crate::sql::rename::qualifier;
use crate::sql::{ChangeText, Ident, ObjectName};

/// The rows of a table that a statement changes.
pub(crate) struct Rows<'a> {
    catalog: &'a Catalog,
    table: TableRef<'a>,
    alias: Option<&'a Ident>,
    /// The other tables, joins flattened.
    from: &'a [expr::TableRef],
    filter: Option<&'a Expr>,
    text: ChangeText,
}

impl<'a> Rows<'a> {
    /// The rows that an UPDATE sets.
    pub(crate) fn updated(catalog: &'a Catalog, table: TableRef<'a>, update: &'a Update, text: ChangeText) -> Self {
        let Update { alias, from, filter, .. } = update;
        Self { catalog, table, alias: alias.as_ref(), from, filter: filter.as_ref(), text }
    }

    /// The rows that a DELETE takes away.
    pub(crate) fn deleted(catalog: &'a Catalog, table: TableRef<'a>, delete: &'a Delete, text: ChangeText) -> Self {
        let Delete { alias, using, filter, .. } = delete;
        Self { catalog, table, alias: alias.as_ref(), from: using, filter: filter.as_ref(), text }
    }

    /// The names of what decides over the rows besides the row itself.
    pub(crate) fn reads(&self) -> Vec<&'a ObjectName> {
        let mut names = Vec::new();
        self.from.iter().for_each(|table| names_in_table(table, &mut names));
        self.filter.iter().for_each(|filter| names_in_expr(filter, &mut names));
        names
    }

    /// Whether they are those that have another row before them, of the same table and alike in some columns: whichever of
    /// them goes first, the one that none is before stays, and stands for the others.
    pub(crate) fn are_duplicates(&self) -> bool {
        let ([other], Some(filter)) = (self.from, self.filter) else { return false };
        let is_same = match &other.source {
            TableSource::Relation { name, .. } => self.catalog.resolve(name).found() == Some(self.table.id),
            _ => false,
        };
        let side = |expr: &Expr| match expr {
            Expr::Column { qualifier, name } => Some((self.owner(qualifier.as_ref(), name)?, name.clone())),
            _ => None,
        };
        let mut is_ordered = false;
        let fits = filter.conjuncts().iter().all(|part| {
            let Expr::Binary { op, left, right } = part else { return false };
            let (Some((left, a)), Some((right, b))) = (side(left), side(right)) else { return false };
            is_ordered |= **op == *"<" || **op == *">";
            a == b && left != right && matches!(&**op, "=" | "<" | ">")
        });
        is_same && fits && is_ordered
    }

    /// Which rows: a condition over one.
    ///
    /// # Errors
    /// The statement cannot be written so.
    pub(crate) fn condition(&self) -> Result<Option<String>, Refusal> {
        self.is_expressible(self.filter.into_iter())?;
        let Some(from) = &self.text.from else { return Ok(self.text.filter.as_deref().map(|text| self.told(text))) };
        let filter = self.text.filter.as_ref().map(|filter| format!(" WHERE {filter}")).unwrap_or_default();
        Ok(Some(self.told(&format!("EXISTS (SELECT FROM {from}{filter})"))))
    }

    /// The values that they get, in the order of `assignments`.
    ///
    /// # Errors
    /// The statement cannot be written so, or leaves to chance which value a row gets.
    pub(crate) fn values(&self, assignments: &[(Ident, Expr)]) -> Result<Vec<String>, Refusal> {
        self.is_expressible(assignments.iter().map(|(_, value)| value))?;
        let filter = self.text.filter.as_ref().map(|filter| format!(" WHERE {filter}")).unwrap_or_default();
        let mut values = Vec::new();
        for ((_, value), text) in assignments.iter().zip(&self.text.values) {
            values.push(match &self.text.from {
                Some(from) if !self.is_of_row(value, &[]) => {
                    self.meets_one()?;
                    self.told(&format!("(SELECT {text} FROM {from}{filter})"))
                }
                _ => self.told(text),
            });
        }
        Ok(values)
    }

    /// A text of the statement, with the table by its own name.
    fn told(&self, text: &str) -> String {
        match self.alias {
            Some(alias) => qualifier(text, alias, &self.table.relation.name),
            None => text.to_owned(),
        }
    }

    /// Whether names still mean the same inside of a query, and without the alias.
    fn is_expressible<'e>(&self, parts: impl Iterator<Item = &'e Expr>) -> Result<(), Refusal> {
        let own = &self.table.relation.name;
        if self.from.iter().any(|other| called(other) == Some(own)) {
            return Err(Refusal::new(
                format!("another table of the statement is called {own} too"),
                "give that one another alias",
            ));
        }
        let Some(alias) = self.alias else { return Ok(()) };
        let reused = |query: &Query| reuses(query, alias) || reuses(query, own);
        let in_from = self.from.iter().any(|other| match &other.source {
            TableSource::Query(query) => reused(query),
            _ => false,
        });
        let mut inside = false;
        parts.for_each(|part| {
            part.walk(&mut |e| inside |= matches!(e, Expr::Subquery { query, .. } if reused(query)));
        });
        if in_from || inside {
            return Err(Refusal::new(
                format!("a query inside calls something {alias} or {own}, as the statement calls the table"),
                "give each table of the statement an alias of its own",
            ));
        }
        Ok(())
    }

    /// Whether each row meets at most one combination of rows of the other tables.
    fn meets_one(&self) -> Result<(), Refusal> {
        let mut found: Vec<usize> = Vec::new();
        loop {
            let next = (0..self.from.len()).find(|at| !found.contains(at) && self.is_one(*at, &found));
            match next {
                Some(at) => found.push(at),
                None if found.len() == self.from.len() => return Ok(()),
                None => break,
            }
        }
        let left = self.from.iter().enumerate().find(|(at, _)| !found.contains(at));
        let name = left.and_then(|(_, other)| called(other)).map_or_else(|| "a query".to_owned(), Ident::sql);
        Err(Refusal::new(
            format!(
                "a row of {} may meet several rows of {name}: which of them gives the value is left to chance",
                self.table.sql()
            ),
            format!(
                "join {name} by all columns of a unique key of it, or pick one row by a query for each value: \
                 `SET c = (SELECT … ORDER BY … LIMIT 1)`"
            ),
        ))
    }

    /// Whether one of the other tables has at most one row for a row of the table and of those that are `known`.
    fn is_one(&self, at: usize, known: &[usize]) -> bool {
        let Some(other) = self.from.get(at) else { return false };
        let Some(table) = self.other(other) else { return false };
        let on = self.from.iter().enumerate().filter(|(of, join)| *of == at || !join.optional);
        // What is joined by LEFT JOIN is bound by its own condition alone.
        let on = on.filter(|(of, _)| !other.optional || *of == at).filter_map(|(_, join)| join.on.as_ref());
        let filter = self.filter.filter(|_| !other.optional);
        let equal: Vec<&Ident> =
            on.chain(filter).flat_map(Expr::conjuncts).filter_map(|part| self.bound(part, at, known)).collect();
        let mut keys = table
            .indexes
            .iter()
            .filter_map(|id| self.catalog.relation(*id)?.index())
            .filter(|index| index.unique && index.valid && index.predicate.is_none() && index.method == *"btree");
        keys.any(|index| {
            index.keys.iter().all(|key| {
                let column = key.column.and_then(|id| table.column_by_id(id));
                column.is_some_and(|column| equal.contains(&&column.name))
            })
        })
    }

    /// The column of one of the other tables that a condition binds to something known.
    fn bound<'e>(&self, part: &'e Expr, at: usize, known: &[usize]) -> Option<&'e Ident> {
        let Expr::Binary { op, left, right } = part else { return None };
        if **op != *"=" {
            return None;
        }
        [(left, right), (right, left)].into_iter().find_map(|(column, value)| match &**column {
            Expr::Column { qualifier, name } if self.owner(qualifier.as_ref(), name) == Some(Owner::Other(at)) => {
                self.is_of_row(value, known).then_some(name)
            }
            _ => None,
        })
    }

    /// Whether a value is made of a row of the table and of those of `known` others alone.
    fn is_of_row(&self, value: &Expr, known: &[usize]) -> bool {
        let mut is_known = true;
        value.walk(&mut |part| {
            is_known &= match part {
                Expr::Column { qualifier, name } => match self.owner(qualifier.as_ref(), name) {
                    Some(Owner::Row) => true,
                    Some(Owner::Other(at)) => known.contains(&at),
                    None => false,
                },
                Expr::Star(_) | Expr::Subquery { .. } => false,
                _ => true,
            };
        });
        is_known
    }

    /// Whose a column is; nobody's, if that is not sure.
    fn owner(&self, qualifier: Option<&Ident>, name: &Ident) -> Option<Owner> {
        let own = self.alias.unwrap_or(&self.table.relation.name);
        if let Some(qualifier) = qualifier {
            if qualifier == own {
                return Some(Owner::Row);
            }
            return self.from.iter().position(|other| called(other) == Some(qualifier)).map(Owner::Other);
        }
        let mut all: Vec<Owner> = self.table.table.column(name).map(|_| Owner::Row).into_iter().collect();
        for (at, other) in self.from.iter().enumerate() {
            // What else may have a column of the name is not known.
            if self.other(other)?.column(name).is_some() {
                all.push(Owner::Other(at));
            }
        }
        match &*all {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// One of the other tables, if it is one, and none that shows rows of more than itself.
    fn other(&self, other: &expr::TableRef) -> Option<&'a Table> {
        let TableSource::Relation { name, only } = &other.source else { return None };
        let table = self.catalog.table(self.catalog.resolve(name).found()?)?;
        let is_alone = *only || table.is_partitioned() || table.children.is_empty();
        (is_alone && other.columns.is_empty()).then_some(table)
    }
}

/// The names of what an UPDATE reads besides its table.
pub(crate) fn read_by(update: &Update) -> Vec<&ObjectName> {
    let mut names = Vec::new();
    update.from.iter().for_each(|table| names_in_table(table, &mut names));
    update.assignments.iter().map(|(_, value)| value).chain(&update.filter).for_each(|e| names_in_expr(e, &mut names));
    names
}

/// Whose a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// The row that is changed.
    Row,
    /// One of the other tables, by its place.
    Other(usize),
}

/// The name by which a statement speaks of what it reads.
fn called(table: &expr::TableRef) -> Option<&Ident> {
    match (&table.alias, &table.source) {
        (Some(alias), _) => Some(alias),
        (None, TableSource::Relation { name, .. }) => Some(&name.name),
        (None, _) => None,
    }
}

/// Whether something in a query is called by this name.
fn reuses(query: &Query, name: &Ident) -> bool {
    let mut found = query.ctes.iter().any(|cte| cte.name == *name);
    for table in query.selects.iter().flat_map(|select| &select.from) {
        found |= called(table) == Some(name);
        found |= matches!(&table.source, TableSource::Query(query) if reuses(query, name));
    }
    query.walk_exprs(&mut |part| {
        if let Expr::Subquery { query, .. } = part {
            found |= query.selects.iter().flat_map(|select| &select.from).any(|table| called(table) == Some(name));
        }
    });
    found
}

fn names_in_query<'q>(query: &'q Query, names: &mut Vec<&'q ObjectName>) {
    for cte in &query.ctes {
        if let CteBody::Query(query) = &cte.body {
            names_in_query(query, names);
        }
    }
    query.selects.iter().flat_map(|select| &select.from).for_each(|table| names_in_table(table, names));
    let mut inside = Vec::new();
    query.walk_exprs(&mut |part| {
        if let Expr::Subquery { query, .. } = part {
            inside.extend(query.selects.iter().flat_map(|select| &select.from));
        }
    });
    inside.into_iter().for_each(|table| names_in_table(table, names));
}

fn names_in_table<'q>(table: &'q expr::TableRef, names: &mut Vec<&'q ObjectName>) {
    match &table.source {
        TableSource::Relation { name, .. } => names.push(name),
        TableSource::Query(query) => names_in_query(query, names),
        TableSource::Expr(expr) => names_in_expr(expr, names),
    }
    table.on.iter().for_each(|on| names_in_expr(on, names));
}

fn names_in_expr<'q>(expr: &'q Expr, names: &mut Vec<&'q ObjectName>) {
    expr.walk(&mut |part| {
        if let Expr::Subquery { query, .. } = part {
            names_in_query(query, names);
        }
    });
}
