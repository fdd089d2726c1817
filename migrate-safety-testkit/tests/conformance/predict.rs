//! What the core says of a case.

use crate::row::Row;
use migrate_safety_core::effects::Effects;
use migrate_safety_core::layout::Source;
use migrate_safety_core::{Config, Layout, MigrationSet, Target, check, replay};
use migrate_safety_testkit::Measurement;

/// The prediction, in the words of a measurement; with the errors that are expected, and what could not be told.
#[derive(Debug, Default)]
pub(crate) struct Prediction {
    pub effects: Measurement,
    /// SQLSTATE and message.
    pub failures: Vec<(String, String)>,
    pub uncertain: Vec<String>,
    pub facts: Vec<&'static str>,
}

pub(crate) fn predict(major: u16, row: &Row) -> Prediction {
    let schema = Source { path: "setup.sql".into(), text: row.setup.into() };
    let config = Config { target: Target::postgres(major), schema: Some(schema), ..Config::default() };
    let before = [row.session, row.before].iter().filter(|sql| !sql.is_empty()).fold(String::new(), |all, sql| {
        let end = if sql.trim_end().ends_with(';') { "" } else { ";" };
        format!("{all}{sql}{end}\n")
    });
    let text = format!("{before}{}", row.sql);
    let report = check(&MigrationSet::from_text("case.sql", text, Layout::Plain), &config);
    let Some(migration) = report.migrations.first() else { return Prediction::default() };
    let mut prediction = Prediction::default();
    let of_row = migration.statements.iter().filter(|statement| statement.span.start.offset >= before.len());
    for statement in of_row {
        prediction.add(&statement.effects);
        if !statement.understood {
            prediction.failures.push(("42601".to_owned(), "the statement was not understood".to_owned()));
        }
    }
    let earlier = migration.statements.iter().filter(|statement| statement.span.start.offset < before.len());
    let earlier: Vec<_> = earlier.flat_map(|statement| &statement.effects.locks).collect();
    // What the transaction has made itself it holds already.
    let then = replay(&MigrationSet::from_text("before.sql", before.as_str(), Layout::Plain), &config);
    let made = then.relations().filter(|relation| relation.created.migration > 0);
    let mut held: Vec<_> = made.map(|relation| (relation.qualified(), "ACCESS EXCLUSIVE".to_owned())).collect();
    // Under the names that they have by then.
    held.extend(earlier.into_iter().filter_map(|lock| {
        let relation = then.relation(lock.relation.id)?;
        Some((relation.qualified(), lock.mode.to_string()))
    }));
    prediction.effects.locks.retain(|(relation, mode)| {
        let stronger = |(other, held): &(String, String)| other == relation && rank(held) >= rank(mode);
        !held.iter().any(stronger)
    });
    prediction
}

impl Prediction {
    fn add(&mut self, effects: &Effects) {
        let names = |list: &[migrate_safety_core::effects::RelationRef]| {
            list.iter().map(|relation| relation.name.clone()).collect::<Vec<_>>()
        };
        self.effects.locks.extend(locks(effects));
        self.effects.rewrites.extend(names(&effects.rewrites));
        self.effects.scans.extend(names(&effects.scans));
        self.effects.rebuilds_indexes.extend(names(&effects.rebuilds_indexes));
        self.effects.requires_no_transaction |= effects.requires_no_transaction;
        self.failures.extend(effects.failures.iter().map(|f| (f.sqlstate.to_owned(), f.message.clone())));
        self.uncertain.extend(effects.uncertain.iter().cloned());
        self.facts.extend(&effects.facts);
    }
}

fn locks(effects: &Effects) -> Vec<(String, String)> {
    effects.locks.iter().map(|lock| (lock.relation.name.clone(), lock.mode.to_string())).collect()
}

/// Where a mode stands among all, weakest first.
fn rank(mode: &str) -> Option<usize> {
    const MODES: [&str; 6] =
        ["ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"];
    MODES.iter().position(|known| *known == mode)
}
