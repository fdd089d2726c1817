//! The steps leave what the plain change leaves, schema and rows.

use super::agree;
use crate::host;
use crate::picture::{Likeness, Picture};
use crate::scene::Scene;
use migrate_safety_core::plan::Plan;
use migrate_safety_testkit::Database;

pub(super) fn prove(scene: &Scene<'_>, plan: &Plan) -> Result<(), String> {
    let database = scene.start()?;
    let mut client = database.connect().map_err(|error| error.to_string())?;
    for step in plan.steps() {
        host::run(&mut client, step)?;
    }
    drop(client);
    compare_with_twin(scene, &database)
}

/// Compares a database with one on which the plain change was made.
pub(super) fn compare_with_twin(scene: &Scene<'_>, database: &Database) -> Result<(), String> {
    let after_plain_change = || Picture::of(&*scene.twin()?);
    let (reached, expected) = (Picture::of(database)?, after_plain_change()?);
    let random = if expected.same_rows(&reached) {
        Vec::new()
    } else {
        // What a second plain change makes other than the first is made by chance or by the clock.
        expected.random(&after_plain_change()?)
    };
    agree("the end differs from the plain change's", &expected.differences(&reached, Likeness::SameMeaning, &random))
}
