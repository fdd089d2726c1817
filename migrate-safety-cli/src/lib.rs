//! The command line of migrate-safety.

mod backfill;
mod catalog;
mod check;
mod database;
mod drift;
mod duration;
mod init;
mod input;
mod plan;
mod rules;
mod run;
mod since;

use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

/// Predicts what schema migrations do to a live database, before they reach it.
#[derive(Debug, Parser)]
#[command(name = "migrate-safety", version, about, after_help = EXIT_STATUS)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_STATUS: &str =
    "Exit status: 0 nothing at or above --deny, 1 findings, 2 the input could not be read or the call is wrong.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Judge migrations: which tables they lock, rewrite and read through, and whether they can run at all.
    Check(check::Check),
    /// Turn a change that is dangerous on a live database into a sequence of migrations that is not.
    Plan(plan::Plan),
    /// Print the schema that migrations leave.
    Catalog(catalog::Print),
    /// List the rules.
    Rules(rules::List),
    /// Say what a rule is about, why, and what to write instead.
    Explain(rules::Explain),
    /// Write a commented migrate-safety.toml here, with the newest migration as the baseline.
    Init(init::Init),
    /// Compare a live database with the migrations it has applied.
    Drift(drift::Drift),
    /// Run what is pending, guarded: with a lock timeout, retries, and a check on the live schema before.
    Run(run::Run),
    /// Move data in small batches while the application runs.
    Backfill(Box<backfill::Backfill>),
}

/// Nothing at or above `--deny`.
const CLEAN: u8 = 0;
/// Findings at or above `--deny`.
const FINDINGS: u8 = 1;
/// The input could not be read, or the call is wrong.
const UNUSABLE: u8 = 2;

/// Runs the command line. `args` begins with the program's name.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let status = match Cli::try_parse_from(args) {
        Ok(cli) => match cli.command {
            Command::Check(check) => check.run(),
            Command::Plan(plan) => plan.run(),
            Command::Catalog(print) => print.run(),
            Command::Rules(list) => list.run(),
            Command::Explain(explain) => explain.run(),
            Command::Init(init) => init.run(),
            Command::Drift(drift) => drift.run(),
            Command::Run(run) => run.run(),
            Command::Backfill(backfill) => backfill.run(),
        },
        Err(error) => {
            // Help and version are no errors; clap prints them to standard output.
            let status = if error.use_stderr() { UNUSABLE } else { CLEAN };
            if error.print().is_err() {
                return ExitCode::from(UNUSABLE);
            }
            status
        }
    };
    ExitCode::from(status)
}

/// Prints a result. A reader that went away (`| head`) is no error of ours.
fn print(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}
