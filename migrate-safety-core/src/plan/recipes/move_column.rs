//! A value that moves to another table. Written as one would write it: ADD COLUMN there, UPDATE, DROP COLUMN here.

use super::backfill::described;
use super::{Answer, Recipe, RecipeSample, Request};
use crate::backfill::{Backfill, Work};
use crate::catalog::{Catalog, Column};
use crate::plan::cross::{Cross, Place, RowsOf, is_key, linked, values_of};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::fill;
use crate::plan::installed::Installed;
use crate::plan::model::PhaseName;
use crate::plan::options::DualWrite;
use crate::plan::request::TableRef;
use crate::plan::state::State;
use crate::sql::operation::{TableAction, Update};
use crate::sql::{Ident, Operation, change_text};

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
            "CREATE SCHEMA \"S\"; CREATE TABLE \"S\".\"A\" (\"Id\" uuid PRIMARY KEY, x int, price numeric(10,2)); \
             CREATE TABLE b (k int PRIMARY KEY, a uuid UNIQUE, x bigint);",
            "ALTER TABLE b ADD COLUMN cents bigint; \
             UPDATE b SET (x, cents) = ((SELECT x FROM \"S\".\"A\" WHERE \"Id\" = b.a), \
             (SELECT (price * 100)::bigint FROM \"S\".\"A\" WHERE \"Id\" = b.a)); \
             ALTER TABLE \"S\".\"A\" DROP COLUMN x, DROP COLUMN price",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let transfer = Transfer::read(request)?;
    matches!(transfer.gone, Gone::Columns(_)).then(|| transfer.draft(request))
}

/// What the statements do.
pub(super) struct Transfer<'a> {
    to: TableRef<'a>,
    from: TableRef<'a>,
    update: &'a Update,
    not_null: Vec<&'a Ident>,
    pub(super) gone: Gone<'a>,
}

/// What is taken away of the old table.
pub(super) enum Gone<'a> {
    Columns(Vec<&'a Ident>),
    Table,
}

impl<'a> Transfer<'a> {
    /// Reads the statements of the piece.
    pub(super) fn read(request: &Request<'a>) -> Option<Self> {
        let (mut update, mut from) = (None, None);
        let (mut not_null, mut dropped) = (Vec::new(), Vec::new());
        for located in &request.piece.operations {
            match &located.operation {
                Operation::Update(found) => update = Some(&**found),
                Operation::DropTable { names, .. } => match &**names {
                    [name] => from = Some(request.table(name)?),
                    _ => return None,
                },
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
        let gone = if dropped.is_empty() { Gone::Table } else { Gone::Columns(dropped) };
        (to.id != from.id && !request.is_new(to.id)).then_some(Self { to, from, update, not_null, gone })
    }

    pub(super) fn draft(&self, request: &Request<'a>) -> Result<Draft, Refusal> {
        let t = self.to.sql();
        let added = request.piece.texts(|operation| match operation {
            Operation::AlterTable(alter) => matches!(alter.action, TableAction::AddColumn { .. }),
            _ => false,
        });
        let with_columns = State::new(request.catalog).with(added.iter().copied()).catalog;
        let text = request.piece.part_sql(|operation| matches!(operation, Operation::Update(_))).unwrap_or_default();
        let cross = self.cross(request, &with_columns, text)?;
        let kept = match request.options.dual_write {
            DualWrite::Trigger => Some(self.kept(request, &cross)?),
            DualWrite::Application => None,
        };
        let mut draft = Draft::new();
        for text in &added {
            let step = request.plan_as(&[(*text).to_owned()])?;
            draft = draft.then(step);
        }
        draft.already_safe = false;
        for kept in kept.iter().flatten() {
            draft = draft.expand(started(&cross, kept));
        }
        let relation = with_columns.relation(self.to.id);
        let to = relation.and_then(|relation| Some(TableRef { id: self.to.id, relation, table: relation.table()? }));
        let backfill = described(&with_columns, to.unwrap_or(self.to), self.update, text)?;
        let backfill = locking(backfill);
        let prepared = fill::prepared(&with_columns, &backfill)?;
        draft = draft.migrate(fill::step(format!("Fill {} in batches", cross.new.told()), &prepared));
        for column in &self.not_null {
            let set = format!("ALTER TABLE {t} ALTER COLUMN {} SET NOT NULL", column.sql());
            let steps = request.plan_on(&with_columns, &set)?.steps;
            draft = steps.into_iter().fold(draft, |draft, (_, step)| draft.migrate(step));
        }
        draft = released(draft, &cross, request, kept.as_ref());
        draft = draft.note(shares(&cross.old));
        draft = draft.note(format!(
            "What {} say in rows to which no row of {t} belongs is lost with the plain change as well.",
            cross.old.told()
        ));
        let f = self.from.sql();
        let drops: Vec<String> = match &self.gone {
            Gone::Table => request.piece.texts(|operation| matches!(operation, Operation::DropTable { .. })).into_iter().map(str::to_owned).collect(),
            Gone::Columns(dropped) => dropped.iter().map(|column| format!("ALTER TABLE {f} DROP COLUMN {}", column.sql())).collect(),
        };
        for (phase, step) in request.plan_as(&drops)?.steps {
            let is_table = matches!(self.gone, Gone::Table);
            draft = draft.step(if is_table { PhaseName::Contract } else { phase.max(PhaseName::Migrate) }, step);
        }
        Ok(prepared.warnings().iter().map(ToString::to_string).fold(draft, Draft::note))
    }

    /// The value in both tables.
    fn cross<'c>(&self, request: &Request<'_>, catalog: &'c Catalog, text: &str) -> Result<Cross<'c>, Refusal> {
        let names = |table: TableRef<'_>| (table.relation.object_name(), table.table.clone());
        let ((old_name, old), (new_name, _)) = (names(self.from), names(self.to));
        let new = catalog.table(self.to.id).ok_or_else(unclear)?;
        let texts = change_text(request.catalog.target(), text).ok_or_else(unclear)?.values;
        let (link, values) =
            linked(self.update, &texts, (&old_name, &old), (&new_name, new)).ok_or_else(unclear)?;
        let targets: Option<Vec<(Column, String)>> = self
            .update
            .assignments
            .iter()
            .zip(values)
            .map(|((name, _), text)| Some((new.column(name)?.clone(), text)))
            .collect();
        let targets = targets.ok_or_else(unclear)?;
        let dropped: Vec<&Column> = match &self.gone {
            Gone::Columns(names) => names.iter().filter_map(|name| old.column(name)).collect(),
            Gone::Table => {
                let read = |column: &&Column| targets.iter().any(|(target, text)| {
                    crate::plan::copy::Formula::read(text, &target.data_type).is_some_and(|(value, _)| value.columns.contains(&column.name))
                });
                old.columns.iter().filter(read).collect()
            }
        };
        let (new_values, old_values) = values_of(&targets, &dropped).ok_or_else(unclear)?;
        let columns = |table: &crate::catalog::Table, names: Vec<&Ident>| names.into_iter().filter_map(|name| table.column(name).cloned()).collect();
        Ok(Cross {
            catalog,
            old: Place { table: old_name, link: columns(&old, link.iter().map(|(name, _)| name).collect()), values: old_values },
            new: Place { table: new_name, link: columns(new, link.iter().map(|(_, name)| name).collect()), values: new_values },
            rows: if matches!(self.gone, Gone::Table) { RowsOf::New } else { RowsOf::Apart },
        })
    }

    /// The triggers on both tables, if they can keep both the same.
    fn kept(&self, request: &Request<'_>, cross: &Cross<'_>) -> Result<[Installed; 2], Refusal> {
        let application = "let the application write both: --dual-write application";
        let refuse = |reason: String| Err(Refusal::new(reason, application));
        let names = |place: &Place| place.link.iter().map(|column| column.name.clone()).collect::<Vec<_>>();
        for (place, table) in [(&cross.old, self.from), (&cross.new, self.to)] {
            let names = names(place);
            if !is_key(request.catalog, table.table, &names.iter().collect::<Vec<_>>()) {
                return refuse(format!(
                    "several rows of {} may belong to one row of the other table, and a trigger cannot tell which of them says \
                     what the value is: {} is no unique key",
                    place.t(),
                    names.iter().map(Ident::sql).collect::<Vec<_>>().join(", ")
                ));
            }
        }
        if !cross.has_way_back() {
            return refuse(format!("no way back is known from {} to {}", cross.new.told(), cross.old.told()));
        }
        if cross.rows == RowsOf::New && !self.not_null.is_empty() {
            return refuse(format!(
                "the old release adds a row of {} before the one of {}: {} cannot refuse NULL while it runs",
                cross.new.t(),
                cross.old.t(),
                cross.new.told()
            ));
        }
        Ok(cross.kept())
    }
}

/// A value that is read while somebody changes it would be put over the changed one: it is read as it stands, and stays so
/// until it is written.
fn locking(mut backfill: Backfill) -> Backfill {
    if let Work::Update(assignments) = &mut backfill.work {
        for assignment in assignments {
            if let Some(query) = assignment.value.strip_suffix(')') {
                assignment.value = format!("{query} FOR SHARE)");
            }
        }
    }
    backfill
}

/// What who reads rows that must not change meanwhile has to be allowed.
fn shares(read: &Place) -> String {
    format!(
        "What takes values out of {0} reads its rows FOR SHARE, which the server allows only to a role that may UPDATE {0} (one column is \
         enough): the role of the migrations and of the backfill, and with --dual-write trigger the one of the application, \
         need that right as long as the plan runs.",
        read.t()
    )
}

/// The step that installs the triggers of one table.
pub(super) fn started(cross: &Cross<'_>, kept: &Installed) -> DraftStep {
    let other = if kept.table == cross.old.t() { cross.new.told() } else { cross.old.told() };
    DraftStep::ddl(format!("Carry what is written to {} over to {other}", kept.table), kept.create()).undo(kept.drop())
}

/// What is deployed when, and the steps that hang on it, up to those that take the old place away.
pub(super) fn released(draft: Draft, cross: &Cross<'_>, request: &Request<'_>, kept: Option<&[Installed; 2]>) -> Draft {
    let (old, new) = (cross.old.told(), cross.new.told());
    let releases = cross.releases(request.options.layout);
    let gate = |step: DraftStep| step.gate(cross.mismatches(), "0", format!("rows are left in which {new} does not say what {old} says"));
    let Some(kept) = kept else {
        return draft
            .deploy(PhaseName::Migrate, format!("Deployed everywhere: an application that writes {old} and {new} in one transaction, and reads {old}."))
            .code(PhaseName::Migrate, format!("The release that writes both and reads {old}"), releases.both)
            .deploy(PhaseName::Contract, format!("Deployed everywhere, one after the other: an application that writes both and reads {new}; then one that uses only {new}."))
            .code(PhaseName::Contract, format!("First: the release that writes both and reads {new}"), releases.reads_new)
            .code(PhaseName::Contract, format!("Then: the release that uses only {new}"), releases.new)
            .migrate(gate(DraftStep::verify("Make sure that both tables say the same", "SELECT 1")));
    };
    let draft = draft
        .deploy(PhaseName::Contract, format!("Deployed everywhere: an application that uses only {new}. It may run beside the one that uses {old} once the steps before have run."))
        .code(PhaseName::Contract, format!("The release that uses only {new}"), releases.new)
        .note(format!(
            "A transaction that writes {old} and one that writes {new} of the same row at the same moment wait for each other: the \
             server ends one of them (40P01), which is to be repeated, as any transaction is."
        ));
    kept.iter().enumerate().fold(draft, |draft, (at, kept)| {
        let step = DraftStep::ddl(format!("Stop carrying over what is written to {}", kept.table), kept.drop());
        let step = step.irreversible(format!("from here on {old} is no longer written"));
        draft.contract(if at == 0 { gate(step) } else { step })
    })
}

fn unclear() -> Refusal {
    Refusal::new(
        "the UPDATE does not say by equal columns alone which row gets its value from which, or computes it from more than that row",
        "write `UPDATE a SET c = b.d FROM b WHERE b.key = a.b_key`, the values as expressions over the columns of the other table",
    )
}
