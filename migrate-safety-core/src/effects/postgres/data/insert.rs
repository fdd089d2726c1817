//! `INSERT`, `COPY … FROM`.

use super::{Doing, Event};
use crate::catalog::{Column, RelationId, Table};
use crate::effects::postgres::family::stored;
use crate::effects::postgres::partition::{self, Value, Wanted, value};
use crate::sql::expr::Expr;
use crate::sql::operation::{Insert, OnConflict, Overriding};
use crate::sql::{Ident, LockMode, ObjectName};

impl Doing<'_> {
    pub(super) fn insert(&mut self, insert: &Insert) {
        let Some(base) = self.target(&insert.table, &Event::Insert) else { return };
        self.facts.insert("data/target");
        let given = Given::of(self, base, insert);
        self.draw_defaults(base, Some(&given));
        self.route_rows(base, &given);
        if let Some(conflict) = &insert.on_conflict {
            self.arbiters(base, conflict);
        }
        self.follow(base, &[base], &Event::Insert);
        if let Some(conflict) = insert.on_conflict.as_ref().filter(|c| !c.assignments.is_empty()) {
            let columns: Vec<Ident> = conflict.assignments.iter().map(|(column, _)| column.clone()).collect();
            self.follow(base, &[base], &Event::Update(columns));
        }
    }

    pub(super) fn copy_from(&mut self, table: &ObjectName, columns: &[Ident]) {
        let Some(base) = self.target(table, &Event::Insert) else { return };
        self.facts.insert("data/target");
        if !columns.is_empty() {
            self.draw_defaults(base, Some(&Given::columns(columns)));
        }
        for partition in partition::kept(self.scene.catalog, base, &|_| Wanted::Any) {
            self.lock(partition, LockMode::RowExclusive);
        }
        self.follow(base, &[base], &Event::Insert);
    }

    /// Defaults are evaluated where no value is given; without `given` for all columns.
    pub(super) fn draw_defaults(&mut self, base: RelationId, given: Option<&Given<'_>>) {
        let columns = self.scene.catalog.table(base).map_or(&[][..], |t| &t.columns);
        for column in columns.iter().filter(|c| given.is_none_or(|g| g.leaves_out(c))) {
            self.draw_default(base, &column.name);
        }
    }

    /// A column takes its default.
    pub(super) fn draw_default(&mut self, base: RelationId, name: &Ident) {
        let Some(column) = self.scene.catalog.table(base).and_then(|t| t.column(name)) else { return };
        if let Some(default) = &column.default {
            self.evaluate_default(&default.expr);
        }
        if let Some(sequence) = column.sequence.filter(|_| column.identity.is_some()) {
            self.facts.insert("data/sequence");
            self.lock(sequence, LockMode::RowExclusive);
        }
    }

    /// The partitions that rows go to.
    fn route_rows(&mut self, base: RelationId, given: &Given<'_>) {
        let catalog = self.scene.catalog;
        let Some(table) = catalog.table(base).filter(|t| t.is_partitioned()) else { return };
        self.facts.insert("data/partition");
        for row in given.rows_or_any() {
            let wanted = |name: &Ident| given.wanted(table, row, name);
            let kept = partition::kept(catalog, base, &wanted);
            if catalog.complete && stored(catalog, kept.clone()).is_empty() {
                let name = catalog.relation(base).map_or("", |r| r.name.as_str());
                self.failures.push(("23514", format!("no partition of relation \"{name}\" found for row")));
            }
            for partition in kept {
                self.lock(partition, LockMode::RowExclusive);
            }
        }
    }

    /// Finding the index that decides on a conflict locks the indexes it is looked for among, in order of creation.
    fn arbiters(&mut self, base: RelationId, conflict: &OnConflict) {
        let catalog = self.scene.catalog;
        let mut indexes = catalog.indexes_of(base).to_vec();
        indexes.sort();
        if let Some(constraint) = &conflict.constraint {
            let named = catalog.table(base).and_then(|t| t.constraint(constraint)?.index());
            let last = indexes.iter().position(|i| Some(*i) == named).map_or(indexes.len(), |at| at + 1);
            indexes.truncate(last);
        } else if conflict.target.is_empty() {
            return;
        }
        self.facts.insert("insert/arbiter");
        for index in indexes {
            self.lock(index, LockMode::RowExclusive);
        }
    }
}

/// The values that an `INSERT` gives.
#[derive(Debug)]
pub(super) struct Given<'q> {
    /// The columns, in the order of the values.
    columns: Vec<Ident>,
    /// The rows of `VALUES`, or the one of a `SELECT` without `FROM`; nothing for other queries.
    rows: Vec<Vec<&'q Expr>>,
    /// The output of a query.
    output: Vec<&'q Expr>,
    /// `OVERRIDING USER VALUE`: identity columns take theirs from the sequence.
    ignores_identities: bool,
}

impl<'q> Given<'q> {
    /// Some value in each of these columns.
    fn columns(columns: &[Ident]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new(), output: Vec::new(), ignores_identities: false }
    }

    fn of(doing: &Doing<'_>, base: RelationId, insert: &'q Insert) -> Self {
        let mut given = Self {
            columns: insert.columns.clone(),
            rows: Vec::new(),
            output: Vec::new(),
            ignores_identities: insert.overriding == Some(Overriding::User),
        };
        let mut width = None;
        match &insert.source {
            None => width = Some(0),
            Some(query) => {
                if let [select] = query.selects.as_slice() {
                    if select.items.is_empty() {
                        let row = |e: &'q Expr| match e {
                            Expr::Other(values) => values.iter().collect(),
                            other => vec![other],
                        };
                        given.rows = select.others.iter().map(row).collect();
                        width = given.rows.iter().map(Vec::len).max();
                    } else if !select.items.iter().any(|i| matches!(i.expr, Expr::Star(_))) {
                        given.output = select.items.iter().map(|i| &i.expr).collect();
                        width = Some(given.output.len());
                    }
                }
            }
        }
        if given.columns.is_empty() {
            let columns = doing.scene.catalog.table(base).map_or(&[][..], |t| &t.columns);
            let names = columns.iter().map(|c: &Column| c.name.clone());
            given.columns = names.take(width.unwrap_or(usize::MAX)).collect();
        }
        given
    }

    /// Whether a column takes its default in some row.
    fn leaves_out(&self, column: &Column) -> bool {
        let Some(at) = self.columns.iter().position(|c| *c == column.name) else { return true };
        (self.ignores_identities && column.identity.is_some())
            || self.rows.iter().any(|row| matches!(row.get(at), Some(Expr::Default)))
    }

    fn rows_or_any(&self) -> Vec<&[&'q Expr]> {
        if self.rows.is_empty() { vec![&self.output] } else { self.rows.iter().map(Vec::as_slice).collect() }
    }

    /// What is known of a column in a row.
    fn wanted(&self, table: &Table, row: &[&Expr], name: &Ident) -> Wanted {
        let Some(column) = table.column(name) else { return Wanted::Any };
        let of = |expr: &Expr| -> Wanted {
            let found: Option<Option<Value>> = value(expr, &column.data_type);
            found.map_or(Wanted::Any, |v| Wanted::OneOf(vec![v]))
        };
        match self.columns.iter().position(|c| c == name).map(|at| row.get(at)) {
            Some(Some(Expr::Default)) | None => match &column.default {
                Some(default) => of(&default.expr),
                None if column.identity.is_some() => Wanted::Any,
                None => Wanted::OneOf(vec![None]),
            },
            Some(Some(expr)) => of(expr),
            Some(None) => Wanted::Any,
        }
    }
}
