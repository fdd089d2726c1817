//! A fault at every step: the connection is lost before a statement, or behind it, its answer with it.

use crate::common::{differences, number, options, perform, scale};
use migrate_safety_core::backfill::{Action, Answer, Failure, Options, Outcome, Prepared, Run, RunError};
use migrate_safety_sqlx::backfill::Backfill;
use migrate_safety_testkit::{introspect, server_for_test};
use postgres::Client;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// The connection is lost, the statement is not run.
    Before,
    /// The statement is run, a COMMIT too, and the connection is lost before the answer.
    After,
    /// The disk is full.
    DiskFull,
}

#[test]
fn a_fault_at_any_step_costs_nothing() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_faults").unwrap();
    let mut client = database.connect().unwrap();
    client
        .batch_execute(
            "CREATE TABLE t (id bigint PRIMARY KEY, old int, new int, writes int NOT NULL DEFAULT 0);
             INSERT INTO t SELECT n, n, NULL FROM generate_series(1, 250) AS n;
             CREATE FUNCTION counted() RETURNS trigger LANGUAGE plpgsql AS
                 'BEGIN NEW.writes := OLD.writes + 1; RETURN NEW; END';
             CREATE TRIGGER counted BEFORE UPDATE OF new ON t FOR EACH ROW EXECUTE FUNCTION counted()",
        )
        .unwrap();
    let live = introspect(&mut client).unwrap();
    let prepared = Backfill::new("t").set("new", "old * 2").prepare(&live.catalog).unwrap();
    let (_, steps) = run(&database.url(), &prepared, None);
    assert!(steps > 30, "{steps}");
    for fault in [Fault::Before, Fault::After, Fault::DiskFull] {
        // All of them, where there is time.
        for step in (0..steps).step_by(scale("BACKFILL_FAULT_STRIDE", 4) as usize) {
            client
                .batch_execute(
                    "TRUNCATE migrate_safety_backfills, migrate_safety_backfill_ranges; ALTER TABLE t DISABLE TRIGGER \
                     USER; UPDATE t SET new = NULL, writes = 0; ALTER TABLE t ENABLE TRIGGER USER",
                )
                .unwrap();
            let mut outcome = run(&database.url(), &prepared, Some((step, fault))).0;
            if outcome.is_err() {
                assert_eq!(fault, Fault::DiskFull, "step {step}: {outcome:?}");
                outcome = run(&database.url(), &prepared, None).0;
            }
            assert!(outcome.as_ref().is_ok_and(Outcome::is_verified), "step {step} {fault:?}: {outcome:?}");
            let expected = "SELECT id, old, old * 2, 1 FROM t";
            assert_eq!(differences(&mut client, "SELECT * FROM t", expected), 0, "step {step} {fault:?}");
            let sums = "SELECT sum(visited)::bigint FROM migrate_safety_backfill_ranges WHERE pass = 1";
            assert_eq!(number(&mut client, sums), 250, "step {step} {fault:?}");
        }
    }
}

/// Runs a backfill with a fault at the `step`th step; how it ended, and after how many steps.
fn run(url: &str, prepared: &Prepared, fault: Option<(u32, Fault)>) -> (Result<Outcome, RunError>, u32) {
    let settings = Options { rows: (100, 100), lease: Duration::from_millis(200), ..options() };
    let mut run = Run::new("faults", prepared.clone(), settings, "test");
    let mut client: Option<Client> = None;
    let mut answer = Answer::Done;
    let mut steps = 0;
    while let Some(action) = run.next(answer, Duration::from_millis(1)) {
        let is_step = !matches!(action, Action::Sleep(_) | Action::Tell(_));
        let now = fault.filter(|(step, _)| is_step && *step == steps).map(|(_, fault)| fault);
        steps += u32::from(is_step);
        answer = match now {
            None => perform(&mut client, url, action).unwrap_or_else(Answer::Failed),
            Some(Fault::DiskFull) => {
                let message = "could not extend file: No space left on device".to_owned();
                Answer::Failed(Failure { sqlstate: "53100".to_owned(), message })
            }
            Some(fault) => {
                if fault == Fault::After {
                    let _ = perform(&mut client, url, action);
                }
                client = None;
                Answer::Failed(Failure::disconnected("the fault of the test"))
            }
        };
    }
    (run.finish(), steps)
}
