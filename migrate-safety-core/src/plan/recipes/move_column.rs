//! A value that moves to another table. Written as one would write it: ADD COLUMN there, UPDATE, DROP COLUMN here.

use super::backfill::described;
use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::fill;
use crate::plan::model::PhaseName;
use crate::plan::options::DualWrite;
use crate::plan::request::TableRef;
use crate::plan::state::State;
use crate::sql::operation::{TableAction, Update};
use crate::sql::{Ident, Operation};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "move-column",
    title: "ADD COLUMN to a table, UPDATE from another, DROP COLUMN there: a value moves to another table",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, bio text NOT NULL); \
             CREATE TABLE profiles (id bigint PRIMARY KEY, user_id bigint NOT NULL UNIQUE REFERENCES users);",
            "ALTER TABLE profiles ADD COLUMN bio text; \
             UPDATE profiles SET bio = u.bio FROM users u WHERE u.id = profiles.user_id; \
             ALTER TABLE profiles ALTER COLUMN bio SET NOT NULL; ALTER TABLE users DROP COLUMN bio",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TABLE \"S\".\"A\" (\"Id\" uuid PRIMARY KEY, x int, y text); \
             CREATE TABLE b (k int PRIMARY KEY, a uuid, x bigint);",
            "ALTER TABLE b ADD COLUMN y text; \
             UPDATE b SET (x, y) = ((SELECT x FROM \"S\".\"A\" WHERE \"Id\" = b.a), (SELECT lower(y) FROM \"S\".\"A\" WHERE \"Id\" = b.a)); \
             ALTER TABLE \"S\".\"A\" DROP COLUMN x, DROP COLUMN y",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let transfer = Transfer::read(request)?;
    Some(transfer.draft(request))
}

/// What the statements do.
struct Transfer<'a> {
    to: TableRef<'a>,
    from: TableRef<'a>,
    update: &'a Update,
    not_null: Vec<&'a Ident>,
    dropped: Vec<&'a Ident>,
}

impl<'a> Transfer<'a> {
    /// Reads the statements of the piece.
    fn read(request: &Request<'a>) -> Option<Self> {
        let (mut update, mut from) = (None, None);
        let (mut not_null, mut dropped) = (Vec::new(), Vec::new());
        for located in &request.piece.operations {
            match &located.operation {
                Operation::Update(found) => update = Some(&**found),
                Operation::AlterTable(alter) => match &alter.action {
                    TableAction::SetNotNull { column } => not_null.push(column),
                    TableAction::DropColumn { column, .. } => {
                        from = Some(request.table(&alter.table)?);
                        dropped.push(column);
                    }
                    TableAction::AddColumn { .. } => {}
                    _ => return None,
                },
                _ => return None,
            }
        }
        let (update, from) = (update?, from?);
        let to = request.table(&update.table.name)?;
        (to.id != from.id && !request.is_new(to.id)).then_some(Self { to, from, update, not_null, dropped })
    }

    fn draft(&self, request: &Request<'a>) -> Result<Draft, Refusal> {
        let (t, old, new) = (self.to.sql(), self.old_place(), self.new_place());
        let added = request.piece.texts(|operation| match operation {
            Operation::AlterTable(alter) => matches!(alter.action, TableAction::AddColumn { .. }),
            _ => false,
        });
        let with_columns = State::new(request.catalog).with(added.iter().copied()).catalog;
        let text = request.piece.part_sql(|operation| matches!(operation, Operation::Update(_))).unwrap_or_default();
        let mut draft = Draft::new();
        for text in &added {
            let step = request.plan_as([&(*text).to_owned()])?;
            draft = draft.then(step);
        }
        draft.already_safe = false;
        let relation = with_columns.relation(self.to.id);
        let to = relation.and_then(|relation| Some(TableRef { id: self.to.id, relation, table: relation.table()? }));
        let backfill = described(&with_columns, to.unwrap_or(self.to), self.update, text)?;
        let prepared = fill::prepared(&with_columns, &backfill)?;
        draft = draft.migrate(fill::step(format!("Fill {new} in batches"), &prepared));
        for column in &self.not_null {
            let set = format!("ALTER TABLE {t} ALTER COLUMN {} SET NOT NULL", column.sql());
            let steps = request.plan_on(&with_columns, &set)?.steps;
            draft = steps.into_iter().fold(draft, |draft, (_, step)| draft.migrate(step));
        }
        draft = draft
            .deploy(PhaseName::Migrate, format!("Deployed everywhere: an application that writes {old} and {new} in one transaction, and reads {old}."))
            .code(PhaseName::Migrate, format!("The release that writes both and reads {old}: what it does behind each write of {old}"), sync(text))
            .deploy(PhaseName::Contract, format!("Deployed everywhere, one after the other: an application that writes both and reads {new}; then one that uses only {new}."))
            .migrate(
                DraftStep::verify("Make sure that both tables say the same", "SELECT 1").gate(
                    prepared.mismatches_sql(),
                    "0",
                    format!("rows are left in which {new} does not say what {old} says"),
                ),
            );
        let f = self.from.sql();
        let drops: Vec<String> =
            self.dropped.iter().map(|column| format!("ALTER TABLE {f} DROP COLUMN {}", column.sql())).collect();
        for (phase, step) in request.plan_as(&drops)?.steps {
            draft = draft.step(phase.max(PhaseName::Migrate), step);
        }
        if request.options.dual_write == DualWrite::Trigger {
            draft = draft.note(format!(
                "No triggers are written for a value that moves to another table: rows of both that are written at once would \
                 wait for each other. The application writes {old} and {new}."
            ));
        }
        Ok(prepared.warnings().iter().map(ToString::to_string).fold(draft, Draft::note))
    }

    /// `public.users.bio`.
    fn old_place(&self) -> String {
        told(self.from, self.dropped.iter().copied())
    }

    fn new_place(&self) -> String {
        told(self.to, self.update.assignments.iter().map(|(name, _)| name))
    }
}

fn told<'n>(table: TableRef<'_>, names: impl Iterator<Item = &'n Ident>) -> String {
    names.map(|name| format!("{}.{}", table.sql(), name.sql())).collect::<Vec<_>>().join(", ")
}

/// The UPDATE as a statement of the application.
fn sync(update: &str) -> String {
    format!(
        "/// In the transaction that writes the old place, with a condition that names the rows that it has written.\n\
         const KEEP_THE_SAME: &str = {update:?};\n"
    )
}
