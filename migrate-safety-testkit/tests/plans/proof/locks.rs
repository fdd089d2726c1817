//! A step takes no stronger locks than it declares, and no writer waits for it longer than its lock timeout.

use crate::host;
use crate::scene::Scene;
use migrate_safety_core::plan::{Plan, Step, StepLockMode};
use migrate_safety_core::sql::LockMode;
use migrate_safety_testkit::fill::{NewRows, ROWS};
use migrate_safety_testkit::{Database, locks_taken};
use postgres::Client;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// All relations by the names by which locks are told.
const RELATIONS: &str =
    "SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace";

/// What a busy machine adds to a wait.
const SLACK: Duration = Duration::from_millis(400);

pub(super) fn prove(scene: &Scene<'_>, plan: &Plan) -> Result<(), String> {
    declared(scene, plan)?;
    writers(scene, plan)
}

/// The locks that are measured are among those that are declared.
fn declared(scene: &Scene<'_>, plan: &Plan) -> Result<(), String> {
    let database = scene.start()?;
    let mut client = connect(&database)?;
    let known = host::lines(&mut client, RELATIONS)?;
    let mut stronger = Vec::new();
    for step in plan.steps().filter(|step| step.is_migration()) {
        host::gate(&mut client, step)?;
        let taken = locks_taken(&mut client, &database, &step.sql, step.transaction)
            .map_err(|error| format!("{}: {error}", step.id))?;
        // Who writes what the plan has made locks it as any writer does.
        let is_of_plan = |relation: &String, mode| mode <= LockMode::RowExclusive && !known.contains(relation);
        let undeclared = taken
            .iter()
            .filter(|(relation, mode)| !is_of_plan(relation, mode_by_name(mode)) && !is_declared(step, relation, mode));
        stronger.extend(undeclared.map(|(relation, mode)| {
            let declared: Vec<String> =
                step.locks.iter().map(|lock| format!("{} on {}", lock.mode.name(), lock.relation)).collect();
            format!("{} ({}) takes {mode} on {relation}, declared are {declared:?}", step.id, step.title)
        }));
    }
    if stronger.is_empty() { Ok(()) } else { Err(stronger.join("\n      ")) }
}

fn is_declared(step: &Step, relation: &str, mode: &str) -> bool {
    step.locks.iter().any(|lock| lock.relation == relation && lock.mode >= StepLockMode::Postgres(mode_by_name(mode)))
}

fn mode_by_name(name: &str) -> LockMode {
    const MODES: [LockMode; 8] = [
        LockMode::AccessShare,
        LockMode::RowShare,
        LockMode::RowExclusive,
        LockMode::ShareUpdateExclusive,
        LockMode::Share,
        LockMode::ShareRowExclusive,
        LockMode::Exclusive,
        LockMode::AccessExclusive,
    ];
    MODES.into_iter().find(|mode| mode.to_string() == name).unwrap_or(LockMode::AccessExclusive)
}

/// Each step meets a transaction that reads all tables and does not end, while somebody writes; then it runs.
fn writers(scene: &Scene<'_>, plan: &Plan) -> Result<(), String> {
    let database = scene.start()?;
    let mut client = connect(&database)?;
    let mut next = ROWS + 1;
    for step in plan.steps().filter(|step| step.is_migration() && step.window.is_none()) {
        let mut reader = Reader::start(&database)?;
        let ended = AtomicBool::new(false);
        let rows = NewRows::of(&mut client).map_err(|error| error.to_string())?;
        let mut writing = connect(&database)?;
        let (ran, slowest) = thread::scope(|scope| {
            let writer = scope.spawn(|| write(&mut writing, &rows, &mut next, &ended));
            // In the way for longer than the step may wait; what waits for the reader's end gets it.
            let reading = scope.spawn(|| {
                thread::sleep(step.lock_timeout + SLACK);
                reader.end()
            });
            let may_fail = |error: &String| ["55P03", "its gate"].iter().any(|known| error.contains(known));
            let ran = match host::run(&mut client, step) {
                Err(error) if may_fail(&error) => Ok(false),
                other => other.map(|()| true),
            };
            let ran = reading.join().unwrap_or_else(|_| Err("the reader failed".to_owned())).and(ran);
            ended.store(true, Ordering::Release);
            (ran, writer.join().unwrap_or_default())
        });
        // The writer may have written a value that has no place in the new type.
        if ran.as_ref().is_err_and(|error| error.contains("22P02")) {
            return Ok(());
        }
        let ran = ran?;
        if slowest > step.lock_timeout + SLACK {
            return Err(format!("a writer waited {slowest:?} for {} ({})", step.id, step.title));
        }
        // What the writer wrote may not be what the gate asks of the application; then the plan stops here, rightly.
        if ran {
            continue;
        }
        if host::gate(&mut client, step).is_err() {
            return Ok(());
        }
        settle(&mut client, step)?;
    }
    Ok(())
}

/// Brings a step to its end that gave up, and may have left something behind.
fn settle(client: &mut Client, step: &Step) -> Result<(), String> {
    match host::run(client, step) {
        Ok(()) => Ok(()),
        Err(_) => {
            host::undo(client, step)?;
            host::run(client, step)
        }
    }
}

/// Writes until told to stop; how long the slowest statement took.
fn write(client: &mut Client, rows: &NewRows, next: &mut usize, ended: &AtomicBool) -> Duration {
    let mut slowest = Duration::ZERO;
    while !ended.load(Ordering::Acquire) {
        let statements: Vec<String> = rows.inserts(*next).chain(rows.updates()).collect();
        *next += 1;
        for statement in statements {
            let started = Instant::now();
            // What the step has taken away cannot be written any more; that is another proof's subject.
            let _ = client.batch_execute(&statement);
            slowest = slowest.max(started.elapsed());
        }
    }
    slowest
}

/// A transaction that reads every table and stays open.
struct Reader {
    client: Client,
}

impl Reader {
    fn start(database: &Database) -> Result<Self, String> {
        const TABLES: &str = "SELECT c.oid::regclass FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'";

        let mut client = connect(database)?;
        host::batch(&mut client, "BEGIN")?;
        for table in host::lines(&mut client, TABLES)? {
            host::batch(&mut client, &format!("SELECT FROM {table} LIMIT 1"))?;
        }
        Ok(Self { client })
    }

    fn end(&mut self) -> Result<(), String> {
        host::batch(&mut self.client, "ROLLBACK")
    }
}

fn connect(database: &Database) -> Result<Client, String> {
    database.connect().map_err(|error| error.to_string())
}
