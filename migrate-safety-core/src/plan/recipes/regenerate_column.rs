//! A generated column made anew: its values are computed, so that nothing is lost, but it is not there for a moment.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::draft::DraftStep;
use crate::sql::Operation;
use crate::sql::operation::TableAction;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "regenerate-column",
    title: "DROP COLUMN and ADD COLUMN of a generated column, with what changes between",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE items (id bigint PRIMARY KEY, price int, twice int GENERATED ALWAYS AS (price * 2) STORED);",
            "ALTER TABLE items DROP COLUMN twice; ALTER TABLE items ALTER COLUMN price TYPE bigint; \
             ALTER TABLE items ADD COLUMN twice bigint GENERATED ALWAYS AS (price * 2) STORED",
        ),
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, name text, shown text GENERATED ALWAYS AS (upper(name)) STORED);",
            "ALTER TABLE users DROP COLUMN shown; ALTER TABLE users ADD COLUMN shown text GENERATED ALWAYS AS (lower(name)) STORED",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let mut operations = request.piece.operations.iter().map(|located| &located.operation);
    let Some(Operation::AlterTable(first)) = operations.next() else { return None };
    let TableAction::DropColumn { column: gone, .. } = &first.action else { return None };
    let table = request.table(&first.table)?;
    let comes = |operation: &Operation| match operation {
        Operation::AlterTable(alter) => matches!(&alter.action, TableAction::AddColumn { column, .. } if column.name == *gone),
        _ => false,
    };
    if !operations.any(comes) || request.is_new(table.id) {
        return None;
    }
    request.column(table, gone)?.generated.as_ref()?;
    let why = format!(
        "{} is computed for every row at once, and what it is computed from does not change its type under it",
        gone.sql()
    );
    let step = DraftStep::ddl(super::IN_A_WINDOW, request.piece.statements())
        .irreversible("the column would come again behind the others: a plan for the change the other way round undoes it");
    Some(Ok(super::windowed(step, &why)))
}
