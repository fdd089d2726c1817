//! Replays histories and runs them on a server, and says where the two do not agree.
//!
//! ```text
//! cargo run -p migrate-safety-testkit --example fidelity -- --server 16 migrations…
//! ```

use migrate_safety_core::MigrationSet;
use migrate_safety_testkit::{PostgresServer, replay_on_server};
use std::error::Error;
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
    let mut args = std::env::args().skip(1);
    let (mut major, mut directories) = (16, Vec::new());
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--server" => major = args.next().ok_or("--server: which version?")?.parse()?,
            _ => directories.push(arg),
        }
    }
    let server = PostgresServer::start(major)?;
    let mut differing = 0;
    for (number, directory) in directories.iter().enumerate() {
        let set = MigrationSet::from_dir(directory)?;
        let outcomes = replay_on_server(&server, &format!("history_{number}"), &set)?;
        let run = outcomes.iter().filter(|outcome| outcome.error.is_none()).count();
        let mut known = Vec::new();
        for outcome in &outcomes {
            if let Some(error) = &outcome.error {
                println!("{}: the server says: {error}", outcome.migration);
            }
            // A difference stays until something ends it: it is told once.
            let told: Vec<String> = outcome.differences.iter().map(ToString::to_string).collect();
            for line in told.iter().chain(&outcome.unread).filter(|line| !known.contains(*line)) {
                println!("{}: {line}", outcome.migration);
                differing += 1;
            }
            known = told.into_iter().chain(outcome.unread.iter().cloned()).collect();
        }
        println!("{directory} on PostgreSQL {major}: {run} of {} migrations run", set.migrations.len());
    }
    println!("{differing} differences");
    Ok(differing)
}
