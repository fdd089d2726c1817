//! A new partition: made apart and attached, since `PARTITION OF` locks the whole table against everybody.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::catalog::{ConstraintKind, bound_sql};
use crate::plan::bounds::Proof;
use crate::plan::draft::{Draft, DraftStep};
use crate::sql::operation::{CreateTable, Persistence};
use crate::sql::Operation;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "add-partition",
    title: "CREATE TABLE … PARTITION OF a table that is used",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE events (at date NOT NULL DEFAULT '2024-05-01', n int CHECK (n > 0), b text) PARTITION BY RANGE (at); \
             CREATE INDEX ON events (n); \
             CREATE TABLE events_24 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');",
            "CREATE TABLE events_25 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TABLE parents (id int PRIMARY KEY); \
             CREATE TABLE \"S\".\"E\" (\"Id\" int, p int REFERENCES parents, PRIMARY KEY (\"Id\")) PARTITION BY RANGE (\"Id\"); \
             CREATE TABLE \"S\".rest PARTITION OF \"S\".\"E\" DEFAULT;",
            "CREATE TABLE \"S\".\"E 1\" PARTITION OF \"S\".\"E\" FOR VALUES FROM (-1000) TO (0)",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let Operation::CreateTable(create) = request.operation()? else { return None };
    let (parent, bound) = create.partition_of.as_ref()?;
    let parent = request.table(parent)?;
    if request.is_new(parent.id) || !is_plain(create) {
        return None;
    }
    // What an existing table of the name would do is for the plain statement to say.
    let made = request.after.relations().find(|r| r.table().is_some() && request.catalog.relation(r.id).is_none())?;
    let proof = Proof::outside(request, parent.id, bound);
    let (p, c) = (parent.sql(), made.object_name().sql());
    let draft = proof.iter().fold(Draft::new(), |draft, proof| proof.given(draft));
    let copied = "INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING STORAGE INCLUDING COMPRESSION";
    // A foreign key that is made with an empty table is taken over; one that comes with the attachment reads its target.
    let table = made.table()?;
    let keys = table.constraints.iter().filter(|c| matches!(c.kind, ConstraintKind::ForeignKey(_)));
    let keys = keys.map(|c| format!(", CONSTRAINT {} {}", c.name.sql(), request.after.constraint_sql(table, c)));
    let keys: String = keys.collect();
    let attach = DraftStep::ddl(
        format!("Make {c} apart, and attach it"),
        [
            format!("CREATE TABLE {c} (LIKE {p} {copied}{keys})"),
            format!("ALTER TABLE {p} ATTACH PARTITION {c} {}", bound_sql(bound)),
        ],
    );
    let draft = if proof.is_some() { draft.contract(attach) } else { draft.expand(attach) };
    let draft = draft.note(format!("The way back drops {c} with the rows that have come into it since."));
    Some(Ok(proof.iter().fold(draft, |draft, proof| proof.dropped(draft))))
}

/// Whether nothing is said of the partition but its bounds.
fn is_plain(create: &CreateTable) -> bool {
    create.columns.is_empty()
        && create.constraints.is_empty()
        && create.partition_by.is_none()
        && create.options.is_empty()
        && create.tablespace.is_none()
        && create.persistence == Persistence::Permanent
        && !create.foreign
}
