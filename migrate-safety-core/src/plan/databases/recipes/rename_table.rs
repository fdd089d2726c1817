//! A table with a new name: a view goes by the new one until no running release uses the old.

use super::{ALL, Answer, DatabaseRecipe, DatabaseSample, Request};
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{ActionKind, Operation};
use crate::databases::schema::Table;
use crate::plan::draft::Draft;
use crate::plan::error::Refusal;
use crate::plan::model::PhaseName;

/// The recipe.
pub(super) static RECIPE: DatabaseRecipe = DatabaseRecipe {
    id: "rename-table",
    title: "RENAME of a table while an application uses the old name",
    dialects: ALL,
    samples: &[
        DatabaseSample::sqlite(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); CREATE INDEX by_name ON users (name);",
            "ALTER TABLE users RENAME TO people",
        ),
        DatabaseSample::mysql("CREATE TABLE users (id bigint PRIMARY KEY, name text);", "ALTER TABLE users RENAME TO people"),
        DatabaseSample::mariadb("CREATE TABLE users (id bigint PRIMARY KEY, name text);", "RENAME TABLE users TO people"),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (from, to) = match &request.piece.operation {
        Operation::RenameTable { renames } => match renames.as_slice() {
            [(from, to)] => (request.schema().table(from)?, to),
            _ => return None,
        },
        _ => match request.action()? {
            (table, ActionKind::Rename { to }) => (table, to),
            _ => return None,
        },
    };
    (!request.is_new(from)).then(|| steps(request, from, to))
}

fn steps(request: &Request<'_>, table: &Table, to: &ObjectName) -> Result<Draft, Refusal> {
    if !table.known {
        return Err(super::unknown_table());
    }
    let (old, new) = (request.table_sql(table), request.name(&to.name));
    let columns: Vec<String> = table.columns.iter().map(|column| request.name(&column.name)).collect();
    let view = format!("CREATE VIEW {new} ({}) AS SELECT {} FROM {old}", columns.join(", "), columns.join(", "));
    let mut made = vec![view.clone()];
    if request.is_sqlite() {
        made.extend(writable(request, table, &old, &to.name)?);
    }
    let draft = Draft::new().expand(
        request.step(format!("Let {old} be read and written as {new} too"), made.clone()).undo([format!("DROP VIEW {new}")]),
    );
    let draft = draft.deploy(PhaseName::Contract, format!("Deployed everywhere: an application that uses {new}, and no longer {old}."));
    let title = format!("Make {new} the table");
    let last = if request.is_sqlite() {
        let rename = format!("ALTER TABLE {old} RENAME TO {new}");
        let mut back = vec![format!("ALTER TABLE {new} RENAME TO {old}")];
        back.extend(made);
        request.step(title, [format!("DROP VIEW {new}"), rename]).undo(back)
    } else {
        // Both change their names at once: nobody finds either missing. The view then shows what is no longer there.
        let aside = request.name(&Name::new(&format!("{}_view", to.name)));
        let swap = format!("RENAME TABLE {new} TO {aside}, {old} TO {new}");
        let draft = draft.contract(
            request
                .step(title, [swap])
                .undo_alone(format!("RENAME TABLE {new} TO {old}, {aside} TO {new}"))
                .allow("rename-relation", "no deployed application uses the old name"),
        );
        let gone = request.step(format!("Drop the view {aside}"), [format!("DROP VIEW {aside}")]);
        let again = format!("CREATE VIEW {aside} ({}) AS SELECT {} FROM {new}", columns.join(", "), columns.join(", "));
        return Ok(draft.contract(gone.undo_alone(again)));
    };
    Ok(draft.contract(last.allow("rename-relation", "no deployed application uses the old name")).note(format!(
        "While {new} is a view, SQLite takes no `ON CONFLICT` and no `RETURNING` of a row's own number on it: write to it by \
         plain INSERT, UPDATE and DELETE until the last step."
    )))
}

/// Triggers by which a view of SQLite is written to.
fn writable(request: &Request<'_>, table: &Table, old: &str, to: &Name) -> Result<Vec<String>, Refusal> {
    let new = request.name(to);
    let key: Vec<String> = table.primary_key().into_iter().map(|name| request.name(name)).collect();
    if key.is_empty() {
        return Err(Refusal::new(
            format!("{old} has no primary key by which a row of a view could be found"),
            "give it one first, or stop the application and rename it",
        ));
    }
    let stored: Vec<String> =
        table.columns.iter().filter(|column| column.generated.is_none()).map(|column| request.name(&column.name)).collect();
    let row = key.iter().map(|key| format!("{key} = OLD.{key}")).collect::<Vec<_>>().join(" AND ");
    let values = stored.iter().map(|column| format!("NEW.{column}")).collect::<Vec<_>>().join(", ");
    let set = stored.iter().map(|column| format!("{column} = NEW.{column}")).collect::<Vec<_>>().join(", ");
    let trigger = |event: &str, body: String| {
        let name = request.name(&Name::new(&format!("{to}_{}", event.to_ascii_lowercase())));
        format!("CREATE TRIGGER {name} INSTEAD OF {event} ON {new}\nBEGIN\n    {body};\nEND")
    };
    Ok(vec![
        trigger("INSERT", format!("INSERT INTO {old} ({}) VALUES ({values})", stored.join(", "))),
        trigger("UPDATE", format!("UPDATE {old} SET {set} WHERE {row}")),
        trigger("DELETE", format!("DELETE FROM {old} WHERE {row}")),
    ])
}
