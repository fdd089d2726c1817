//! A table that becomes a partition: all that the server would build or read under the lock is there before.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::catalog::{Catalog, ConstraintKind};
use crate::plan::bounds::Proof;
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::request::TableRef;
use crate::sql::operation::{PartitionBound, TableAction};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "attach-partition",
    title: "ATTACH PARTITION of a table that has rows",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE events (at int NOT NULL, n int) PARTITION BY RANGE (at); CREATE INDEX ON events (n); \
             CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1000) TO (2000); \
             CREATE TABLE old (at int NOT NULL, n int);",
            "ALTER TABLE events ATTACH PARTITION old FOR VALUES FROM (1) TO (1000)",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TABLE \"S\".\"E\" (\"Id\" int PRIMARY KEY, n int) PARTITION BY RANGE (\"Id\"); \
             CREATE TABLE \"S\".rest PARTITION OF \"S\".\"E\" DEFAULT; CREATE TABLE \"Old\" (\"Id\" int NOT NULL, n int);",
            "ALTER TABLE \"S\".\"E\" ATTACH PARTITION \"Old\" FOR VALUES FROM (-1000) TO (1)",
        ),
        RecipeSample::new(
            "CREATE TABLE events (kind text, n int) PARTITION BY LIST (kind); CREATE TABLE old (kind text, n int);",
            "ALTER TABLE events ATTACH PARTITION old FOR VALUES IN ('a', 'b', NULL)",
        ),
        // A new table where there is a default partition.
        RecipeSample::new(
            "CREATE TABLE events (at int NOT NULL) PARTITION BY RANGE (at); CREATE TABLE rest PARTITION OF events DEFAULT;",
            "CREATE TABLE later (at int NOT NULL); ALTER TABLE events ATTACH PARTITION later FOR VALUES FROM (-1000) TO (-1)",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (parent, _, TableAction::AttachPartition { partition, bound }) = request.table_action()? else { return None };
    let child = request.table(partition)?;
    // A new partition is empty; only the rows of the default partition may belong into it.
    let is_plain = request.is_new(child.id) && request.catalog.partitions_default(parent.id).is_none();
    if is_plain || request.is_new(parent.id) || !request.blocks(request.sql()) {
        return None;
    }
    Some(draft(request, parent, child, bound))
}

fn draft(
    request: &Request<'_>,
    parent: TableRef<'_>,
    child: TableRef<'_>,
    bound: &PartitionBound,
) -> Result<Draft, Refusal> {
    let Some(condition) = request.catalog.bound_condition(parent.id, bound) else {
        return Err(Refusal::new(
            "its bounds cannot be written as a check, so that the server reads its rows while nobody else can",
            "attach it in a maintenance window, or as an empty table that is filled afterwards",
        ));
    };
    let mut draft = request.plan_as(&missing(request, request.after, child))?;
    draft.already_safe = false;
    let proofs = [Some(Proof::within(child, &condition)), Proof::outside(request, parent.id, bound)];
    for proof in proofs.iter().flatten() {
        draft = proof.given(draft);
    }
    let (p, c) = (parent.sql(), child.sql());
    draft = draft.contract(
        DraftStep::ddl(format!("Attach {c}"), [request.sql()])
            .undo([format!("ALTER TABLE {p} DETACH PARTITION {c}")]),
    );
    Ok(proofs.iter().flatten().fold(draft, |draft, proof| proof.dropped(draft)))
}

/// What the server would give the table when it is attached: indexes, keys, foreign keys.
pub(super) fn missing(request: &Request<'_>, after: &Catalog, child: TableRef<'_>) -> Vec<String> {
    let t = child.sql();
    let Some(table) = after.table(child.id) else { return Vec::new() };
    let made = table.indexes.iter().filter(|id| request.catalog.relation(**id).is_none());
    let indexes = made.filter_map(|id| {
        let relation = after.relation(*id)?;
        let index = relation.index().filter(|index| index.constraint.is_none())?;
        Some(after.index_sql(relation, index))
    });
    let added = request.new_constraints(child.id).into_iter();
    let added = added.filter(|c| matches!(c.kind, ConstraintKind::Unique { .. } | ConstraintKind::ForeignKey(_)));
    let constraints =
        added.map(|c| format!("ALTER TABLE {t} ADD CONSTRAINT {} {}", c.name.sql(), after.constraint_sql(table, c)));
    indexes.chain(constraints).collect()
}
