//! A column that a table with rows cannot get at once: with values, NOT NULL, or with constraints.

use super::{ALL, Answer, DatabaseRecipe, DatabaseSample, Request};
use crate::databases::operation::{Action, ActionKind, ColumnDef, Position};
use crate::databases::schema::Table;
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::model::PhaseName;

/// The recipe.
pub(super) static RECIPE: DatabaseRecipe = DatabaseRecipe {
    id: "add-column",
    title: "ADD COLUMN with values, NOT NULL or constraints",
    dialects: ALL,
    samples: &[
        DatabaseSample::sqlite("CREATE TABLE users (id INTEGER PRIMARY KEY);", "ALTER TABLE users ADD COLUMN role TEXT NOT NULL"),
        DatabaseSample::sqlite(
            "CREATE TABLE users (id INTEGER PRIMARY KEY);",
            "ALTER TABLE users ADD COLUMN made TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP",
        ),
        DatabaseSample::sqlite("CREATE TABLE users (id INTEGER PRIMARY KEY);", "ALTER TABLE users ADD COLUMN email TEXT UNIQUE"),
        DatabaseSample::mysql("CREATE TABLE users (id bigint PRIMARY KEY);", "ALTER TABLE users ADD COLUMN role varchar(20) NOT NULL"),
        DatabaseSample::mysql(
            "CREATE TABLE orgs (id bigint PRIMARY KEY); CREATE TABLE users (id bigint PRIMARY KEY, name text);",
            "ALTER TABLE users ADD COLUMN org bigint NOT NULL AFTER id, ADD CONSTRAINT of_org FOREIGN KEY (org) REFERENCES orgs (id), ADD UNIQUE KEY by_org (org)",
        ),
        DatabaseSample::mysql(
            "CREATE TABLE users (id bigint PRIMARY KEY);",
            "ALTER TABLE users ADD COLUMN token varchar(40) NOT NULL DEFAULT (concat('t', 1))",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, actions) = request.actions()?;
    let (Action { kind: ActionKind::AddColumn { column, position, .. }, .. }, constraints) = actions.split_first()? else {
        return None;
    };
    let sql = &request.piece.sql;
    let is_plain = constraints.is_empty() && request.obstacle(sql).is_none() && request.asserted(sql).is_some();
    if table.column(&column.name).is_some() || (is_plain && is_taken(request)) {
        return None;
    }
    Some(steps(request, table, (column, position.as_ref()), constraints))
}

/// Whether the server takes it whatever rows there are.
fn is_taken(request: &Request<'_>) -> bool {
    let judged = request.judged(&request.piece.sql);
    judged.statements.iter().all(|statement| statement.effects.failures.is_empty())
}

fn steps(
    request: &Request<'_>,
    table: &Table,
    (column, position): (&ColumnDef, Option<&Position>),
    constraints: &[Action],
) -> Result<Draft, Refusal> {
    let (t, c) = (request.table_sql(table), request.name(&column.name));
    let place = match position {
        Some(Position::First) => " FIRST".to_owned(),
        Some(Position::After(other)) => format!(" AFTER {}", request.name(other)),
        None => String::new(),
    };
    let add = |column: &ColumnDef| format!("ALTER TABLE {t} ADD COLUMN {}{place}", request.column_sql(column));
    let alone = |sql: &str| {
        let judged = request.judged(sql);
        let taken = judged.statements.iter().all(|s| s.effects.failures.is_empty() && s.understood);
        taken && request.obstacle(sql).is_none() && request.asserted(sql).is_some()
    };
    let mut parts: Vec<String> = Vec::new();
    let mut later: Vec<String> = Vec::new();
    let mut fills = false;
    let whole = add(column);
    let bare = ColumnDef { not_null: None, default: None, ..column.clone() };
    if alone(&whole) {
        parts.push(whole);
    } else if !alone(&add(&bare)) {
        return by_hand(request, table, column, constraints, &whole);
    } else {
        parts.push(add(&bare));
        let optional = ColumnDef { not_null: None, ..column.clone() };
        let required = format!("ALTER TABLE {t} MODIFY COLUMN {}", request.column_sql(column));
        match &column.default {
            Some(_) if request.is_sqlite() => {
                // The rows that are there get the default when the table is made anew without a value for them.
                return by_hand(request, table, column, constraints, &whole);
            }
            Some(default) => {
                let default = default.sql.trim();
                let wrapped = if default.starts_with('(') { default.to_owned() } else { format!("({default})") };
                parts.push(format!("ALTER TABLE {t} ALTER COLUMN {c} SET DEFAULT {wrapped}"));
                parts.push(format!("UPDATE {t} SET {c} = {wrapped} WHERE {c} IS NULL"));
                later.extend((column.not_null == Some(true)).then_some(required));
                let _ = optional;
            }
            None => {
                fills = column.not_null == Some(true);
                later.extend(fills.then_some(required));
            }
        }
    }
    for action in constraints {
        later.extend(constraint(request, &t, &action.kind));
    }
    let first = request.plan_as(&parts)?.without_deploy(PhaseName::Migrate);
    let last = planned_behind(request, &parts, &later)?;
    let mut draft = Draft { already_safe: false, ..first.then(last) };
    if fills {
        let filling = format!("Give every row a value in {c}: the change does not say which");
        draft = draft
            .deploy(PhaseName::Migrate, format!("Deployed everywhere: an application that writes {c} in every row it inserts."))
            .first(PhaseName::Migrate, DraftStep::application(filling));
    }
    Ok(draft)
}

/// The steps of statements that follow others.
fn planned_behind(request: &Request<'_>, before: &[String], statements: &[String]) -> Result<Draft, Refusal> {
    let mut state = request.state.clone();
    for sql in before {
        state = state.changed(sql).map_err(Refusal::Part)?;
    }
    let mut joined = Draft { already_safe: true, ..Draft::new() };
    for statement in statements {
        let pieces = crate::plan::databases::piece::pieces(&state, statement).map_err(Refusal::Part)?;
        let parts = request.planner.drafts(&mut state, pieces).map_err(Refusal::Part)?;
        joined = parts.into_iter().fold(joined, Draft::then);
    }
    Ok(joined)
}

/// A constraint that was written behind the column, as a change of its own.
fn constraint(request: &Request<'_>, table: &str, kind: &ActionKind) -> Option<String> {
    let rendered = request.rendered();
    let definition = match kind {
        ActionKind::AddIndex { index, .. } => rendered.index_in_table(index),
        ActionKind::AddForeignKey { foreign_key, .. } => rendered.foreign_key(foreign_key),
        ActionKind::AddCheck { check } => rendered.check(check),
        _ => return None,
    };
    Some(format!("ALTER TABLE {table} ADD {definition}"))
}

/// SQLite makes the table anew; elsewhere a tool copies it.
fn by_hand(
    request: &Request<'_>,
    table: &Table,
    column: &ColumnDef,
    constraints: &[Action],
    whole: &str,
) -> Result<Draft, Refusal> {
    let title = format!("Add {}", request.name(&column.name));
    #[cfg(feature = "sqlite")]
    if request.is_sqlite() {
        let step = super::rebuild::remade(request, table, &title)
            .ok_or_else(super::unknown_table)?;
        return Ok(Draft::new().expand(step));
    }
    let _ = (table, title);
    #[cfg(feature = "mysql")]
    if constraints.is_empty() {
        return super::online_copy::draft(request);
    }
    let _ = constraints;
    Err(Refusal::new("the server adds it only by a copy of the table", format!("plan `{whole}` apart from its constraints")))
}
