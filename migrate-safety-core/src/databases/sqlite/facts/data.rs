//! `INSERT`, `UPDATE`, `DELETE` and queries.

use super::rename::is_gone;
use super::{Does, Example, Fact, TABLE};
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{Operation, Verb};

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "data/no-such-column",
        does: Does::Refuses(|p| {
            let table = p.known().filter(|table| table.module.is_none())?;
            let is_known = |name: &Name| table.column(name).is_some() || is_rowid(name);
            match p.scene.operation {
                Operation::Insert(insert) => {
                    let unknown = insert.columns.iter().find(|name| !is_known(name))?;
                    Some(format!("table {} has no column named {unknown}", table.name.name))
                }
                Operation::Update(update) => {
                    let (_, unknown, _) = update.assignments.iter().find(|(_, name, _)| !is_known(name))?;
                    Some(format!("no such column: {unknown}"))
                }
                _ => None,
            }
        }),
        examples: &[
            Example::new(TABLE, "INSERT INTO t (id, missing) VALUES (7, 8)"),
            Example::new(TABLE, "UPDATE t SET missing = 1"),
            Example::new(TABLE, "UPDATE t SET rowid = 90000 WHERE id = 1"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "data/no-such-table",
        does: Does::Refuses(|p| {
            let schema = p.scene.schema;
            let gone = reads(p.scene.operation).into_iter().find(|name| schema.complete && is_gone(schema, name))?;
            Some(format!("no such table: {gone}"))
        }),
        examples: &[
            Example::new(TABLE, "INSERT INTO t (a) SELECT a FROM missing"),
            Example::new(TABLE, "UPDATE t SET a = (SELECT max(a) FROM missing)"),
            Example::new(TABLE, "DELETE FROM t WHERE a IN (SELECT a FROM missing)"),
            Example::new(TABLE, "SELECT a FROM t JOIN missing USING (a)"),
            Example::new(TABLE, "SELECT value FROM json_each('[1]')"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "data/values-for-columns",
        does: Does::Refuses(|p| {
            let Operation::Insert(insert) = p.scene.operation else { return None };
            let table = p.known().filter(|table| table.module.is_none())?;
            let supplied = insert.width(p.scene.schema)?;
            match insert.columns.len() {
                0 => {
                    let columns = table.columns.iter().filter(|column| column.generated.is_none()).count();
                    let name = &table.name.name;
                    (supplied != columns)
                        .then(|| format!("table {name} has {columns} columns but {supplied} values were supplied"))
                }
                columns => (supplied != columns).then(|| format!("{supplied} values for {columns} columns")),
            }
        }),
        examples: &[
            Example::new(
                "CREATE TABLE t (a int, b int, c AS (a)); CREATE TABLE u (x int, y int, z int)",
                "INSERT INTO t SELECT * FROM u",
            ),
            Example::new(
                "CREATE TABLE t (a int, b int, c AS (a)); CREATE TABLE u (x int, y int)",
                "INSERT INTO t SELECT * FROM u",
            ),
            Example::new(
                "CREATE TABLE t (a int, b int); CREATE TABLE u (x int, y int)",
                "INSERT INTO t SELECT x FROM u",
            ),
            Example::new(
                "CREATE TABLE t (a int, b int); CREATE TABLE u (x int, y int)",
                "INSERT INTO t (b) SELECT x, y AS z FROM u",
            ),
            Example::new(
                "CREATE TABLE t (a int, b int); CREATE TABLE u (x int, y int)",
                "INSERT INTO t SELECT x, *, 5 FROM u",
            ),
            Example::new("CREATE TABLE t (a int, b int)", "INSERT INTO t (a, b) VALUES (1, 2)"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "data/view",
        source: "CREATE TRIGGER, INSTEAD OF triggers",
        does: Does::Refuses(|p| {
            let schema = p.scene.schema;
            let (verb, written) = match p.scene.operation {
                Operation::Insert(insert) => (Verb::Insert, &insert.table),
                Operation::Update(update) => (Verb::Update, update.tables.first()?),
                Operation::Delete(delete) => (Verb::Delete, delete.tables.first()?),
                _ => return None,
            };
            let view = schema.view(written)?;
            let done_by_trigger = schema
                .triggers
                .values()
                .any(|trigger| trigger.event == verb && schema.key(&trigger.table) == schema.key(written));
            (!done_by_trigger).then(|| format!("cannot modify {} because it is a view", view.name.name))
        }),
        examples: &[
            Example::new("CREATE VIEW v AS SELECT 1 AS a", "DELETE FROM v"),
            Example::new(
                "CREATE VIEW v AS SELECT 1 AS a; CREATE TRIGGER tr INSTEAD OF DELETE ON v BEGIN SELECT 1; END",
                "DELETE FROM v",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "data/order-and-limit",
        source: "UPDATE, 2.3: only of a library built with SQLITE_ENABLE_UPDATE_DELETE_LIMIT, which the crates' is not",
        when: |p| p.scene.host != crate::layout::Layout::Plain,
        does: Does::Refuses(|p| {
            let (ordered, limit) = match p.scene.operation {
                Operation::Update(update) => (update.ordered, update.limit),
                Operation::Delete(delete) => (delete.ordered, delete.limit),
                _ => return None,
            };
            let word = if ordered { "ORDER" } else { "LIMIT" };
            (ordered || limit.is_some()).then(|| format!("near \"{word}\": syntax error"))
        }),
        examples: &[
            Example::new(TABLE, "UPDATE t SET a = 1 LIMIT 5"),
            Example::new(TABLE, "DELETE FROM t ORDER BY id LIMIT 5"),
        ],
        ..Fact::BASE
    },
];

/// The tables that a statement reads.
fn reads(operation: &Operation) -> Vec<&ObjectName> {
    match operation {
        Operation::Insert(insert) => {
            insert.with.iter().chain([&insert.source]).flat_map(|query| &query.reads).collect()
        }
        Operation::Update(update) => update.reads.iter().collect(),
        Operation::Delete(delete) => delete.reads.iter().collect(),
        Operation::Select(query) => query.reads.iter().collect(),
        Operation::CreateTable(create) => create.query.iter().flat_map(|query| &query.reads).collect(),
        _ => Vec::new(),
    }
}

/// Names that every table has for its key.
pub(super) fn is_rowid(name: &Name) -> bool {
    ["rowid", "oid", "_rowid_"].iter().any(|rowid| *name == **rowid)
}
