//! A column taken away after the application has let go of it.

use super::set_not_null::needs_value;
use super::{ALL, Answer, DatabaseRecipe, DatabaseSample, Request};
use crate::databases::name::Name;
use crate::databases::operation::{ActionKind, ColumnDef};
use crate::databases::schema::Table;
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::model::PhaseName;

/// The recipe.
pub(super) static RECIPE: DatabaseRecipe = DatabaseRecipe {
    id: "drop-column",
    title: "DROP COLUMN while the release that uses it is still running",
    dialects: ALL,
    samples: &[
        DatabaseSample::sqlite(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, legacy TEXT); CREATE INDEX by_legacy ON users (legacy);",
            "ALTER TABLE users DROP COLUMN legacy",
        ),
        DatabaseSample::sqlite(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, legacy TEXT NOT NULL UNIQUE, name TEXT);",
            "ALTER TABLE users DROP COLUMN legacy",
        ),
        DatabaseSample::mysql(
            "CREATE TABLE users (id bigint PRIMARY KEY, legacy varchar(20) NOT NULL, name text);",
            "ALTER TABLE users DROP COLUMN legacy",
        ),
        DatabaseSample::mariadb(
            "CREATE TABLE users (id bigint PRIMARY KEY, legacy json NOT NULL, n int);",
            "ALTER TABLE users DROP COLUMN legacy",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, ActionKind::DropColumn { column, .. }) = request.action()? else { return None };
    let definition = table.column(column)?;
    Some(steps(request, table, definition))
}

fn steps(request: &Request<'_>, table: &Table, column: &ColumnDef) -> Result<Draft, Refusal> {
    let c = request.name(&column.name);
    let readers = request.readers(table, &column.name);
    if let Some(reader) = readers.first() {
        return Err(Refusal::new(
            format!("{reader} names the column"),
            format!("drop {reader}, or make it anew without {c}, in an earlier migration"),
        ));
    }
    let mut draft = Draft::new();
    if needs_value(column) {
        draft = draft.expand(optional(request, table, &[column])?);
    }
    draft = draft.deploy(
        PhaseName::Contract,
        format!("Deployed everywhere: an application that neither reads nor writes {c}, by name or by `SELECT *`."),
    );
    let last = dropped(request, table, &column.name)?;
    let last = last.irreversible(format!("the values of {c} are gone: restore them from a backup"));
    Ok(draft
        .contract(last)
        .note(format!("The values of {c} are lost in the last step. If they may be wanted again, copy them before it.")))
}

/// Rows can be inserted without a value for these columns.
pub(in crate::plan::databases) fn optional(
    request: &Request<'_>,
    table: &Table,
    columns: &[&ColumnDef],
) -> Result<DraftStep, Refusal> {
    let t = request.table_sql(table);
    let names = columns.iter().map(|column| request.name(&column.name)).collect::<Vec<_>>().join(", ");
    let title = format!("Let rows be inserted without {names}");
    let modify = |column: &ColumnDef| format!("MODIFY COLUMN {}", request.column_sql(column));
    let all = |texts: Vec<String>| format!("ALTER TABLE {t} {}", texts.join(", "));
    let not_null = if request.is_sqlite() { None } else { Some(false) };
    let free: Vec<String> =
        columns.iter().map(|column| modify(&ColumnDef { not_null, ..(*column).clone() })).collect();
    #[cfg(feature = "sqlite")]
    if request.is_sqlite() {
        let each = free.iter().map(|one| format!("ALTER TABLE {t} {one}")).collect::<Vec<_>>().join(";\n");
        let after = request.state.changed(&each).map_err(Refusal::Part)?;
        return super::rebuild::remade_as(request, table, &after.schema, &title).ok_or_else(super::unknown_table);
    }
    let sql = request.asserted(&all(free)).ok_or_else(|| {
        Refusal::new(format!("the server lets {names} be NULL only while nobody writes"), "make the change in a maintenance window")
    })?;
    let back = all(columns.iter().map(|column| modify(column)).collect());
    Ok(request.step(title, [sql]).undo_alone(back))
}

/// The step that takes the column away.
fn dropped(request: &Request<'_>, table: &Table, column: &Name) -> Result<DraftStep, Refusal> {
    let (t, c) = (request.table_sql(table), request.name(column));
    let title = format!("Drop {c}");
    let plain = format!("ALTER TABLE {t} DROP COLUMN {c}");
    let allowed = |step: DraftStep| step.allow("drop-column", "no deployed application uses it");
    if !request.is_sqlite() {
        let sql = request.asserted(&plain).ok_or_else(|| {
            Refusal::new("the server drops the column only while nobody writes", "make the change in a maintenance window")
        })?;
        return Ok(allowed(request.step(title, [sql])));
    }
    #[cfg(feature = "sqlite")]
    {
        use crate::plan::databases::rebuild::is_made_apart;
        let apart = table.indexes.iter().filter(|index| is_made_apart(index));
        let on_it = apart.filter(|index| {
            index.columns().contains(&column)
                || crate::plan::databases::request::mentions(request.target(), &request.rendered().create_index(table, index), column)
        });
        let drops: Vec<String> =
            on_it.filter_map(|index| index.name.as_ref()).map(|name| format!("DROP INDEX {}", request.name(name))).collect();
        let mut statements = drops.clone();
        statements.push(plain.clone());
        if request.target().version >= 335 && is_taken(request, &drops, &plain) {
            return Ok(allowed(request.step(title, statements)));
        }
        let after = request.state.changed(&plain).map_err(Refusal::Part)?;
        super::rebuild::remade_as(request, table, &after.schema, &title)
            .map(allowed)
            .ok_or_else(super::unknown_table)
    }
    #[cfg(not(feature = "sqlite"))]
    Err(Refusal::new("this build knows nothing of SQLite", "build it with the feature `sqlite`"))
}

/// Whether SQLite takes the statement once the indexes are gone.
#[cfg(feature = "sqlite")]
fn is_taken(request: &Request<'_>, drops: &[String], sql: &str) -> bool {
    let script = drops.iter().map(|drop| format!("{drop};")).chain([sql.to_owned()]).collect::<String>();
    let judged = request.judged(&script);
    judged.statements.iter().all(|statement| statement.effects.failures.is_empty())
}
