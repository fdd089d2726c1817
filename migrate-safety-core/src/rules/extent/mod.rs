//! How many rows a statement about data touches.
//!
//! A number is only given where the statement itself limits it: by a `LIMIT`, by the values of a unique key, by both
//! ends of a range of one, or because it takes its rows from something that is limited so.

mod loaded;
mod pins;
mod query;

use crate::catalog::{Catalog, RelationId};
use crate::sql::expr::{Cte, CteBody, Expr, Query, TableRef};
use crate::sql::{Ident, ObjectName, Operation};
use query::Sight;

pub(crate) use loaded::{Loaded, Put};

/// At most how many rows; smallest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rows {
    /// That many.
    AtMost(u64),
    /// A batch whose size is not written out: `LIMIT $1`, a range between two variables.
    Batch,
    /// Those that share a value.
    Sharing,
    /// Any number.
    All,
}

impl Rows {
    /// So many for each of so many.
    pub fn times(self, other: Self) -> Self {
        match (self, other) {
            (Self::AtMost(a), Self::AtMost(b)) => Self::AtMost(a.saturating_mul(b)),
            (a, b) => a.max(b),
        }
    }

    /// These and those.
    fn plus(self, other: Self) -> Self {
        match (self, other) {
            (Self::AtMost(a), Self::AtMost(b)) => Self::AtMost(a.saturating_add(b)),
            (a, b) => a.max(b),
        }
    }
}

/// What a statement does to the rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// New rows: nobody waits for their locks.
    Insert,
    /// Other values.
    Update,
    /// Rows that go.
    Delete,
    /// Any of these.
    Merge,
}

impl Verb {
    /// `updates`
    pub fn third_person(self) -> &'static str {
        match self {
            Self::Insert => "inserts into",
            Self::Update => "updates",
            Self::Delete => "deletes from",
            Self::Merge => "merges into",
        }
    }

    /// Whether it locks rows that were there.
    pub fn locks_rows(self) -> bool {
        self != Self::Insert
    }
}

/// A change that a statement makes to the rows of one table.
#[derive(Clone, Copy, Debug)]
pub struct Change<'o> {
    /// `INSERT`, `UPDATE`, `DELETE` or `MERGE`; an `INSERT` that may `DO UPDATE` is one that merges.
    pub operation: &'o Operation,
    /// Which of these.
    pub verb: Verb,
    /// The table.
    pub table: RelationId,
    /// How many rows.
    pub rows: Rows,
}

impl<'o> Change<'o> {
    /// The condition on the rows of the table.
    pub fn filter(&self) -> Option<&'o Expr> {
        parts(self.operation).filter
    }

    /// The columns set, with their new values where each row has one.
    pub fn assignments(&self) -> &'o [(Ident, Expr)] {
        match self.operation {
            Operation::Update(update) => &update.assignments,
            _ => &[],
        }
    }
}

/// What decides which rows of a table are changed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parts<'o> {
    /// Common table expressions in front.
    pub(super) ctes: &'o [Cte],
    /// What else is read.
    pub(super) from: &'o [TableRef],
    /// The condition.
    pub(super) filter: Option<&'o Expr>,
}

/// What decides which rows `UPDATE`, `DELETE` or `MERGE` is about.
pub(super) fn parts(operation: &Operation) -> Parts<'_> {
    match operation {
        Operation::Update(u) => Parts { ctes: &u.ctes, from: &u.from, filter: u.filter.as_ref() },
        Operation::Delete(d) => Parts { ctes: &d.ctes, from: &d.using, filter: d.filter.as_ref() },
        Operation::Merge(m) => Parts { ctes: &m.ctes, from: std::slice::from_ref(&m.source), filter: Some(&m.on) },
        _ => Parts::default(),
    }
}

/// The changes that an operation makes, those in `WITH` first. `in_routine` says that a name may be a variable.
pub(crate) fn changes<'o>(
    catalog: &'o Catalog,
    loaded: &'o Loaded,
    operation: &'o Operation,
    in_routine: bool,
) -> Vec<Change<'o>> {
    let mut found = Vec::new();
    collect(&Sight::new(catalog, loaded, in_routine), operation, &mut found);
    found
}

/// How many rows a query yields.
pub(super) fn rows_of_query(catalog: &Catalog, loaded: &Loaded, query: &Query, in_routine: bool) -> Rows {
    Sight::new(catalog, loaded, in_routine).rows_of(query)
}

fn collect<'o>(sight: &Sight<'o>, operation: &'o Operation, found: &mut Vec<Change<'o>>) {
    let (verb, name, ctes): (Verb, &ObjectName, &[Cte]) = match operation {
        Operation::Insert(insert) => {
            let updates = insert.on_conflict.as_ref().is_some_and(|conflict| !conflict.assignments.is_empty());
            (if updates { Verb::Merge } else { Verb::Insert }, &insert.table, &insert.ctes)
        }
        Operation::Update(update) => (Verb::Update, &update.table.name, &update.ctes),
        Operation::Delete(delete) => (Verb::Delete, &delete.table.name, &delete.ctes),
        Operation::Merge(merge) => (Verb::Merge, &merge.table.name, &merge.ctes),
        Operation::Select(query) | Operation::CreateTableAs { query, .. } => {
            return of_ctes(&sight.with(&query.ctes), &query.ctes, found);
        }
        _ => return,
    };
    let inside = sight.with(ctes);
    of_ctes(&inside, ctes, found);
    if let Some(table) = sight.catalog.resolve(name).found() {
        found.push(Change { operation, verb, table, rows: inside.rows_of_change(operation) });
    }
}

fn of_ctes<'o>(sight: &Sight<'o>, ctes: &'o [Cte], found: &mut Vec<Change<'o>>) {
    for cte in ctes {
        if let CteBody::Dml(operation) = &cte.body {
            collect(sight, operation, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Stamp;
    use crate::dialect::Target;
    use crate::sql::parse;

    const TABLES: &str = "CREATE TYPE mood AS ENUM ('ok');
        CREATE TABLE t (id bigint PRIMARY KEY, a int, b int, done boolean, m mood, at timestamptz);
        CREATE INDEX ON t (a); CREATE INDEX ON t (done); CREATE INDEX ON t (m);
        CREATE TABLE pair (x int, y int, z text, PRIMARY KEY (x, y)); CREATE TABLE bare (id int, v text);";

    fn rows(in_routine: bool, sql: &str) -> Rows {
        let target = Target::postgres(16);
        let mut catalog = Catalog::new(target, true);
        for statement in parse(target, TABLES).statements {
            statement.operations.iter().for_each(|o| drop(catalog.apply(&o.operation, Stamp::BEFORE)));
        }
        let script = parse(target, sql);
        let operation = &script.statements[0].operations[0].operation;
        changes(&catalog, &Loaded::default(), operation, in_routine).last().expect("a change").rows
    }

    #[test]
    #[rustfmt::skip] // one line a statement
    fn rows_are_limited_by_what_the_statement_says() {
        use Rows::{All, AtMost, Batch, Sharing};
        for (sql, expected) in [
            ("UPDATE t SET a = 1", All),
            ("UPDATE t SET a = 1 WHERE a IS NULL", All),
            ("UPDATE t SET a = 1 WHERE id = 5", AtMost(1)),
            ("UPDATE t SET a = 1 WHERE 5 = t.id AND a IS NULL", AtMost(1)),
            ("UPDATE t AS x SET a = 1 WHERE x.id IN (1, 2, 3)", AtMost(3)),
            ("UPDATE t SET a = 1 WHERE id = ANY (ARRAY[1, 2])", AtMost(2)),
            ("UPDATE t SET a = 1 WHERE id = 1 OR id IN (7, 8)", AtMost(3)),
            ("UPDATE t SET a = 1 WHERE id = 1 OR b = 2", All),
            ("UPDATE t SET a = 1 WHERE NOT id = 1", All),
            ("UPDATE t SET a = 1 WHERE id BETWEEN 1 AND 1000", AtMost(1000)),
            ("UPDATE t SET a = 1 WHERE id > 0 AND id <= 1000", AtMost(1001)),
            ("UPDATE t SET a = 1 WHERE id > 1000", All),
            ("UPDATE t SET b = 1 WHERE a = 7", Sharing),
            ("UPDATE t SET b = 1 WHERE done = true", All),
            ("UPDATE t SET b = 1 WHERE m = 'ok'", All),
            ("UPDATE t SET a = 1 WHERE b = 7", All),
            ("UPDATE t SET a = 1 WHERE at BETWEEN '2020-01-01' AND '2020-02-01'", All),
            ("UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t WHERE a IS NULL LIMIT 1000)", AtMost(1000)),
            ("UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t WHERE a IS NULL LIMIT 1000 FOR UPDATE SKIP LOCKED)", AtMost(1000)),
            ("UPDATE t SET a = 1 WHERE ctid IN (SELECT ctid FROM t LIMIT 10)", AtMost(10)),
            ("UPDATE t SET a = 1 WHERE ctid = ANY (ARRAY(SELECT ctid FROM t LIMIT 10))", AtMost(10)),
            ("UPDATE t SET a = 1 WHERE id = (SELECT max(id) FROM t)", AtMost(1)),
            ("UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t WHERE a IS NULL)", All),
            ("UPDATE t SET a = 1 WHERE id IN (SELECT x FROM pair WHERE x = 1 AND y = 2)", AtMost(1)),
            ("UPDATE t SET a = 1 WHERE id NOT IN (SELECT id FROM t LIMIT 5)", All),
            ("UPDATE t SET a = 1 WHERE EXISTS (SELECT 1 FROM pair LIMIT 1)", All),
            ("WITH x AS (SELECT id FROM t LIMIT 50) UPDATE t SET a = 1 FROM x WHERE x.id = t.id", AtMost(50)),
            ("WITH x AS (SELECT id FROM t LIMIT 50) UPDATE t SET a = 1 WHERE id IN (SELECT id FROM x)", AtMost(50)),
            ("UPDATE t SET a = x.a FROM (SELECT id, a FROM t ORDER BY id LIMIT 20) x WHERE t.id = x.id", AtMost(20)),
            ("UPDATE t SET a = v.a FROM (VALUES (1, 2), (3, 4)) v(id, a) WHERE t.id = v.id", AtMost(2)),
            ("UPDATE t SET a = p.x FROM pair p WHERE p.y = t.b", All),
            ("UPDATE t SET a = p.x FROM pair p WHERE p.x = 1 AND p.y = 2 AND t.id = p.x", AtMost(1)),
            ("UPDATE t SET a = 1 FROM pair p", All),
            ("UPDATE pair SET z = '' WHERE x = 1", Sharing),
            ("UPDATE pair SET z = '' WHERE x = 1 AND y IN (1, 2)", AtMost(2)),
            ("UPDATE pair SET z = '' WHERE (x, y) IN (SELECT x, y FROM pair LIMIT 9)", AtMost(9)),
            ("UPDATE bare SET v = '' WHERE id = 1", All),
            ("DELETE FROM t", All),
            ("DELETE FROM t WHERE at < now() - interval '90 days'", All),
            ("DELETE FROM t USING (SELECT id FROM t LIMIT 5) x WHERE x.id = t.id", AtMost(5)),
            ("DELETE FROM t WHERE false", AtMost(0)),
            ("WITH gone AS (DELETE FROM t WHERE id IN (SELECT id FROM t LIMIT 100) RETURNING *) INSERT INTO bare SELECT id FROM gone", AtMost(100)),
            ("MERGE INTO t USING (VALUES (1)) v(id) ON t.id = v.id WHEN MATCHED THEN DELETE", AtMost(1)),
            ("MERGE INTO t USING pair p ON t.id = p.x WHEN MATCHED THEN DELETE", All),
            ("INSERT INTO t (id) VALUES (1), (2)", AtMost(2)),
            ("INSERT INTO bare SELECT id FROM t", All),
            ("INSERT INTO bare SELECT id FROM t LIMIT 500", AtMost(500)),
            ("INSERT INTO bare SELECT g FROM generate_series(1, 500) g", AtMost(500)),
            ("INSERT INTO bare SELECT max(id) FROM t", AtMost(1)),
            ("INSERT INTO bare SELECT 1 UNION ALL SELECT 2", AtMost(2)),
            ("UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t LIMIT $1)", Batch),
        ] {
            assert_eq!(rows(false, sql), expected, "{sql}");
        }
        for (sql, expected) in [
            ("UPDATE t SET a = 1 WHERE id = r.id", AtMost(1)),
            ("UPDATE t SET a = 1 WHERE id = v_id", AtMost(1)),
            ("UPDATE t SET a = 1 WHERE b = r.b", Sharing),
            ("UPDATE t SET a = 1 WHERE id = ANY (ids)", Batch),
            ("UPDATE t SET a = 1 WHERE id > last_id AND id <= last_id + 5000", AtMost(5001)),
            ("UPDATE t SET a = 1 WHERE id BETWEEN lo AND hi", Batch),
            ("UPDATE t SET a = 1 WHERE at >= day AND at < day + interval '1 day'", Batch),
            ("UPDATE t SET a = 1 WHERE id > last_id", All),
            ("UPDATE t SET a = 1 WHERE a = b", All),
            ("UPDATE t SET a = 1 WHERE CURRENT OF c", AtMost(1)),
        ] {
            assert_eq!(rows(true, sql), expected, "{sql}");
        }
    }
}
