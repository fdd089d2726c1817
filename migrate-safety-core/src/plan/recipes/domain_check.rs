//! A check of a domain: new values meet it at once, stored ones are read in a window.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::catalog::{RelationId, TypeDefKind, TypeRef};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::model::PhaseName;
use crate::sql::operation::AlterDomain;
use crate::sql::{DataType, Ident, Operation};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "domain-check",
    title: "ALTER DOMAIN … ADD CHECK with tables that use it",
    samples: &[
        RecipeSample::new(
            "CREATE DOMAIN amount AS int; CREATE TABLE orders (id bigint PRIMARY KEY, total amount); CREATE TABLE bills (sum amount);",
            "ALTER DOMAIN amount ADD CONSTRAINT positive CHECK (VALUE > 0)",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE DOMAIN \"S\".\"E-Mail\" AS text; CREATE TABLE users (\"E-Mail\" \"S\".\"E-Mail\");",
            "ALTER DOMAIN \"S\".\"E-Mail\" ADD CHECK (length(VALUE) < 200)",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let Operation::AlterDomain { name, action: AlterDomain::AddConstraint(constraint) } = request.operation()? else {
        return None;
    };
    let check = constraint.check.as_ref().filter(|_| !constraint.not_valid)?;
    let named = DataType { schema: name.schema.clone(), ..DataType::builtin(&name.name) };
    let TypeRef::Domain(before, known) = request.catalog.type_of(&named) else { return None };
    let tables = request.catalog.tables_using_type(before.id);
    if tables.is_empty() {
        return None;
    }
    let TypeRef::Domain(_, after) = request.after.type_of(&named) else { return None };
    let (new, ..) = after.checks.iter().find(|(new, ..)| known.checks.iter().all(|(old, ..)| old != new))?;
    let (d, c) = (name.sql(), new.sql());
    let violating: Vec<String> = tables.iter().filter_map(|id| violating(request, *id, before.id, &check.sql)).flatten().collect();
    let readers: Vec<String> = tables.iter().filter_map(|id| Some(request.catalog.relation(*id)?.object_name().sql())).collect();
    let prove = DraftStep::verify(format!("Prove {c} for stored values"), format!("ALTER DOMAIN {d} VALIDATE CONSTRAINT {c}"));
    let prove = if violating.is_empty() {
        prove
    } else {
        prove.gate(format!("SELECT {}", violating.join(" + ")), "0", format!("stored values violate {c}"))
    };
    Some(Ok(Draft::new()
        .deploy(PhaseName::Expand, format!("Deployed everywhere: an application whose values of {d} meet {}.", check.sql))
        .expand(DraftStep::ddl(
            format!("Hold new values to {c}"),
            [format!("ALTER DOMAIN {d} ADD CONSTRAINT {c} CHECK ({}) NOT VALID", check.sql)],
        ))
        .contract(prove.window(format!("writes to {} wait while all of them are read", readers.join(", "))))
        .note(format!("Until the last step nothing is lost by leaving {c} NOT VALID: new values meet it all the same."))))
}

/// Counts the values in columns of the domain that do not meet the check.
fn violating(request: &Request<'_>, id: RelationId, domain: crate::catalog::TypeId, check: &str) -> Option<Vec<String>> {
    let table = request.table_by_id(id)?;
    let is_of = |data_type: &DataType| {
        matches!(request.catalog.type_of(data_type), TypeRef::Domain(d, _) if d.id == domain && matches!(d.kind, TypeDefKind::Domain(_)))
            && !data_type.array
    };
    let columns = table.table.columns.iter().filter(|column| is_of(&column.data_type));
    let value = Ident::exact("value").sql();
    let count = |column: &Ident| {
        format!(
            "(SELECT count(*) FROM (SELECT {} AS {value} FROM {}) AS held WHERE NOT ({check}))",
            column.sql(),
            table.sql()
        )
    };
    Some(columns.map(|column| count(&column.name)).collect())
}
