//! `ALTER TABLE … RENAME`, and what has to be in order for it.

use super::{Does, Example, Fact, TABLE};
use crate::databases::name::ObjectName;
use crate::databases::operation::{ActionKind, Operation};
use crate::databases::schema::Schema;

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "rename/edit",
        source: "ALTER TABLE, 2 and 3: the text of the schema alone",
        when: |p| matches!(p.action, Some(ActionKind::Rename { .. } | ActionKind::RenameColumn { .. })),
        examples: &[
            Example::new(TABLE, "ALTER TABLE t RENAME TO u"),
            Example::new(TABLE, "ALTER TABLE t RENAME COLUMN a TO c"),
            Example::new(
                "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT b FROM t; CREATE INDEX i ON t (b); ROWS",
                "ALTER TABLE t RENAME COLUMN b TO c",
            ),
            Example::new(
                "CREATE TABLE t (a INTEGER PRIMARY KEY); CREATE TABLE c (x int REFERENCES t (a)); ROWS",
                "ALTER TABLE t RENAME TO u",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "rename/taken",
        does: Does::Refuses(|p| {
            let ActionKind::Rename { to } = p.action? else { return None };
            p.table?;
            let taken = p.scene.table(to).is_some()
                || p.scene.schema.table_of_index(&to.name).is_some()
                || p.scene.schema.view(to).is_some();
            taken.then(|| format!("there is already another table or index with this name: {}", to.name))
        }),
        examples: &[
            Example::new("CREATE TABLE t (a int); CREATE TABLE u (a int)", "ALTER TABLE t RENAME TO u"),
            Example::new("CREATE TABLE t (a int); CREATE INDEX u ON t (a)", "ALTER TABLE t RENAME TO u"),
            Example::new("CREATE TABLE t (a int)", "ALTER TABLE t RENAME TO T"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "rename/view",
        does: Does::Refuses(|p| {
            let Operation::AlterTable(alter) = p.scene.operation else { return None };
            p.scene.schema.view(&alter.table)?;
            match p.action? {
                ActionKind::Rename { .. } => Some(format!("view {} may not be altered", alter.table.name)),
                ActionKind::RenameColumn { .. } => {
                    Some(format!("cannot rename columns of view \"{}\"", alter.table.name))
                }
                _ => None,
            }
        }),
        examples: &[
            Example::new("CREATE VIEW v AS SELECT 1 AS a", "ALTER TABLE v RENAME TO w"),
            Example::new("CREATE VIEW v AS SELECT 1 AS a", "ALTER TABLE v RENAME COLUMN a TO b"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "rename/reads-what-is-gone",
        since: 326,
        source: "ALTER TABLE, 2; measured: a view or trigger that reads a table that is not there stops every rename and DROP COLUMN",
        does: Does::Refuses(|p| {
            let looks = match p.action? {
                ActionKind::Rename { .. } | ActionKind::RenameColumn { .. } => !p.scene.is_on("legacy_alter_table"),
                ActionKind::DropColumn { .. } => true,
                _ => false,
            };
            let schema = p.scene.schema;
            if !looks || !schema.complete {
                return None;
            }
            let views = schema.views.values().map(|view| ("view", &view.name, &view.query.reads));
            let triggers = schema.triggers.values().map(|trigger| ("trigger", &trigger.name, &trigger.body.reads));
            views.chain(triggers).find_map(|(what, name, reads)| {
                let gone = reads.iter().find(|read| is_gone(schema, read))?;
                Some(format!("error in {what} {}: no such table: {}", name.name, qualified(gone)))
            })
        }),
        examples: &[
            Example::new(
                "CREATE TABLE p (a int); CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM p; DROP TABLE p",
                "ALTER TABLE t RENAME TO p",
            ),
            Example::new(
                "CREATE TABLE p (a int); CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM p; DROP TABLE p",
                "ALTER TABLE t RENAME COLUMN b TO c",
            ),
            Example::new(
                "CREATE TABLE p (a int); CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM p; DROP TABLE p",
                "ALTER TABLE t DROP COLUMN b",
            ),
            Example::new(
                "CREATE TABLE p (a int); CREATE TABLE t (a int); CREATE TRIGGER tr AFTER INSERT ON t BEGIN UPDATE p SET a = 1; END; DROP TABLE p",
                "ALTER TABLE t RENAME TO p",
            ),
            Example::new(
                "CREATE TABLE p (a int); CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM p; DROP TABLE p; PRAGMA legacy_alter_table = ON",
                "ALTER TABLE t RENAME TO p",
            ),
            Example::new(
                "CREATE TABLE p (a int); CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM p; DROP TABLE p",
                "ALTER TABLE t ADD COLUMN b int",
            ),
        ],
        ..Fact::BASE
    },
];

/// Whether a table or view that is read is surely not there.
pub(super) fn is_gone(schema: &Schema, name: &ObjectName) -> bool {
    let foreign = name.database.as_ref().is_some_and(|database| *database != *"main" && *database != *"temp");
    let own = ["sqlite_", "pragma_", "dbstat", "json_", "fts"]
        .iter()
        .any(|own| name.name.as_str().get(..own.len()).is_some_and(|start| start.eq_ignore_ascii_case(own)));
    let known = schema.table(name).is_some() || schema.view(name).is_some() || schema.unknown.contains(&name.name);
    !foreign && !own && !known && !is_shadow(schema, name)
}

/// Whether it is one of the tables in which a virtual table keeps its rows.
fn is_shadow(schema: &Schema, name: &ObjectName) -> bool {
    let virtuals = schema.tables.values().filter(|table| table.module.is_some());
    virtuals.map(|table| table.name.name.as_str()).any(|prefix| {
        let start = name.name.as_str().get(..prefix.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    })
}

/// As the library names it.
pub(super) fn qualified(name: &ObjectName) -> String {
    match &name.database {
        Some(database) => format!("{database}.{}", name.name),
        None => format!("main.{}", name.name),
    }
}
