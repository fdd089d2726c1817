//! Which tables a query reads through, and which it reaches by a key.
//!
//! The server's planner decides that by cost. On a large table, and without knowing its statistics, this comes down to a
//! few rules, which are kept in [`key`]:
//!
//! * A table goes **by key** when a condition pins the leading column of one of its valid indexes with `=`, `IN` or
//!   both ends of a range, or with `IS NULL`, to values that are constants, or come from tables that go by key themselves.
//! * Otherwise it is **read through**: no condition, a column without an index, an expression around the column, `<>`,
//!   one end of a range (`created_at < …`, who knows how many rows that are), a boolean column alone, `IS NULL` for a
//!   column that the same migration adds (all rows are).
//! * A partial index counts only when its predicate is among the conditions; an index on an expression when the
//!   condition has the same expression.
//! * `ORDER BY` an index with a `LIMIT`, and `min` or `max` of an indexed column, go by key.
//! * In a join, in `EXISTS` and in `IN (SELECT …)` both sides are read through unless one yields few rows and the other
//!   follows by an index. Few rows are those that go by key, and those that a constant picks by `=`, index or not. A subquery that stands for a value follows the row it is computed for by an index.
//! * Each partition and each inheriting table has indexes of its own; partitions that constants rule out are not read.

mod build;
mod key;
mod problem;
mod restrict;
mod special;
mod views;

pub(super) use special::is_aggregate;
pub(super) use views::{Views, names_in_operation, names_in_query, view_base};

use crate::catalog::{Catalog, RelationId, Stamp};
use crate::sql::expr::{Cte, CteBody, Expr, Query, Select, TableRef};
use crate::sql::{Ident, ObjectName, Operation};
use problem::{Naming, Problem};
use std::collections::BTreeSet;

/// The most rows that a `LIMIT` may ask for to count as few.
const FEW: u64 = 10_000;

/// Finds out what statements read.
#[derive(Debug)]
pub(super) struct Reader<'q> {
    catalog: &'q Catalog,
    views: &'q Views,
    now: Stamp,
    /// Tables that are read through.
    pub(super) scanned: BTreeSet<RelationId>,
    /// Questions that the catalog cannot answer.
    pub(super) uncertain: Vec<String>,
    /// For each table that is changed, what the planner keeps of it.
    pub(super) kept: Vec<Kept>,
    /// Common table expressions in sight, the nearest last.
    ctes: Vec<CteInSight<'q>>,
}

/// A table that is changed, as the planner sees it.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    /// The table itself and the descendants that constants do not rule out, in the order they are locked.
    pub(super) tables: Vec<RelationId>,
    /// No row can meet the condition.
    pub(super) never: bool,
}

#[derive(Clone, Copy, Debug)]
struct CteInSight<'q> {
    name: &'q Ident,
    /// Its query, while it can still be put in the place of its name.
    inline: Option<&'q Query>,
    /// Names of its columns, if written.
    columns: &'q [Ident],
    /// Whether it yields few rows.
    few: bool,
}

/// Something that reads tables and has a condition: a `SELECT`, `UPDATE`, `DELETE` or `MERGE`.
#[derive(Clone, Debug, Default)]
struct Block<'q> {
    /// The table that is changed, with its alias and `ONLY`.
    target: Option<(RelationId, Option<&'q Ident>, bool)>,
    /// What else is read.
    from: Vec<&'q TableRef>,
    /// The condition.
    conditions: Vec<&'q Expr>,
    /// All other expressions.
    others: Vec<&'q Expr>,
}

impl<'q> Reader<'q> {
    pub(super) fn new(catalog: &'q Catalog, views: &'q Views, now: Stamp) -> Self {
        Self {
            catalog,
            views,
            now,
            scanned: BTreeSet::new(),
            uncertain: Vec::new(),
            kept: Vec::new(),
            ctes: Vec::new(),
        }
    }

    /// Reads a query; whether it yields few rows.
    fn query(&mut self, query: &'q Query) -> bool {
        self.query_named(query, Naming::Session)
    }

    fn query_named(&mut self, query: &'q Query, naming: Naming) -> bool {
        let mark = self.ctes.len();
        self.with(&query.ctes, query, naming);
        let mut few = true;
        let alone = query.selects.len() == 1;
        let limit = query.limit.as_ref().and_then(number);
        let order = if alone { query.order_by.as_slice() } else { &[] };
        for select in &query.selects {
            let block = Block {
                target: None,
                from: select.from.iter().collect(),
                conditions: select.filter.iter().collect(),
                others: select.items.iter().map(|i| &i.expr).chain(&select.others).collect(),
            };
            let mut problem = self.problem(&block, naming);
            special::order_and_limit(&mut problem, order, query.limit.as_ref(), limit);
            special::min_and_max(&mut problem, select);
            few &= self.finish(problem) || is_one_row(select);
        }
        let tail: Vec<&Expr> = query.order_by.iter().chain(&query.limit).chain(&query.offset).collect();
        self.subqueries(&tail, naming);
        self.ctes.truncate(mark);
        few || limit.is_some_and(|limit| limit <= FEW)
    }

    /// Reads a statement that is not a plain query; whether its own condition asks for few rows.
    fn block(&mut self, ctes: &'q [Cte], block: &Block<'q>) -> bool {
        let mark = self.ctes.len();
        self.with_counted(ctes, &|name| block_mentions(block, name) + ctes_mention(ctes, name), Naming::Session);
        let problem = self.problem(block, Naming::Session);
        self.kept.push(Kept { tables: problem.kept_of_target(), never: problem.never });
        let few = self.finish(problem);
        self.ctes.truncate(mark);
        few
    }

    /// Reads what a statement reads; whether it yields few rows.
    pub(super) fn operation(&mut self, operation: &'q Operation) -> bool {
        match operation {
            Operation::Select(query)
            | Operation::CreateTableAs { query, .. }
            | Operation::CreateMaterializedView { query, .. }
            | Operation::Copy { query: Some(query), .. } => self.query(query),
            Operation::Insert(insert) => {
                let mark = self.ctes.len();
                let mentions = |name: &Ident| insert.source.as_ref().map_or(0, |q| mentions(q, name));
                self.with_counted(
                    &insert.ctes,
                    &|name| mentions(name) + ctes_mention(&insert.ctes, name),
                    Naming::Session,
                );
                let few = insert.source.as_ref().is_none_or(|source| self.query(source));
                let conflict = insert.on_conflict.iter();
                let set = conflict.flat_map(|c| c.assignments.iter().map(|(_, e)| e).chain(&c.filter));
                let others: Vec<&Expr> = set.chain(&insert.returning).collect();
                self.subqueries(&others, Naming::Session);
                self.ctes.truncate(mark);
                few
            }
            Operation::Update(update) => {
                let block = Block::of_update(self.catalog, update);
                self.block(&update.ctes, &block)
            }
            Operation::Delete(delete) => {
                let block = Block::of_delete(self.catalog, delete);
                self.block(&delete.ctes, &block)
            }
            Operation::Merge(merge) => {
                let block = Block::of_merge(self.catalog, merge);
                self.block(&merge.ctes, &block)
            }
            Operation::Call { args, .. } => {
                let args: Vec<&Expr> = args.iter().collect();
                self.subqueries(&args, Naming::Session);
                true
            }
            _ => true,
        }
    }

    /// Reads what a view's query reads, with the names it has stored.
    pub(super) fn view(&mut self, id: RelationId, query: &'q Query) {
        self.query_named(query, Naming::View(id));
    }

    /// Brings common table expressions in sight. One that is used once is planned where it is used.
    fn with(&mut self, ctes: &'q [Cte], query: &'q Query, naming: Naming) {
        self.with_counted(ctes, &|name| mentions(query, name), naming);
    }

    fn with_counted(&mut self, ctes: &'q [Cte], uses: &dyn Fn(&Ident) -> usize, naming: Naming) {
        for cte in ctes {
            let in_sight = match &cte.body {
                CteBody::Query(query) => {
                    let recursive = mentions(query, &cte.name) > 0;
                    match uses(&cte.name) {
                        0 => CteInSight { name: &cte.name, columns: &cte.columns, inline: None, few: true },
                        1 if !recursive && query.row_locks.is_empty() => {
                            CteInSight { name: &cte.name, columns: &cte.columns, inline: Some(query), few: false }
                        }
                        _ => {
                            // What a recursive one has found so far is looked up from.
                            let before = self.ctes.len();
                            self.ctes.push(CteInSight {
                                name: &cte.name,
                                columns: &cte.columns,
                                inline: None,
                                few: true,
                            });
                            let few = self.query_named(query, naming);
                            self.ctes.truncate(before);
                            CteInSight { name: &cte.name, columns: &cte.columns, inline: None, few }
                        }
                    }
                }
                CteBody::Dml(operation) => {
                    let few = self.operation(operation);
                    CteInSight { name: &cte.name, columns: &cte.columns, inline: None, few }
                }
            };
            self.ctes.push(in_sight);
        }
    }

    fn problem(&mut self, block: &Block<'q>, naming: Naming) -> Problem<'q> {
        let mut problem = Problem::new(self.catalog, self.now);
        self.build(&mut problem, block, naming);
        problem.solve();
        problem
    }

    /// Takes over what a problem's solution says; whether it yields few rows.
    fn finish(&mut self, problem: Problem<'q>) -> bool {
        self.scanned.extend(problem.scanned());
        for question in problem.questions() {
            if !self.uncertain.contains(&question) {
                self.uncertain.push(question);
            }
        }
        problem.few()
    }

    /// Reads the subqueries that expressions hold, each by itself.
    fn subqueries(&mut self, exprs: &[&'q Expr], naming: Naming) {
        for expr in exprs {
            let mut found: Vec<&'q Query> = Vec::new();
            expr.walk(&mut |e| {
                if let Expr::Subquery { query, .. } = e {
                    found.push(query);
                }
            });
            for query in found {
                self.query_named(query, naming);
            }
        }
    }
}

impl<'q> Block<'q> {
    fn of_update(catalog: &Catalog, update: &'q crate::sql::operation::Update) -> Self {
        let target = catalog.resolve(&update.table.name).found();
        Self {
            target: target.map(|id| (id, update.alias.as_ref(), update.table.only)),
            from: update.from.iter().collect(),
            conditions: update.filter.iter().collect(),
            others: update.assignments.iter().map(|(_, e)| e).chain(&update.returning).collect(),
        }
    }

    fn of_delete(catalog: &Catalog, delete: &'q crate::sql::operation::Delete) -> Self {
        let target = catalog.resolve(&delete.table.name).found();
        Self {
            target: target.map(|id| (id, delete.alias.as_ref(), delete.table.only)),
            from: delete.using.iter().collect(),
            conditions: delete.filter.iter().collect(),
            others: delete.returning.iter().collect(),
        }
    }

    fn of_merge(catalog: &Catalog, merge: &'q crate::sql::operation::Merge) -> Self {
        let target = catalog.resolve(&merge.table.name).found();
        Self {
            target: target.map(|id| (id, merge.alias.as_ref(), merge.table.only)),
            from: vec![&merge.source],
            conditions: vec![&merge.on],
            others: merge.exprs.iter().collect(),
        }
    }
}

/// Whether a `SELECT` is an aggregate over everything: one row.
fn is_one_row(select: &Select) -> bool {
    select.others.is_empty() && select.items.iter().any(|i| special::is_aggregate(&i.expr))
}

fn number(expr: &Expr) -> Option<u64> {
    match expr {
        Expr::Number(text) => text.parse().ok(),
        Expr::Cast { expr, .. } => number(expr),
        // A parameter of a batch: few.
        Expr::Parameter | Expr::Column { .. } => Some(FEW),
        _ => None,
    }
}

/// How often a query reads from something of this name.
fn mentions(query: &Query, name: &Ident) -> usize {
    let is_it = |n: &ObjectName| usize::from(n.schema.is_none() && n.name == *name);
    views::relation_names(query).into_iter().map(is_it).sum()
}

fn block_mentions(block: &Block<'_>, name: &Ident) -> usize {
    let is_it = |n: &ObjectName| usize::from(n.schema.is_none() && n.name == *name);
    let mut names = Vec::new();
    block.from.iter().for_each(|t| views::names_in_table(t, &mut names));
    block.conditions.iter().chain(&block.others).for_each(|e| views::names_in_expr(e, &mut names));
    names.into_iter().map(is_it).sum()
}

fn ctes_mention(ctes: &[Cte], name: &Ident) -> usize {
    let of = |cte: &Cte| match &cte.body {
        CteBody::Query(query) => mentions(query, name),
        CteBody::Dml(operation) => {
            let mut names = Vec::new();
            views::names_in_operation(operation, &mut names);
            names.iter().filter(|n| n.schema.is_none() && n.name == *name).count()
        }
    };
    ctes.iter().map(of).sum()
}
