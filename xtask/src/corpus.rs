//! `cargo xtask corpus DIR…`: what the checker makes of any checkout's migrations.

use std::process::Command;

/// Runs the corpus tool, optimised, over `dirs`.
pub(crate) fn run(dirs: &[String]) -> Result<(), String> {
    if dirs.is_empty() {
        return Err("corpus: name the directories to look through".to_owned());
    }
    let status = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(["run", "--quiet", "--release", "--package", "migrate-safety-testkit", "--example", "corpus", "--"])
        .args(dirs)
        .status()
        .map_err(|e| format!("corpus: cargo did not start: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("corpus: {status}")) }
}
