//! One planning problem: tables to be read and the conditions on them, subqueries pulled up into it.

use super::key;
use super::restrict::{self, Restriction};
use crate::catalog::{Catalog, RelationId, Stamp, View};
use crate::effects::postgres::partition;
use crate::sql::expr::{Expr, Select, SelectItem};
use crate::sql::{DataType, Ident};
use std::collections::BTreeSet;

/// How names of relations are looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// Along the search path.
    Session,
    /// As this view has stored them.
    View(RelationId),
}

/// The problem and, once solved, its solution.
#[derive(Debug)]
pub(super) struct Problem<'q> {
    pub(super) catalog: &'q Catalog,
    /// When the statement runs.
    pub(super) now: Stamp,
    pub(super) tables: Vec<Read>,
    pub(super) scopes: Vec<Scope<'q>>,
    /// What must be true, and of which part.
    pub(super) conditions: Vec<(usize, Condition<'q>)>,
    /// Parts behind `LEFT JOIN`.
    pub(super) optional: BTreeSet<usize>,
    parts: usize,
    /// Some part yields an unknown, large number of rows.
    pub(super) many: bool,
    /// A condition is never true: nothing is read.
    pub(super) never: bool,
    /// The table that is changed.
    pub(super) target: Option<usize>,
    /// Too large to be solved: every table counts as read through.
    unsolved: bool,
    restrictions: Vec<Restriction<'q>>,
}

/// A table that is read.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) id: RelationId,
    /// Tables with rows of their own that stand for it: partitions, inheriting tables.
    pub(super) members: Vec<Member>,
    /// All of these and partitioned ones between, in the order the server locks them.
    pub(super) kept: Vec<RelationId>,
    pub(super) only: bool,
    /// A constant leaves few of its rows, but there is no index to find them.
    pub(super) pinned: bool,
    /// The part of the problem it belongs to: that of a `NOT EXISTS` or behind a `LEFT JOIN` does not narrow the rest.
    pub(super) part: usize,
}

/// A table with rows of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) id: RelationId,
    pub(super) by_key: bool,
}

impl Read {
    /// Whether few of its rows are left.
    pub(super) fn few(&self) -> bool {
        self.pinned || self.members.iter().all(|m| m.by_key)
    }
}

/// What column names can refer to at one place.
#[derive(Debug)]
pub(super) struct Scope<'q> {
    pub(super) names: Vec<(Option<Ident>, Source<'q>)>,
    pub(super) outer: Option<usize>,
}

/// What a name in `FROM` stands for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'q> {
    /// A table of the problem.
    Table(usize),
    /// A subquery or view that was pulled up.
    Select(usize, &'q Select, Names<'q>),
    /// Few rows that do not come from a table of the problem.
    Few,
    /// Who knows how many.
    Many,
}

/// What the output columns of a subquery are called.
#[derive(Clone, Copy, Debug)]
pub(super) enum Names<'q> {
    /// As it says itself.
    Own,
    /// As the view has stored them.
    View(&'q View),
    /// As its alias lists them: `s (a, b)`.
    Alias(&'q [(Ident, Option<DataType>)]),
    /// As `WITH` lists them.
    With(&'q [Ident]),
}

impl Names<'_> {
    /// Where a name stands; the rest keep their own.
    fn position(self, name: &Ident, width: usize) -> Option<usize> {
        match self {
            Self::Own => None,
            Self::View(view) if view.columns.len() == width => view.columns.iter().position(|c| c.name == *name),
            Self::View(_) => None,
            Self::Alias(names) => names.iter().position(|(n, _)| n == name),
            Self::With(names) => names.iter().position(|n| n == name),
        }
    }
}

/// A condition that every row must meet.
#[derive(Clone, Copy, Debug)]
pub(super) enum Condition<'q> {
    /// An expression.
    Expr(usize, &'q Expr),
    /// Two expressions are equal: `a IN (SELECT b …)`.
    Equal((usize, &'q Expr), (usize, &'q Expr)),
    /// An expression is one of a few values.
    FewValues(usize, &'q Expr),
}

/// What a column reference means.
#[derive(Clone, Debug)]
pub(super) enum Meaning<'q> {
    /// A column of a table of the problem.
    Column(usize, Ident),
    /// An output of a subquery that was pulled up.
    Expr(usize, &'q Expr),
    /// A value from outside: a parameter, a variable, a row of an outer query.
    Given,
    /// Something of which nothing is known.
    Opaque,
}

impl<'q> Problem<'q> {
    /// The most tables and conditions of a problem that is solved, since each may turn on each. No statement that
    /// people write has as many.
    const MOST_TABLES: usize = 256;
    const MOST_CONDITIONS: usize = 1024;

    pub(super) fn new(catalog: &'q Catalog, now: Stamp) -> Self {
        Self {
            catalog,
            now,
            tables: Vec::new(),
            scopes: Vec::new(),
            conditions: Vec::new(),
            optional: BTreeSet::new(),
            parts: 0,
            many: false,
            never: false,
            target: None,
            unsolved: false,
            restrictions: Vec::new(),
        }
    }

    pub(super) fn scope(&mut self, outer: Option<usize>) -> usize {
        self.scopes.push(Scope { names: Vec::new(), outer });
        self.scopes.len() - 1
    }

    /// A further part, behind a `LEFT JOIN` or in a `NOT EXISTS`.
    pub(super) fn new_part(&mut self, optional: bool) -> usize {
        self.parts += 1;
        if optional {
            self.optional.insert(self.parts);
        }
        self.parts
    }

    /// Adds a table to be read.
    pub(super) fn read(&mut self, id: RelationId, only: bool, part: usize) -> usize {
        self.tables.push(Read { id, members: Vec::new(), kept: Vec::new(), only, pinned: false, part });
        self.tables.len() - 1
    }

    /// What a column name means in a scope.
    pub(super) fn column(&self, scope: usize, qualifier: Option<&Ident>, name: &Ident) -> Meaning<'q> {
        self.column_seen_from(scope, None, qualifier, name)
    }

    /// What a name means in `scope`, looked up from inside its `FROM` item `inside`: that sees only what stands before
    /// itself.
    fn column_seen_from(
        &self,
        scope: usize,
        inside: Option<usize>,
        qualifier: Option<&Ident>,
        name: &Ident,
    ) -> Meaning<'q> {
        let Some(here) = self.scopes.get(scope) else { return Meaning::Given };
        let mut unknown = false;
        for (alias, source) in &here.names {
            if matches!(source, Source::Select(inner, ..) if Some(*inner) == inside) {
                break;
            }
            if qualifier.is_some() && alias.as_ref() != qualifier {
                continue;
            }
            match source {
                Source::Table(table) => {
                    if self.has_column(*table, name) {
                        return Meaning::Column(*table, name.clone());
                    }
                    unknown |= qualifier.is_some();
                }
                Source::Select(inner, select, names) => {
                    if let Some(meaning) = self.output(*inner, select, *names, name) {
                        return meaning;
                    }
                }
                Source::Few if qualifier.is_some() => return Meaning::Given,
                Source::Few => {}
                Source::Many => unknown = true,
            }
        }
        match here.outer {
            _ if unknown => Meaning::Opaque,
            Some(outer) => self.column_seen_from(outer, Some(scope), qualifier, name),
            None => Meaning::Given,
        }
    }

    fn has_column(&self, table: usize, name: &Ident) -> bool {
        let Some(relation) = self.tables.get(table).and_then(|t| self.catalog.relation(t.id)) else { return false };
        match (relation.table(), relation.view()) {
            (Some(table), _) => table.column(name).is_some() || relation.unknown,
            (None, Some(view)) => view.columns.iter().any(|c| c.name == *name),
            (None, None) => false,
        }
    }

    /// What an output column of a subquery or view means.
    fn output(&self, scope: usize, select: &'q Select, names: Names<'q>, name: &Ident) -> Option<Meaning<'q>> {
        let stars = select.items.iter().any(|i| matches!(i.expr, Expr::Star(_)));
        let position = names.position(name, select.items.len()).filter(|_| !stars);
        if let Some(item) = position.and_then(|at| select.items.get(at)) {
            return Some(Meaning::Expr(scope, &item.expr));
        }
        if let Some(item) = select.items.iter().find(|i| output_name(i) == Some(name)) {
            return Some(Meaning::Expr(scope, &item.expr));
        }
        let starred = select.items.iter().filter_map(|i| match &i.expr {
            Expr::Star(qualifier) => Some(qualifier.as_ref()),
            _ => None,
        });
        let mut meanings = starred.map(|qualifier| self.column(scope, qualifier, name));
        meanings.find(|m| !matches!(m, Meaning::Given))
    }

    /// The column that an expression is, if it is one of a table of the problem.
    pub(super) fn as_column(&self, scope: usize, expr: &'q Expr) -> Option<(usize, Ident)> {
        match expr {
            Expr::Column { qualifier, name } => match self.column(scope, qualifier.as_ref(), name) {
                Meaning::Column(table, name) => Some((table, name)),
                Meaning::Expr(inner, expr) => self.as_column(inner, expr),
                Meaning::Given | Meaning::Opaque => None,
            },
            // `varchar` is indexed as the `text` it is compared as.
            Expr::Cast { expr, to } if to.is("text") => {
                let (table, name) = self.as_column(scope, expr)?;
                let column = self.catalog.table(self.tables.get(table)?.id)?.column(&name)?;
                (column.data_type.is("varchar") || column.data_type.is("text")).then_some((table, name))
            }
            _ => None,
        }
    }

    /// The tables whose rows an expression needs; nothing if that cannot be told.
    pub(super) fn needs(&self, scope: usize, expr: &'q Expr) -> Option<BTreeSet<usize>> {
        let mut tables = BTreeSet::new();
        let mut known = true;
        expr.walk(&mut |e| match e {
            Expr::Column { qualifier, name } => match self.column(scope, qualifier.as_ref(), name) {
                Meaning::Column(table, _) => drop(tables.insert(table)),
                Meaning::Expr(inner, expr) => match self.needs(inner, expr) {
                    Some(more) => tables.extend(more),
                    None => known = false,
                },
                Meaning::Given => {}
                Meaning::Opaque => known = false,
            },
            Expr::Star(_) => known = false,
            _ => {}
        });
        known.then_some(tables)
    }

    /// The conditions that narrow the whole.
    pub(super) fn narrowing(&self) -> impl Iterator<Item = &Condition<'q>> {
        self.conditions.iter().filter(|(part, _)| *part == 0).map(|(_, condition)| condition)
    }

    /// A condition on what is behind a `LEFT JOIN` makes it an inner one.
    fn make_inner(&mut self) {
        let mut inner = BTreeSet::new();
        for condition in self.narrowing() {
            let Condition::Expr(scope, expr @ (Expr::Binary { .. } | Expr::InList { .. } | Expr::Between { .. })) =
                condition
            else {
                continue;
            };
            let needed = self.needs(*scope, expr).into_iter().flatten();
            inner.extend(needed.filter_map(|table| Some(self.tables.get(table)?.part)));
        }
        inner.retain(|part| self.optional.contains(part));
        self.tables.iter_mut().filter(|t| inner.contains(&t.part)).for_each(|t| t.part = 0);
        self.conditions.iter_mut().filter(|(part, _)| inner.contains(part)).for_each(|(part, _)| *part = 0);
    }

    /// Finds out which tables go by key.
    pub(super) fn solve(&mut self) {
        self.unsolved = self.tables.len() > Self::MOST_TABLES || self.conditions.len() > Self::MOST_CONDITIONS;
        if !self.unsolved {
            self.make_inner();
            self.restrictions = restrict::restrictions(self);
        }
        let kept: Vec<Vec<RelationId>> = (0..self.tables.len()).map(|table| self.keep(table)).collect();
        for (table, kept) in self.tables.iter_mut().zip(kept) {
            let stored = |id: &&RelationId| self.catalog.table(**id).is_none_or(|t| !t.is_partitioned());
            table.members = kept.iter().filter(stored).map(|id| Member { id: *id, by_key: false }).collect();
            table.kept = kept;
        }
        if self.unsolved {
            return;
        }
        self.follow();
        // Of what has to be read through, those with few rows left still lead to others.
        let pinned: Vec<usize> = self.restrictions.iter().filter(|r| r.pins(self)).map(|r| r.table).collect();
        for table in pinned {
            if let Some(table) = self.tables.get_mut(table) {
                table.pinned |= !table.few();
            }
        }
        self.follow();
    }

    /// Finds tables that go by key; each lets others follow.
    fn follow(&mut self) {
        loop {
            let few: Vec<bool> = self.tables.iter().map(Read::few).collect();
            let mut found = Vec::new();
            for (at, table) in self.tables.iter().enumerate().filter(|(_, t)| !t.pinned) {
                for (n, member) in table.members.iter().enumerate().filter(|(_, m)| !m.by_key) {
                    if key::goes_by_key(self, at, member.id, &self.restrictions, &few) {
                        found.push((at, n));
                    }
                }
            }
            if found.is_empty() {
                break;
            }
            for (at, n) in found {
                if let Some(member) = self.tables.get_mut(at).and_then(|t| t.members.get_mut(n)) {
                    member.by_key = true;
                }
            }
        }
    }

    /// A table with the descendants that constants do not rule out.
    fn keep(&self, table: usize) -> Vec<RelationId> {
        let Some(read) = self.tables.get(table) else { return Vec::new() };
        let mut kept = vec![read.id];
        let partitioned = self.catalog.table(read.id).is_some_and(crate::catalog::Table::is_partitioned);
        if read.only {
            return kept;
        }
        if !partitioned {
            kept.extend(self.catalog.descendants(read.id));
        } else if !self.never {
            let wanted = |name: &Ident| match self.unsolved {
                true => partition::Wanted::Any,
                false => restrict::wanted(self, table, name),
            };
            kept.extend(partition::kept(self.catalog, read.id, &wanted));
        }
        kept
    }

    /// The tables that are read through.
    pub(super) fn scanned(&self) -> Vec<RelationId> {
        if self.never {
            return Vec::new();
        }
        let open = self.tables.iter().enumerate().filter(|(at, _)| self.question(*at).is_none());
        open.flat_map(|(_, t)| &t.members).filter(|m| !m.by_key).map(|m| m.id).collect()
    }

    /// What it would take to know more.
    pub(super) fn questions(&self) -> Vec<String> {
        if self.unsolved {
            let tables = self.tables.len();
            return vec![format!("with {tables} tables and as many conditions: which of them are read through?")];
        }
        (0..self.tables.len()).filter_map(|table| self.question(table)).collect()
    }

    /// Whether a table is read by key turns on indexes that are not known: of a table that the history does not create.
    fn question(&self, table: usize) -> Option<String> {
        let read = self.tables.get(table)?;
        let relation = self.catalog.relation(read.id).filter(|r| r.unknown)?;
        let pinned = self.restrictions.iter().find_map(|r| r.pins_column_of(table))?;
        Some(format!("is there an index on {} ({pinned})?", relation.qualified()))
    }

    /// Whether it yields few rows.
    pub(super) fn few(&self) -> bool {
        self.never || (!self.many && self.tables.iter().filter(|t| t.part == 0).all(Read::few))
    }

    /// The changed table with the descendants that are kept.
    pub(super) fn kept_of_target(&self) -> Vec<RelationId> {
        self.target.and_then(|at| self.tables.get(at)).map(|t| t.kept.clone()).unwrap_or_default()
    }
}

/// The name that an output column has.
fn output_name(item: &SelectItem) -> Option<&Ident> {
    match (&item.alias, &item.expr) {
        (Some(alias), _) => Some(alias),
        (None, Expr::Column { name, .. }) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Config, Layout, MigrationSet, check};
    use std::fmt::Write;

    #[test]
    fn what_is_too_large_to_be_solved_is_read_through_and_asked_about() {
        let mut sql = "CREATE TABLE t (id bigint PRIMARY KEY);\nSELECT 1 FROM t t0".to_owned();
        for n in 1..300 {
            write!(sql, " JOIN t t{n} ON t{n}.id = t{}.id", n - 1).unwrap();
        }
        sql.push_str(" WHERE t0.id = 1;");
        let mut set = MigrationSet::from_text("1_m.sql", sql, Layout::Sqlx);
        set.complete = true;
        let report = check(&set, &Config::default());
        let effects = &report.migrations[0].statements[1].effects;
        assert_eq!(effects.scans.len(), 1, "{effects:?}");
        assert!(effects.uncertain.iter().any(|asked| asked.contains("300 tables")), "{:?}", effects.uncertain);
    }
}
