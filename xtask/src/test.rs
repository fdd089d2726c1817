//! `cargo xtask test`: everything a change must pass, in the order in which it fails fastest.

use std::env;
use std::process::Command;
use std::time::Instant;

use crate::{servers, workspace};

/// `1`: tests that need a server say what they leave out. Otherwise they fail without one.
const SKIP_SERVERS: &str = "MIGRATE_SAFETY_SKIP_SERVERS";

/// `1`: the same of tests that need MySQL or MariaDB.
const SKIP_MYSQL: &str = "MIGRATE_SAFETY_SKIP_MYSQL";

/// `1`: the same of tests that need the tools that change tables there.
const SKIP_TOOLS: &str = "MIGRATE_SAFETY_SKIP_TOOLS";

const STEPS: [&[&str]; 7] = [
    &["fmt", "--all", "--check"],
    &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"],
    // What the macros build: in the workspace, features are united.
    &["clippy", "-p", "migrate-safety-core", "--no-default-features", "--features=resume", "--", "-D", "warnings"],
    &[
        "clippy",
        "-p",
        "migrate-safety-core",
        "--no-default-features",
        "--features=resume,mysql",
        "--",
        "-D",
        "warnings",
    ],
    &[
        "clippy",
        "-p",
        "migrate-safety-core",
        "--no-default-features",
        "--features=resume,sqlite",
        "--",
        "-D",
        "warnings",
    ],
    &["test", "--workspace", "--no-fail-fast"],
    &["doc", "--workspace", "--no-deps"],
];

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let fast = match args {
        [] => false,
        [flag] if flag == "--fast" => true,
        _ => return Err("usage: cargo xtask test [--fast]".to_owned()),
    };
    let mut passed = 0;
    let mut missing = Missing { fast, ..Missing::default() };
    if fast {
        warn();
    } else {
        announce("servers");
        let started = Instant::now();
        servers::postgres().map_err(|error| format!("step `servers` failed: {error}"))?;
        // They are packages of Debian: elsewhere, somebody has to put them there.
        missing.mysql = servers::mysql().err();
        missing.tools = servers::tools().err();
        took("servers", started);
        passed += 1;
    }
    missing.warn();
    for step in STEPS {
        cargo(step, &missing)?;
        passed += 1;
    }
    if fast {
        warn();
    }
    missing.warn();
    println!("xtask test: {passed} steps passed");
    Ok(())
}

/// What is not there, and why.
#[derive(Default)]
struct Missing {
    fast: bool,
    mysql: Option<String>,
    tools: Option<String>,
}

impl Missing {
    fn warn(&self) {
        if let Some(why) = &self.mysql {
            println!("!!! TESTS THAT NEED MYSQL OR MARIADB ARE LEFT OUT: {why}");
        }
        if let Some(why) = &self.tools {
            println!("!!! TESTS THAT RUN PT-ONLINE-SCHEMA-CHANGE ARE LEFT OUT: {why}");
        }
    }

    /// The variables by which tests know what to leave out.
    fn left_out(&self) -> [(&'static str, bool); 3] {
        [
            (SKIP_SERVERS, self.fast),
            (SKIP_MYSQL, self.fast || self.mysql.is_some()),
            (SKIP_TOOLS, self.fast || self.tools.is_some()),
        ]
    }
}

fn cargo(args: &[&str], missing: &Missing) -> Result<(), String> {
    let step = format!("cargo {}", args.join(" "));
    announce(&step);
    let started = Instant::now();
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(args)
        .current_dir(workspace())
        .envs(missing.left_out().map(|(name, left_out)| (name, if left_out { "1" } else { "0" })))
        .env("INSTA_UPDATE", "no")
        .env("RUSTDOCFLAGS", "-D warnings")
        .status()
        .map_err(|error| format!("step `{step}` could not be run: {error}"))?;
    if !status.success() {
        return Err(format!("step `{step}` failed ({status})"));
    }
    took(&step, started);
    Ok(())
}

fn announce(step: &str) {
    println!("==> {step}");
}

fn took(step: &str, started: Instant) {
    println!("<== {step}: {:.0} s", started.elapsed().as_secs_f32());
}

fn warn() {
    println!("!!! --fast: TESTS THAT NEED A SERVER ARE LEFT OUT. Run `cargo xtask test` before you ship.");
}
