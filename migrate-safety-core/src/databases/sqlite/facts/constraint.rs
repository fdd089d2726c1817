//! `ALTER COLUMN … SET NOT NULL`, `ADD CONSTRAINT`, `DROP CONSTRAINT`, of 3.53.

use super::{Does, Example, Fact, TABLE};
use crate::databases::operation::{ActionKind, Operation};

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "set-not-null/reads-through",
        since: 353,
        source: "measured, 3.54; alter.c: the rows are asked for NULLs, then the schema's text is changed",
        when: |p| matches!(p.action, Some(ActionKind::SetNotNull { not_null: true, .. })),
        does: Does::Scans,
        examples: &[Example::new(TABLE, "ALTER TABLE t ALTER COLUMN a SET NOT NULL")],
        ..Fact::BASE
    },
    Fact {
        id: "add-check/reads-through",
        since: 353,
        source: "measured, 3.54; alter.c: the rows are held against it, then the schema's text is changed",
        when: |p| {
            let Operation::AlterTable(alter) = p.scene.operation else { return false };
            matches!(p.action, Some(ActionKind::AddCheck { .. })) && alter.actions.len() == 1
        },
        does: Does::Scans,
        examples: &[
            Example::new(TABLE, "ALTER TABLE t ADD CONSTRAINT c CHECK (a >= 0)"),
            Example::new(TABLE, "ALTER TABLE t ADD CHECK (a >= 0)"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "constraint/edit",
        since: 353,
        source: "measured, 3.54: the schema's text alone",
        when: |p| {
            matches!(p.action, Some(ActionKind::SetNotNull { not_null: false, .. } | ActionKind::DropConstraint { .. }))
        },
        examples: &[
            Example::new(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, a int NOT NULL, b text, pad text); ROWS",
                "ALTER TABLE t ALTER COLUMN a DROP NOT NULL",
            ),
            Example::new(
                "CREATE TABLE t (id INTEGER PRIMARY KEY, a int, b text, pad text, CONSTRAINT c CHECK (a >= 0)); ROWS",
                "ALTER TABLE t DROP CONSTRAINT c",
            ),
        ],
        ..Fact::BASE
    },
];
