//! Several workers, and what becomes of one that sleeps.

use crate::common::{differences, number, options, perform, run_with};
use migrate_safety_core::backfill::{Action, Answer, Failure, Options, Run};
use migrate_safety_sqlx::backfill::{Backfill, RunError};
use migrate_safety_testkit::{Database, introspect, server_for_test};
use postgres::Client;
use std::time::{Duration, Instant};

/// Counts the writes of each row.
const TABLE: &str = "CREATE TABLE t (id bigint PRIMARY KEY, old int, new int, writes int NOT NULL DEFAULT 0);
    INSERT INTO t SELECT n, n % 1000, NULL FROM generate_series(1, 60000) AS n;
    CREATE FUNCTION counted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.writes := OLD.writes + 1; RETURN NEW; END';
    CREATE TRIGGER counted BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION counted()";

#[test]
fn four_workers_miss_no_row_and_do_none_twice() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_workers").unwrap();
    let mut client = database.connect().unwrap();
    client.batch_execute(TABLE).unwrap();
    let backfill = Backfill::new("t").set("new", "old + 1");
    let outcome = run_with(&database.url(), "four", &backfill, options(), 4).0.unwrap();
    assert!(outcome.is_verified(), "{outcome}");
    let expected = "SELECT id, old, old + 1, 1 FROM t";
    assert_eq!(differences(&mut client, "SELECT id, old, new, writes FROM t", expected), 0);
    let workers = "SELECT count(DISTINCT owner) FROM migrate_safety_backfill_ranges WHERE pass = 1";
    assert!(number(&mut client, workers) >= 2);
}

#[test]
fn a_worker_that_sleeps_past_its_lease_loses_its_range_and_cannot_write() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_fence").unwrap();
    let mut client = database.connect().unwrap();
    client.batch_execute(TABLE).unwrap();
    let short = Options { lease: Duration::from_millis(300), rows: (100, 500), ..options() };
    for asleep in [Asleep::BetweenBatches, Asleep::InTransaction, Asleep::BeforeCommit] {
        client
            .batch_execute("UPDATE t SET new = NULL; ALTER TABLE t DISABLE TRIGGER ALL; UPDATE t SET writes = 0; ALTER TABLE t ENABLE TRIGGER ALL")
            .unwrap();
        let mut sleeper = Stepper::new(&database, short.clone(), "sleeper");
        sleeper.until(asleep);
        std::thread::sleep(Duration::from_millis(800));
        let backfill = Backfill::new("t").set("new", "old + 1");
        let outcome = run_with(&database.url(), "fenced", &backfill, short.clone(), 1).0.unwrap();
        assert!(outcome.is_verified(), "{outcome}");
        let before = number(&mut client, "SELECT sum(writes)::bigint FROM t");
        // It wakes up, and finds that all is done.
        let ended = sleeper.run_out().unwrap();
        assert!(ended.is_verified(), "{ended}");
        assert_eq!(number(&mut client, "SELECT sum(writes)::bigint FROM t"), before);
        let expected = "SELECT id, old, old + 1, 1 FROM t";
        assert_eq!(differences(&mut client, "SELECT id, old, new, writes FROM t", expected), 0, "{asleep:?}");
        client
            .batch_execute(
                "DROP TABLE migrate_safety_backfills, migrate_safety_backfill_ranges, migrate_safety_backfill_rejects",
            )
            .unwrap();
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Asleep {
    BetweenBatches,
    InTransaction,
    BeforeCommit,
}

/// A run that is carried through by hand, over a driver of its own.
struct Stepper {
    run: Run,
    url: String,
    client: Option<Client>,
    pending: Option<Action>,
    /// What is left of a transaction that is under way.
    rest: Vec<String>,
}

impl Stepper {
    fn new(database: &Database, options: Options, owner: &str) -> Self {
        let live = introspect(&mut database.connect().unwrap()).unwrap();
        let prepared = Backfill::new("t").set("new", "old + 1").prepare(&live.catalog).unwrap();
        let mut run = Run::new("fenced", prepared, options, owner);
        let pending = run.next(Answer::Done, Duration::ZERO);
        Self { run, url: database.url(), client: None, pending, rest: Vec::new() }
    }

    /// Goes on until it would do what it is to sleep before, after a few batches.
    fn until(&mut self, asleep: Asleep) {
        let mut writes = 0;
        while let Some(action) = self.pending.take() {
            let write = match &action {
                Action::Transactions(transactions) => transactions
                    .first()
                    .filter(|first| first.statement.contains("UPDATE public.t\n"))
                    .map(|first| [first.begin.clone(), first.statement.clone(), "COMMIT".to_owned()]),
                _ => None,
            };
            let here = match asleep {
                Asleep::BetweenBatches => matches!(action, Action::Tell(_)),
                Asleep::InTransaction | Asleep::BeforeCommit => write.is_some(),
            };
            if here && writes > 2 {
                self.pending = Some(action);
                let done = match asleep {
                    Asleep::BetweenBatches => return,
                    Asleep::InTransaction => 1,
                    Asleep::BeforeCommit => 2,
                };
                self.rest = write.into_iter().flatten().collect();
                for sql in self.rest.drain(..done) {
                    self.client.as_mut().unwrap().batch_execute(&sql).unwrap();
                }
                return;
            }
            writes += u32::from(write.is_some());
            self.step(action);
        }
        panic!("it ended before");
    }

    /// Wakes up, and goes on where it was.
    fn run_out(mut self) -> Result<migrate_safety_sqlx::backfill::Outcome, RunError> {
        for sql in std::mem::take(&mut self.rest) {
            if let Err(error) = self.client.as_mut().unwrap().batch_execute(&sql) {
                let answer = Answer::Failed(Failure::disconnected(error.to_string()));
                self.pending = self.run.next(answer, Duration::ZERO);
                break;
            }
        }
        while let Some(action) = self.pending.take() {
            self.step(action);
        }
        self.run.finish()
    }

    fn step(&mut self, action: Action) {
        let began = Instant::now();
        let answer = perform(&mut self.client, &self.url, action).unwrap_or_else(Answer::Failed);
        self.pending = self.run.next(answer, began.elapsed());
    }
}
