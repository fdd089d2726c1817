//! `ALTER TABLE … ADD COLUMN`.

use super::{Does, Example, Fact, Part, TABLE};
use crate::databases::operation::{ActionKind, ColumnDef, Constant, Expression, IndexKind, Operation};
use crate::databases::sqlite::cascade::{Enforced, enforced};

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "add-column/edit",
        source: "ALTER TABLE, 4: only the text of the schema changes",
        when: |p| p.added().is_some() && !reads_through(p),
        examples: &[
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c int"),
            Example::new(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, a int CHECK (a >= 0), b text, pad text); ROWS",
                "ALTER TABLE t ADD COLUMN c int",
            ),
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c int NOT NULL DEFAULT 5"),
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c text DEFAULT ('x')"),
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c int DEFAULT TRUE"),
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c text DEFAULT word"),
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c AS (a + 1)"),
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c int REFERENCES t (id)"),
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c int REFERENCES t (id) DEFAULT NULL"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-column/reads-through",
        since: 337,
        source: "ALTER TABLE, 4; alter.c: a new CHECK, a STRICT table, or a NOT NULL generated column",
        when: reads_through,
        does: Does::Scans,
        examples: &[
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c int CHECK (c > 0)"),
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c int DEFAULT 5 CHECK (c > 0)"),
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c AS (a + 1) NOT NULL"),
            Example::new(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, a int, b text, pad text) STRICT; ROWS",
                "ALTER TABLE t ADD COLUMN c int",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-column/key",
        source: "ALTER TABLE, 4",
        does: Does::Refuses(|p| match p.action? {
            ActionKind::AddIndex { index, .. } if index.kind == IndexKind::Primary => {
                Some("Cannot add a PRIMARY KEY column".into())
            }
            ActionKind::AddIndex { .. } => Some("Cannot add a UNIQUE column".into()),
            _ => None,
        }),
        examples: &[
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c int PRIMARY KEY"),
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c int UNIQUE"),
            Example::new("CREATE TABLE t (a int)", "ALTER TABLE t ADD COLUMN c int UNIQUE"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-column/not-null-without-default",
        source: "ALTER TABLE, 4",
        does: Does::RefusesRows(|p| {
            let column = p.added().filter(|column| column.not_null == Some(true) && column.generated.is_none())?;
            let null = column.default.as_ref().is_none_or(is_null);
            null.then(|| "Cannot add a NOT NULL column with default value NULL".into())
        }),
        examples: &[
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c int NOT NULL"),
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c int NOT NULL DEFAULT NULL"),
            Example::new("CREATE TABLE t (a int)", "ALTER TABLE t ADD COLUMN c int NOT NULL"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-column/default-not-constant",
        source: "ALTER TABLE, 4",
        does: Does::RefusesRows(|p| {
            let default = p.added()?.default.as_ref()?;
            (!is_constant(default)).then(|| "Cannot add a column with non-constant default".into())
        }),
        examples: &[
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c DEFAULT CURRENT_TIMESTAMP"),
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c DEFAULT (1 + 1)"),
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c DEFAULT (random())"),
            Example::new("CREATE TABLE t (a int)", "ALTER TABLE t ADD COLUMN c DEFAULT CURRENT_TIMESTAMP"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-column/references-with-default",
        source: "ALTER TABLE, 4: while foreign keys are enforced",
        does: Does::RefusesRows(|p| {
            let ActionKind::AddForeignKey { foreign_key, .. } = p.action? else { return None };
            let added = added_with(p).find(|column| foreign_key.columns.contains(&column.name))?;
            let default = added.default.as_ref().filter(|default| !is_null(default));
            (default.is_some() && enforced(p.scene) == Enforced::Yes)
                .then(|| "Cannot add a REFERENCES column with non-NULL default value".into())
        }),
        examples: &[
            Example::new(
                "PRAGMA foreign_keys = ON; CREATE TABLE t (id INTEGER PRIMARY KEY, a int); ROWS",
                "ALTER TABLE t ADD COLUMN c int DEFAULT 1 REFERENCES t (id)",
            ),
            Example::new(
                "PRAGMA foreign_keys = OFF; CREATE TABLE t (id INTEGER PRIMARY KEY, a int); ROWS",
                "ALTER TABLE t ADD COLUMN c int DEFAULT 1 REFERENCES t (id)",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-column/stored",
        source: "ALTER TABLE, 4",
        does: Does::RefusesRows(|p| {
            let stored = p.added()?.generated.as_ref()?.stored;
            stored.then(|| "cannot add a STORED column".into())
        }),
        examples: &[
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c AS (a + 1) STORED"),
            Example::new("CREATE TABLE t (a int)", "ALTER TABLE t ADD COLUMN c AS (a + 1) STORED"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-column/unknown-column",
        does: Does::Refuses(|p| {
            let table = p.known()?;
            let mentioned = match p.action? {
                ActionKind::AddColumn { column, .. } => &column.generated.as_ref()?.expression,
                ActionKind::AddCheck { check } => &check.expression,
                _ => return None,
            };
            let is_known = |name: &&(Option<crate::databases::name::Name>, crate::databases::name::Name)| {
                table.column(&name.1).is_some()
                    || added_with(p).any(|column| column.name == name.1)
                    || super::data::is_rowid(&name.1)
            };
            let (_, unknown) = mentioned.columns.iter().find(|name| !is_known(name))?;
            Some(format!("error in table {} after add column: no such column: {unknown}", table.name.name))
        }),
        examples: &[
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c AS (missing + 1)"),
            Example::new(TABLE, "ALTER TABLE t ADD COLUMN c int CHECK (missing > 1)"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-column/no-table",
        does: Does::Refuses(|p| {
            p.added()?;
            match p.table {
                Some(table) if table.module.is_some() => Some("virtual tables may not be altered".into()),
                Some(_) => None,
                None => {
                    let Operation::AlterTable(alter) = p.scene.operation else { return None };
                    p.scene.schema.view(&alter.table).map(|_| "Cannot add a column to a view".into())
                }
            }
        }),
        examples: &[
            Example::new("CREATE VIEW v AS SELECT 1 AS a", "ALTER TABLE v ADD COLUMN c int"),
            Example::new("CREATE VIRTUAL TABLE f USING fts5(a)", "ALTER TABLE f ADD COLUMN c int"),
        ],
        ..Fact::BASE
    },
];

/// Whether rows have to be held against constraints.
fn reads_through(part: &Part<'_>) -> bool {
    let Some(added) = part.added() else { return false };
    let strict = part.table.is_some_and(|table| table.options.strict);
    strict || adds_check(part) || (added.generated.is_some() && added.not_null == Some(true))
}

/// Whether the statement adds a check too.
fn adds_check(part: &Part<'_>) -> bool {
    let Operation::AlterTable(alter) = part.scene.operation else { return false };
    alter.actions.iter().any(|action| matches!(action.kind, ActionKind::AddCheck { .. }))
}

/// The columns that the statement adds.
fn added_with<'a>(part: &Part<'a>) -> impl Iterator<Item = &'a ColumnDef> {
    let actions = match part.scene.operation {
        Operation::AlterTable(alter) => alter.actions.as_slice(),
        _ => &[],
    };
    actions.iter().filter_map(|action| match &action.kind {
        ActionKind::AddColumn { column, .. } => Some(&**column),
        _ => None,
    })
}

fn is_null(default: &Expression) -> bool {
    default.constant == Some(Constant::Null)
}

/// Whether a default is a constant to the library: a word that is no value is a string.
fn is_constant(default: &Expression) -> bool {
    let is_word = default.calls.is_empty() && default.columns.len() == 1 && !default.sql.starts_with('(');
    default.constant.is_some() || is_word
}
