//! A column that no longer takes NULL: the proof is made beforehand, without a lock that anybody feels.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::model::PhaseName;
use crate::plan::names;
use crate::sql::operation::{ConstraintKind, TableAction};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "set-not-null",
    title: "SET NOT NULL, ADD CONSTRAINT … NOT NULL on a column that has rows",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, metadata jsonb);",
            "ALTER TABLE users ALTER COLUMN metadata SET NOT NULL",
        ),
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, metadata jsonb);",
            "ALTER TABLE users ADD CONSTRAINT \"has Metadata\" NOT NULL metadata",
        )
        .since(18),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, _, action) = request.table_action()?;
    let (column, written) = match action {
        TableAction::SetNotNull { column } => (column, None),
        TableAction::AddConstraint(def) if !def.not_valid => match &def.kind {
            ConstraintKind::NotNull { column } => (column, Some(def)),
            _ => return None,
        },
        _ => return None,
    };
    let definition = request.column(table, column)?;
    if request.is_new(table.id) || definition.not_null || request.catalog.not_null_proof(table.id, definition.id) {
        return None;
    }
    let (t, c) = (table.sql(), column.sql());
    // Before the check is there: it is also asked of every UPDATE of a row that has NULL.
    let nulls = format!("SELECT count(*) FROM {t} WHERE {c} IS NULL");
    let deploy = format!("Deployed everywhere: an application that never writes NULL into {c}.");
    let draft = Draft::new().deploy(PhaseName::Migrate, deploy);
    let still = format!("rows with NULL in {c} are left");
    let stem = format!("{}_{column}_not_null", table.relation.name);
    let is_free = |name: &crate::sql::Ident| table.table.constraint(name).is_none();
    Some(Ok(if request.version() >= 18 {
        let own = || names::fresh(&format!("{}_{column}", table.relation.name), "_not_null", is_free);
        let name = written.and_then(|def| def.name.clone()).unwrap_or_else(own).sql();
        let alone = if written.is_some_and(|def| def.no_inherit) { " NO INHERIT" } else { "" };
        draft
            .contract(
                DraftStep::ddl(
                    format!("Refuse new NULLs in {c}"),
                    [format!("ALTER TABLE {t} ADD CONSTRAINT {name} NOT NULL {c}{alone} NOT VALID")],
                )
                .gate(nulls, "0", still),
            )
            .contract(DraftStep::verify(
                format!("Prove that {c} holds no NULL"),
                format!("ALTER TABLE {t} VALIDATE CONSTRAINT {name}"),
            ))
    } else {
        let name = names::fresh(&stem, "_check", is_free).sql();
        draft
            .contract(
                DraftStep::ddl(
                    format!("Refuse new NULLs in {c}"),
                    [format!("ALTER TABLE {t} ADD CONSTRAINT {name} CHECK ({c} IS NOT NULL) NOT VALID")],
                )
                .gate(nulls, "0", still),
            )
            .contract(DraftStep::verify(
                format!("Prove that {c} holds no NULL"),
                format!("ALTER TABLE {t} VALIDATE CONSTRAINT {name}"),
            ))
            .contract(
                DraftStep::ddl(
                    format!("Make {c} NOT NULL by that proof, without reading the table"),
                    [
                        format!("ALTER TABLE {t} ALTER COLUMN {c} SET NOT NULL"),
                        format!("ALTER TABLE {t} DROP CONSTRAINT {name}"),
                    ],
                )
                .undo([
                    format!("ALTER TABLE {t} ADD CONSTRAINT {name} CHECK ({c} IS NOT NULL) NOT VALID"),
                    format!("ALTER TABLE {t} ALTER COLUMN {c} DROP NOT NULL"),
                ]),
            )
    }))
}
