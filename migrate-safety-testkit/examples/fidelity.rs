//! Replays the histories below some directories and runs them on servers, and says where the two do not agree.
//!
//! `cargo xtask corpus --server 14,18 DIR…`

#[path = "corpus/find.rs"]
mod find;

use migrate_safety_core::Dialect;
use migrate_safety_core::layout::MigrationSet;
use migrate_safety_core::layout::dialect::{self, Choice};
use migrate_safety_testkit::{Outcome, PostgresServer, replay_on_server};
use std::error::Error;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("fidelity: {error}");
            ExitCode::from(2)
        }
    }
}

/// How many differences there are.
fn run() -> Result<usize, Box<dyn Error>> {
    let mut args = std::env::args_os().skip(1);
    let (mut majors, mut directories): (Vec<u16>, Vec<OsString>) = (vec![16], Vec::new());
    while let Some(arg) = args.next() {
        if arg == "--server" {
            let told = args.next().ok_or("--server: which version?")?;
            majors = told.to_string_lossy().split(',').map(str::parse).collect::<Result<_, _>>()?;
        } else {
            directories.push(arg);
        }
    }
    let histories = find::histories(directories.into_iter())?;
    let mut differing = 0;
    for major in majors {
        let server = PostgresServer::start(major)?;
        for (number, (path, set)) in histories.iter().enumerate() {
            if !is_postgres(path) {
                println!("{}: not for PostgreSQL", path.display());
                continue;
            }
            // One that cannot be run at all hides no other.
            match replay_on_server(&server, &format!("history_{number}"), set) {
                Ok(outcomes) => differing += tell(path, major, set, &outcomes),
                Err(error) => println!("{} on PostgreSQL {major}: {error}", path.display()),
            }
        }
    }
    println!("{differing} differences");
    Ok(differing)
}

fn is_postgres(path: &Path) -> bool {
    match dialect::of(path) {
        Choice::One(target, _) | Choice::Named(target) => target.dialect == Dialect::Postgres,
        Choice::Untold | Choice::Several(_) => true,
    }
}

/// Says what came of a history; how many differences there are.
fn tell(path: &Path, major: u16, set: &MigrationSet, outcomes: &[Outcome]) -> usize {
    let run = outcomes.iter().filter(|outcome| outcome.error.is_none()).count();
    let mut told = Vec::new();
    let mut known: Vec<String> = Vec::new();
    for outcome in outcomes {
        if let Some(error) = &outcome.error {
            told.push(format!("{}: the server says: {error}", outcome.migration));
        }
        // A difference stays until something ends it: it is told once.
        let now: Vec<String> =
            outcome.differences.iter().map(ToString::to_string).chain(outcome.unread.iter().cloned()).collect();
        told.extend(
            now.iter().filter(|line| !known.contains(*line)).map(|line| format!("{}: {line}", outcome.migration)),
        );
        known = now;
    }
    let differing = told.len() - (outcomes.len() - run);
    let (all, path) = (set.migrations.len(), path.display());
    println!("{path} on PostgreSQL {major}: {run} of {all} migrations run, {differing} differences");
    told.iter().for_each(|line| println!("  {line}"));
    differing
}
