//! A CHECK that new rows have to meet at once and existing ones are read for later.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::model::PhaseName;
use crate::sql::operation::{ConstraintKind, TableAction};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "add-check",
    title: "ADD CHECK on a table that has rows",
    samples: &[RecipeSample::new(
        "CREATE TABLE products (id bigint PRIMARY KEY, price numeric);",
        "ALTER TABLE products ADD CONSTRAINT positive CHECK (price > 0)",
    )],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, _, TableAction::AddConstraint(constraint)) = request.table_action()? else { return None };
    let ConstraintKind::Check(condition) = &constraint.kind else { return None };
    if request.is_new(table.id) || constraint.not_valid || constraint.not_enforced {
        return None;
    }
    let new = request.new_constraints(table.id).into_iter().find(|c| c.parent.is_none())?;
    let (t, name) = (table.sql(), new.name.sql());
    let definition = request.after.constraint_sql(request.after.table(table.id)?, new);
    // Before it is there: it is also asked of every UPDATE of a row that violates it.
    let violating = format!("SELECT count(*) FROM {t} WHERE NOT ({})", condition.sql);
    let hold = DraftStep::ddl(
        format!("Hold new rows to {name}"),
        [format!("ALTER TABLE {t} ADD CONSTRAINT {name} {definition} NOT VALID")],
    );
    let prove = DraftStep::verify(
        format!("Prove {name} for existing rows"),
        format!("ALTER TABLE {t} VALIDATE CONSTRAINT {name}"),
    );
    let meets = format!("Deployed everywhere: an application whose rows meet {}.", condition.sql);
    Some(Ok(Draft::new()
        .deploy(PhaseName::Migrate, meets)
        .contract(hold.gate(violating, "0", format!("rows violate {name}")))
        .contract(prove)))
}
