//! A value that moves into another column in another form: `price` into `price_cents`, a name into its parts, parts into
//! one. Written as one would write it: ADD COLUMN, UPDATE, DROP COLUMN.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::backfill::Backfill;
use crate::catalog::Column;
use crate::plan::copy::derived::Derived;
use crate::plan::copy::texts::Texts;
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::fill;
use crate::plan::model::PhaseName;
use crate::plan::options::DualWrite;
use crate::plan::request::TableRef;
use crate::plan::state::State;
use crate::sql::expr::Expr;
use crate::sql::operation::{TableAction, Update};
use crate::sql::{Ident, Operation};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "derived-column",
    title: "ADD COLUMN, UPDATE, DROP COLUMN: a value moves into another column in another form",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE products (id bigint PRIMARY KEY, price numeric(10,2) NOT NULL);",
            "ALTER TABLE products ADD COLUMN price_cents bigint; \
             UPDATE products SET price_cents = (price * 100)::bigint; \
             ALTER TABLE products ALTER COLUMN price_cents SET NOT NULL; \
             ALTER TABLE products DROP COLUMN price;",
        ),
        RecipeSample::new(
            "CREATE SCHEMA shop; CREATE TABLE shop.\"Items\" (\"Id\" uuid PRIMARY KEY, \"Weight g\" int, name text); \
             CREATE INDEX ON shop.\"Items\" (\"Weight g\");",
            "ALTER TABLE shop.\"Items\" ADD COLUMN kg numeric; UPDATE shop.\"Items\" SET kg = \"Weight g\"::numeric / 1000; \
             ALTER TABLE shop.\"Items\" DROP COLUMN \"Weight g\"",
        ),
        RecipeSample::new(
            "CREATE TABLE mods (id bigint PRIMARY KEY, price numeric(10,2) NOT NULL);",
            "ALTER TABLE mods ADD COLUMN cents bigint; ALTER TABLE mods ADD COLUMN requested varchar(128); \
             UPDATE mods SET cents = (price * 100)::bigint; ALTER TABLE mods DROP COLUMN price",
        ),
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, user_name text NOT NULL, username text);",
            "UPDATE users SET username = user_name WHERE username IS NULL; ALTER TABLE users DROP COLUMN user_name",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let change = Change::read(request)?;
    Some(change.draft(request))
}

/// What the statements do.
pub(super) struct Change<'a> {
    table: TableRef<'a>,
    /// The columns that are filled, with their values as written.
    targets: Vec<(Ident, String)>,
    not_null: Vec<&'a Ident>,
    dropped: Vec<&'a Column>,
    update: &'a Update,
}

impl<'a> Change<'a> {
    /// Reads the statements of the piece.
    pub(super) fn read(request: &Request<'a>) -> Option<Self> {
        let mut update = None;
        let (mut not_null, mut names) = (Vec::new(), Vec::new());
        for located in &request.piece.operations {
            match &located.operation {
                Operation::Update(found) => update = Some(&**found),
                Operation::AlterTable(alter) => match &alter.action {
                    TableAction::SetNotNull { column } => not_null.push(column),
                    TableAction::DropColumn { column, .. } => names.push(column),
                    _ => {}
                },
                _ => return None,
            }
        }
        let update = update.filter(|_| !names.is_empty())?;
        let table = request.table(&update.table.name)?;
        let dropped = names.into_iter().map(|name| table.table.column(name)).collect::<Option<Vec<_>>>()?;
        let text = request.piece.part_sql(|operation| matches!(operation, Operation::Update(_)))?;
        let values = crate::sql::change_text(request.catalog.target(), text)?.values;
        let targets = update.assignments.iter().map(|(name, _)| name.clone()).zip(values).collect();
        Some(Self { table, targets, not_null, dropped, update })
    }

    /// What it does to texts, if that is all.
    pub(super) fn texts(&self) -> Option<Texts> {
        Texts::of(&self.update.assignments, &self.dropped)
    }

    pub(super) fn draft(&self, request: &Request<'a>) -> Result<Draft, Refusal> {
        self.is_plain()?;
        let derived = Derived::new(request, self.table, &self.targets, self.update, &self.dropped)?;
        let by_trigger = request.options.dual_write == DualWrite::Trigger;
        if by_trigger && !derived.has_way_back() {
            return Err(Refusal::new(
                "no way back is known from the new form to the old one: a trigger could not keep the old column up to date",
                "let the application write both: --dual-write application",
            ));
        }
        let sync = if by_trigger { derived.sync() } else { None };
        let mut draft = Draft::new();
        let added = request.piece.texts(|operation| match operation {
            Operation::AlterTable(alter) => matches!(alter.action, TableAction::AddColumn { .. }),
            _ => false,
        });
        let with_columns = State::new(request.catalog).with(added.iter().copied()).catalog;
        let mut sql: Vec<String> = added.iter().map(|text| (*text).to_owned()).collect();
        let mut undo = Vec::new();
        if let Some(sync) = &sync {
            sql.extend(sync.create());
            undo.extend(sync.drop());
        }
        let t = self.table.sql();
        // Also those that are not filled.
        let new = request.piece.operations.iter().filter_map(|located| match &located.operation {
            Operation::AlterTable(alter) => match &alter.action {
                TableAction::AddColumn { column, .. } => Some(&column.name),
                _ => None,
            },
            _ => None,
        });
        undo.extend(new.map(|name| format!("ALTER TABLE {t} DROP COLUMN {}", name.sql())));
        if !sql.is_empty() {
            draft = draft.expand(DraftStep::ddl(format!("Add the new form to {t}"), sql).undo(undo));
        }
        let prepared = fill::prepared(&with_columns, &self.backfill())?;
        draft = draft.migrate(fill::step("Fill the new form in batches", &prepared));
        for column in &self.not_null {
            let set = format!("ALTER TABLE {t} ALTER COLUMN {} SET NOT NULL", column.sql());
            let steps = request.plan_on(&with_columns, &set)?.steps;
            draft = steps.into_iter().fold(draft, |draft, (_, step)| draft.migrate(step));
        }
        let drops: Vec<String> =
            self.dropped.iter().map(|column| format!("ALTER TABLE {t} DROP COLUMN {}", column.name.sql())).collect();
        let drops = request.plan_as(&drops)?;
        let releases = derived.application().releases();
        let (old, new) = (names(self.dropped.iter().map(|c| &c.name)), names(self.targets.iter().map(|(name, _)| name)));
        let gate = |step: DraftStep| step.gate(derived.mismatches(), "0", format!("rows are left in which {new} does not say what {old} says"));
        let (relaxing, dropping): (Vec<_>, Vec<_>) =
            drops.steps.into_iter().partition(|(phase, _)| *phase != PhaseName::Contract);
        let relaxing = relaxing.into_iter().map(|(_, step)| step);
        let dropping = dropping.into_iter().map(|(_, step)| step);
        if let Some(sync) = &sync {
            draft = draft
                .deploy(PhaseName::Contract, format!("Deployed everywhere: an application that uses only {new}. It may run beside the one that uses {old} once the steps before have run."))
                .code(PhaseName::Contract, format!("The release that uses only {new}"), releases.new);
            draft = relaxing.fold(draft, |draft, step| draft.contract(gate(step)));
            let why = format!("from here on {old} is no longer written");
            draft = draft.contract(gate(DraftStep::ddl("Stop keeping both forms the same", sync.drop())).irreversible(why));
        } else {
            draft = draft
                .deploy(PhaseName::Migrate, format!("Deployed everywhere: an application that writes {old} and {new} and reads {old}."))
                .code(PhaseName::Migrate, format!("The release that writes both and reads {old}"), releases.both)
                .deploy(PhaseName::Contract, format!("Deployed everywhere, one after the other: an application that writes both and reads {new}; then one that uses only {new}."))
                .code(PhaseName::Contract, format!("First: the release that writes both and reads {new}"), releases.reads_new)
                .code(PhaseName::Contract, format!("Then: the release that uses only {new}"), releases.new);
            let relaxing: Vec<DraftStep> = relaxing.collect();
            if relaxing.is_empty() {
                draft = draft.migrate(gate(DraftStep::verify("Make sure that both forms say the same", "SELECT 1")));
            }
            draft = relaxing.into_iter().fold(draft, |draft, step| draft.migrate(gate(step)));
        }
        Ok(derived.loss().into_iter().fold(dropping.fold(draft, Draft::contract), Draft::note))
    }

    /// Whether every row is filled, or those that are not filled yet.
    fn is_plain(&self) -> Result<(), Refusal> {
        let is_ours = |name: &Ident| self.targets.iter().any(|(target, _)| target == name);
        let is_old = |name: &Ident| self.dropped.iter().any(|column| column.name == *name);
        let plain = self.update.filter.as_ref().is_none_or(|filter| match filter {
            Expr::IsNull { expr, negated } => {
                matches!(&**expr, Expr::Column { name, .. } if if *negated { is_old(name) } else { is_ours(name) })
            }
            _ => false,
        });
        if plain && self.update.from.is_empty() && self.update.ctes.is_empty() && self.update.alias.is_none() {
            return Ok(());
        }
        Err(Refusal::new(
            "the UPDATE does not fill the new column of every row from the row itself",
            "write the values as expressions over the row, with no other condition than that the new column is NULL or the old one is not",
        ))
    }

    fn backfill(&self) -> Backfill {
        let backfill = Backfill::new(self.table.sql());
        self.targets.iter().fold(backfill, |backfill, (name, value)| {
            // What is there already was written by somebody.
            let is_there = self.table.table.column(name).is_some();
            if is_there { backfill.fill(name.sql(), value) } else { backfill.set(name.sql(), value) }
        })
    }
}

fn names<'n>(names: impl Iterator<Item = &'n Ident>) -> String {
    names.map(Ident::sql).collect::<Vec<_>>().join(", ")
}
