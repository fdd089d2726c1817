//! `cargo xtask bench-guard`: what the guard adds to the hosts' own runs of 500 migrations.

use std::process::Command;

/// Where each host is measured: package and example.
const EXAMPLES: [(&str, &str); 2] = [("migrate-safety-sqlx", "overhead"), ("migrate-safety-diesel", "diesel_overhead")];

/// Runs both by turns, optimised.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    if !args.is_empty() {
        return Err("usage: cargo xtask bench-guard".to_owned());
    }
    // One is told even if the other fails.
    let failed: Vec<String> =
        EXAMPLES.into_iter().filter_map(|(package, example)| measure(package, example).err()).collect();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("; ")) }
}

fn measure(package: &str, example: &str) -> Result<(), String> {
    let status = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(["run", "--quiet", "--release", "--package", package, "--example", example])
        .status()
        .map_err(|e| format!("bench-guard: cargo did not start: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("bench-guard, {package}: {status}")) }
}
