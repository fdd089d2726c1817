//! Every example of a rule, every fix and every question that a finding gives, run on servers through the hosts' own
//! runners.
//!
//! A good example runs. A bad one runs too, unless what is bad is that it does not. A fix runs in the place of what it
//! mends, passes the check, and is found no more by the rule that gave it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod diesel;
mod project;
mod sqlx;

use migrate_safety_core::report::MigrationReport;
use migrate_safety_core::rules::{Category, RULES, Sample};
use migrate_safety_core::{Finding, Layout, Status, check};
use migrate_safety_testkit::{Database, PostgresServer, server_for_test};
use project::Project;

/// Rules whose bad examples run on a server without rows, or run at all: what goes wrong is not an error of the server.
const BAD_BUT_RUN: &[&str] = &["fails-with-rows", "misplaced-no-transaction", "invalid-allow", "unused-allow"];

/// Rules whose bad examples the server refuses, though no finding of theirs says for certain that a deploy fails.
const REFUSED: &[&str] = &["constraint-index-dropped", "extension-not-shipped", "role-not-made"];

/// The versions on which a sample is run: those from the one it names; samples that name none run on all.
fn runs_on(sample: &Sample, major: u16) -> bool {
    let written = sample.target.version;
    written >= 14 && (written == 16 || written <= major)
}

fn run_all(major: u16) {
    let Some(server) = server_for_test(major) else { return };
    let mut runs = Runs { server, free: None, number: 0, wrong: Vec::new(), migrations: 0, questions: 0 };
    for rule in RULES {
        for sample in rule.good.iter().filter(|sample| runs_on(sample, major)) {
            runs.good(rule.id, sample);
        }
        for sample in rule.bad.iter().filter(|sample| runs_on(sample, major)) {
            runs.bad(rule.id, sample);
        }
    }
    println!("PostgreSQL {major}: {} migrations and {} questions run", runs.migrations, runs.questions);
    assert!(runs.wrong.is_empty(), "PostgreSQL {major}:\n{}", runs.wrong.join("\n"));
}

/// What has been run on a server.
struct Runs {
    server: PostgresServer,
    /// An empty database that nobody uses.
    free: Option<Database>,
    number: u32,
    migrations: u32,
    questions: u32,
    wrong: Vec<String>,
}

impl Runs {
    fn good(&mut self, rule: &str, sample: &Sample) {
        let Some(database) = self.prepare(rule, sample) else { return };
        if let Err(error) = self.run(sample.host, &database, &Project::of(sample)) {
            self.wrong.push(format!("{rule}: a good example fails: {error}\n    {}", sample.sql));
        }
        self.free = database.emptied();
    }

    fn bad(&mut self, rule: &str, sample: &Sample) {
        let (set, config) = sample.load();
        let report = check(&set, &config);
        let findings: Vec<Finding> = report.all_findings().cloned().collect();
        let fails = |f: &Finding| f.category == Category::Deployability && f.status == Status::Block;
        let expected = (findings.iter().any(fails) || REFUSED.contains(&rule)) && !BAD_BUT_RUN.contains(&rule);
        if let Some(database) = self.prepare(rule, sample) {
            let ran = self.run(sample.host, &database, &Project::of(sample));
            if ran.is_ok() == expected {
                let ran = ran.map_or_else(|error| error, |()| "it runs".to_owned());
                self.wrong.push(format!("{rule}: a bad example: {ran}\n    {}", sample.sql));
            }
            self.free = database.emptied();
        }
        for finding in findings.iter().filter(|f| f.fix.is_some() || f.verify.as_deref().and_then(query_of).is_some()) {
            self.advice(rule, sample, finding);
        }
    }

    /// Runs what stands before the statement of a finding, then the query that it asks to run, then its fix.
    fn advice(&mut self, rule: &str, sample: &Sample, finding: &Finding) {
        let Some(database) = self.prepare(rule, sample) else { return };
        let before = Project::before(sample, finding);
        if let Err(error) = self.run(sample.host, &database, &before) {
            self.wrong.push(format!("{rule}: what stands before the statement fails: {error}\n    {}", sample.sql));
        }
        if let Some(query) = finding.verify.as_deref().and_then(query_of) {
            self.questions += 1;
            if let Err(error) = database.connect().unwrap().simple_query(query) {
                self.wrong.push(format!("{rule}: a question fails: {error:?}\n    {query}\n    {}", sample.sql));
            }
        }
        if let Some(fix) = &finding.fix {
            self.fix(rule, sample, &database, &before, fix);
        }
        self.free = database.emptied();
    }

    /// Runs a fix in the place of the statement, statements that share no transaction as migrations of their own, and
    /// checks it.
    fn fix(&mut self, rule: &str, sample: &Sample, database: &Database, before: &Project, fix: &str) {
        let project = before.clone().then(fix);
        if let Err(error) = self.run(sample.host, database, &project) {
            self.wrong.push(format!("{rule}: a fix fails: {error}\n    {fix}"));
        }
        let (_, config) = sample.load();
        let report = check(&project.load(sample.host), &config);
        let found = report.migrations.iter().skip(before.len()).flat_map(MigrationReport::all_findings);
        let found: Vec<&Finding> = found.filter(|f| f.status == Status::Block || f.rule == rule).collect();
        if !found.is_empty() {
            self.wrong.push(format!("{rule}: a fix does not pass: {found:?}\n    {fix}"));
        }
    }

    /// A database with what exists before the sample.
    fn prepare(&mut self, rule: &str, sample: &Sample) -> Option<Database> {
        self.number += 1;
        let database = self.empty_database();
        match database.connect().unwrap().batch_execute(sample.before) {
            Ok(()) => Some(database),
            Err(error) => {
                self.wrong.push(format!("{rule}: what exists before cannot be made: {error:?}\n    {}", sample.before));
                None
            }
        }
    }

    /// The last database, emptied, or a new one.
    fn empty_database(&mut self) -> Database {
        // Without autovacuum the catalogs of a database grow with each sample.
        const USES: u32 = 100;

        let free = self.free.take().filter(|_| !self.number.is_multiple_of(USES));
        free.unwrap_or_else(|| self.server.database(&format!("hosts_{}", self.number)).unwrap())
    }

    fn run(&mut self, host: Layout, database: &Database, project: &Project) -> Result<(), String> {
        self.migrations += 1;
        match host {
            Layout::Diesel => diesel::run(&database.url(), project),
            Layout::Sqlx | Layout::Plain => sqlx::run(&database.url(), project),
        }
    }
}

/// The query in a `verify`: from its `SELECT` on, to the end of its code.
fn query_of(verify: &str) -> Option<&str> {
    let query = &verify[verify.find("SELECT ")?..];
    Some(query.split('`').next().unwrap_or(query))
}

#[test]
fn postgres_14() {
    run_all(14);
}

#[test]
fn postgres_15() {
    run_all(15);
}

#[test]
fn postgres_16() {
    run_all(16);
}

#[test]
fn postgres_17() {
    run_all(17);
}

#[test]
fn postgres_18() {
    run_all(18);
}
