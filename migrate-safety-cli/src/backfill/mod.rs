//! `migrate-safety backfill`.

mod show;
mod start;
mod steer;

use crate::UNUSABLE;
use clap::{Args, Subcommand};

/// Move data in small batches while the application runs.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Backfill {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    start: start::Start,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Begin a backfill, or go on with it, until every row has its value.
    Start(Box<start::Start>),
    /// Say where a backfill is, running or not.
    Status(steer::Named),
    /// Let it wait after the batches that are under way.
    Pause(steer::Named),
    /// Let it go on.
    Resume(steer::Named),
    /// End it for good; what is done stays.
    Cancel(steer::Named),
}

impl Backfill {
    pub(crate) fn run(&self) -> u8 {
        use migrate_safety_sqlx::backfill::Control;
        let ended = match &self.command {
            None => self.start.run(),
            Some(Command::Start(start)) => start.run(),
            Some(Command::Status(named)) => named.status(),
            Some(Command::Pause(named)) => named.control(Control::Pause),
            Some(Command::Resume(named)) => named.control(Control::Resume),
            Some(Command::Cancel(named)) => named.control(Control::Cancel),
        };
        ended.unwrap_or_else(|error| {
            eprintln!("error: {error}");
            UNUSABLE
        })
    }
}
