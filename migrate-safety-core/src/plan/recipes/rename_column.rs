//! A column with a new name: while both releases run, each finds the name it knows.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::copy::{ColumnCopy, Direction};
use crate::plan::draft::Draft;
use crate::plan::error::Refusal;
use crate::plan::model::PhaseName;
use crate::plan::options::DualWrite;
use crate::sql::operation::{RelationWord, TableAction};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "rename-column",
    title: "RENAME COLUMN while an application uses the old name",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, user_name text NOT NULL);",
            "ALTER TABLE users RENAME COLUMN user_name TO username",
        ),
        RecipeSample::new(
            "CREATE SCHEMA app; CREATE TABLE app.\"Users\" (\"Id\" uuid PRIMARY KEY DEFAULT gen_random_uuid(), tenant int NOT NULL, \
             \"User Name\" varchar(80) DEFAULT 'nobody', UNIQUE (tenant, \"User Name\"), \
             CONSTRAINT short CHECK (length(\"User Name\") < 60)); \
             CREATE INDEX \"by lower\" ON app.\"Users\" (lower(\"User Name\")) WHERE \"User Name\" IS NOT NULL; \
             COMMENT ON COLUMN app.\"Users\".\"User Name\" IS 'it''s shown'; COMMENT ON INDEX app.\"by lower\" IS 'search'; \
             COMMENT ON CONSTRAINT short ON app.\"Users\" IS 'fits';",
            "ALTER TABLE app.\"Users\" RENAME \"User Name\" TO \"select\"",
        ),
        RecipeSample::new(
            "CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 5) PRIMARY KEY, name text); \
             CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL CONSTRAINT fk REFERENCES users ON DELETE CASCADE, \
             parent bigint REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED);",
            "ALTER TABLE users RENAME id TO user_id",
        ),
        RecipeSample::new(
            "CREATE TABLE users (id serial PRIMARY KEY, name text); \
             CREATE TABLE orders (id bigint PRIMARY KEY, user_id int NOT NULL REFERENCES users);",
            "ALTER TABLE users RENAME id TO user_id",
        ),
        RecipeSample::new(
            "CREATE TABLE users (id serial PRIMARY KEY, name text); \
             CREATE TABLE orders (id bigint PRIMARY KEY, user_id int NOT NULL REFERENCES users, \
             b int REFERENCES users (id) ON UPDATE CASCADE NOT DEFERRABLE); \
             CREATE INDEX ON orders (user_id, id DESC) INCLUDE (b);",
            "ALTER TABLE orders RENAME user_id TO owner_id",
        ),
        RecipeSample::new(
            "CREATE TABLE docs (id bigint PRIMARY KEY, owner text NOT NULL DEFAULT current_user, body text); \
             ALTER TABLE docs ENABLE ROW LEVEL SECURITY; \
             CREATE POLICY own ON docs USING (owner = current_user) WITH CHECK (owner = current_user); \
             CREATE VIEW titles AS SELECT id, owner, left(body, 20) AS title FROM docs WHERE owner <> 'root';",
            "ALTER TABLE docs RENAME owner TO holder",
        ),
        RecipeSample::new(
            "CREATE TABLE t (id bigint PRIMARY KEY, a text, b int); \
             CREATE FUNCTION normal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.b := 1; RETURN NEW; END $$; \
             CREATE TRIGGER zz_normal BEFORE INSERT OR UPDATE OF a ON t FOR EACH ROW WHEN (NEW.a IS NOT NULL) EXECUTE FUNCTION normal();",
            "ALTER TABLE t RENAME a TO label",
        ),
        RecipeSample::new(
            "CREATE TABLE logs (day date NOT NULL, id bigint NOT NULL, message text NOT NULL CHECK (message <> ''), PRIMARY KEY (day, id)) PARTITION BY RANGE (day); \
             CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');",
            "ALTER TABLE logs RENAME message TO body",
        ),
        RecipeSample::new(
            "CREATE TABLE heap (j json, n numeric(10,2) UNIQUE DEFERRABLE);",
            "ALTER TABLE heap RENAME n TO amount",
        ),
        RecipeSample::new("CREATE TABLE heap (j json, n int);", "ALTER TABLE heap RENAME j TO doc"),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, alter, TableAction::RenameColumn { column, to }) = request.table_action()? else { return None };
    let definition = request.column(table, column)?;
    if alter.word != RelationWord::Table {
        return None;
    }
    Some(ColumnCopy::new(request, table, definition, to.clone()).and_then(|copy| match request.options.dual_write {
        DualWrite::Application if copy.is_written_by_application() => by_application(&copy),
        _ => by_trigger(&copy),
    }))
}

fn by_trigger(copy: &ColumnCopy<'_>) -> Result<Draft, Refusal> {
    let (old, new) = (copy.column.name.sql(), copy.copy.sql());
    let sync = copy.sync(Direction::Both);
    let added = copy.added(sync.as_ref(), true);
    let (filled, built) = copy.filled(&added)?;
    let mut draft = Draft::new().expand(added);
    for step in filled {
        draft = draft.migrate(step);
    }
    if let Some(turned) = copy.turned()? {
        draft = draft.migrate(turned.gate(copy.mismatches(), "0", copy.unequal()));
    }
    draft = draft
        .deploy(
            PhaseName::Contract,
            format!(
                "Deployed everywhere: an application that uses only {new}. It may be rolled out beside the one that uses \
                 {old} once the steps before have run, and be rolled back until this phase: a trigger keeps both the same."
            ),
        )
        .code(PhaseName::Contract, format!("The release that uses only {new}"), copy.application().releases().new);
    let steps = copy.taken_over(&built, sync.as_ref(), false);
    Ok(copy.noted(gated(draft, steps, copy)))
}

fn by_application(copy: &ColumnCopy<'_>) -> Result<Draft, Refusal> {
    let (old, new) = (copy.column.name.sql(), copy.copy.sql());
    let added = copy.added(None, true);
    let (filled, built) = copy.filled(&added)?;
    let releases = copy.application().releases();
    let mut draft = Draft::new()
        .expand(added)
        .deploy(
            PhaseName::Migrate,
            format!("Deployed everywhere: an application that writes {old} and {new} and reads {old}."),
        )
        .code(PhaseName::Migrate, format!("The release that writes both and reads {old}"), releases.both)
        .deploy(
            PhaseName::Contract,
            format!(
                "Deployed everywhere, one after the other: an application that writes both and reads {new}; then one \
                 that uses only {new}. From the second one on, the way back leads through the undoing of the last migrate step."
            ),
        )
        .code(PhaseName::Contract, format!("First: the release that writes both and reads {new}"), releases.reads_new)
        .code(PhaseName::Contract, format!("Then: the release that uses only {new}"), releases.new);
    for step in filled {
        draft = draft.migrate(step);
    }
    let turned = copy.turned()?;
    let relaxed = copy.relaxed();
    let is_relaxed = relaxed.is_some();
    let last = turned.into_iter().chain(relaxed).map(|step| step.gate(copy.mismatches(), "0", copy.unequal()));
    for step in last {
        draft = draft.migrate(step);
    }
    for step in copy.taken_over(&built, None, is_relaxed) {
        draft = draft.contract(step);
    }
    Ok(copy.noted(draft))
}

/// The contract steps, each of which refuses to run while the two differ.
fn gated(draft: Draft, steps: Vec<crate::plan::draft::DraftStep>, copy: &ColumnCopy<'_>) -> Draft {
    steps.into_iter().fold(draft, |draft, step| draft.contract(step.gate(copy.mismatches(), "0", copy.unequal())))
}
