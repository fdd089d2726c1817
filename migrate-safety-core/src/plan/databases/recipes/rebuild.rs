//! What `ALTER TABLE` of SQLite has no form for: the table is made anew.

use super::{Answer, DatabaseRecipe, DatabaseSample, Request};
use crate::databases::operation::{ActionKind, CheckDef, ColumnDef};
use crate::databases::schema::Table;
use crate::databases::sqlite::Affinity;
use crate::dialect::Dialect;
use crate::plan::databases::rebuild::Rebuild;
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::model::PhaseName;
use crate::plan::replayed::Replayed;

/// The recipe.
pub(super) static RECIPE: DatabaseRecipe = DatabaseRecipe {
    id: "rebuild",
    title: "A type, default or constraint that ALTER TABLE cannot change",
    dialects: &[Dialect::Sqlite],
    samples: &[
        DatabaseSample::sqlite(
            "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, age TEXT, email TEXT UNIQUE); \
             CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE); \
             CREATE INDEX by_age ON users (age); CREATE VIEW ages AS SELECT id, age FROM users; \
             CREATE TRIGGER lower_email AFTER INSERT ON users BEGIN UPDATE users SET email = lower(NEW.email) WHERE id = NEW.id; END; \
             CREATE TRIGGER gone AFTER DELETE ON posts BEGIN UPDATE users SET age = age WHERE id = OLD.user_id; END;",
            "ALTER TABLE users ALTER COLUMN age TYPE INTEGER",
        ),
        DatabaseSample::sqlite(
            "CREATE TABLE items (id INTEGER PRIMARY KEY, price REAL);",
            "ALTER TABLE items ADD CONSTRAINT dear CHECK (price >= 0)",
        ),
        DatabaseSample::sqlite(
            "CREATE TABLE items (id INTEGER PRIMARY KEY, price REAL, CONSTRAINT dear CHECK (price >= 0));",
            "ALTER TABLE items DROP CONSTRAINT dear",
        ),
        DatabaseSample::sqlite(
            "CREATE TABLE items (id INTEGER PRIMARY KEY, state TEXT NOT NULL DEFAULT 'new') STRICT;",
            "ALTER TABLE items ALTER COLUMN state SET DEFAULT 'open'",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, actions) = request.actions()?;
    let one_form = |kind: &ActionKind| !matches!(kind, ActionKind::AddColumn { .. } | ActionKind::RenameColumn { .. } | ActionKind::Rename { .. });
    let takes = request.piece.using.is_none() && request.asserted_natively();
    if takes || !actions.iter().all(|action| one_form(&action.kind)) {
        return None;
    }
    let [action] = actions else { return None };
    if let ActionKind::DropConstraint { name, .. } = &action.kind
        && request.state.differences(request.after).is_empty()
    {
        let remedy = "name one that has a name; for another, give the schema that is wanted, by --to";
        return Some(Err(Refusal::new(format!("{} has no constraint {name}", table.name), remedy)));
    }
    let Some(step) = remade(request, table, &title(request, &action.kind)) else {
        return Some(Err(super::unknown_table()));
    };
    Some(Ok(match &action.kind {
        ActionKind::Modify { column, to, .. } => {
            let old = table.column(column)?;
            modified(request, table, old, to, step)
        }
        ActionKind::AddCheck { check } => checked(request, table, check, step),
        _ => Draft::new().expand(step),
    }))
}

impl Request<'_> {
    /// Whether the server's own `ALTER TABLE` makes the change whatever rows there are.
    fn asserted_natively(&self) -> bool {
        let judged = self.judged(&self.piece.sql);
        let taken = |statement: &crate::report::StatementReport| statement.understood && statement.effects.failures.is_empty();
        !judged.statements.is_empty() && judged.statements.iter().all(taken)
    }
}

/// The table made anew in the form that the plain change gives it.
pub(super) fn remade(request: &Request<'_>, table: &Table, title: &str) -> Option<DraftStep> {
    remade_as(request, table, &request.after.schema, title)
}

/// The table made anew in the form that it has in another schema.
pub(super) fn remade_as(
    request: &Request<'_>,
    table: &Table,
    after: &crate::databases::schema::Schema,
    title: &str,
) -> Option<DraftStep> {
    let values = match (&request.piece.using, request.action()) {
        (Some(using), Some((_, ActionKind::Modify { column, .. }))) => vec![(column.clone(), using.clone())],
        _ => Vec::new(),
    };
    let known = table.known && table.module.is_none();
    let step = Rebuild { before: request.schema(), after, table: &table.name, values }.step(title).filter(|_| known)?;
    Some(step)
}

fn title(request: &Request<'_>, action: &ActionKind) -> String {
    match action {
        ActionKind::Modify { column, to, .. } => format!("Give {} the form {}", request.name(column), request.column_sql(to)),
        ActionKind::AddCheck { .. } => "Add the check".to_owned(),
        ActionKind::AddForeignKey { .. } => "Add the foreign key".to_owned(),
        ActionKind::AddIndex { .. } => "Add the key".to_owned(),
        ActionKind::DropConstraint { .. } | ActionKind::DropForeignKey { .. } => "Drop the constraint".to_owned(),
        _ => "Make the table anew".to_owned(),
    }
}

/// A column in another form. Where its values change, running code has to be able to read both.
fn modified(request: &Request<'_>, table: &Table, old: &ColumnDef, to: &ColumnDef, step: DraftStep) -> Draft {
    let (t, c) = (request.table_sql(table), request.name(&old.name));
    let (was, is) = (Affinity::of(&old.data_type), Affinity::of(&to.data_type));
    if old.data_type == to.data_type {
        return Draft::new().expand(step);
    }
    let draft = Draft::new().deploy(
        PhaseName::Contract,
        format!("Deployed everywhere: an application that reads and writes {c} as {} as well as {}.", request.rendered().data_type(&old.data_type), request.rendered().data_type(&to.data_type)),
    );
    if was == is || request.piece.using.is_some() {
        return draft.contract(step);
    }
    let Some(class) = is.storage_class() else { return draft.contract(step) };
    let other = format!("SELECT count(*) FROM {t} WHERE typeof(CAST({c} AS {class})) <> typeof({c}) AND CAST({c} AS {class}) <> {c}");
    draft.contract(step.gate(other, "0", format!("values of {c} are none of type {}", request.rendered().data_type(&to.data_type))))
}

fn checked(request: &Request<'_>, table: &Table, check: &CheckDef, step: DraftStep) -> Draft {
    let t = request.table_sql(table);
    let violating = format!("SELECT count(*) FROM {t} WHERE NOT ({})", check.expression.sql);
    let deploy = format!("Deployed everywhere: an application that writes only what the check lets through into {t}.");
    Draft::new()
        .deploy(PhaseName::Contract, deploy)
        .contract(step.gate(violating, "0", format!("rows of {t} do not pass the check")))
}
