//! UNIQUE or PRIMARY KEY by an index that is built beforehand, while writes go on.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::catalog::{Constraint, ConstraintKind, Index};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::request::TableRef;
use crate::sql::operation::{ConstraintKind as Written, TableAction};
use crate::sql::{Ident, ObjectName};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "add-unique",
    title: "UNIQUE or PRIMARY KEY on a table that has rows",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text);",
            "ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email)",
        ),
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text, org int);",
            "ALTER TABLE users ADD UNIQUE (org, email) DEFERRABLE INITIALLY DEFERRED",
        ),
        RecipeSample::new("CREATE TABLE events (id bigint, at date);", "ALTER TABLE events ADD PRIMARY KEY (id)"),
        RecipeSample::new(
            "CREATE SCHEMA \"App\"; CREATE TABLE \"App\".\"Events\" (\"Id\" uuid NOT NULL, \"order\" int NOT NULL, note text);",
            "ALTER TABLE \"App\".\"Events\" ADD CONSTRAINT \"Pk\" PRIMARY KEY (\"Id\", \"order\") INCLUDE (note)",
        ),
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text);",
            "ALTER TABLE users ADD UNIQUE NULLS NOT DISTINCT (email)",
        )
        .since(15),
        RecipeSample::new(
            "CREATE TABLE p (id bigint NOT NULL, k int NOT NULL) PARTITION BY HASH (k); \
             CREATE TABLE p_0 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 0); \
             CREATE TABLE p_1 PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 1) PARTITION BY RANGE (id); \
             CREATE TABLE \"P 1 a\" PARTITION OF p_1 DEFAULT;",
            "ALTER TABLE p ADD CONSTRAINT p_key UNIQUE (k, id)",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, _, TableAction::AddConstraint(written)) = request.table_action()? else { return None };
    let Written::Unique(unique) = &written.kind else { return None };
    if unique.using_index.is_some() || request.is_new(table.id) {
        return None;
    }
    let new = request.new_constraints(table.id);
    let new = new.into_iter().find(|c| matches!(c.kind, ConstraintKind::Unique { .. }))?;
    let ConstraintKind::Unique { primary, columns, index } = &new.kind else { return None };
    let (relation, index) = (request.after.relation(*index)?, request.after.index(*index)?);
    if unique.without_overlaps || index.method != *"btree" {
        let sql = request.sql();
        return Some(Ok(super::window([sql], "WITHOUT OVERLAPS has no form that is built beside writes")));
    }
    let names = request.column_names(table, columns);
    let draft = match if *primary { not_null(request, table, &names) } else { Ok(Draft::new()) } {
        Ok(draft) => draft,
        Err(refusal) => return Some(Err(refusal)),
    };
    if table.table.is_partitioned() {
        let why = "a key of a partitioned table takes no index that was built before; a UNIQUE INDEX in place of the \
                   constraint can be built beside writes";
        return Some(Ok(draft.then(super::window([request.sql()], why))));
    }
    Some(Ok(steps(draft, table, new, &names, request.after.index_sql(relation, index), index)))
}

/// The columns of a primary key take NULL no longer.
fn not_null(request: &Request<'_>, table: TableRef<'_>, names: &[&Ident]) -> Result<Draft, Refusal> {
    let nullable = names.iter().filter(|name| table.table.column(name).is_some_and(|c| !c.not_null));
    let proofs: Vec<String> =
        nullable.map(|name| format!("ALTER TABLE {} ALTER COLUMN {} SET NOT NULL", table.sql(), name.sql())).collect();
    if proofs.is_empty() { Ok(Draft::new()) } else { request.plan_as(&proofs) }
}

fn steps(
    draft: Draft,
    table: TableRef<'_>,
    constraint: &Constraint,
    columns: &[&Ident],
    index_sql: String,
    index: &Index,
) -> Draft {
    let (t, n) = (table.sql(), constraint.name.sql());
    let name = constraint.name.clone();
    let index_name = ObjectName { schema: Some(table.relation.schema.clone()), name }.sql();
    let keys: Vec<String> = columns.iter().map(|column| column.sql()).collect();
    let keys = keys.join(", ");
    let not_null: Vec<String> = columns.iter().map(|column| format!("{} IS NOT NULL", column.sql())).collect();
    let only = if index.nulls_not_distinct { String::new() } else { format!(" WHERE {}", not_null.join(" AND ")) };
    let duplicates =
        format!("SELECT count(*) FROM (SELECT FROM {t}{only} GROUP BY {keys} HAVING count(*) > 1 LIMIT 1) AS duplicated");
    let build = index_sql.replacen("INDEX", "INDEX CONCURRENTLY", 1);
    let word = if matches!(constraint.kind, ConstraintKind::Unique { primary: true, .. }) { "PRIMARY KEY" } else { "UNIQUE" };
    let deferrable = match (constraint.deferrable, constraint.initially_deferred) {
        (_, true) => " DEFERRABLE INITIALLY DEFERRED",
        (true, false) => " DEFERRABLE",
        (false, false) => "",
    };
    let mut attach = vec![format!("ALTER TABLE {t} ADD CONSTRAINT {n} {word} USING INDEX {n}{deferrable}")];
    attach.extend(constraint.comment.as_deref().map(|text| {
        format!("COMMENT ON CONSTRAINT {n} ON {t} IS '{}'", text.replace('\'', "''"))
    }));
    draft
        .contract(
            DraftStep::alone(format!("Build {n} while writes go on"), build)
                .gate(duplicates, "0", format!("rows of {t} share a value of ({keys})"))
                .undo_alone(format!("DROP INDEX CONCURRENTLY IF EXISTS {index_name}")),
        )
        .contract(
            DraftStep::ddl(format!("Make the index the {word} constraint {n}"), attach)
                .undo([format!("ALTER TABLE {t} DROP CONSTRAINT IF EXISTS {n}")]),
        )
}
