//! The migrations of a project, made of a sample and of what its findings say.

use migrate_safety_core::rules::Sample;
use migrate_safety_core::{Finding, Layout, MigrationSet, sql};

/// Migrations in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Project(Vec<Migration>);

/// The text of a migration, and whether its host opens a transaction.
#[derive(Clone, Debug)]
pub(crate) struct Migration {
    pub(crate) sql: String,
    pub(crate) transaction: bool,
    of_fix: bool,
}

impl Project {
    /// The sample as it is.
    pub(crate) fn of(sample: &Sample) -> Self {
        Self(vec![Migration { sql: sample.sql.to_owned(), transaction: is_transaction(sample), of_fix: false }])
    }

    /// What stands in the sample before the statement of a finding, each statement a migration.
    pub(crate) fn before(sample: &Sample, finding: &Finding) -> Self {
        let end = finding.span.map_or(0, |span| span.start.offset);
        let mut project = Self::default();
        for span in sql::split(sample.target, sample.sql).into_iter().take_while(|span| span.end.offset <= end) {
            project.push(&sample.sql[span.range()]);
        }
        project
    }

    /// With statements behind: those that share a transaction are one migration.
    pub(crate) fn then(mut self, text: &str) -> Self {
        let mut fix = Self::default();
        for span in sql::split(migrate_safety_core::dialect::Target::default(), text) {
            fix.push(&text[span.range()]);
        }
        for next in fix.0 {
            match self.0.last_mut() {
                Some(last) if last.of_fix && last.transaction && next.transaction => {
                    last.sql = format!("{}\n{}", last.sql, next.sql);
                }
                _ => self.0.push(Migration { of_fix: true, ..next }),
            }
        }
        self
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn migrations(&self) -> impl Iterator<Item = &Migration> {
        self.0.iter()
    }

    /// As the checker sees it.
    pub(crate) fn load(&self, host: Layout) -> MigrationSet {
        let mut set = MigrationSet::default();
        for (at, migration) in self.0.iter().enumerate() {
            let mut one = MigrationSet::from_text(format!("{}_m.sql", at + 1), migration.text(host), host);
            one.migrations.iter_mut().for_each(|m| m.transaction = migration.transaction);
            set.append(one);
        }
        set.complete = true;
        set
    }

    fn push(&mut self, statement: &str) {
        let statement = statement.trim();
        let words = statement.trim_end_matches(';');
        if !words.is_empty() && !words.lines().all(|line| line.trim_start().starts_with("--")) {
            let transaction = !statement.contains("CONCURRENTLY") || statement.starts_with("REFRESH");
            self.0.push(Migration { sql: statement.to_owned(), transaction, of_fix: false });
        }
    }
}

impl Migration {
    /// What the host is given: it pauses for a hundredth of the time, which nothing in these databases is waiting for.
    pub(crate) fn sent(&self, host: Layout) -> String {
        self.text(host).replace("pg_sleep(", "pg_sleep(0.01 * ")
    }

    /// The file's text in a host's layout.
    fn text(&self, host: Layout) -> String {
        let told = self.sql.starts_with("-- no-transaction");
        if host == Layout::Sqlx && !self.transaction && !told {
            format!("-- no-transaction\n{}", self.sql)
        } else {
            self.sql.clone()
        }
    }
}

fn is_transaction(sample: &Sample) -> bool {
    let (set, _) = sample.load();
    set.migrations.iter().all(|migration| migration.transaction)
}
