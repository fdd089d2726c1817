//! `ALTER TABLE … DROP COLUMN`.

use super::{Does, Example, Fact, Part, TABLE};
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{ActionKind, ColumnDef, IndexKind, Operation};
use crate::databases::schema::Table;

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "drop-column/rewrites",
        source: "ALTER TABLE, 5: the table is written anew without the column",
        when: |p| {
            dropped(p).is_some_and(|(_, column)| column.generated.as_ref().is_none_or(|generated| generated.stored))
        },
        does: Does::Rewrites,
        examples: &[
            Example::new(TABLE, "ALTER TABLE t DROP COLUMN a"),
            Example::new(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, a int, b text, pad text, c AS (b) STORED); ROWS",
                "ALTER TABLE t DROP COLUMN c",
            ),
            Example::new(
                "CREATE TABLE t (id text PRIMARY KEY, a int, b text, pad text) WITHOUT ROWID; ROWS",
                "ALTER TABLE t DROP COLUMN a",
            ),
            Example::new(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, a int CHECK (a >= 0), b text, pad text); ROWS",
                "ALTER TABLE t DROP COLUMN a",
            ),
            Example::new(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, a int REFERENCES t (id), b text, pad text); ROWS",
                "ALTER TABLE t DROP COLUMN a",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/virtual",
        source: "measured, 3.51: a column that is not stored goes from the text of the schema alone",
        when: |p| {
            dropped(p).is_some_and(|(_, column)| column.generated.as_ref().is_some_and(|generated| !generated.stored))
        },
        examples: &[Example::new(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a int, b text, pad text, c AS (b)); ROWS",
            "ALTER TABLE t DROP COLUMN c",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/key",
        source: "ALTER TABLE, 5",
        does: Does::Refuses(|p| {
            let (table, column) = dropped(p)?;
            let of = |kind: IndexKind| {
                table
                    .indexes
                    .iter()
                    .find(|index| index.kind == kind && is_constraint(index) && index.columns().contains(&&column.name))
            };
            if of(IndexKind::Primary).is_some() {
                return Some(format!("cannot drop PRIMARY KEY column: \"{}\"", column.name));
            }
            let unique = of(IndexKind::Unique)?;
            match unique.parts.len() {
                1 => Some(format!("cannot drop UNIQUE column: \"{}\"", column.name)),
                _ => Some(after(table, &column.name)),
            }
        }),
        examples: &[
            Example::new(TABLE, "ALTER TABLE t DROP COLUMN id"),
            Example::new("CREATE TABLE t (a int, b int UNIQUE); ROWS", "ALTER TABLE t DROP COLUMN b"),
            Example::new("CREATE TABLE t (a int, b int, c int, UNIQUE (a, b)); ROWS", "ALTER TABLE t DROP COLUMN b"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/indexed",
        source: "ALTER TABLE, 5",
        does: Does::Refuses(|p| {
            let (table, column) = dropped(p)?;
            let index = table.indexes.iter().find(|index| !is_constraint(index) && uses(index, &column.name))?;
            Some(format!("error in index {} after drop column: no such column: {}", index.name.as_ref()?, column.name))
        }),
        examples: &[
            Example::new("CREATE TABLE t (a int, b int); CREATE INDEX i ON t (b); ROWS", "ALTER TABLE t DROP COLUMN b"),
            Example::new(
                "CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a) WHERE b > 1; ROWS",
                "ALTER TABLE t DROP COLUMN b",
            ),
            Example::new(
                "CREATE TABLE t (a int, b int); CREATE UNIQUE INDEX i ON t (b + 1); ROWS",
                "ALTER TABLE t DROP COLUMN b",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/constraint",
        source: "ALTER TABLE, 5: constraints of the table; those behind the column go with it",
        does: Does::Refuses(|p| {
            let (table, column) = dropped(p)?;
            let others = table
                .checks
                .iter()
                .filter(|check| check.at_column.as_ref() != Some(&column.name))
                .map(|check| &check.expression);
            let generated = table
                .columns
                .iter()
                .filter(|other| other.name != column.name)
                .filter_map(|other| Some(&other.generated.as_ref()?.expression));
            let mentions = others
                .chain(generated)
                .any(|expression| expression.columns.iter().any(|(_, name)| *name == column.name));
            if mentions {
                return Some(after(table, &column.name));
            }
            let foreign_key = table.foreign_keys.iter().any(|key| !key.at_column && key.columns.contains(&column.name));
            foreign_key.then(|| {
                let (table, column) = (&table.name.name, &column.name);
                format!(
                    "error in table {table} after drop column: unknown column \"{column}\" in foreign key definition"
                )
            })
        }),
        examples: &[
            Example::new("CREATE TABLE t (a int, b int, CHECK (b >= 0)); ROWS", "ALTER TABLE t DROP COLUMN b"),
            Example::new("CREATE TABLE t (a int, b int, c AS (a + b)); ROWS", "ALTER TABLE t DROP COLUMN b"),
            Example::new(
                "CREATE TABLE t (a int, b int, FOREIGN KEY (b) REFERENCES p (id)); CREATE TABLE p (id INTEGER PRIMARY KEY); ROWS",
                "ALTER TABLE t DROP COLUMN b",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/last",
        source: "ALTER TABLE, 5",
        does: Does::Refuses(|p| {
            let (table, column) = dropped(p)?;
            (table.columns.len() == 1)
                .then(|| format!("cannot drop column \"{}\": no other columns exist", column.name))
        }),
        examples: &[Example::new("CREATE TABLE t (b int); ROWS", "ALTER TABLE t DROP COLUMN b")],
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/view",
        source: "ALTER TABLE, 5",
        does: Does::Refuses(|p| {
            let (table, column) = dropped(p)?;
            let schema = p.scene.schema;
            let key = schema.key(&table.name);
            let view = schema.views.values().find(|view| {
                let reads = view.query.reads.iter().any(|read| schema.key(read) == key);
                reads
                    && view
                        .query
                        .columns
                        .iter()
                        .any(|(of, name)| *name == column.name && is_of(of.as_ref(), table, view.query.reads.len()))
            })?;
            Some(format!("error in view {} after drop column: no such column: {}", view.name.name, column.name))
        }),
        examples: &[
            Example::new(
                "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT b FROM t; ROWS",
                "ALTER TABLE t DROP COLUMN b",
            ),
            Example::new(
                "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t; ROWS",
                "ALTER TABLE t DROP COLUMN b",
            ),
            Example::new(
                "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT * FROM t; ROWS",
                "ALTER TABLE t DROP COLUMN b",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/trigger",
        source: "ALTER TABLE, 5; measured: `UPDATE OF` and what other tables' triggers set are not looked at",
        does: Does::Refuses(|p| {
            let (table, column) = dropped(p)?;
            let schema = p.scene.schema;
            let key = schema.key(&table.name);
            schema.triggers.values().filter(|trigger| schema.key(&trigger.table) == key).find_map(|trigger| {
                let row = trigger.body.columns.iter().find(|(of, name)| {
                    *name == column.name && of.as_ref().is_some_and(|of| *of == *"new" || *of == *"old")
                })?;
                let of = row.0.as_ref()?.as_str();
                Some(format!(
                    "error in trigger {} after drop column: no such column: {of}.{}",
                    trigger.name.name, column.name
                ))
            })
        }),
        examples: &[
            Example::new(
                "CREATE TABLE t (a int, b int); CREATE TRIGGER tr AFTER INSERT ON t BEGIN SELECT new.b; END; ROWS",
                "ALTER TABLE t DROP COLUMN b",
            ),
            Example::new(
                "CREATE TABLE t (a int, b int); CREATE TRIGGER tr AFTER UPDATE OF b ON t BEGIN SELECT 1; END; ROWS",
                "ALTER TABLE t DROP COLUMN b",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/no-table",
        does: Does::Refuses(|p| {
            let ActionKind::DropColumn { .. } = p.action? else { return None };
            let Operation::AlterTable(alter) = p.scene.operation else { return None };
            match p.table {
                Some(table) if table.module.is_some() => {
                    Some(format!("cannot drop column from virtual table \"{}\"", alter.table.name))
                }
                None if p.scene.schema.view(&alter.table).is_some() => {
                    Some(format!("cannot drop column from view \"{}\"", alter.table.name))
                }
                _ => None,
            }
        }),
        examples: &[
            Example::new("CREATE VIEW v AS SELECT 1 AS a", "ALTER TABLE v DROP COLUMN a"),
            Example::new("CREATE VIRTUAL TABLE f USING fts5(a, b)", "ALTER TABLE f DROP COLUMN a"),
        ],
        ..Fact::BASE
    },
];

/// The column that is dropped, with its table.
fn dropped<'a>(part: &Part<'a>) -> Option<(&'a Table, &'a ColumnDef)> {
    let ActionKind::DropColumn { column, .. } = part.action? else { return None };
    let table = part.known().filter(|table| table.module.is_none())?;
    Some((table, table.column(column)?))
}

/// Whether an index belongs to a constraint.
fn is_constraint(index: &crate::databases::operation::IndexDef) -> bool {
    index.kind == IndexKind::Primary
        || index.name.as_ref().is_none_or(|name| name.as_str().starts_with("sqlite_autoindex_"))
}

/// Whether an index depends on a column.
pub(super) fn uses(index: &crate::databases::operation::IndexDef, column: &Name) -> bool {
    use crate::databases::operation::IndexKey;
    let of_part = index.parts.iter().any(|part| match &part.key {
        IndexKey::Column(name) => name == column,
        IndexKey::Expression(expression) => expression.columns.iter().any(|(_, name)| name == column),
    });
    of_part || index.predicate.iter().any(|predicate| predicate.columns.iter().any(|(_, name)| name == column))
}

/// Whether a qualifier names a table; without one, a column may be of any table that is read.
fn is_of(qualifier: Option<&Name>, table: &Table, tables: usize) -> bool {
    match qualifier {
        Some(of) => *of == ObjectName::clone(&table.name).name,
        None => tables == 1,
    }
}

fn after(table: &Table, column: &Name) -> String {
    format!("error in table {} after drop column: no such column: {column}", table.name.name)
}
