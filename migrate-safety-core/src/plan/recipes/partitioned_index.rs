//! An index on a partitioned table: made on each partition while writes go on, then put together.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::catalog::{Index, Relation, RelationId};
use crate::plan::draft::{Draft, DraftStep};
use crate::sql::Operation;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "partitioned-index",
    title: "CREATE INDEX on a partitioned table that is written to",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE events (at date, n int) PARTITION BY RANGE (at); \
             CREATE TABLE events_24 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); \
             CREATE TABLE events_25 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');",
            "CREATE INDEX ON events (n)",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TABLE \"S\".\"E\" (\"At\" date, \"N\" int) PARTITION BY RANGE (\"At\"); \
             CREATE TABLE \"S\".\"E 24\" PARTITION OF \"S\".\"E\" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (\"N\"); \
             CREATE TABLE \"S\".\"E 24 1\" PARTITION OF \"S\".\"E 24\" FOR VALUES IN (1, 2); \
             CREATE TABLE \"S\".\"E 24 r\" PARTITION OF \"S\".\"E 24\" DEFAULT;",
            "CREATE INDEX \"My index\" ON \"S\".\"E\" (lower(\"N\"::text) DESC, \"At\") WHERE \"N\" > 3",
        ),
        RecipeSample::new(
            "CREATE TABLE events (at date, n int) PARTITION BY RANGE (at); \
             CREATE TABLE events_24 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01'); \
             CREATE INDEX had ON events_24 (n);",
            "CREATE INDEX events_n ON events (n)",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let Operation::CreateIndex(create) = request.operation()? else { return None };
    let table = request.table(&create.table)?;
    if create.only || !table.table.is_partitioned() || request.is_new(table.id) {
        return None;
    }
    let made = |id: &RelationId| request.catalog.relation(*id).is_none();
    let root = request.after.relations().find(|r| made(&r.id) && r.index().is_some_and(|index| index.table == table.id))?;
    let parts = Parts { request };
    let below = request.after.descendants(root.id);
    let mut draft = Draft::new();
    for id in std::iter::once(root.id).chain(below.iter().copied()).filter(made) {
        draft = parts.frame(id).into_iter().fold(draft, Draft::expand);
    }
    for id in below.iter().filter(|id| made(id)) {
        draft = parts.build(*id).into_iter().fold(draft, Draft::expand);
    }
    // Leaves first: a parent's index is ready when all of its parts are.
    let (taken_over, own): (Vec<RelationId>, Vec<RelationId>) = below.iter().rev().copied().partition(|id| !made(id));
    for id in own.into_iter().chain(taken_over) {
        draft = parts.attach(id).into_iter().fold(draft, Draft::expand);
    }
    Some(Ok(draft))
}

struct Parts<'r> {
    request: &'r Request<'r>,
}

impl Parts<'_> {
    /// An index of a partitioned table: there, and of no use until its parts are attached.
    fn frame(&self, id: RelationId) -> Option<DraftStep> {
        let (relation, index) = self.index(id)?;
        let is_leaf = !self.request.after.table(index.table)?.is_partitioned();
        (!is_leaf).then(|| {
            let name = relation.object_name().sql();
            DraftStep::ddl(
                format!("Make room for the parts of {}", relation.name.sql()),
                [self.request.after.index_sql(relation, index)],
            )
            .undo([format!("DROP INDEX IF EXISTS {name}")])
        })
    }

    /// The index of one partition.
    fn build(&self, id: RelationId) -> Option<DraftStep> {
        let (relation, index) = self.index(id)?;
        let is_leaf = !self.request.after.table(index.table)?.is_partitioned();
        is_leaf.then(|| {
            let name = relation.object_name().sql();
            DraftStep::alone(
                format!("Build {} while writes go on", relation.name.sql()),
                self.request.after.index_sql(relation, index).replacen("INDEX", "INDEX CONCURRENTLY", 1),
            )
            .undo_alone(format!("DROP INDEX CONCURRENTLY IF EXISTS {name}"))
        })
    }

    /// An index of a partition becomes a part of its parent's. There is no way to take one out again but to drop the whole.
    fn attach(&self, id: RelationId) -> Option<DraftStep> {
        let (relation, index) = self.index(id)?;
        let parent = self.request.after.relation(index.parent?)?;
        let (part, whole) = (relation.object_name().sql(), parent.object_name().sql());
        let step = DraftStep::ddl(
            format!("Attach {} to {}", relation.name.sql(), parent.name.sql()),
            [format!("ALTER INDEX {whole} ATTACH PARTITION {part}")],
        );
        Some(match self.request.catalog.relation(id) {
            None => step.undo([format!("DROP INDEX IF EXISTS {whole}")]),
            Some(_) => step.irreversible(format!("{part} was there before, and is now a part of {whole}: it goes with it")),
        })
    }

    fn index(&self, id: RelationId) -> Option<(&Relation, &Index)> {
        let relation = self.request.after.relation(id)?;
        Some((relation, relation.index()?))
    }
}
