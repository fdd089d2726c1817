//! Stopped after any statement, a re-run finishes; where it does not, the step's way back makes room for it.

use super::end::{Numbers, compare_with_twin};
use crate::host;
use crate::scene::Scene;
use migrate_safety_core::plan::{Plan, Rollback, Step};
use postgres::{Client, NoTls};
use std::thread;
use std::time::Duration;

pub(super) fn prove(scene: &Scene<'_>, plan: &Plan) -> Result<(), String> {
    let database = scene.start()?;
    let mut client = database.connect().map_err(|error| error.to_string())?;
    for step in plan.steps().filter(|step| step.is_migration()) {
        if step.transaction {
            break_off(&mut client, step)?;
            host::run(&mut client, step)?;
        } else {
            cancel(&mut client, step)?;
            again(&mut client, plan, step)?;
            // The statement has run, but the host did not come to write it down.
            again(&mut client, plan, step)?;
        }
    }
    drop(client);
    compare_with_twin(scene, &database, Numbers::Any)
}

/// Ends the transaction of a step after each of its statements.
fn break_off(client: &mut Client, step: &Step) -> Result<(), String> {
    for done in 1..=step.sql.len() {
        host::batch(client, "BEGIN")?;
        for statement in &step.sql[..done] {
            host::batch(client, statement)?;
        }
        host::batch(client, "ROLLBACK")?;
    }
    Ok(())
}

/// Stops a statement early; it may be fast enough to finish.
fn cancel(client: &mut Client, step: &Step) -> Result<(), String> {
    let token = client.cancel_token();
    let canceller = thread::spawn(move || {
        thread::sleep(Duration::from_millis(3));
        token.cancel_query(NoTls)
    });
    let _ = host::run(client, step);
    canceller.join().unwrap().map_err(|error| error.to_string())?;
    // Who comes late cancels the next statement.
    let _ = host::batch(client, "SELECT pg_sleep(0.2)");
    Ok(())
}

/// Runs a step that may have run before; if it refuses, takes it back first, or does what the plan's notes say.
fn again(client: &mut Client, plan: &Plan, step: &Step) -> Result<(), String> {
    if plan.notes.iter().any(|note| note.contains("_ccnew")) {
        for index in host::lines(client, "SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid")? {
            host::batch(client, &format!("DROP INDEX CONCURRENTLY {index}"))?;
        }
    }
    let Err(refused) = host::run(client, step) else { return Ok(()) };
    let finalize = step.sql.concat().replace("CONCURRENTLY", "FINALIZE");
    if refused.contains("pending detach") && plan.notes.iter().any(|note| note.contains(&finalize)) {
        return host::batch(client, &finalize);
    }
    if !matches!(step.rollback, Rollback::Sql { .. }) {
        return Err(format!("does not run again, and has no way back: {refused}"));
    }
    host::undo(client, step)?;
    host::run(client, step)
}
