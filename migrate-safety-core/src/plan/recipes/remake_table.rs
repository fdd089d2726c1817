//! Tables that are set aside, made anew under their names, and filled from what they were: what no statement turns into
//! the other has no other way.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::catalog::Table;
use crate::plan::draft::DraftStep;
use crate::sql::Operation;
use crate::sql::operation::TableAction;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "remake-table",
    title: "SET SCHEMA of a table, CREATE TABLE of its name, INSERT of its rows, DROP of what it was: a table made anew",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE t (id bigint PRIMARY KEY, n int NOT NULL); CREATE INDEX t_n ON t (n);",
            "CREATE SCHEMA aside; ALTER TABLE t SET SCHEMA aside; \
             CREATE TABLE t (id bigint PRIMARY KEY, n int NOT NULL) PARTITION BY HASH (id); CREATE INDEX t_n ON t (n); \
             CREATE TABLE t_0 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 0); \
             CREATE TABLE t_1 PARTITION OF t FOR VALUES WITH (MODULUS 2, REMAINDER 1); \
             INSERT INTO t (id, n) SELECT id, n FROM aside.t; DROP TABLE aside.t; DROP SCHEMA aside",
        ),
        RecipeSample::new(
            "CREATE TABLE \"T\" (id bigint PRIMARY KEY, \"N\" int) PARTITION BY RANGE (id); \
             CREATE TABLE \"T 1\" PARTITION OF \"T\" FOR VALUES FROM (MINVALUE) TO (MAXVALUE);",
            "CREATE SCHEMA aside; ALTER TABLE \"T\" SET SCHEMA aside; ALTER TABLE \"T 1\" SET SCHEMA aside; \
             CREATE TABLE \"T\" (id bigint PRIMARY KEY, \"N\" int); \
             INSERT INTO \"T\" SELECT id, \"N\" FROM aside.\"T\"; DROP TABLE aside.\"T\"; DROP SCHEMA aside",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let operations = || request.piece.operations.iter().map(|located| &located.operation);
    let Operation::CreateSchema { name: aside, .. } = operations().next().filter(|_| request.is_pair())? else {
        return None;
    };
    let moved = operations().filter_map(|operation| match operation {
        Operation::AlterTable(alter) => match &alter.action {
            TableAction::SetSchema { schema } if schema == aside => Some(&alter.table),
            _ => None,
        },
        _ => None,
    });
    let made = |name: &str| {
        operations().any(|operation| matches!(operation, Operation::CreateTable(create) if *create.name.name == *name))
    };
    let anew: Vec<String> = moved.filter(|name| made(&name.name)).map(crate::sql::ObjectName::sql).collect();
    if anew.is_empty() {
        return None;
    }
    let why = format!(
        "no statement makes {0} what it is to be, and what is written to it while its rows are copied would be lost",
        anew.join(", ")
    );
    let step = DraftStep::ddl(format!("Make {} anew, with its rows", anew.join(", ")), request.piece.statements())
        .irreversible("restore it from a backup that is made when the window begins");
    let step = match without_partitions(request) {
        Some(table) => step.gate(
            format!("SELECT count(*) FROM {table}"),
            "0",
            format!("there are no partitions for the rows of {table}: make some with it"),
        ),
        None => step,
    };
    Some(Ok(super::windowed(step, &why)))
}

/// A table that is made anew with partitions, and has none: no row has a place in it.
fn without_partitions(request: &Request<'_>) -> Option<String> {
    let mut made = request.made().filter_map(|id| request.after.relation(id));
    let bare = made.find(|relation| {
        let is_bare = |table: &Table| table.is_partitioned() && table.children.is_empty();
        relation.table().is_some_and(is_bare) && request.catalog.resolve(&relation.object_name()).found().is_some()
    })?;
    Some(bare.object_name().sql())
}
