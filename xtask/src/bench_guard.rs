//! `cargo xtask bench-guard`: what the guard adds to sqlx's own run of 500 migrations.

use std::process::Command;

/// Runs both by turns, optimised.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    if !args.is_empty() {
        return Err("usage: cargo xtask bench-guard".to_owned());
    }
    let status = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(["run", "--quiet", "--release", "--package", "migrate-safety-sqlx", "--example", "overhead"])
        .status()
        .map_err(|e| format!("bench-guard: cargo did not start: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("bench-guard: {status}")) }
}
