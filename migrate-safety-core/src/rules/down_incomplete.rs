//! A way back that leads somewhere else.

use super::down_empty::is_empty;
use super::down_fails::{failure, file_name};
use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::undo::differences;
use super::view::{MigrationView, listed};

const TABLES: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text, age int);
CREATE INDEX users_age_idx ON users (age);";

/// So many differences are told.
const MOST_TOLD: usize = 3;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "down-incomplete",
    category: Category::Rollback,
    title: "A way back that leads somewhere else",
    why: "After a rollback the old release runs on a schema that is not the one it was made for, and the migration fails \
          when it is run again on what its way back has left.",
    source: "the schema before the migration, and after its way back",
    bad: &[
        Sample::new(TABLES, "ALTER TABLE users ADD COLUMN a int, ADD COLUMN b int;")
            .down("ALTER TABLE users DROP COLUMN a;"),
        Sample::new(TABLES, "CREATE TABLE plans (id int PRIMARY KEY); CREATE VIEW names AS SELECT email FROM users;")
            .down("DROP TABLE plans;"),
    ],
    good: &[
        Sample::new(TABLES, "ALTER TABLE users ADD COLUMN a int, ADD COLUMN b int;")
            .down("ALTER TABLE users DROP COLUMN a, DROP COLUMN b;"),
        Sample::new("", "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE days (id serial PRIMARY KEY, m mood);")
            .down("DROP TABLE days; DROP TYPE mood;"),
    ],
    check: Check::Migration(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    let (Some(down), Some(undone), Some(before)) = (&view.migration.down, view.undone, view.before) else { return };
    if is_empty(undone) || failure(undone).is_some() || !undone.script.statements.iter().all(|s| s.problems.is_empty()) {
        return;
    }
    let different = differences(before, &undone.catalog);
    if different.is_empty() {
        return;
    }
    let mut told: Vec<&str> = different.iter().take(MOST_TOLD).map(String::as_str).collect();
    let more = format!("{} more", different.len().saturating_sub(MOST_TOLD));
    if different.len() > MOST_TOLD {
        told.push(&more);
    }
    findings
        .flag(format!("{} does not undo this migration: {}", file_name(&down.path), listed(&told)))
        .help("undo each statement of the migration, the last one first");
}
