//! A written plan is a directory of migrations like any other: it passes the check, leads where the plain change leads,
//! and back.

use super::catalog;
use migrate_safety_core::catalog::Catalog;
use migrate_safety_core::catalog::diff::{Closeness, diff};
use migrate_safety_core::layout::{Layout, Migration, MigrationSet};
use migrate_safety_core::plan::{Plan, PlanOptions, RECIPES, RecipeSample, Rollback, WriteError, plan};
use migrate_safety_core::{Change, Config, Status, Target, check, replay};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A directory that is gone with this value.
pub(super) struct Dir(PathBuf);

impl Dir {
    pub(super) fn with(files: &[(&str, &str)]) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let dir = Self(std::env::temp_dir().join(format!("migrate-safety-plan-{}-{number}", std::process::id())));
        for (name, text) in files {
            let path = dir.0.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        dir
    }

    pub(super) fn migrations(&self) -> PathBuf {
        self.0.join("migrations")
    }

    /// Every file below it, by name.
    fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut dirs = vec![self.0.clone()];
        while let Some(dir) = dirs.pop() {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { dirs.push(path) } else { found.push(named(&path, &self.0)) }
            }
        }
        found.sort();
        found
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn named(path: &Path, dir: &Path) -> String {
    path.strip_prefix(dir).unwrap().to_string_lossy().into_owned()
}

/// A project's layout, and its first migration.
pub(super) const PROJECTS: [(Layout, &str); 4] = [
    (Layout::Sqlx, "migrations/0001_before.sql"),
    (Layout::Sqlx, "migrations/20240101120000_before.up.sql"),
    (Layout::Diesel, "migrations/2024-01-01-120000_before/up.sql"),
    (Layout::Plain, "migrations/V1__before.sql"),
];

#[test]
fn a_written_plan_passes_the_check_and_leads_there_and_back() {
    let mut failed = String::new();
    for recipe in RECIPES {
        for sample in recipe.samples {
            let version = sample.since.max(16);
            for (layout, first) in PROJECTS {
                if let Err(why) = written(sample, version, layout, first) {
                    failed += &format!("{} as {first}: {}\n{why}\n\n", recipe.id, sample.change);
                }
            }
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

fn written(sample: &RecipeSample, version: u16, layout: Layout, first: &str) -> Result<(), String> {
    let options = PlanOptions { layout, ..PlanOptions::default() };
    let before = catalog(sample.before, version);
    let made = plan(&before, sample.change, &options).map_err(|error| error.to_string())?;
    let dir = Dir::with(&[(first, sample.before)]);
    let paths = made.write(layout, dir.migrations()).map_err(|error| error.to_string())?;
    if let Some(lost) = paths.iter().find(|path| !path.is_file()) {
        return Err(format!("{} was not written", lost.display()));
    }
    collected(&dir, &made);
    let config = Config { target: Target::postgres(version), start_after: Some(newest(first)), ..Config::default() };
    let set = MigrationSet::load(&dir.migrations(), Some(layout)).map_err(|error| error.to_string())?;
    let report = check(&set, &config);
    for finding in report.all_findings() {
        if finding.status == Status::Block || finding.rule.ends_with("-allow") {
            return Err(format!("{} {}: {}\n{:#?}", finding.status, finding.rule, finding.message, set.migrations));
        }
    }
    let plain = catalog(&format!("{};\n{}", sample.before, sample.change), version);
    same(&plain, &replay(&set, &config))?;
    back(&made, set, &before, &config)
}

/// Moves the migrations of later releases to those of the first.
pub(super) fn collected(dir: &Dir, made: &Plan) {
    for release in 2..=made.releases() {
        let later = dir.0.join(format!("migrations.release-{release}"));
        for entry in std::fs::read_dir(&later).into_iter().flatten() {
            let path = entry.unwrap().path();
            std::fs::rename(&path, dir.migrations().join(path.file_name().unwrap())).unwrap();
        }
    }
}

/// The ways back of all steps up to the first that has none restore the schema.
fn back(made: &Plan, mut set: MigrationSet, before: &Catalog, config: &Config) -> Result<(), String> {
    let steps: Vec<_> = made.steps().filter(|step| step.is_migration()).collect();
    let reversible = steps.iter().take_while(|step| !matches!(step.rollback, Rollback::Impossible(_))).count();
    set.migrations.truncate(1 + reversible);
    if set.migrations.iter().skip(1).any(|migration| migration.down.is_none()) {
        return Ok(());
    }
    let downs = set
        .migrations
        .iter()
        .skip(1)
        .rev()
        .filter_map(|migration| Some(Migration { up: migration.down.clone()?, ..migration.clone() }));
    let downs: Vec<Migration> = downs.collect();
    set.migrations.extend(downs);
    same(before, &replay(&set, config)).map_err(|why| format!("on the way back: {why}"))
}

fn same(expected: &Catalog, actual: &Catalog) -> Result<(), String> {
    let differences = diff(expected, actual, Closeness::Meaning);
    if differences.is_empty() { Ok(()) } else { Err(format!("{differences:#?}")) }
}

/// The version of a project's first migration.
pub(super) fn newest(first: &str) -> String {
    let name = first.split('/').nth(1).unwrap_or_default();
    name.split('_').next().unwrap_or_default().to_owned()
}

/// A plan of two releases.
fn two_releases(layout: Layout) -> Plan {
    let before = catalog("CREATE TABLE users (id bigint PRIMARY KEY, bio text);", 16);
    plan(&before, Change::drop_column("users", "bio"), &PlanOptions { layout, ..PlanOptions::default() }).unwrap()
}

#[test]
fn releases_are_kept_apart_and_nothing_is_overwritten() {
    let dir = Dir::with(&[("migrations/0009_before.sql", "CREATE TABLE users (id bigint PRIMARY KEY, bio text);")]);
    let made = plan(
        &catalog("CREATE TABLE users (id bigint PRIMARY KEY, bio text);", 16),
        "ALTER TABLE users ALTER COLUMN bio SET NOT NULL",
        &PlanOptions::default(),
    )
    .unwrap();
    let paths = made.write(Layout::Sqlx, dir.migrations()).unwrap();
    let first = named(&paths[0], &dir.0);
    assert!(first.starts_with("migrations/0010_contract_1_"), "{first}");
    let text = std::fs::read_to_string(&paths[0]).unwrap();
    assert!(text.starts_with("-- contract-1: "), "{text}");
    let files = dir.files();

    // What stands in the way of the last file leaves nothing of the others.
    let blocked = Dir::with(&[("migrations/0009_before.sql", "CREATE TABLE users (id bigint PRIMARY KEY);")]);
    let last = paths.iter().rfind(|path| path.starts_with(dir.migrations())).unwrap();
    let obstacle = blocked.0.join(named(last, &dir.0));
    std::fs::create_dir_all(&obstacle).unwrap();
    let error = made.write(Layout::Sqlx, blocked.migrations()).unwrap_err();
    assert!(matches!(&error, WriteError::Io { path, .. } if *path == obstacle), "{error}");
    assert_eq!(blocked.files(), ["migrations/0009_before.sql"]);
    assert_eq!(dir.files(), files);
}

#[test]
fn what_cannot_be_written_is_told_with_the_remedy() {
    let diesel = Dir::with(&[("migrations/2024-01-01-120000_before/up.sql", "SELECT 1;")]);
    let made = two_releases(Layout::Sqlx);
    let error = made.write(Layout::Sqlx, diesel.migrations()).unwrap_err();
    assert!(error.to_string().contains("those of diesel, not of sqlx"), "{error}");

    let unnumbered = Dir::with(&[("migrations/users.sql", "SELECT 1;")]);
    let error = made.write(Layout::Plain, unnumbered.migrations()).unwrap_err();
    assert!(matches!(error, WriteError::Unnumbered { .. }), "{error}");

    let dir = Dir::with(&[("migrations/1_before.sql", "SELECT 1;")]);
    made.write(Layout::Sqlx, dir.migrations()).unwrap();
    let files = dir.files();
    if made.releases() > 1 {
        let error = made.write(Layout::Sqlx, dir.migrations()).unwrap_err();
        assert!(matches!(error, WriteError::Pending { .. }), "{error}");
    }
    assert_eq!(dir.files(), files);
}
