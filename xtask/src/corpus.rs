//! `cargo xtask corpus [--server MAJOR,… | --plans] DIR…`: what the checker makes of any checkout's migrations; with
//! servers, also whether the replay of each directory of migrations holds, after each of them, what that server does; with
//! plans, what comes of planning each migration.

use std::process::Command;

/// Runs the corpus tool, optimised, over `args`.
pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let (server, plans, dirs) = match args {
        [option, major, dirs @ ..] if option == "--server" => (Some(major), false, dirs),
        [option, dirs @ ..] if option == "--plans" => (None, true, dirs),
        dirs => (None, false, dirs),
    };
    if dirs.is_empty() {
        return Err("corpus: name the directories to look through".to_owned());
    }
    if plans {
        return example("plans", &[], dirs);
    }
    example("corpus", &[], dirs)?;
    match server {
        Some(major) => example("fidelity", &["--server".to_owned(), major.clone()], dirs),
        None => Ok(()),
    }
}

fn example(name: &str, options: &[String], dirs: &[String]) -> Result<(), String> {
    let status = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned()))
        .args(["run", "--quiet", "--release", "--package", "migrate-safety-testkit", "--example", name, "--"])
        .args(options)
        .args(dirs)
        .status()
        .map_err(|e| format!("corpus: cargo did not start: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("corpus: {name}: {status}")) }
}
