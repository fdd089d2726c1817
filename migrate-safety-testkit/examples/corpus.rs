//! Runs the checker over the migrations found below some directories and says what it made of them.
//!
//! `cargo xtask corpus DIR…`

use migrate_safety_core::layout::{Layout, MigrationSet};
use migrate_safety_core::sql::{ProblemKind, parse};
use migrate_safety_core::{Config, Report, check};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let roots: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if roots.is_empty() {
        eprintln!("usage: cargo xtask corpus DIR…");
        return ExitCode::from(2);
    }
    let mut histories = Vec::new();
    for root in &roots {
        find(root, &mut histories);
    }
    if histories.is_empty() {
        eprintln!("error: no migrations below {}", roots[0].display());
        return ExitCode::from(2);
    }
    for (path, set) in &histories {
        describe(path, set);
    }
    ExitCode::SUCCESS
}

/// Collects the directories of migrations at or below `dir`.
fn find(dir: &Path, histories: &mut Vec<(PathBuf, MigrationSet)>) {
    if let Ok(set) = MigrationSet::load(dir, None)
        && (set.layout != Layout::Plain || dir.to_string_lossy().contains("migration"))
    {
        histories.push((dir.to_owned(), set));
        return;
    }
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    let mut dirs: Vec<PathBuf> = entries.flatten().map(|e| e.path()).filter(|p| p.is_dir()).collect();
    dirs.sort();
    for dir in dirs.iter().filter(|d| !d.ends_with(".git") && !d.ends_with("target")) {
        find(dir, histories);
    }
}

fn describe(path: &Path, set: &MigrationSet) {
    let config = Config::default();
    let start = Instant::now();
    let report = check(set, &config);
    let seconds = start.elapsed().as_secs_f64();
    println!("{} ({}, {} migrations)", path.display(), set.layout.name(), set.migrations.len());
    for error in &set.errors {
        println!("  unreadable: {error}");
    }
    let mut counted = Counted::default();
    for migration in &set.migrations {
        counted.add(&migration.up.path, &migration.up.text, &config);
        if let Some(down) = &migration.down {
            counted.add(&down.path, &down.text, &config);
        }
    }
    let share = 100.0 * counted.understood as f64 / counted.statements.max(1) as f64;
    println!("  {} statements, {} understood ({share:.2} %)", counted.statements, counted.understood);
    for line in &counted.problems {
        println!("  {line}");
    }
    rules(&report);
    println!("  checked in {seconds:.3} s: {}", report.verdict());
}

/// Statements of up and down files, and what was wrong with them.
#[derive(Default)]
struct Counted {
    statements: usize,
    understood: usize,
    problems: Vec<String>,
}

impl Counted {
    fn add(&mut self, path: &Path, text: &str, config: &Config) {
        for statement in parse(config.target, text).statements {
            self.statements += 1;
            self.understood += usize::from(statement.understood());
            for problem in &statement.problems {
                let sort = match problem.kind {
                    ProblemKind::Invalid => "invalid",
                    ProblemKind::Unsupported => "not understood",
                    ProblemKind::Dynamic => "dynamic",
                    ProblemKind::CopyData => "copy data",
                    ProblemKind::PsqlCommand => "psql",
                };
                let at = problem.span.start;
                self.problems.push(format!(
                    "{sort}: {}:{}:{}: {}",
                    path.display(),
                    at.line,
                    at.column,
                    problem.message
                ));
            }
        }
    }
}

fn rules(report: &Report) {
    let mut by_rule: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    for finding in report.all_findings() {
        let entry = by_rule.entry(finding.rule).or_insert_with(|| (0, finding.status.to_string()));
        entry.0 += 1;
    }
    for (rule, (count, status)) in by_rule {
        println!("  {count:>5} {status:<5} {rule}");
    }
}
