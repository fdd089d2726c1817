//! `migrate-safety`.

use std::process::ExitCode;

fn main() -> ExitCode {
    migrate_safety_cli::run(std::env::args_os())
}
