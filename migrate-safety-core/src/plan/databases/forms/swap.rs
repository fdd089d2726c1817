//! A new form under the name of the old one (MySQL): triggers fill it until the columns change places.

use super::Forms;
use super::steps::Steps;
use super::triggers::Made;
use crate::plan::draft::Draft;
use crate::plan::error::Refusal;
use crate::plan::model::PhaseName;

/// What a new column holds until the end, so that it may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::plan::databases) enum Filler {
    /// What it holds by itself.
    None,
    /// A default that goes at the end.
    Default,
}

impl Forms<'_> {
    /// The steps after which the one new column goes by the name of the old one.
    ///
    /// # Errors
    /// The server makes a step only while nobody writes.
    pub(in crate::plan::databases) fn swapped(&self, filler: Filler) -> Result<Draft, Refusal> {
        let request = self.request;
        let mut steps = Steps::new(request);
        let (t, old, new) = (request.table_sql(self.table), self.listed(&self.old), self.listed(&self.new));
        let types: Vec<String> =
            self.old.iter().chain(&self.new).map(|half| request.rendered().data_type(&half.column.data_type)).collect();
        steps.change(|draft| {
            let what = format!(
                "Deployed everywhere: an application that reads and writes {old} as {}.",
                types.join(" as well as ")
            );
            draft.deploy(PhaseName::Expand, what)
        });
        self.add_columns(&mut steps)?;
        let triggers = self.forward_triggers();
        self.add_triggers(&mut steps, &triggers);
        let filled = self.fill().step(request, format!("Fill {new} from {old}, where they differ"))?;
        let filled = match self.misfits() {
            Some(misfits) => filled.gate(misfits, "0", format!("rows hold values in {old} that {new} does not take")),
            None => filled,
        };
        steps.add(PhaseName::Migrate, filled);
        self.settle(&mut steps)?;
        self.indexes(&mut steps)?;
        let refuse = || {
            Refusal::new(
                "the server gives the new column the name of the old one only while nobody writes",
                "leave out `--dual-write trigger`: a tool then makes the change",
            )
        };
        let swap = format!("ALTER TABLE {t} DROP COLUMN {old}, RENAME COLUMN {new} TO {old}");
        let swap =
            steps.request().asserted(&swap).filter(|sql| sql.ends_with("ALGORITHM=INSTANT")).ok_or_else(refuse)?;
        let mut sql = vec![format!("LOCK TABLES {t} WRITE")];
        sql.extend(triggers.iter().map(|made| format!("DROP TRIGGER {}", made.name)));
        sql.push(swap);
        sql.push("UNLOCK TABLES".to_owned());
        let gate = self.same_in_all_rows();
        let step = request
            .step(format!("Let {new} be {old}"), sql)
            .irreversible(format!("the values of {old} in its old type are gone, but {old} has what they say"))
            .allow("rename-column", "no release knows the name that the plan has given it")
            .gate(gate.sql, gate.expect, gate.meaning);
        steps.add(PhaseName::Contract, step);
        if filler == Filler::Default {
            let dropped = format!("ALTER TABLE {t} ALTER COLUMN {old} DROP DEFAULT");
            let sql = steps.request().asserted(&dropped).ok_or_else(refuse)?;
            let step = request.step(format!("Take off {old} the default that only triggers needed"), [sql]);
            let step = step.allow("inserts-fail", "it had no default before: every release gives it a value");
            steps.add(PhaseName::Contract, step);
        }
        Ok(steps.draft.note(format!(
            "Cut off in its last step, between `DROP TRIGGER` and `ALTER TABLE`, what is written to {old} from then on is missing \
             in {new}: its gate then keeps it from going on. Make the triggers again, run the fill again, and then the step."
        )))
    }

    /// Triggers that fill the new form, whatever is written into it.
    fn forward_triggers(&self) -> Vec<Made> {
        let t = self.request.table_sql(self.table);
        let body = self.set(&self.new, &self.old).replace("        SET", "    SET");
        ["insert", "update"]
            .map(|event| {
                let name = self.trigger_name(event);
                let upper = event.to_ascii_uppercase();
                let sql = format!("CREATE TRIGGER {name} BEFORE {upper} ON {t} FOR EACH ROW\nBEGIN\n{body}END");
                Made { name, sql }
            })
            .into()
    }
}
