//! Changes of one table of SQLite, each of which makes it anew: it is made anew once.

use super::State;
use super::piece::Piece;
use super::rebuild::Rebuild;
use crate::databases::name::ObjectName;
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::model::{Gate, Rollback};

/// The table that the last draft makes anew.
#[derive(Debug, Default)]
pub(super) struct Remade {
    last: Option<Last>,
}

#[derive(Debug)]
struct Last {
    /// The schema before it.
    before: State,
    table: ObjectName,
}

impl Remade {
    /// The draft of the next piece; none if the last draft now does what it does, too.
    pub(super) fn step(
        &mut self,
        drafts: &mut [Draft],
        draft: Draft,
        (before, after): (&State, &State),
        piece: &Piece,
    ) -> Option<Draft> {
        let table = piece.alter().map(|alter| alter.table.clone()).filter(|_| is_remade(&draft));
        let joined = match (&self.last, drafts.last_mut(), &table) {
            // Values are computed from those that the pieces before it leave.
            (Some(last), Some(earlier), Some(table)) if last.table.name == table.name && piece.using.is_none() => {
                last.both(earlier, &draft, after).map(|both| *earlier = both)
            }
            _ => None,
        };
        if joined.is_some() {
            return None;
        }
        let reads_values = piece.using.is_some();
        self.last = table.filter(|_| !reads_values).map(|table| Last { before: before.clone(), table });
        Some(draft)
    }
}

fn is_remade(draft: &Draft) -> bool {
    matches!(draft.steps.as_slice(), [(_, step)] if step.remakes)
}

impl Last {
    /// Two drafts as one, if nothing has to happen between them.
    fn both(&self, earlier: &Draft, draft: &Draft, after: &State) -> Option<Draft> {
        let ([(phase, one)], [(other, two)]) = (earlier.steps.as_slice(), draft.steps.as_slice()) else { return None };
        let allowed = match (&one.allowed, &two.allowed) {
            (Some(one), Some(two)) => (one.rule == two.rule).then(|| Some(one.clone()))?,
            (one, two) => one.clone().or_else(|| two.clone()),
        };
        (phase == other).then_some(())?;
        let rebuild =
            Rebuild { before: &self.before.schema, after: &after.schema, table: &self.table, values: Vec::new() };
        let step = rebuild.step(format!("{}; {}", one.title, two.title))?;
        let lost = [&one.rollback, &two.rollback].into_iter().find(|r| matches!(r, Some(Rollback::Impossible(_))));
        let rollback = lost.cloned().unwrap_or(step.rollback);
        let step = DraftStep { gate: both_open(&one.gate, &two.gate)?, allowed, rollback, ..step };
        let steps = vec![(*phase, step)];
        Some(Draft { steps, ..earlier.clone().then(draft.clone()) })
    }
}

/// A gate that is open when both are: each counts what is in the way.
#[expect(clippy::option_option, reason = "no gate is an answer too")]
fn both_open(one: &Option<Gate>, two: &Option<Gate>) -> Option<Option<Gate>> {
    let (Some(one), Some(two)) = (one, two) else { return Some(one.clone().or_else(|| two.clone())) };
    (one.expect == "0" && two.expect == "0").then(|| {
        Some(Gate {
            sql: format!("SELECT ({}) + ({})", one.sql, two.sql),
            expect: "0".to_owned(),
            meaning: format!("{}, or {}", one.meaning, two.meaning),
        })
    })
}
