//! A partition that becomes a table of its own, while the others are read and written.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::catalog::{Constraint, bound_sql};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::model::PhaseName;
use crate::sql::operation::TableAction;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "detach-partition",
    title: "DETACH PARTITION from a table that is used",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE events (at int NOT NULL, n int, PRIMARY KEY (at)) PARTITION BY RANGE (at); CREATE INDEX ON events (n); \
             CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (1000); \
             CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM (1000) TO (2000);",
            "ALTER TABLE events DETACH PARTITION events_1",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TABLE \"S\".\"E\" (\"Kind\" text, n int) PARTITION BY LIST (\"Kind\"); \
             CREATE TABLE \"S\".\"E a\" PARTITION OF \"S\".\"E\" FOR VALUES IN ('a', NULL);",
            "ALTER TABLE \"S\".\"E\" DETACH PARTITION \"S\".\"E a\" CONCURRENTLY",
        ),
        RecipeSample::new(
            "CREATE TABLE events (at int, n int) PARTITION BY RANGE (at); \
             CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (1000); \
             CREATE TABLE rest PARTITION OF events DEFAULT;",
            "ALTER TABLE events DETACH PARTITION events_1",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (parent, _, TableAction::DetachPartition { partition, concurrently, finalize: false }) = request.table_action()? else {
        return None;
    };
    let child = request.table(partition)?;
    let (_, bound) = child.table.partition_of.as_ref()?;
    if request.is_new(parent.id) || request.is_new(child.id) {
        return None;
    }
    let (p, c) = (parent.sql(), child.sql());
    let attach = format!("ALTER TABLE {p} ATTACH PARTITION {c} {}", bound_sql(bound));
    let draft = Draft::new().deploy(
        PhaseName::Contract,
        format!("Deployed everywhere: an application that does not look for the rows of {c} in {p}."),
    );
    if request.catalog.partitions_default(parent.id).is_some() {
        let why = format!("{p} has a default partition, so that the server detaches under a lock that nobody gets past, for a moment");
        return Some(Ok(draft.contract(DraftStep::ddl(format!("Detach {c}"), [request.sql()]).undo([attach])).note(why)));
    }
    let sql = format!("ALTER TABLE {p} DETACH PARTITION {c} CONCURRENTLY");
    // The server leaves a check with the bounds on it.
    let state = request.state_after(&sql);
    let constraints = state.catalog.table(child.id).map_or(&[][..], |table| &table.constraints);
    let left: Vec<&Constraint> =
        constraints.iter().filter(|new| child.table.constraint(&new.name).is_none()).collect();
    // The server leaves it out where another check says as much.
    let drops: Vec<String> = left.iter().map(|c| format!("DROP CONSTRAINT IF EXISTS {}", c.name.sql())).collect();
    let detach = DraftStep::alone(format!("Detach {c} while {p} is used"), sql);
    let mut draft = draft.note(format!(
        "If the step is broken off, {c} may be left half detached, and nobody can read it through {p}: \
         ALTER TABLE {p} DETACH PARTITION {c} FINALIZE brings it to its end."
    ));
    let back = if drops.is_empty() { vec![attach] } else { vec![attach, format!("ALTER TABLE {c} {}", drops.join(", "))] };
    draft = draft.contract(detach.undo(back));
    if !*concurrently && !drops.is_empty() {
        let again = left.iter().map(|constraint| {
            let definition = request.catalog.constraint_sql(child.table, constraint);
            format!("ALTER TABLE {c} ADD CONSTRAINT {} {definition} NOT VALID", constraint.name.sql())
        });
        let again: Vec<String> = again.collect();
        draft = draft.contract(
            DraftStep::ddl(format!("Drop the check that this leaves on {c}"), [format!("ALTER TABLE {c} {}", drops.join(", "))])
                .undo(again),
        );
    }
    draft.already_safe = *concurrently;
    Some(Ok(draft))
}
