//! Indexes built anew while their table is used.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::draft::{Draft, DraftStep};
use crate::sql::Operation;
use crate::sql::operation::ReindexTarget;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "reindex",
    title: "REINDEX of an index or table that is used",
    samples: &[RecipeSample::new("CREATE TABLE orders (id bigint PRIMARY KEY);", "REINDEX TABLE orders")],
    plan,
};

/// What a build leaves that was stopped: no other run takes it away, and every write keeps it up to date.
const LEFTOVERS: &str = "If it is stopped, invalid indexes are left whose names end in _ccnew or _ccold, with a number if need be: \
                         DROP INDEX CONCURRENTLY each of them before it is run again.";

fn plan(request: &Request<'_>) -> Answer {
    let Operation::Reindex { target, concurrently: false, tablespace: None } = request.operation()? else { return None };
    let what = match target {
        ReindexTarget::Index(name) => format!("INDEX CONCURRENTLY {}", name.sql()),
        ReindexTarget::Table(name) => format!("TABLE CONCURRENTLY {}", name.sql()),
        ReindexTarget::Schema(name) => format!("SCHEMA CONCURRENTLY {}", name.sql()),
        ReindexTarget::Database(_) | ReindexTarget::System(_) => return None,
    };
    let step = DraftStep::alone("Build the indexes anew while writes go on", format!("REINDEX {what}")).rollback_nothing();
    Some(Ok(Draft::new().expand(step).note(LEFTOVERS)))
}
