//! A column with more than an online ADD COLUMN can give: a value for each row, NOT NULL, constraints.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::catalog::render::sequence::options as sequence_options;
use crate::catalog::{Column, ConstraintKind, Relation};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::model::PhaseName;
use crate::plan::names;
use crate::plan::request::TableRef;
use crate::sql::name::literal;
use crate::sql::operation::TableAction;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "add-column",
    title: "ADD COLUMN with values, NOT NULL or constraints",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, name text);",
            "ALTER TABLE users ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid()",
        ),
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY);",
            "ALTER TABLE users ADD COLUMN seen timestamptz DEFAULT clock_timestamp()",
        ),
        RecipeSample::new("CREATE TABLE users (id bigint PRIMARY KEY);", "ALTER TABLE users ADD COLUMN role text NOT NULL"),
        RecipeSample::new(
            "CREATE TABLE orgs (id bigint PRIMARY KEY); CREATE TABLE users (id bigint PRIMARY KEY);",
            "ALTER TABLE users ADD COLUMN org_id bigint REFERENCES orgs ON DELETE SET NULL",
        ),
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY);",
            "ALTER TABLE users ADD COLUMN email text UNIQUE CHECK (email <> ''), ADD COLUMN age int NOT NULL DEFAULT 0 CHECK (age >= 0)",
        ),
        RecipeSample::new("CREATE TABLE users (name text);", "ALTER TABLE users ADD COLUMN n bigserial"),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TABLE \"S\".\"Users\" (\"Id\" uuid PRIMARY KEY);",
            "ALTER TABLE \"S\".\"Users\" ADD COLUMN \"No\" int GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 5)",
        ),
        RecipeSample::new(
            "CREATE TABLE users (a int, b int);",
            "ALTER TABLE users ADD COLUMN total int GENERATED ALWAYS AS (a + b) STORED",
        ),
        RecipeSample::new("CREATE TABLE users (name text);", "ALTER TABLE users ADD COLUMN id bigserial PRIMARY KEY"),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, _, TableAction::AddColumn { column, .. }) = request.table_action()? else { return None };
    if request.is_new(table.id) || table.table.column(&column.name).is_some() {
        return None;
    }
    let constrained =
        request.new_constraints(table.id).into_iter().any(|c| !matches!(c.kind, ConstraintKind::NotNull { .. }));
    if !constrained && !request.blocks(request.sql()) {
        return None;
    }
    let new = request.after.table(table.id)?.column(&column.name)?;
    if new.generated.as_ref().is_some_and(|generated| generated.stored) {
        return Some(Ok(super::window([request.sql()], "a STORED generated column is computed for every row at once")));
    }
    Some(Addition { request, table, new }.draft())
}

struct Addition<'r> {
    request: &'r Request<'r>,
    table: TableRef<'r>,
    new: &'r Column,
}

impl Addition<'_> {
    fn draft(&self) -> Result<Draft, Refusal> {
        let (request, t, c) = (self.request, self.table.sql(), self.new.name.sql());
        let collation = self.new.collation.as_ref().map(|name| format!(" COLLATE {}", name.sql())).unwrap_or_default();
        let bare = format!("ALTER TABLE {t} ADD COLUMN {c} {}{collation}", self.new.data_type);
        if let Some(obstacle) = request.obstacle(&bare) {
            // A domain's checks are run for every row even where the column is empty.
            return Ok(super::window([request.sql()], &obstacle.message));
        }
        let not_null = format!("ALTER TABLE {t} ALTER COLUMN {c} SET NOT NULL");
        let mut parts = Vec::new();
        let mut waits = Vec::new();
        let mut last = None;
        if let Some(sequence) = self.new.sequence.and_then(|id| request.after.relation(id)) {
            let steps = self.numbered(&bare, sequence);
            (parts, last) = (steps.0, steps.1);
        } else if let Some(default) = request.after.default_sql(self.new) {
            let with_default = format!("{bare} DEFAULT {default}");
            let whole = if self.new.not_null { format!("{with_default} NOT NULL") } else { with_default };
            if request.blocks(&whole) {
                parts.extend([
                    bare,
                    format!("ALTER TABLE {t} ALTER COLUMN {c} SET DEFAULT {default}"),
                    format!("UPDATE {t} SET {c} = {default} WHERE {c} IS NULL"),
                ]);
                parts.extend(self.new.not_null.then_some(not_null));
            } else {
                parts.push(whole);
            }
        } else {
            parts.push(bare);
            waits.extend(self.new.not_null.then_some(not_null));
        }
        let constraints = self.constraints();
        let count = parts.len();
        let drafts = request.plan_each(parts.iter().chain(&waits).chain(&constraints))?;
        let mut draft = Draft::new();
        for (at, part) in drafts.into_iter().enumerate() {
            let waits = !waits.is_empty() && at >= count;
            draft = draft.then(if waits {
                part.later()
            } else {
                part.without_deploy(PhaseName::Expand).without_deploy(PhaseName::Migrate)
            });
        }
        draft = last.into_iter().fold(draft, Draft::contract);
        if waits.is_empty() {
            return Ok(draft);
        }
        let filling = format!("Give every row a value in {c}: the change does not say which");
        Ok(draft
            .deploy(PhaseName::Migrate, format!("Deployed everywhere: an application that writes {c} in every row it inserts."))
            .first(PhaseName::Migrate, DraftStep::application(filling)))
    }

    /// The column's own constraints as statements.
    fn constraints(&self) -> Vec<String> {
        let (request, t) = (self.request, self.table.sql());
        let Some(after) = request.after.table(self.table.id) else { return Vec::new() };
        let new = request.new_constraints(self.table.id).into_iter();
        let new = new.filter(|c| !matches!(c.kind, ConstraintKind::NotNull { .. }) && c.parent.is_none());
        new.map(|constraint| {
            let definition = request.after.constraint_sql(after, constraint);
            format!("ALTER TABLE {t} ADD CONSTRAINT {} {definition}", constraint.name.sql())
        })
        .collect()
    }

    /// A serial or identity column: numbers come from a sequence that is there before the column's rows have any.
    fn numbered(&self, bare: &str, sequence: &Relation) -> (Vec<String>, Option<DraftStep>) {
        let (request, t, c) = (self.request, self.table.sql(), self.new.name.sql());
        let is_identity = self.new.identity.is_some();
        let schema = &self.table.relation.schema;
        let name = if is_identity {
            names::relation(request.after, schema, &sequence.name, "_fill")
        } else {
            sequence.name.clone()
        };
        let numbers = crate::sql::ObjectName { schema: Some(schema.clone()), name }.sql();
        let options = sequence.sequence().filter(|_| is_identity).map(sequence_options).unwrap_or_default();
        let options = options.join(" ");
        let next = format!("nextval({}::regclass)", literal(&numbers));
        let mut parts = vec![
            format!("CREATE SEQUENCE {numbers} AS {} {options}", self.new.data_type).trim_end().to_owned(),
            bare.to_owned(),
            format!("ALTER TABLE {t} ALTER COLUMN {c} SET DEFAULT {next}"),
            format!("UPDATE {t} SET {c} = {next} WHERE {c} IS NULL"),
            format!("ALTER TABLE {t} ALTER COLUMN {c} SET NOT NULL"),
        ];
        let Some(always) = self.new.identity else {
            parts.push(format!("ALTER SEQUENCE {numbers} OWNED BY {t}.{c}"));
            return (parts, None);
        };
        let word = if always { "ALWAYS" } else { "BY DEFAULT" };
        let written = request.after.relation(self.table.id).and_then(|on| {
            request.after.identity_options(on, self.new, self.new.sequence?)
        });
        let listed = written.map(|options| format!(" ({options})")).unwrap_or_default();
        let serial = format!("pg_get_serial_sequence({}, {})", literal(&t), literal(&self.new.name));
        let handed_over = DraftStep::ddl(
            format!("Make {c} an identity column that counts on"),
            [
                format!("ALTER TABLE {t} ALTER COLUMN {c} DROP DEFAULT"),
                format!("ALTER TABLE {t} ALTER COLUMN {c} ADD GENERATED {word} AS IDENTITY{listed}"),
                format!("SELECT setval({serial}, nextval({}))", literal(&numbers)),
                format!("DROP SEQUENCE {numbers}"),
            ],
        )
        .undo([
            parts[0].clone(),
            format!("SELECT setval({}, nextval({serial}))", literal(&numbers)),
            format!("ALTER TABLE {t} ALTER COLUMN {c} DROP IDENTITY"),
            parts[2].clone(),
        ]);
        (parts, Some(handed_over))
    }
}
