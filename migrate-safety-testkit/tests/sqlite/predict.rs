//! What is predicted of a statement.

use crate::measure::Measured;
use crate::{BUNDLED, fill, picture};
use migrate_safety_core::databases::replay;
use migrate_safety_core::effects::{DataLossKind, Effects};
use migrate_safety_core::layout::Layout;
use migrate_safety_core::{Config, MigrationSet, Target, check};
use std::sync::Arc;

pub(crate) struct Predicted {
    effects: Arc<Effects>,
    /// Why the statement cannot be read, if it cannot.
    invalid: Option<String>,
    /// Whether `t` has rows.
    filled: bool,
    /// The schema afterwards, as the replay has it.
    schema: String,
}

impl Predicted {
    pub(crate) fn of(setup: &str, sql: &str) -> Self {
        // Outside of a transaction, with foreign keys enforced: as the connections of the tests are.
        let text = format!("-- no-transaction\n{};\n{sql}", fill::script(setup));
        let mut set = MigrationSet::from_text("1_case.sql", text, Layout::Sqlx);
        set.complete = true;
        let config = Config { target: Target::sqlite(BUNDLED), ..Config::default() };
        let report = check(&set, &config);
        let statement = report.migrations[0].statements.last().unwrap();
        let of_grammar = |rule: &str| rule == "invalid-sql" || rule == "not-understood";
        let invalid = statement.findings.iter().find(|finding| of_grammar(finding.rule));
        Self {
            effects: Arc::clone(&statement.effects),
            invalid: invalid.map(|finding| finding.message.clone()),
            filled: setup.contains("ROWS"),
            schema: picture::of_replay(&replay(&set, &config)),
        }
    }

    /// In what the prediction and the measurement differ.
    pub(crate) fn differences(&self, measured: &Measured) -> Vec<String> {
        let mut found = Vec::new();
        let failure = self.effects.failures.iter().find(|failure| !failure.only_with_rows || self.filled);
        match (&measured.refused, failure, &self.invalid) {
            (None, None, None) => {}
            (Some(_), _, Some(_)) => {}
            (Some(says), Some(failure), None) if *says == failure.message => {}
            (says, failure, invalid) => {
                let predicted = failure.map(|failure| &failure.message);
                found.push(format!("the library: {says:?}; predicted: {predicted:?}, grammar: {invalid:?}"));
            }
        }
        let is =
            |list: &[migrate_safety_core::effects::RelationRef]| list.iter().any(|relation| relation.name == "main.t");
        let rewritten = is(&self.effects.rewrites);
        if measured.rewritten.is_some_and(|seen| seen != rewritten) {
            found.push(format!("written anew: {:?}; predicted: {rewritten}", measured.rewritten));
        }
        let read = is(&self.effects.scans) || rewritten;
        if measured.read_through.is_some_and(|seen| seen != read && !measured.rewritten.unwrap_or(false)) {
            found.push(format!("read through: {:?}; predicted: {read}", measured.read_through));
        }
        // The table in which the host records what has run is not there on either side of the comparison.
        let locks = self.effects.foreign_locks.iter().any(|lock| lock.relation.name != "main._sqlx_migrations");
        if measured.others_wait == Some(false) && locks {
            found.push(format!("nobody waits; predicted: {:?}", self.effects.foreign_locks));
        }
        let lost = |kind| self.effects.data_loss.iter().any(|loss| loss.relation.name == "main.c" && loss.how == kind);
        let [gone, overwritten] = measured.lost;
        if (gone > 0) != lost(DataLossKind::Deleted) && measured.refused.is_none() {
            found.push(format!("{gone} rows of c are gone; predicted: {:?}", self.effects.data_loss));
        }
        if (overwritten > gone) != lost(DataLossKind::Overwritten) && measured.refused.is_none() {
            found.push(format!("{overwritten} references in c are gone; predicted: {:?}", self.effects.data_loss));
        }
        if measured.refused.is_none() && measured.schema != self.schema {
            found.push(format!("the library has\n{}\n    the replay has\n{}", measured.schema, self.schema));
        }
        found
    }
}
