//! What is predicted of a statement.

use migrate_safety_core::databases::operation::{Algorithm, Lock};
use migrate_safety_core::{Config, Layout, MigrationSet, Target, check};

/// What is predicted.
#[derive(Debug)]
pub(crate) struct Prediction {
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) lock: Option<Lock>,
    pub(crate) rewrites: bool,
    /// The numbers of the errors.
    pub(crate) errors: Vec<&'static str>,
    pub(crate) facts: Vec<&'static str>,
}

/// What is predicted of a statement behind others.
pub(crate) fn predict(target: Target, before: &str, sql: &str) -> Prediction {
    const ALGORITHMS: [Algorithm; 4] = [Algorithm::Instant, Algorithm::NoCopy, Algorithm::InPlace, Algorithm::Copy];
    const LOCKS: [Lock; 3] = [Lock::None, Lock::Shared, Lock::Exclusive];

    let mut set = MigrationSet::from_text("case.sql", format!("{before};\n{sql};"), Layout::Plain);
    set.complete = true;
    let report = check(&set, &Config { target, ..Config::default() });
    let statement = report.migrations[0].statements.last().unwrap();
    let effects = &statement.effects;
    // What the grammar refuses, the server calls an error of syntax.
    let refused = statement.findings.iter().any(|finding| finding.rule == "invalid-sql").then_some("1064");
    let failures = effects.failures.iter().map(|failure| failure.sqlstate);
    let lock = effects.foreign_locks.iter().find(|lock| lock.relation.name == "t").map(|lock| lock.mode);
    Prediction {
        algorithm: ALGORITHMS.into_iter().find(|algorithm| effects.algorithm == Some(algorithm.name())),
        lock: LOCKS.into_iter().find(|known| lock == Some(known.name())),
        rewrites: effects.rewrites.iter().any(|relation| relation.name == "t"),
        errors: refused.into_iter().chain(failures).collect(),
        facts: effects.facts.clone(),
    }
}
