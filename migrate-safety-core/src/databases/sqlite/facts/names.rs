//! Names that are taken, and objects on what cannot have them.

use super::rename::{is_gone, qualified};
use super::{Does, Example, Fact};
use crate::databases::operation::Operation;

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "create/name-taken",
        does: Does::Refuses(|p| {
            let schema = p.scene.schema;
            let (name, if_not_exists, temporary) = match p.scene.operation {
                Operation::CreateTable(create) => (create.name.as_ref()?, create.if_not_exists, create.temporary),
                Operation::CreateView(create) => (&create.name, create.if_not_exists, create.temporary),
                _ => return None,
            };
            if temporary {
                return None;
            }
            if schema.table_of_index(&name.name).is_some() {
                return Some(format!("there is already an index named {}", name.name));
            }
            let taken = |what: &str| (!if_not_exists).then(|| format!("{what} {} already exists", name.name));
            if schema.table(name).is_some_and(|table| !table.temporary) {
                return taken("table");
            }
            schema.view(name).and_then(|_| taken("view"))
        }),
        examples: &[
            Example::new("CREATE TABLE t (a int)", "CREATE TABLE t (b int)"),
            Example::new("CREATE TABLE t (a int)", "CREATE TABLE IF NOT EXISTS t (b int)"),
            Example::new("CREATE TABLE t (a int)", "CREATE TEMP TABLE u (b int)"),
            Example::new("CREATE VIEW v AS SELECT 1", "CREATE TABLE v (b int)"),
            Example::new("CREATE TABLE t (a int)", "CREATE VIEW t AS SELECT 1"),
            Example::new("CREATE TABLE t (a int); CREATE INDEX i ON t (a)", "CREATE TABLE i (b int)"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "create-trigger/no-table",
        does: Does::Refuses(|p| {
            let Operation::CreateTrigger(create) = p.scene.operation else { return None };
            let gone = p.scene.schema.complete && is_gone(p.scene.schema, &create.table);
            gone.then(|| format!("no such table: {}", qualified(&create.table)))
        }),
        examples: &[Example::new("", "CREATE TRIGGER tr AFTER INSERT ON missing BEGIN SELECT 1; END")],
        ..Fact::BASE
    },
    Fact {
        id: "create-trigger/on-what",
        source: "CREATE TRIGGER",
        does: Does::Refuses(|p| {
            let Operation::CreateTrigger(create) = p.scene.operation else { return None };
            let schema = p.scene.schema;
            match (schema.view(&create.table), p.table, create.instead_of) {
                (Some(_), _, false) => {
                    let when = if create.before { "BEFORE" } else { "AFTER" };
                    Some(format!("cannot create {when} trigger on view: {}", create.table.name))
                }
                (None, Some(_), true) => {
                    Some(format!("cannot create INSTEAD OF trigger on table: {}", create.table.name))
                }
                _ => None,
            }
        }),
        examples: &[
            Example::new("CREATE VIEW v AS SELECT 1 AS a", "CREATE TRIGGER tr BEFORE INSERT ON v BEGIN SELECT 1; END"),
            Example::new("CREATE TABLE t (a int)", "CREATE TRIGGER tr INSTEAD OF INSERT ON t BEGIN SELECT 1; END"),
            Example::new(
                "CREATE TABLE t (a int)",
                "CREATE TRIGGER tr AFTER INSERT ON t BEGIN INSERT INTO missing VALUES (1); END",
            ),
        ],
        ..Fact::BASE
    },
];
