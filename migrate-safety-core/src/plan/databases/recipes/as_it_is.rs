//! A change that is safe as it is: said in the way that the server does it best, with a limit for waiting.

use super::{ALL, Answer, DatabaseRecipe, DatabaseSample, Request};
use crate::databases::operation::{ActionKind, IndexKind, Operation};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::databases::request::blocking;
use crate::rules::Category;

/// The recipe. It is the last one: what no other answers is safe, or is refused.
pub(super) static RECIPE: DatabaseRecipe = DatabaseRecipe {
    id: "as-it-is",
    title: "A change that takes only short locks",
    dialects: ALL,
    samples: &[
        DatabaseSample::sqlite("CREATE TABLE users (id INTEGER PRIMARY KEY);", "ALTER TABLE users ADD COLUMN name TEXT"),
        DatabaseSample::sqlite(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);",
            "CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), body TEXT); \
             CREATE INDEX notes_by_user ON notes (user_id); CREATE INDEX users_by_email ON users (email)",
        ),
        DatabaseSample::mysql("CREATE TABLE users (id bigint PRIMARY KEY);", "ALTER TABLE users ADD COLUMN name text"),
        DatabaseSample::mysql(
            "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100));",
            "CREATE INDEX users_by_email ON users (email)",
        ),
        DatabaseSample::mariadb(
            "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50), n int);",
            "ALTER TABLE users MODIFY email varchar(100), ADD KEY (email), ALTER COLUMN n SET DEFAULT 3",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let sql = &request.piece.sql;
    let made = subject(request);
    let names = request.piece.operation.names();
    let title = title(names.first().copied().unwrap_or("change"));
    if made {
        // Nobody uses the table yet: in SQLite what is about it goes into the migration that makes it.
        let draft = Draft::safe(request.step(title, [sql.clone()]));
        let moves_data = matches!(request.piece.operation, Operation::Insert(_) | Operation::Update(_) | Operation::Delete(_));
        return Some(Ok(if request.is_sqlite() && !moves_data { draft.joined() } else { draft }));
    }
    // VACUUM refuses to run in a transaction.
    let alone = matches!(request.piece.operation, Operation::Maintain { .. });
    let judged = if alone { request.judged(&format!("-- no-transaction\n{sql}")) } else { request.judged(sql) };
    let obstacle = blocking(&judged).filter(|finding| finding.rule != "write-lock-held");
    let asserted = request.asserted(sql);
    if request.piece.has_parts() && (obstacle.is_some() || asserted.is_none() || !are_one(request)) {
        return None;
    }
    if let Some(finding) = obstacle {
        let by_hand = || "make the change by hand, in steps that the check passes".to_owned();
        return Some(Err(Refusal::new(finding.message, finding.help.unwrap_or_else(by_hand))));
    }
    let Some(sql) = asserted else {
        let why = "the server does it while nobody else may write";
        return Some(Err(Refusal::new(why, "make the change in a maintenance window")));
    };
    let lost = judged.statements.iter().flat_map(|statement| &statement.findings);
    let lost: Vec<String> =
        lost.filter(|finding| finding.category == Category::DataLoss).map(|finding| finding.message.clone()).collect();
    let step = request.undoable(request.step(title, [sql]));
    let step = if alone { DraftStep { transaction: false, ..step.rollback_nothing() } } else { step };
    if lost.is_empty() {
        return Some(Ok(Draft::safe(step)));
    }
    let draft = Draft::new().expand(step.irreversible("what it takes away is gone: restore it from a backup"));
    Some(Ok(lost.into_iter().fold(draft, Draft::note)))
}

/// Whether several actions may stay one statement: none of them has to wait for a release or to be proved before.
fn are_one(request: &Request<'_>) -> bool {
    let Some(alter) = request.piece.alter() else { return false };
    let Some(table) = request.schema().table(&alter.table) else { return false };
    let has = |wanted: fn(&ActionKind) -> bool| alter.actions.iter().any(|action| wanted(&action.kind));
    // One primary key takes the place of another at once.
    let replaces_key = has(|kind| matches!(kind, ActionKind::DropPrimaryKey));
    alter.actions.iter().all(|action| match &action.kind {
        ActionKind::AddColumn { column, .. } => !super::set_not_null::needs_value(column),
        ActionKind::AddIndex { index, .. } => !index.is_unique() || (replaces_key && index.kind == IndexKind::Primary),
        ActionKind::Modify { column, to, .. } => {
            let old = table.column(column);
            *column == to.name && old.is_some_and(|old| old.not_null == to.not_null && (old.default.is_none() || to.default.is_some()))
        }
        ActionKind::DropPrimaryKey => has(|kind| matches!(kind, ActionKind::AddIndex { index, .. } if index.kind == IndexKind::Primary)),
        ActionKind::SetDefault { default, .. } => default.is_some(),
        ActionKind::DropColumn { .. }
        | ActionKind::RenameColumn { .. }
        | ActionKind::Rename { .. }
        | ActionKind::AddForeignKey { .. }
        | ActionKind::SetNotNull { .. }
        | ActionKind::Partition(_) => false,
        _ => true,
    })
}

/// Whether the statement is about a table that the change makes.
fn subject(request: &Request<'_>) -> bool {
    let name = match &request.piece.operation {
        Operation::AlterTable(alter) => &alter.table,
        Operation::CreateIndex(create) => &create.table,
        Operation::CreateTrigger(create) => &create.table,
        Operation::Insert(insert) => &insert.table,
        _ => return false,
    };
    request.schema().table(name).is_some_and(|table| request.is_new(table))
}

/// `Add column`, after the kind of operation.
fn title(name: &str) -> String {
    let name = name.replace('-', " ");
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
