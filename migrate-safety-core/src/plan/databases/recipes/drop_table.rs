//! A table taken away after the application has let go of it.

use super::{ALL, Answer, DatabaseRecipe, DatabaseSample, Request};
use crate::databases::operation::Operation;
use crate::databases::schema::Table;
use crate::plan::draft::Draft;
use crate::plan::error::Refusal;
use crate::plan::model::PhaseName;

/// The recipe.
pub(super) static RECIPE: DatabaseRecipe = DatabaseRecipe {
    id: "drop-table",
    title: "DROP TABLE while the release that uses it is still running",
    dialects: ALL,
    samples: &[
        DatabaseSample::sqlite("CREATE TABLE logs (id INTEGER PRIMARY KEY);", "DROP TABLE logs"),
        DatabaseSample::mysql("CREATE TABLE logs (id bigint PRIMARY KEY);", "DROP TABLE IF EXISTS logs"),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let Operation::DropTable { tables, temporary: false, .. } = &request.piece.operation else { return None };
    let found: Vec<&Table> = tables.iter().filter_map(|name| request.schema().table(name)).collect();
    if found.is_empty() || found.iter().any(|table| request.is_new(table)) {
        return None;
    }
    let others = found.iter().flat_map(|table| request.schema().references_to(&table.name));
    let mut others = others.filter(|(other, _)| found.iter().all(|table| table.id != other.id));
    if let Some((other, _)) = others.next() {
        let reason = format!("a foreign key of {} refers to it", other.name);
        return Some(Err(Refusal::new(reason, format!("drop the foreign key of {} first", other.name))));
    }
    let names: Vec<String> = found.iter().map(|table| request.table_sql(table)).collect();
    let names = names.join(", ");
    let mut draft = Draft::new().deploy(
        PhaseName::Contract,
        format!("Deployed everywhere: an application that neither reads nor writes {names}."),
    );
    for name in found.iter().map(|table| request.table_sql(table)) {
        let step = request.step(format!("Drop {name}"), [format!("DROP TABLE {name}")]);
        let step = step.irreversible(format!("the rows of {name} are gone: restore them from a backup"));
        draft = draft.contract(step.allow("drop-table", "no deployed application uses it"));
    }
    Some(Ok(draft.note(format!("The rows of {names} are lost in the last step. If they may be wanted again, copy them before it."))))
}
