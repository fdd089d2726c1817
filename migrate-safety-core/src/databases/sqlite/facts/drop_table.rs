//! `DROP TABLE`, `DROP VIEW`.

use super::{Does, Example, Fact, TABLE};
use crate::databases::operation::Operation;
use crate::databases::sqlite::cascade::{Consequence, Enforced, consequences, enforced};
use crate::effects::{DataLoss, DataLossKind};

const CASCADE: &str = "PRAGMA foreign_keys = ON; CREATE TABLE t (id INTEGER PRIMARY KEY, a int); \
    CREATE TABLE c (t_id int REFERENCES t (id) ON DELETE CASCADE); ROWS INSERT INTO c VALUES (1)";

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "drop-table/edit",
        source: "DROP TABLE: its pages go to the free list",
        when: |p| matches!(p.scene.operation, Operation::DropTable { .. }),
        examples: &[Example::new(TABLE, "DROP TABLE t")],
        ..Fact::BASE
    },
    Fact {
        id: "drop-table/cascades",
        source: "SQLite Foreign Key Support, 5: DROP TABLE performs an implicit DELETE first",
        when: |p| enforced(p.scene) != Enforced::No,
        does: Does::Loses(|p| {
            let Operation::DropTable { .. } = p.scene.operation else { return Vec::new() };
            let Some(table) = p.table else { return Vec::new() };
            let how = |consequence| match consequence {
                Consequence::Deleted => Some(DataLossKind::Deleted),
                Consequence::Overwritten => Some(DataLossKind::Overwritten),
                Consequence::InTheWay => None,
            };
            consequences(p.scene, table)
                .into_iter()
                .filter_map(|(child, consequence)| {
                    Some(DataLoss { relation: p.scene.reference(child), column: None, how: how(consequence)? })
                })
                .collect()
        }),
        examples: &[
            Example::new(CASCADE, "DROP TABLE t"),
            Example::new(
                "PRAGMA foreign_keys = OFF; CREATE TABLE t (id INTEGER PRIMARY KEY, a int); CREATE TABLE c (t_id int REFERENCES t (id) ON DELETE CASCADE); ROWS INSERT INTO c VALUES (1)",
                "DROP TABLE t",
            ),
            Example::new(
                "PRAGMA foreign_keys = ON; CREATE TABLE t (id INTEGER PRIMARY KEY, a int); CREATE TABLE c (t_id int REFERENCES t (id) ON DELETE SET NULL); ROWS INSERT INTO c VALUES (1)",
                "DROP TABLE t",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-table/referenced",
        source: "SQLite Foreign Key Support, 5",
        when: |p| enforced(p.scene) == Enforced::Yes,
        does: Does::RefusesRows(|p| {
            let Operation::DropTable { .. } = p.scene.operation else { return None };
            let children = consequences(p.scene, p.table?);
            // What the migration itself has made and not filled refers to nothing.
            let filled = |child: &crate::databases::schema::Table| {
                child.created.migration != p.table.map_or(0, |t| t.created.migration) || child.filled.is_some()
            };
            children
                .iter()
                .any(|(child, consequence)| *consequence == Consequence::InTheWay && filled(child))
                .then(|| "FOREIGN KEY constraint failed".into())
        }),
        examples: &[
            Example::new(
                "PRAGMA foreign_keys = ON; CREATE TABLE t (id INTEGER PRIMARY KEY, a int); CREATE TABLE c (t_id int REFERENCES t (id)); ROWS INSERT INTO c VALUES (1)",
                "DROP TABLE t",
            ),
            Example::new(
                "PRAGMA foreign_keys = OFF; CREATE TABLE t (id INTEGER PRIMARY KEY, a int); CREATE TABLE c (t_id int REFERENCES t (id)); ROWS INSERT INTO c VALUES (1)",
                "DROP TABLE t",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-table/view",
        does: Does::Refuses(|p| match p.scene.operation {
            Operation::DropTable { tables, .. } => {
                let name = tables.first().filter(|name| p.scene.schema.view(name).is_some())?;
                Some(format!("use DROP VIEW to delete view {}", name.name))
            }
            Operation::DropView { views, .. } => {
                let name = views.first().filter(|name| p.scene.table(name).is_some())?;
                Some(format!("use DROP TABLE to delete table {}", name.name))
            }
            _ => None,
        }),
        examples: &[
            Example::new("CREATE VIEW v AS SELECT 1", "DROP TABLE v"),
            Example::new("CREATE TABLE t (a int)", "DROP VIEW t"),
        ],
        ..Fact::BASE
    },
];
