//! What the server can do only by a copy of the table, or while nobody writes: a tool copies it beside the writers, and a
//! migration that finds the work done records it.

use super::{Answer, DatabaseRecipe, DatabaseSample, Request};
use crate::databases::name::Name;
use crate::databases::operation::{ActionKind, AlterTable, ForeignKeyDef, Operation};
use crate::databases::rule::MYSQL;
use crate::databases::schema::Table;
use crate::plan::databases::tool;
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::model::PhaseName;

/// The recipe.
pub(super) static RECIPE: DatabaseRecipe = DatabaseRecipe {
    id: "online-copy",
    title: "A change that the server makes only by a copy of the table",
    dialects: MYSQL,
    samples: &[
        DatabaseSample::mysql(
            "CREATE TABLE users (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, email varchar(100));",
            "ALTER TABLE users MODIFY id bigint NOT NULL AUTO_INCREMENT",
        ),
        DatabaseSample::mysql(
            "CREATE TABLE orgs (id bigint PRIMARY KEY); CREATE TABLE users (id bigint PRIMARY KEY, org bigint, score varchar(9), \
             CONSTRAINT of_org FOREIGN KEY (org) REFERENCES orgs (id)) DEFAULT CHARSET=latin1;",
            "ALTER TABLE users MODIFY score int NOT NULL, CONVERT TO CHARACTER SET utf8mb4",
        ),
        DatabaseSample::mysql(
            "CREATE TABLE users (id bigint PRIMARY KEY, score varchar(9), writes int NOT NULL DEFAULT 0); \
             CREATE TRIGGER stamp BEFORE UPDATE ON users FOR EACH ROW SET NEW.writes = OLD.writes + 1;",
            "ALTER TABLE users MODIFY score int",
        ),
        DatabaseSample::mysql(
            "CREATE TABLE posts (id int NOT NULL PRIMARY KEY, body text, score int);",
            "ALTER TABLE posts ADD CONSTRAINT scored CHECK (score > 0), ADD COLUMN twice int AS (score * 2) STORED",
        ),
        DatabaseSample::mysql(
            "CREATE TABLE posts (id int NOT NULL PRIMARY KEY, title varchar(50), body text);",
            "CREATE FULLTEXT INDEX posts_body ON posts (body)",
        ),
        DatabaseSample::mariadb(
            "CREATE TABLE users (id int NOT NULL PRIMARY KEY, score int);",
            "ALTER TABLE users MODIFY score bigint",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    if let Operation::CreateIndex(create) = &request.piece.operation {
        let table = request.schema().table(&create.table).filter(|table| !request.is_new(table))?;
        request.asserted(&request.piece.sql).is_none().then_some(())?;
        let told = format!("ADD {}", request.rendered().index_in_table(&create.index));
        let action = ActionKind::AddIndex { index: create.index.clone(), if_not_exists: false };
        return Some(steps(request, table, &told, &[&action]));
    }
    let alter = request.piece.alter()?;
    request.schema().table(&alter.table).filter(|table| !request.is_new(table))?;
    let actions: Vec<&ActionKind> = alter.actions.iter().map(|action| &action.kind).collect();
    // What breaks running code, or is done in place by itself, is planned apart.
    let is_copied = |sql: &str| request.asserted(sql).is_none();
    let parts = request.piece.apart();
    let all = if parts.is_empty() { is_copied(&request.piece.sql) } else { parts.iter().all(|part| is_copied(&part.sql)) };
    let breaks = |kind: &&ActionKind| {
        matches!(
            kind,
            ActionKind::DropColumn { .. }
                | ActionKind::RenameColumn { .. }
                | ActionKind::Rename { .. }
                | ActionKind::AddForeignKey { .. }
        ) || matches!(kind, ActionKind::Modify { column, to, .. } if *column != to.name)
    };
    if !all || actions.iter().any(breaks) {
        return None;
    }
    Some(draft(request))
}

/// The steps for the piece as it is.
pub(super) fn draft(request: &Request<'_>) -> Result<Draft, Refusal> {
    let Operation::AlterTable(alter) = &request.piece.operation else { return Err(super::unknown_table()) };
    let table = request.schema().table(&alter.table).ok_or_else(super::unknown_table)?;
    let actions: Vec<&ActionKind> = alter.actions.iter().map(|action| &action.kind).collect();
    let told = told(&request.piece.sql, alter)
        .ok_or_else(|| Refusal::new("the actions cannot be told apart", "write one action a statement"))?;
    steps(request, table, told, &actions)
}

fn steps(request: &Request<'_>, table: &Table, told: &str, actions: &[&ActionKind]) -> Result<Draft, Refusal> {
    let t = request.table_sql(table);
    let sql = format!("ALTER TABLE {t} {told}");
    if request.piece.using.is_some() {
        return Err(Refusal::new(
            "a tool copies values as the server converts them, not by an expression",
            "add a column of the new type, fill it by the expression, and drop the old one when nobody uses it",
        ));
    }
    if actions.iter().any(|action| matches!(action, ActionKind::DropPrimaryKey)) {
        return Err(Refusal::new(
            format!("without a primary key no tool can copy {t}, and the server copies it while nobody writes"),
            "drop it and add another in one ALTER TABLE: that is done in place while others write",
        ));
    }
    for action in actions {
        if let ActionKind::Modify { column, to, .. } = action
            && table.column(column).is_some_and(|old| old.data_type != to.data_type)
            && let Some((on, key)) = key_of(request, table, column)
        {
            let name = key.name.as_ref().map_or_else(String::new, ToString::to_string);
            return Err(Refusal::new(
                format!("the server does not change {column} while the foreign key {name} of {} uses it", on.name),
                format!(
                    "give the whole as one change: ALTER TABLE {} DROP FOREIGN KEY {name}; the other type for both columns; \
                     ALTER TABLE {} ADD {}",
                    request.table_sql(on),
                    request.table_sql(on),
                    request.rendered().foreign_key(key)
                ),
            ));
        }
    }
    let tool = tool::tool(request, table, actions, told)?;
    let copied = DraftStep { tool: Some(tool), ..DraftStep::application(format!("Copy {t} into its new form by a tool, beside the writers")) };
    let gate = tool::done_or_small(request, table, actions)?;
    let judged = request.judged(&sql);
    let blocked = crate::plan::databases::request::blocking(&judged).map(|finding| finding.rule);
    let statements = if repeatable(actions) { vec![sql] } else { tool::once(&tool::present(request, table, actions)?, &sql) };
    let recorded = request.step(format!("Record the new form of {t}, which the server finds there"), statements);
    let recorded = request.undoable(recorded).gate(gate.sql, gate.expect, gate.meaning);
    let recorded = match blocked {
        Some(rule) => recorded.allow(rule, "a tool has done it: the server finds the change there and does nothing"),
        None => recorded,
    };
    let mut draft = Draft::new();
    let changed = actions.iter().filter_map(|action| match action {
        ActionKind::Modify { column, to, .. } => Some((table.column(column)?, to)),
        _ => None,
    });
    let changed: Vec<String> = changed
        .filter(|(old, to)| old.data_type != to.data_type)
        .map(|(old, _)| request.name(&old.name))
        .collect();
    if !changed.is_empty() {
        draft = draft.deploy(
            PhaseName::Migrate,
            format!("Deployed everywhere: an application that reads and writes {} in the old type as well as in the new.", changed.join(", ")),
        );
    }
    draft = tool::notes(request, table).into_iter().fold(draft, Draft::note);
    let back = "The way back from the new form is a copy too: run a tool with the statement that stands there before it.";
    let draft = draft.migrate(copied).migrate(recorded);
    let draft = match tool::names_back(request, table) {
        Some(step) => draft.migrate(step),
        None => draft,
    };
    Ok(draft.note(back))
}

/// The foreign key that a column is a part of, or that refers to it, with the table that it is on (errors 1832 and 1833).
fn key_of<'a>(request: &Request<'a>, table: &'a Table, column: &Name) -> Option<(&'a Table, &'a ForeignKeyDef)> {
    let own = table.foreign_keys.iter().find(|key| key.columns.contains(column)).map(|key| (table, key));
    let mut leading = request.schema().references_to(&table.name);
    own.or_else(|| leading.find(|(_, key)| key.referenced.contains(column)))
}

/// What stands behind `ALTER TABLE t`.
fn told<'s>(sql: &'s str, alter: &AlterTable) -> Option<&'s str> {
    // The text begins with the statement, its first action where the head ends.
    let words = ["ADD", "MODIFY", "CHANGE", "DROP", "ALTER", "CONVERT", "ENGINE", "ROW_FORMAT", "RENAME", "DEFAULT", "CHARACTER", "CHARSET", "COLLATE", "COMMENT", "AUTO_INCREMENT", "KEY_BLOCK_SIZE", "PARTITION", "REMOVE", "FORCE", "ORDER"];
    let name = alter.table.name.as_str();
    let at = sql.find(name)? + name.len();
    let rest = sql.get(at..)?.trim_start_matches('`').trim_start();
    let first = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()?;
    words.iter().any(|word| word.eq_ignore_ascii_case(first)).then_some(rest)
}

/// Whether the statement does nothing where the change has been made.
fn repeatable(actions: &[&ActionKind]) -> bool {
    actions.iter().all(|action| {
        matches!(
            action,
            ActionKind::Modify { .. } | ActionKind::Convert { .. } | ActionKind::EnforceCheck { .. } | ActionKind::Options(_)
        )
    })
}
