//! A key of a JSON document that becomes a column. Written as one would write it: ADD COLUMN, UPDATE from the key, and an
//! UPDATE that takes the key out.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::backfill::Backfill;
use crate::catalog::Column;
use crate::plan::copy::Formula;
use crate::plan::copy::extracted::Extracted;
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::fill;
use crate::plan::json_key::{Removal, asks_for, reads_only, removal};
use crate::plan::model::PhaseName;
use crate::plan::options::DualWrite;
use crate::plan::request::TableRef;
use crate::plan::state::State;
use crate::sql::expr::{Expr, Expression};
use crate::sql::name::literal;
use crate::sql::operation::{TableAction, Update};
use crate::sql::{Ident, Operation, change_text};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "extract-json-key",
    title: "ADD COLUMN, UPDATE from a key of a JSON document, UPDATE that takes the key out",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE items (id bigint PRIMARY KEY, data jsonb NOT NULL DEFAULT '{\"size\": 5, \"b\": [1]}');",
            "ALTER TABLE items ADD COLUMN size int; UPDATE items SET size = (data->>'size')::int; \
             UPDATE items SET data = data - 'size'",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TABLE \"S\".\"Items\" (a uuid, b int, \"Doc\" jsonb, PRIMARY KEY (a, b)); \
             CREATE INDEX ON \"S\".\"Items\" USING gin (\"Doc\");",
            "ALTER TABLE \"S\".\"Items\" ADD COLUMN \"E-Mail\" text; \
             UPDATE \"S\".\"Items\" SET \"E-Mail\" = coalesce(lower(\"Doc\"->>'e''mail'), '-') WHERE \"E-Mail\" IS NULL; \
             ALTER TABLE \"S\".\"Items\" ALTER COLUMN \"E-Mail\" SET NOT NULL; \
             UPDATE \"S\".\"Items\" SET \"Doc\" = \"Doc\" - 'e''mail' WHERE \"Doc\" ? 'e''mail'",
        ),
        RecipeSample::new(
            "CREATE TABLE items (id bigint PRIMARY KEY, data jsonb);",
            "ALTER TABLE items ADD COLUMN at timestamptz; \
             UPDATE items SET at = (data->>'at')::timestamp AT TIME ZONE 'UTC', data = data - 'at'",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let change = Change::read(request)?;
    Some(change.draft(request))
}

/// What the statements do.
struct Change<'a> {
    table: TableRef<'a>,
    fill: &'a Update,
    /// The column that is filled, and its value as written.
    target: (&'a Ident, &'a Expr, String),
    removal: Removal<'a>,
    /// Whether something else is set besides.
    sets_more: bool,
    /// Whether the rows from which the key is taken are told otherwise than by the key.
    is_partial: bool,
    not_null: Vec<&'a Ident>,
}

impl<'a> Change<'a> {
    /// Reads the statements of the piece.
    fn read(request: &Request<'a>) -> Option<Self> {
        let mut updates: Vec<&Update> = Vec::new();
        let mut not_null = Vec::new();
        for located in &request.piece.operations {
            match &located.operation {
                Operation::Update(update) => updates.push(update),
                Operation::AlterTable(alter) => match &alter.action {
                    TableAction::SetNotNull { column } => not_null.push(column),
                    TableAction::AddColumn { .. } => {}
                    _ => return None,
                },
                _ => return None,
            }
        }
        let taking = updates.iter().copied().find(|update| removal(update).is_some())?;
        let removal = removal(taking)?;
        let fill = updates.iter().copied().find(|update| update.assignments.iter().any(|(name, _)| name != removal.column))?;
        let table = request.table(&fill.table.name).filter(|table| !request.is_new(table.id))?;
        let at = fill.assignments.iter().position(|(name, _)| name != removal.column)?;
        let (name, value) = fill.assignments.get(at)?;
        let texts = request.piece.texts(|operation| matches!(operation, Operation::Update(update) if **update == *fill));
        let text = texts.first().copied().unwrap_or(request.sql());
        let text = change_text(request.catalog.target(), text)?.values.into_iter().nth(at)?;
        let set: usize = updates.iter().map(|update| update.assignments.len()).sum();
        let by_key = |filter: &Expr| asks_for(filter, removal);
        Some(Self {
            table,
            fill,
            target: (name, value, text),
            removal,
            sets_more: set > 2,
            is_partial: taking.filter.as_ref().is_some_and(|filter| !by_key(filter)) || !taking.from.is_empty(),
            not_null,
        })
    }

    fn draft(&self, request: &Request<'a>) -> Result<Draft, Refusal> {
        let document = self.document()?;
        let (name, expr, text) = &self.target;
        let after = request.after.table(self.table.id).and_then(|table| table.column(name));
        let Some(after) = after else {
            return Err(Refusal::new(format!("{} is not there after the change", name.sql()), "fill a column that stays"));
        };
        let expression = Expression { sql: text.as_str().into(), expr: (*expr).clone() };
        let extracted = Extracted {
            request,
            table: self.table,
            document,
            key: self.removal.key,
            column: Column { not_null: false, ..after.clone() },
            value: Formula::new(&expression, Some(&after.data_type)),
        };
        let sync = match request.options.dual_write {
            DualWrite::Trigger => extracted.sync(),
            DualWrite::Application => None,
        };
        let t = self.table.sql();
        let (c, key) = (name.sql(), format!("{} -> {}", document.name.sql(), literal(self.removal.key)));
        let added = request.piece.texts(|operation| match operation {
            Operation::AlterTable(alter) => matches!(alter.action, TableAction::AddColumn { .. }),
            _ => false,
        });
        let with_column = State::new(request.catalog).with(added.iter().copied()).catalog;
        let mut sql: Vec<String> = added.iter().map(|text| (*text).to_owned()).collect();
        let mut undo = Vec::new();
        if let Some(sync) = &sync {
            sql.extend(sync.create());
            undo.extend(sync.drop());
        }
        if self.table.table.column(name).is_none() {
            undo.push(format!("ALTER TABLE {t} DROP COLUMN {c}"));
        }
        let mut draft = Draft::new();
        if !sql.is_empty() {
            draft = draft.expand(DraftStep::ddl(format!("Add {c} beside {key}"), sql).undo(undo));
        }
        let backfill = Backfill::new(t.clone());
        // What is there already was written by somebody.
        let backfill = match self.table.table.column(name) {
            Some(_) => backfill.fill(&c, text),
            None => backfill.set(&c, text),
        };
        draft = draft.migrate(fill::step(format!("Fill {c} in batches"), &fill::prepared(&with_column, &backfill)?));
        for column in &self.not_null {
            let set = format!("ALTER TABLE {t} ALTER COLUMN {} SET NOT NULL", column.sql());
            let steps = request.plan_on(&with_column, &set)?.steps;
            draft = steps.into_iter().fold(draft, |draft, (_, step)| draft.migrate(step));
        }
        let unequal = format!("rows are left in which {c} does not say what {key} says");
        let equal = |step: DraftStep| step.gate(extracted.mismatches(), "0", unequal.clone());
        let releases = extracted.application(!after.not_null).releases();
        if let Some(sync) = &sync {
            let stop = DraftStep::ddl("Stop keeping both forms the same", sync.drop());
            draft = draft
                .deploy(PhaseName::Contract, format!("Deployed everywhere: an application that uses only {c}. It may run beside the one that uses {key} once the steps before have run."))
                .code(PhaseName::Contract, format!("The release that uses only {c}"), releases.new)
                .contract(equal(stop).irreversible(format!("from here on {key} is no longer written")))
                .note(format!(
                    "While both forms are there, a document that is written without the key gets it back from {c}, since new \
                     releases write such documents: the old release takes a value away by JSON's null. A value that is \
                     written to {c} is of the JSON type of {} in the document.",
                    after.data_type
                ));
        } else {
            draft = draft
                .deploy(PhaseName::Migrate, format!("Deployed everywhere: an application that writes {key} and {c} and reads {key}."))
                .code(PhaseName::Migrate, format!("The release that writes both and reads {key}"), releases.both)
                .deploy(PhaseName::Contract, format!("Deployed everywhere, one after the other: an application that writes both and reads {c}; then one that uses only {c}."))
                .code(PhaseName::Contract, format!("First: the release that writes both and reads {c}"), releases.reads_new)
                .code(PhaseName::Contract, format!("Then: the release that uses only {c}"), releases.new)
                .migrate(equal(DraftStep::verify("Make sure that both forms say the same", "SELECT 1")))
                .note("Releases that run at once write other keys of the document one by one (`data || …`, `jsonb_set`): one that writes it as a whole undoes what the other one has written.".to_owned());
        }
        let take = Backfill::new(t.clone())
            .set(document.name.sql(), format!("{} - {}", document.name.sql(), literal(self.removal.key)))
            .only(format!("{} ? {}", document.name.sql(), literal(self.removal.key)));
        let take = fill::prepared(&with_column, &take)?;
        let step = fill::step(format!("Take {key} out of the documents in batches"), &take);
        Ok(draft.contract(step.irreversible(format!("the keys are gone; their values are in {c}"))))
    }

    /// The column of the documents, if all of it can be done.
    fn document(&self) -> Result<&'a Column, Refusal> {
        let Self { table, fill, removal, .. } = self;
        let document = table.table.column(removal.column).filter(|column| column.data_type.is("jsonb") && !column.data_type.array);
        let Some(document) = document else {
            return Err(Refusal::new(
                format!("{} is not of type jsonb: keys of it cannot be put in and taken out", removal.column.sql()),
                "make it jsonb first, by a plan of its own",
            ));
        };
        if removal.is_path {
            return Err(Refusal::new(
                "the key stands inside of other ones, and cannot be put back where they are missing",
                "move what it stands in to a column first, or take out the whole of it",
            ));
        }
        let (name, value, _) = &self.target;
        if self.sets_more || !reads_only(value, *removal) {
            return Err(Refusal::new(
                format!("{} is not made of the key that is taken out alone, or is not all that is set", name.sql()),
                "plan each key by itself: ADD COLUMN …; UPDATE … SET c = … (data->>'key'); UPDATE … SET data = data - 'key'",
            ));
        }
        let fits = fill.filter.as_ref().is_none_or(|filter| match filter {
            Expr::IsNull { expr, negated: false } => matches!(&**expr, Expr::Column { name: column, .. } if column == *name),
            other => asks_for(other, *removal),
        });
        if !fits || self.is_partial || !fill.from.is_empty() || !fill.ctes.is_empty() || fill.alias.is_some() {
            return Err(Refusal::new(
                "the UPDATE does not fill the column from the key in every row, or the key is not taken out of every row",
                "leave out the conditions, but for those that ask whether the key is there",
            ));
        }
        Ok(document)
    }
}
