//! NOT NULL for a column that has rows: nothing may write NULL any longer, no row may have it, then the server is told.

use super::{ALL, Answer, DatabaseRecipe, DatabaseSample, Request};
use crate::databases::name::Name;
use crate::databases::operation::{ActionKind, ColumnDef};
use crate::databases::schema::Table;
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::model::PhaseName;

/// The recipe.
pub(super) static RECIPE: DatabaseRecipe = DatabaseRecipe {
    id: "set-not-null",
    title: "NOT NULL for a column that has rows",
    dialects: ALL,
    samples: &[
        DatabaseSample::sqlite(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT); CREATE INDEX by_email ON users (email);",
            "ALTER TABLE users ALTER COLUMN email SET NOT NULL",
        ),
        DatabaseSample::mysql(
            "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100));",
            "ALTER TABLE users MODIFY email varchar(100) NOT NULL",
        ),
        DatabaseSample::mariadb(
            "CREATE TABLE users (id bigint PRIMARY KEY, org int);",
            "UPDATE users SET org = 1 WHERE org IS NULL; ALTER TABLE users MODIFY org int NOT NULL",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, action) = request.action()?;
    let (column, to) = match action {
        ActionKind::Modify { column, to, .. } if *column == to.name => (column, Some(&**to)),
        ActionKind::SetNotNull { column, not_null: true } => (column, None),
        _ => return None,
    };
    let old = table.column(column)?;
    let new = to.unwrap_or(old);
    if old.not_null == Some(true) || to.is_some_and(|to| to.not_null != Some(true)) || old.data_type != new.data_type {
        return None;
    }
    let draft = steps(request, table, column);
    let deploy = format!("Deployed everywhere: an application that never writes NULL into {}.", request.name(column));
    Some(draft.map(|draft| draft.deploy(PhaseName::Migrate, deploy)))
}

/// The step itself, behind its gate.
fn steps(request: &Request<'_>, table: &Table, column: &Name) -> Result<Draft, Refusal> {
    let (t, c) = (request.table_sql(table), request.name(column));
    let title = format!("Make {c} NOT NULL");
    let Some(step) = changed(request, table, &title) else {
        return Err(Refusal::new(
            "the server makes it NOT NULL only while nobody writes",
            "set a strict sql_mode, or make the change in a maintenance window",
        ));
    };
    let nulls = format!("SELECT count(*) FROM {t} WHERE {c} IS NULL");
    let step = step.gate(nulls, "0", format!("rows with NULL in {c} are left"));
    Ok(Draft::new().contract(step.allow("nulls-fail", "the application that never writes NULL is deployed")))
}

/// The plain change in the way that the server has for it; none if others could not write meanwhile.
pub(super) fn changed(request: &Request<'_>, table: &Table, title: &str) -> Option<DraftStep> {
    #[cfg(feature = "sqlite")]
    if request.is_sqlite() {
        return super::rebuild::remade(request, table, title);
    }
    let _ = table;
    request.asserted(&request.piece.sql).map(|sql| request.step(title, [sql]))
}

/// A column that may be left out of an `INSERT`.
pub(in crate::plan::databases) fn needs_value(column: &ColumnDef) -> bool {
    column.not_null == Some(true) && column.default.is_none() && column.generated.is_none() && !column.auto_increment
}
