//! Indexes.

use super::rename::{is_gone, qualified};
use super::{Does, Example, Fact, Part, TABLE};
use crate::databases::name::Name;
use crate::databases::operation::{CreateIndex, IndexKey, IndexPart, Operation};

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "create-index/builds",
        source: "CREATE INDEX; measured: the table is read through and sorted, whatever the index leaves out",
        when: |p| created(p).is_some() && p.table.is_some(),
        does: Does::Scans,
        examples: &[
            Example::new(TABLE, "CREATE INDEX i ON t (a)"),
            Example::new(TABLE, "CREATE UNIQUE INDEX i ON t (id, b)"),
            Example::new(TABLE, "CREATE INDEX i ON t (lower(b), a DESC)"),
            Example::new(TABLE, "CREATE INDEX i ON t (b COLLATE nocase) WHERE a = 3"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "create-index/expression",
        source: "Indexes On Expressions, 1.1",
        does: Does::Refuses(|p| {
            let create = created(p)?;
            p.table?;
            let keys = create.index.parts.iter().filter_map(|part| match &part.key {
                IndexKey::Expression(expression) => Some((expression, "index expressions")),
                IndexKey::Column(_) => None,
            });
            keys.chain(create.index.predicate.iter().map(|predicate| (predicate, "partial index WHERE clauses")))
                .find_map(|(expression, r#where)| {
                    if !expression.reads.is_empty() || expression.sql.to_ascii_lowercase().contains("(select") {
                        return Some(format!("subqueries prohibited in {where}"));
                    }
                    let changing = expression.calls.iter().any(|call| CHANGING.contains(&&**call));
                    changing.then(|| format!("non-deterministic functions prohibited in {where}"))
                })
        }),
        examples: &[
            Example::new(TABLE, "CREATE INDEX i ON t (random())"),
            Example::new(TABLE, "CREATE INDEX i ON t ((SELECT max(a) FROM t))"),
            Example::new(TABLE, "CREATE INDEX i ON t (a) WHERE b IN (SELECT b FROM t)"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "create-index/unknown-column",
        does: Does::Refuses(|p| {
            let create = created(p)?;
            let table = p.known().filter(|table| table.module.is_none())?;
            let missing = |name: &Name| table.column(name).is_none() && !super::data::is_rowid(name);
            if let Some(column) = create.index.parts.iter().filter_map(IndexPart::column).find(|name| missing(name)) {
                return Some(format!("no such column: {column}"));
            }
            let keys = create.index.parts.iter().filter_map(|part| match &part.key {
                IndexKey::Expression(expression) => Some(expression),
                IndexKey::Column(_) => None,
            });
            let mut mentioned = keys
                .chain(&create.index.predicate)
                .flat_map(|expression| expression.columns.iter().map(move |column| (expression, &column.1)));
            // In quotes, what is no column is a string.
            let (_, unknown) = mentioned
                .find(|(expression, name)| missing(name) && !expression.sql.contains(&format!("\"{name}\"")))?;
            Some(format!("no such column: {unknown}"))
        }),
        examples: &[
            Example::new(TABLE, "CREATE INDEX i ON t (a) WHERE missing > 1"),
            Example::new(TABLE, "CREATE INDEX i ON t (lower(missing))"),
            Example::new(TABLE, "CREATE INDEX i ON t (a, missing)"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "create-index/no-table",
        does: Does::Refuses(|p| {
            let create = created(p)?;
            let gone = p.scene.schema.complete && is_gone(p.scene.schema, &create.table);
            gone.then(|| format!("no such table: {}", qualified(&create.table)))
        }),
        examples: &[Example::new(TABLE, "CREATE INDEX i ON missing (a)")],
        ..Fact::BASE
    },
    Fact {
        id: "create-index/on-what",
        does: Does::Refuses(|p| {
            let create = created(p)?;
            let name = create.index.name.as_ref()?;
            let named = crate::databases::name::ObjectName { database: create.database.clone(), name: name.clone() };
            if p.scene.table(&named).is_some() {
                return Some(format!("there is already a table named {name}"));
            }
            match p.table {
                Some(table) => table.module.is_some().then(|| "virtual tables may not be indexed".into()),
                None => p.scene.schema.view(&create.table).map(|_| "views may not be indexed".into()),
            }
        }),
        examples: &[
            Example::new(TABLE, "CREATE INDEX t ON t (a)"),
            Example::new("CREATE VIEW v AS SELECT 1 AS a", "CREATE INDEX i ON v (a)"),
            Example::new("CREATE VIRTUAL TABLE f USING fts5(a)", "CREATE INDEX i ON f (a)"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-index/edit",
        source: "DROP INDEX",
        when: |p| matches!(p.scene.operation, Operation::DropIndex { .. }),
        examples: &[Example::new(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a int, b text, pad text); CREATE INDEX i ON t (a); ROWS",
            "DROP INDEX i",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "drop-index/of-constraint",
        does: Does::Refuses(|p| {
            let Operation::DropIndex { index, .. } = p.scene.operation else { return None };
            let automatic = index.name.as_str().starts_with("sqlite_autoindex_")
                && p.scene.schema.table_of_index(&index.name).is_some();
            automatic.then(|| "index associated with UNIQUE or PRIMARY KEY constraint cannot be dropped".into())
        }),
        examples: &[Example::new("CREATE TABLE t (a text PRIMARY KEY)", "DROP INDEX sqlite_autoindex_t_1")],
        ..Fact::BASE
    },
];

/// Functions that give something else each time.
const CHANGING: [&str; 7] =
    ["random", "randomblob", "last_insert_rowid", "changes", "total_changes", "current_timestamp", "sqlite_version"];

/// The index that is made: not if there is one already and the statement bears it.
fn created<'a>(part: &Part<'a>) -> Option<&'a CreateIndex> {
    let Operation::CreateIndex(create) = part.scene.operation else { return None };
    let exists = create.index.name.as_ref().is_some_and(|name| part.scene.schema.table_of_index(name).is_some());
    (!exists).then_some(create)
}
