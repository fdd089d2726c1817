//! Runs the checker over the migrations found below some directories and says what it made of them.
//!
//! `cargo xtask corpus DIR…`

#[path = "corpus/find.rs"]
mod find;

use migrate_safety_core::layout::MigrationSet;
use migrate_safety_core::layout::dialect::{self, Choice};
use migrate_safety_core::sql::{Problem, ProblemKind, parse};
use migrate_safety_core::{Config, Dialect, Report, Target, check, databases};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let histories = match find::histories(std::env::args_os().skip(1)) {
        Ok(histories) => histories,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    for (path, set) in &histories {
        describe(path, set);
    }
    ExitCode::SUCCESS
}

fn describe(path: &Path, set: &MigrationSet) {
    let target = match dialect::of(path) {
        Choice::One(target, _) | Choice::Named(target) => target,
        Choice::Untold | Choice::Several(_) => Target::default(),
    };
    let config = Config { target, ..Config::default() };
    let start = Instant::now();
    let report = check(set, &config);
    let seconds = start.elapsed().as_secs_f64();
    println!("{} ({target}, {}, {} migrations)", path.display(), set.layout.name(), set.migrations.len());
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
        if config.target.dialect == Dialect::Postgres {
            for statement in parse(config.target, text).statements {
                self.count(path, statement.understood(), &statement.problems);
            }
        } else {
            for statement in databases::parse(config.target, text).statements {
                self.count(path, statement.understood(), &statement.problems);
            }
        }
    }

    fn count(&mut self, path: &Path, understood: bool, problems: &[Problem]) {
        self.statements += 1;
        self.understood += usize::from(understood);
        for problem in problems {
            let sort = match problem.kind {
                ProblemKind::Invalid => "invalid",
                ProblemKind::Unsupported => "not understood",
                ProblemKind::Dynamic => "dynamic",
                ProblemKind::CopyData => "copy data",
                ProblemKind::PsqlCommand => "client command",
            };
            let at = problem.span.start;
            self.problems.push(format!("{sort}: {}:{}:{}: {}", path.display(), at.line, at.column, problem.message));
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
