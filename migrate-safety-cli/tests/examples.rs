//! The plans in `examples/plans` are what the program prints, and what it writes passes the check.
//!
//! `UPDATE_EXAMPLES=1` writes the texts anew.

#![allow(clippy::unwrap_used, unreachable_pub, dead_code, reason = "a test fails by panicking and shares helpers")]

mod common;

use common::{Dir, run_in};
use std::path::{Path, PathBuf};

const PROGRAM: &str = env!("CARGO_BIN_EXE_migrate-safety");

fn examples() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/plans");
    let mut dirs: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    dirs.retain(|path| path.is_dir());
    dirs.sort();
    assert!(!dirs.is_empty());
    dirs
}

#[test]
fn the_plans_shown_are_the_plans_made() {
    for dir in examples() {
        let printed = run_in(&dir, PROGRAM, &["plan", "change.sql"], None).expect(0).out;
        let shown = dir.join("plan.txt");
        if std::env::var_os("UPDATE_EXAMPLES").is_some() {
            std::fs::write(&shown, &printed).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&shown).unwrap_or_default(), printed, "{}", shown.display());
    }
}

#[test]
fn what_is_written_passes_the_check_release_by_release() {
    for example in examples() {
        let dir = copy(&example);
        dir.run(&["plan", "change.sql", "--out", "migrations"]).expect(0);
        dir.run(&["check", "migrations"]).expect(0);
        for release in 2.. {
            let later = dir.0.join(format!("migrations.release-{release}"));
            if !later.is_dir() {
                break;
            }
            for entry in std::fs::read_dir(&later).unwrap() {
                let path = entry.unwrap().path();
                std::fs::rename(&path, dir.0.join("migrations").join(path.file_name().unwrap())).unwrap();
            }
            dir.run(&["check", "migrations"]).expect(0);
        }
    }
}

/// A project that can be written to.
fn copy(example: &Path) -> Dir {
    let dir = Dir::with(&[]);
    for name in ["migrations", "."] {
        for entry in std::fs::read_dir(example.join(name)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                dir.write(
                    &format!("{name}/{}", path.file_name().unwrap().to_string_lossy()),
                    &std::fs::read(&path).unwrap(),
                );
            }
        }
    }
    dir
}
