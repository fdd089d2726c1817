//! A copy of a table that takes its name: what is written to the table between the two would be lost.

use super::{Answer, Recipe, Request};
use crate::plan::error::Refusal;
use crate::sql::Operation;
use crate::sql::operation::TableAction;

/// The recipe. It plans nothing: there is a better way to what such copies are made for, or none.
pub(super) static RECIPE: Recipe = Recipe {
    id: "exchange-table",
    title: "CREATE TABLE, INSERT from another, RENAME of both: a copy takes the place of a table",
    samples: &[],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let operations = || request.piece.operations.iter().map(|located| &located.operation);
    let Operation::CreateTable(create) = operations().next()? else { return None };
    let Operation::Insert(_) = operations().find(|operation| matches!(operation, Operation::Insert(_)))? else { return None };
    let taken = operations().find_map(|operation| match operation {
        Operation::AlterTable(alter) if alter.table == create.name => match &alter.action {
            TableAction::Rename { to } => Some(to),
            _ => None,
        },
        _ => None,
    })?;
    let reason = format!("what is written to {taken} after the copy has begun is lost when {} takes its name", create.name);
    let instead = if create.partition_by.is_some() {
        format!(
            "make the table the first partition instead of copying it: ALTER TABLE {taken} RENAME TO {taken}_old; CREATE TABLE {taken} \
             (LIKE {taken}_old INCLUDING DEFAULTS) PARTITION BY …; ALTER TABLE {taken} ATTACH PARTITION {taken}_old FOR VALUES …; \
             CREATE TABLE … PARTITION OF {taken} …"
        )
    } else {
        "change the table itself, each column by a statement of its own; or make the copy in a maintenance window".to_owned()
    };
    Some(Err(Refusal::new(reason, instead)))
}
