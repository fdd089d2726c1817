//! `cargo migrate-safety`: cargo passes its own name for us as the first argument.

use std::process::ExitCode;

fn main() -> ExitCode {
    let named = std::env::args_os().nth(1).is_some_and(|arg| arg == "migrate-safety");
    let skipped = usize::from(named);
    migrate_safety_cli::run(std::env::args_os().skip(skipped))
}
