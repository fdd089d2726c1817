//! A change that is safe as it is: only a lock timeout is added.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::rules::{Category, Status};
use crate::sql::Operation;
use crate::sql::operation::ObjectCommand;

/// The recipe. It is the last one: what no other answers is safe, or is refused.
pub(super) static RECIPE: Recipe = Recipe {
    id: super::AS_IT_IS,
    title: "A change that takes only short locks",
    samples: &[
        RecipeSample::new("CREATE TABLE users (id bigint PRIMARY KEY);", "ALTER TABLE users ADD COLUMN name text"),
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(50));",
            "ALTER TABLE users ALTER COLUMN name TYPE varchar(100)",
        ),
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY);",
            "CREATE TABLE notes (id bigint PRIMARY KEY, user_id bigint REFERENCES users, body text); \
             CREATE INDEX ON notes (user_id); ALTER TABLE notes ADD CHECK (body <> ''), ALTER body SET NOT NULL; \
             CREATE UNIQUE INDEX notes_body ON notes (body)",
        ),
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY);",
            "DROP INDEX CONCURRENTLY IF EXISTS users_email; ALTER TABLE users ADD COLUMN name text",
        ),
        // A routine makes the trigger of a new table, which gets the column that it writes afterwards.
        RecipeSample::new(
            "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.at := now(); RETURN NEW; END $$; \
             CREATE FUNCTION touched(name text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN \
             EXECUTE format('CREATE TRIGGER touch BEFORE UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION touch()', name); END $$;",
            "CREATE TABLE notes (id bigint PRIMARY KEY); SELECT touched('notes'); ALTER TABLE notes ADD COLUMN at timestamptz",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    if request.is_pair() {
        return None;
    }
    let alone = format!("-- no-transaction\n{}", request.sql());
    let refuses_transaction = |sql: &str| request.findings(sql).iter().any(|finding| finding.rule == "needs-no-transaction");
    if refuses_transaction(request.sql()) && !request.blocks(&alone) {
        return Some(Ok(Draft::safe(DraftStep::alone(title(request), request.sql()))));
    }
    let step = DraftStep::ddl(title(request), [request.sql()]);
    let moves_data =
        matches!(request.operation(), Some(Operation::Insert(_) | Operation::Update(_) | Operation::Delete(_)));
    let is_of_new = match request.target() {
        Some(id) => request.is_new(id),
        None => request.concerns_only_new(),
    };
    if is_of_new {
        // Nobody uses the table yet: what is about it goes into the migration that makes it, data apart, so that the
        // locks of foreign keys are not held for long.
        let draft = Draft::safe(step);
        return Some(Ok(if moves_data { draft } else { draft.joined() }));
    }
    if matches!(request.operation(), Some(Operation::OtherObject { command: ObjectCommand::Drop, .. })) {
        // What uses it is not known: it goes last.
        return Some(Ok(Draft::new().contract(step.irreversible("make it again by the statement that made it"))));
    }
    let mut findings = request.findings(request.sql());
    if let Some(at) = findings.iter().position(|finding| finding.status == Status::Block) {
        let finding = findings.swap_remove(at);
        let by_hand = || "make the change by hand, in steps that the check passes".to_owned();
        return Some(Err(Refusal::new(finding.message, finding.help.unwrap_or_else(by_hand))));
    }
    let lost = findings.into_iter().filter(|finding| finding.category == Category::DataLoss);
    let lost: Vec<String> = lost.map(|finding| finding.message).collect();
    if !lost.is_empty() {
        let draft = Draft::new().expand(step.irreversible("what it takes away is gone: restore it from a backup"));
        return Some(Ok(lost.into_iter().fold(draft, Draft::note)));
    }
    let changes_rows = matches!(request.operation(), Some(Operation::Update(_) | Operation::Delete(_)));
    let draft = Draft::safe(match changes_rows {
        true => step.irreversible("the rows are kept nowhere as they were: restore them from a backup"),
        false => step,
    });
    // What reads rows to be made takes its time, and does so without the locks of what is made before it.
    let reads_rows = matches!(
        request.operation(),
        Some(Operation::CreateMaterializedView { .. } | Operation::CreateTableAs { with_data: true, .. })
    );
    Some(Ok(if request.target().is_none() && !reads_rows { draft.joined() } else { draft }))
}

/// `Add column`, after the kind of operation.
fn title(request: &Request<'_>) -> String {
    let name = request.operation().map_or("change", Operation::name).replace('-', " ");
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
