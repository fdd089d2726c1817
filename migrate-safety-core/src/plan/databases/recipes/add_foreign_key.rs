//! A foreign key: no row may refer to nothing before the server is told.

use super::{ALL, Answer, DatabaseRecipe, DatabaseSample, Request};
use crate::databases::name::Name;
use crate::databases::operation::{ActionKind, ForeignKeyDef};
use crate::databases::schema::Table;
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::model::{PhaseName, StepKind};

/// The recipe.
pub(super) static RECIPE: DatabaseRecipe = DatabaseRecipe {
    id: "add-foreign-key",
    title: "FOREIGN KEY on a table that has rows",
    dialects: ALL,
    samples: &[
        DatabaseSample::sqlite(
            "CREATE TABLE orgs (id INTEGER PRIMARY KEY); CREATE TABLE users (id INTEGER PRIMARY KEY, org_id INTEGER);",
            "ALTER TABLE users ADD FOREIGN KEY (org_id) REFERENCES orgs (id) ON DELETE SET NULL",
        ),
        DatabaseSample::mysql(
            "CREATE TABLE orgs (id bigint PRIMARY KEY); CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint);",
            "ALTER TABLE users ADD CONSTRAINT users_org FOREIGN KEY (org_id) REFERENCES orgs (id)",
        ),
        DatabaseSample::mariadb(
            "CREATE TABLE orgs (id bigint PRIMARY KEY); CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint, KEY (org_id));",
            "ALTER TABLE users ADD FOREIGN KEY (org_id) REFERENCES orgs (id) ON DELETE CASCADE",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, ActionKind::AddForeignKey { foreign_key, .. }) = request.action()? else { return None };
    Some(steps(request, table, foreign_key))
}

fn steps(request: &Request<'_>, table: &Table, key: &ForeignKeyDef) -> Result<Draft, Refusal> {
    let (t, parent) = (request.table_sql(table), request.name(&key.table.name));
    let orphans = orphans(request, table, key)?;
    let meaning = format!("rows of {t} refer to no row of {parent}");
    let title = format!("Let {t} refer to {parent}");
    let deploy = format!("Deployed everywhere: an application that writes no row into {t} that refers to nothing in {parent}.");
    let draft = Draft::new().deploy(PhaseName::Contract, deploy);
    #[cfg(feature = "sqlite")]
    if request.is_sqlite() {
        let step = super::rebuild::remade(request, table, &title)
            .ok_or_else(super::unknown_table)?;
        return Ok(draft.contract(step.gate(orphans, "0", meaning)));
    }
    // The rows are not looked at, and so the table is not copied: they are counted before and behind it.
    let off = "SET SESSION foreign_key_checks = 0".to_owned();
    let sql = format!("{}, ALGORITHM=INPLACE, LOCK=NONE", request.piece.sql);
    let on = "SET SESSION foreign_key_checks = 1".to_owned();
    let added = request.step(title, [off, sql, on]).gate(orphans.clone(), "0", meaning.clone());
    let counted = DraftStep {
        kind: StepKind::Verify,
        ..request.step(format!("Prove that no row of {t} refers to nothing"), []).rollback_nothing()
    };
    Ok(draft.contract(added).contract(counted.gate(orphans, "0", meaning)).note(format!(
        "If the foreign key cannot be added to {t}, the session is left with `foreign_key_checks = 0`: `migrate-safety run` and the \
         guards set it back; behind a host's own run close the connection, or run `SET SESSION foreign_key_checks = 1` in it."
    )))
}

/// How many rows refer to nothing.
fn orphans(request: &Request<'_>, table: &Table, key: &ForeignKeyDef) -> Result<String, Refusal> {
    let referenced = referenced(request, key).ok_or_else(|| {
        Refusal::new(
            format!("the key of {} that it refers to is not known", key.table),
            "name the columns behind REFERENCES",
        )
    })?;
    let (t, parent) = (request.table_sql(table), request.name(&key.table.name));
    let present: Vec<String> = key.columns.iter().map(|column| format!("child.{} IS NOT NULL", request.name(column))).collect();
    let matching = key.columns.iter().zip(&referenced);
    let matching: Vec<String> =
        matching.map(|(c, r)| format!("parent.{} = child.{}", request.name(r), request.name(c))).collect();
    Ok(format!(
        "SELECT count(*) FROM {t} AS child WHERE {} AND NOT EXISTS (SELECT 1 FROM {parent} AS parent WHERE {})",
        present.join(" AND "),
        matching.join(" AND ")
    ))
}

/// The columns that it refers to: those of the primary key where none are written.
fn referenced(request: &Request<'_>, key: &ForeignKeyDef) -> Option<Vec<Name>> {
    if !key.referenced.is_empty() {
        return Some(key.referenced.clone());
    }
    let parent = request.schema().table(&key.table)?;
    let columns: Vec<Name> = parent.primary_key().into_iter().cloned().collect();
    (columns.len() == key.columns.len()).then_some(columns)
}
