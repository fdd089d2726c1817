//! Settings that are no part of the schema as it is known here: safe, and without a known way back.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::draft::{Draft, DraftStep};
use crate::sql::Operation;
use crate::sql::operation::{AlterDomain, AlterType, TableAction};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "setting",
    title: "Statistics targets, owners, rights",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE t (id bigint PRIMARY KEY, v text);",
            "ALTER TABLE t ALTER COLUMN v SET STATISTICS 500",
        ),
        RecipeSample::new("CREATE TABLE t (id bigint PRIMARY KEY);", "GRANT SELECT ON t TO pg_monitor"),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let is_unknown = match request.operation()? {
        Operation::Grant { .. }
        | Operation::AlterType { action: AlterType::Other, .. }
        | Operation::AlterDomain { action: AlterDomain::Other, .. } => true,
        Operation::AlterTable(alter) => matches!(
            alter.action,
            TableAction::SetStatistics { .. }
                | TableAction::SetColumnOptions { .. }
                | TableAction::OwnerTo { .. }
                | TableAction::Options
        ),
        _ => false,
    };
    let is_new = request.target().is_some_and(|id| request.is_new(id));
    if !is_unknown || is_new || request.blocks(request.sql()) {
        return None;
    }
    let step = DraftStep::ddl("Change the setting as it is", [request.sql()]);
    let why = "what was set before is no part of the schema as it is known here: note it before the change";
    Some(Ok(Draft::safe(step.irreversible(why))))
}
