//! The plan of a value that moves from one form to another.

use super::triggers::Made;
use super::{Forms, Parts};
use crate::databases::name::Name;
use crate::databases::operation::{ColumnDef, IndexDef, IndexKey, IndexKind};
use crate::databases::schema::Table;
use crate::plan::databases::State;
use crate::plan::databases::recipes::{duplicates, needs_value};
use crate::plan::databases::request::Request;
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::model::PhaseName;
use crate::plan::options::DualWrite;
use crate::plan::replayed::Replayed;

/// Steps, and the schema that they have led to so far.
pub(super) struct Steps<'r> {
    request: &'r Request<'r>,
    state: State,
    pub(super) draft: Draft,
}

impl<'r> Steps<'r> {
    pub(super) fn new(request: &'r Request<'r>) -> Self {
        Self { request, state: request.state.clone(), draft: Draft::new() }
    }

    pub(super) fn add(&mut self, phase: PhaseName, step: DraftStep) {
        if step.batches.is_none() {
            self.state = self.state.with(&step.sql);
        }
        self.draft = std::mem::take(&mut self.draft).step(phase, step);
    }

    pub(super) fn change(&mut self, change: impl FnOnce(Draft) -> Draft) {
        self.draft = change(std::mem::take(&mut self.draft));
    }

    /// The request on the schema that the steps so far lead to.
    pub(super) fn request(&self) -> Request<'_> {
        Request { state: &self.state, ..*self.request }
    }
}

impl Forms<'_> {
    /// The steps.
    ///
    /// # Errors
    /// Something stands in the way of two forms of the value, or the server makes a step only while nobody writes.
    pub(in crate::plan::databases) fn draft(&self) -> Result<Draft, Refusal> {
        let request = self.request;
        let by_trigger = request.options().dual_write == DualWrite::Trigger;
        if by_trigger && !self.has_way_back() {
            return Err(Refusal::new(
                "no way back is known from the new form to the old one: a trigger could not keep the old column up to date",
                "let the application write both: --dual-write application",
            ));
        }
        let (old, new) = (self.listed(&self.old), self.listed(&self.new));
        let mut steps = Steps::new(request);
        if by_trigger {
            self.freed(&mut steps, PhaseName::Expand, None)?;
        }
        self.add_columns(&mut steps)?;
        let triggers = if by_trigger { self.triggers() } else { Vec::new() };
        let releases = self.releases();
        if by_trigger {
            self.add_triggers(&mut steps, &triggers);
        } else {
            steps.change(|draft| {
                draft
                    .deploy(
                        PhaseName::Migrate,
                        format!("Deployed everywhere: an application that writes {old} and {new} and reads {old}."),
                    )
                    .code(PhaseName::Migrate, format!("The release that writes both and reads {old}"), releases.both)
            });
        }
        let fill = self.fill();
        let filled = fill.step(request, format!("Fill {new} from {old}, where they differ"))?;
        let filled = match self.misfits() {
            Some(misfits) => filled.gate(misfits, "0", format!("rows hold values in {old} that {new} does not take")),
            None => filled,
        };
        steps.add(PhaseName::Migrate, filled);
        if by_trigger {
            steps.change(|draft| {
                draft
                    .deploy(
                        PhaseName::Contract,
                        format!(
                            "Deployed everywhere: an application that uses only {new}. It may run beside the one that uses {old} \
                             once the steps before have run."
                        ),
                    )
                    .code(PhaseName::Contract, format!("The release that uses only {new}"), releases.new)
            });
        } else {
            self.verified(&mut steps)?;
            steps.change(|draft| {
                draft
                    .deploy(
                        PhaseName::Contract,
                        format!(
                            "Deployed everywhere, one after the other: an application that writes both and reads {new}; then one \
                             that uses only {new}, and no longer {old}."
                        ),
                    )
                    .code(PhaseName::Contract, format!("First: the release that writes both and reads {new}"), releases.reads_new)
                    .code(PhaseName::Contract, format!("Then: the release that uses only {new}"), releases.new)
            });
        }
        self.contract(&mut steps, &triggers)?;
        let draft = steps.draft;
        Ok(self.loss.iter().fold(draft, |draft, loss| draft.note(loss.clone())))
    }

    /// Values of the old column that the new one does not take.
    pub(super) fn misfits(&self) -> Option<String> {
        #[cfg(feature = "mysql")]
        if let ([old], [new], false) = (self.old.as_slice(), self.new.as_slice(), self.is_sqlite()) {
            let is_same = new.value.as_deref().is_some_and(|value| self.is_bare(value));
            let misfits =
                crate::plan::databases::tool::misfits(self.request, self.table, &old.column, &self.beside(new));
            return misfits.filter(|_| is_same);
        }
        None
    }

    /// The table as it is in a schema between the steps.
    fn table_in<'s>(&'s self, state: &'s State) -> &'s Table {
        state.schema.tables().find(|table| table.id == self.table.id).unwrap_or(self.table)
    }

    /// Rows can be inserted without the old form.
    fn freed(
        &self,
        steps: &mut Steps<'_>,
        phase: PhaseName,
        gate: Option<crate::plan::model::Gate>,
    ) -> Result<(), Refusal> {
        let demanded: Vec<&ColumnDef> =
            self.old.iter().map(|half| &half.column).filter(|column| needs_value(column)).collect();
        if demanded.is_empty() {
            return Ok(());
        }
        let request = steps.request();
        let step = crate::plan::databases::recipes::optional(&request, self.table_in(&steps.state), &demanded)?;
        let step = match gate {
            Some(gate) => step.gate(gate.sql, gate.expect, gate.meaning),
            None => step,
        };
        steps.add(phase, step);
        Ok(())
    }

    /// Both forms say the same before a release reads the new one.
    fn verified(&self, steps: &mut Steps<'_>) -> Result<(), Refusal> {
        let gate = self.same_in_all_rows();
        if self.old.iter().any(|half| needs_value(&half.column)) {
            return self.freed(steps, PhaseName::Migrate, Some(gate));
        }
        let step = DraftStep {
            transaction: self.is_sqlite(),
            ..DraftStep::verify("Make sure that both forms say the same", "SELECT 1")
        };
        steps.add(PhaseName::Migrate, step.gate(gate.sql, gate.expect, gate.meaning));
        Ok(())
    }

    pub(super) fn add_columns(&self, steps: &mut Steps<'_>) -> Result<(), Refusal> {
        let t = self.request.table_sql(self.table);
        let added: Vec<String> = self
            .added()
            .zip(&self.places)
            .map(|(half, place)| format!("ADD COLUMN {}{place}", self.request.column_sql(&self.beside(half))))
            .collect();
        if added.is_empty() {
            return Ok(());
        }
        let title = format!("Add {} beside {}", self.listed(&self.new), self.listed(&self.old));
        if self.is_sqlite() {
            let sql = added.iter().map(|one| format!("ALTER TABLE {t} {one}"));
            steps.add(PhaseName::Expand, self.request.step(title, sql));
            return Ok(());
        }
        let sql = format!("ALTER TABLE {t} {}", added.join(", "));
        let sql = steps.request().asserted(&sql).ok_or_else(|| {
            Refusal::new(
                "the server adds the column only while nobody writes",
                "make the change in a maintenance window",
            )
        })?;
        steps.add(PhaseName::Expand, self.request.step(title, [sql]));
        Ok(())
    }

    pub(super) fn add_triggers(&self, steps: &mut Steps<'_>, triggers: &[Made]) {
        let title = format!("Keep {} and {} the same", self.listed(&self.old), self.listed(&self.new));
        if self.is_sqlite() {
            let made = self.request.step(title, triggers.iter().map(|made| made.sql.clone()));
            let dropped = triggers.iter().map(|made| format!("DROP TRIGGER {}", made.name));
            steps.add(PhaseName::Expand, made.undo(dropped));
            return;
        }
        for Made { name, sql } in triggers {
            let made = self.request.step(title.clone(), [sql.clone()]);
            steps.add(PhaseName::Expand, made.undo_alone(format!("DROP TRIGGER {name}")));
        }
    }

    /// The old form goes, and the new one is what it is to be.
    fn contract(&self, steps: &mut Steps<'_>, triggers: &[Made]) -> Result<(), Refusal> {
        let (old, new) = (self.listed(&self.old), self.listed(&self.new));
        let lost = format!("the values of {old} are gone, but {new} has what they say: go on with {new}");
        if self.is_sqlite() {
            return self.contract_of_sqlite(steps, triggers, lost);
        }
        let t = self.request.table_sql(self.table);
        let mut gate = (!triggers.is_empty()).then(|| self.same_in_all_rows());
        for Made { name, sql } in triggers {
            let step =
                self.request.step(format!("Stop keeping {old} and {new} the same"), [format!("DROP TRIGGER {name}")]);
            let step = step.undo_alone(sql.clone());
            let step = match gate.take() {
                Some(gate) => step.gate(gate.sql, gate.expect, gate.meaning),
                None => step,
            };
            steps.add(PhaseName::Contract, step);
        }
        self.settle(steps)?;
        self.indexes(steps)?;
        let names: Vec<&Name> = self.old.iter().map(|half| &half.column.name).collect();
        let drops: Vec<String> = names.iter().map(|name| format!("DROP COLUMN {}", self.request.name(name))).collect();
        let dropped = steps.request().asserted(&format!("ALTER TABLE {t} {}", drops.join(", "))).ok_or_else(|| {
            Refusal::new(
                "the server drops the column only while nobody writes",
                "make the change in a maintenance window",
            )
        })?;
        let step = self.request.step(format!("Drop {old}"), [dropped]).irreversible(lost);
        steps.add(PhaseName::Contract, step.allow("drop-column", "no deployed application uses it"));
        Ok(())
    }

    /// The new columns get what they lack of their last form (MySQL).
    pub(super) fn settle(&self, steps: &mut Steps<'_>) -> Result<(), Refusal> {
        let t = self.request.table_sql(self.table);
        for half in &self.new {
            let now = self.table_in(&steps.state).column(&half.column.name).cloned();
            let Some(now) = now.filter(|now| {
                let lacks = |is: bool, was: bool| is && !was;
                lacks(half.column.not_null == Some(true), now.not_null == Some(true))
                    || lacks(half.column.default.is_some(), now.default.is_some())
                    || lacks(half.column.on_update, now.on_update)
            }) else {
                continue;
            };
            let new = self.request.name(&half.column.name);
            let modify =
                |column: &ColumnDef| format!("ALTER TABLE {t} MODIFY COLUMN {}", self.request.column_sql(column));
            let sql = steps.request().asserted(&modify(&half.column)).ok_or_else(|| {
                Refusal::new(
                    "the server makes it NOT NULL only while nobody writes",
                    "set a strict sql_mode, or make the change in a maintenance window",
                )
            })?;
            let step = self.request.step(format!("Give {new} its last form"), [sql]).undo_alone(modify(&now));
            let step = if half.column.not_null == Some(true) {
                let nulls = format!("SELECT count(*) FROM {t} WHERE {new} IS NULL");
                step.gate(nulls, "0", format!("rows with NULL in {new} are left"))
                    .allow("nulls-fail", "the application that writes it is deployed")
            } else {
                step
            };
            steps.add(PhaseName::Contract, step);
        }
        Ok(())
    }

    /// Indexes get the new column in the place of the old one, where it has all that the old one has.
    pub(super) fn indexes(&self, steps: &mut Steps<'_>) -> Result<(), Refusal> {
        let ([old], [new], Parts::Follow) = (self.old.as_slice(), self.new.as_slice(), self.parts) else {
            return Ok(());
        };
        let (old, new) = (&old.column.name, &new.column.name);
        for index in self.table.indexes.iter().filter(|index| index.columns().contains(&old)) {
            let mut wanted = index.clone();
            for part in &mut wanted.parts {
                if part.column() == Some(old) {
                    part.key = IndexKey::Column(new.clone());
                }
            }
            self.index(steps, index, &wanted)?;
        }
        Ok(())
    }

    /// The new index is there before the old one goes.
    fn index(&self, steps: &mut Steps<'_>, index: &IndexDef, wanted: &IndexDef) -> Result<(), Refusal> {
        let request = self.request;
        let t = request.table_sql(self.table);
        let Some(name) = &index.name else { return Ok(()) };
        let temporary = Name::new(&format!("{name}_new"));
        let beside = IndexDef { name: Some(temporary.clone()), ..wanted.clone() };
        let rendered = request.rendered();
        let refuse = || {
            Refusal::new(
                format!("the index {name} is built only while nobody writes"),
                "drop it first, or make the change in a window",
            )
        };
        let build = format!("ALTER TABLE {t} ADD {}", rendered.index_in_table(&beside));
        let sql = steps.request().asserted(&build).ok_or_else(refuse)?;
        let title = format!("Build {} on the new column", request.name(name));
        let built = request.step(title, [sql]).undo_alone(format!("DROP INDEX {} ON {t}", request.name(&temporary)));
        let built = match index.kind {
            IndexKind::Unique => {
                built.gate(duplicates(request, self.table, wanted), "0", format!("rows of {t} share a value"))
            }
            _ => built,
        };
        steps.add(PhaseName::Contract, built);
        let (n, temporary) = (request.name(name), request.name(&temporary));
        let swap = format!("ALTER TABLE {t} DROP INDEX {n}, RENAME INDEX {temporary} TO {n}");
        let sql = steps.request().asserted(&swap).ok_or_else(refuse)?;
        let back = format!("ALTER TABLE {t} RENAME INDEX {n} TO {temporary}, ADD {}", rendered.index_in_table(index));
        let step = request.step(format!("Let it be {n}"), [sql]).undo_alone(back);
        steps.add(PhaseName::Contract, step);
        Ok(())
    }
}

/// SQLite's last step.
impl Forms<'_> {
    #[cfg(feature = "sqlite")]
    fn contract_of_sqlite(&self, steps: &mut Steps<'_>, triggers: &[Made], lost: String) -> Result<(), Refusal> {
        use crate::plan::databases::rebuild::Rebuild;

        let dropped: Vec<String> = triggers.iter().map(|made| format!("DROP TRIGGER {}", made.name)).collect();
        let title = format!("Take {} away", self.listed(&self.old));
        let step = match self.natively(steps, &dropped) {
            Some(sql) => self.request.step(title, sql),
            None => {
                let between = steps.state.with(&dropped);
                let (before, after) = (&between.schema, &self.request.after.schema);
                let rebuild = Rebuild { before, after, table: &self.table.name, values: Vec::new() };
                let mut step = rebuild.step(title).ok_or_else(crate::plan::databases::recipes::unknown_table)?;
                // Within its own transaction, where it has one.
                let at = usize::from(!step.transaction) * 2;
                step.sql.splice(at..at, dropped);
                step.remakes = false;
                step
            }
        };
        let gate = if triggers.is_empty() { self.nothing_missing() } else { Some(self.same_in_all_rows()) };
        let step = step.irreversible(lost).allow("drop-column", "no deployed application uses it");
        let step = match gate {
            Some(gate) => step.gate(gate.sql, gate.expect, gate.meaning),
            None => step,
        };
        steps.add(PhaseName::Contract, step);
        Ok(())
    }

    #[cfg(not(feature = "sqlite"))]
    fn contract_of_sqlite(&self, _: &mut Steps<'_>, _: &[Made], _: String) -> Result<(), Refusal> {
        Err(Refusal::new("this build knows nothing of SQLite", "build it with the feature `sqlite`"))
    }

    /// No value is missing that may not: the releases that write only the new form write no old one to compare with.
    #[cfg(feature = "sqlite")]
    fn nothing_missing(&self) -> Option<crate::plan::model::Gate> {
        let demanded = self.new.iter().filter(|half| half.column.not_null == Some(true));
        let missing: Vec<String> =
            demanded.map(|half| format!("{} IS NULL", self.request.name(&half.column.name))).collect();
        (!missing.is_empty()).then(|| crate::plan::model::Gate {
            sql: format!("SELECT count(*) FROM {} WHERE {}", self.request.table_sql(self.table), missing.join(" OR ")),
            expect: "0".to_owned(),
            meaning: format!("rows without {} are left", self.listed(&self.new)),
        })
    }

    /// The statements by which the library itself takes the old columns away, where its version has them and they leave the
    /// table as it is to be.
    #[cfg(feature = "sqlite")]
    fn natively(&self, steps: &Steps<'_>, dropped: &[String]) -> Option<Vec<String>> {
        use crate::plan::databases::rebuild::is_made_apart;

        let request = self.request;
        (request.target().version >= 335).then_some(())?;
        let t = request.table_sql(self.table);
        let mut sql = dropped.to_vec();
        let now = self.table_in(&steps.state);
        let after = request.table_after(self.table)?;
        let rendered = request.rendered();
        let is_other = |index: &&IndexDef| {
            is_made_apart(index)
                && index.name.as_ref().is_some_and(|name| {
                    after.index(name).map(|new| rendered.create_index(after, new))
                        != Some(rendered.create_index(now, index))
                })
        };
        let moved: Vec<&IndexDef> = now.indexes.iter().filter(is_other).collect();
        let names = moved.iter().filter_map(|index| index.name.as_ref());
        sql.extend(names.clone().map(|name| format!("DROP INDEX {}", request.name(name))));
        let columns = self.old.iter().map(|half| request.name(&half.column.name));
        sql.extend(columns.map(|column| format!("ALTER TABLE {t} DROP COLUMN {column}")));
        if request.target().version >= 353 {
            let lacks = self.new.iter().filter(|half| half.column.not_null == Some(true));
            sql.extend(
                lacks.map(|half| {
                    format!("ALTER TABLE {t} ALTER COLUMN {} SET NOT NULL", request.name(&half.column.name))
                }),
            );
        }
        sql.extend(names.filter_map(|name| after.index(name)).map(|index| rendered.create_index(after, index)));
        let mut state = steps.state.clone();
        for statement in &sql {
            state = state.attempt(statement)?;
        }
        request.after.differences(&state).is_empty().then_some(sql)
    }
}
