//! The steps leave what the plain change leaves, schema and rows.

use super::agree;
use crate::host;
use crate::picture::{Likeness, Picture};
use crate::scene::{Loan, Scene};
use migrate_safety_core::plan::Plan;
use migrate_safety_testkit::Database;

pub(super) fn prove(scene: &Scene<'_>, plan: &Plan) -> Result<(), String> {
    compare_with_twin(scene, &*run(scene, plan)?, Numbers::Same)
}

/// A database on which all steps have been run.
pub(super) fn run<'s>(scene: &Scene<'s>, plan: &Plan) -> Result<Loan<'s>, String> {
    let database = scene.start()?;
    let mut client = database.connect().map_err(|error| error.to_string())?;
    for step in plan.steps() {
        host::run(&mut client, step)?;
    }
    Ok(database)
}

/// Whether sequences have to give both databases the same numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Numbers {
    Same,
    /// A transaction that was broken off takes numbers along.
    Any,
}

/// Compares a database with one on which the plain change was made.
pub(super) fn compare_with_twin(scene: &Scene<'_>, database: &Database, numbers: Numbers) -> Result<(), String> {
    let after_plain_change = || Picture::of(&*scene.twin()?);
    let (reached, expected) = (Picture::of(database)?, after_plain_change()?);
    let mut random = if expected.same_rows(&reached) {
        Vec::new()
    } else {
        // What a second plain change makes other than the first is made by chance or by the clock.
        expected.random(&after_plain_change()?)
    };
    if numbers == Numbers::Any {
        random.extend(expected.numbered().iter().cloned());
    }
    agree("the end differs from the plain change's", &expected.differences(&reached, Likeness::SameMeaning, &random))
}
