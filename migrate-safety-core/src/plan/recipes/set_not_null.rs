//! A column that no longer takes NULL: the proof is made beforehand, without a lock that anybody feels.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::model::PhaseName;
use crate::plan::names;
use crate::sql::operation::TableAction;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "set-not-null",
    title: "SET NOT NULL on a column that has rows",
    samples: &[RecipeSample::new(
        "CREATE TABLE users (id bigint PRIMARY KEY, metadata jsonb);",
        "ALTER TABLE users ALTER COLUMN metadata SET NOT NULL",
    )],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, _, TableAction::SetNotNull { column }) = request.table_action()? else { return None };
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
        let name = names::fresh(&format!("{}_{column}", table.relation.name), "_not_null", is_free).sql();
        draft
            .contract(
                DraftStep::ddl(
                    format!("Refuse new NULLs in {c}"),
                    [format!("ALTER TABLE {t} ADD CONSTRAINT {name} NOT NULL {c} NOT VALID")],
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
