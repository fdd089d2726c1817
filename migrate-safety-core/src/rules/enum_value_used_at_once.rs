//! A new enum value is used in the transaction that adds it.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView};
use super::finding::Category;
use crate::catalog::TypeDefKind;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "enum-value-used-at-once",
    category: Category::Deployability,
    title: "A new enum value is used in the transaction that adds it",
    why: "The server reports `unsafe use of new value` until the transaction that added the value has committed.",
    source: "PostgreSQL docs, ALTER TYPE, Notes; measured, PG 14-18",
    bad: &[
        Sample::new("CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE people (id bigint PRIMARY KEY, m mood);", "ALTER TYPE mood ADD VALUE 'ok'; INSERT INTO people VALUES (1, 'ok');").with(&["enum-value-added"]),
        Sample::new("CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE people (id bigint PRIMARY KEY);", "ALTER TYPE mood ADD VALUE 'ok'; ALTER TABLE people ADD COLUMN m mood DEFAULT 'ok';"),
        Sample::new("CREATE TYPE mood AS ENUM ('sad');", "ALTER TYPE mood ADD VALUE 'ok'; CREATE TABLE people (id bigint PRIMARY KEY, m mood, CHECK (m <> 'ok'));"),
    ],
    good: &[
        Sample::new("CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE people (id bigint PRIMARY KEY);", "ALTER TYPE mood ADD VALUE 'ok'; ALTER TABLE people ADD COLUMN label text DEFAULT 'ok';"),
        Sample::new("CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE people (id bigint PRIMARY KEY);", "ALTER TYPE mood ADD VALUE 'ok';"),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let now = view.scene.now;
    let fresh = view.scene.catalog.extended_by(now.migration).into_iter().filter(|t| {
        // PostgreSQL 17 lets a type made in the same transaction use its new values.
        t.created.transaction != now.transaction || view.scene.version() < 17
    });
    for definition in fresh {
        let TypeDefKind::Enum(values) = &definition.kind else { continue };
        let added = |stamp: &crate::catalog::Stamp| {
            stamp.transaction == now.transaction && stamp.transaction != 0 && *stamp != definition.created
        };
        let Some((value, _)) = values.iter().find(|(label, stamp)| {
            added(stamp) && super::uses::literal_of_type(view.scene.catalog, &view.located.operation, label, definition)
        }) else {
            continue;
        };
        findings
            .block(format!(
                "the value '{value}' of {}.{} cannot be used in the transaction that adds it",
                definition.schema, definition.name
            ))
            .at(view.located.span)
            .help("add the value in an earlier migration");
    }
}
