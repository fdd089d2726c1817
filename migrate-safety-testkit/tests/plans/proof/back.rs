//! From every step up to the first that cannot be undone, the ways back restore schema and rows.

use super::agree;
use crate::host;
use crate::picture::{Likeness, Picture};
use crate::scene::Scene;
use migrate_safety_core::plan::{Plan, Rollback, Step};

pub(super) fn prove(scene: &Scene<'_>, plan: &Plan) -> Result<(), String> {
    let database = scene.start()?;
    let mut client = database.connect().map_err(|error| error.to_string())?;
    let start = Picture::take(&mut client)?;
    let steps: Vec<&Step> = plan.steps().collect();
    let reversible = steps.iter().take_while(|step| !matches!(step.rollback, Rollback::Impossible(_))).count();
    for taken in 1..=reversible {
        let done = &steps[..taken];
        for step in done {
            host::run(&mut client, step)?;
        }
        for step in done.iter().rev() {
            host::undo(&mut client, step)?;
        }
        let last = steps[taken - 1];
        let differences = start.differences(&Picture::take(&mut client)?, Likeness::Identical, &[]);
        agree(&format!("back from {} ({}), the start is not restored", last.id, last.title), &differences)?;
    }
    Ok(())
}
