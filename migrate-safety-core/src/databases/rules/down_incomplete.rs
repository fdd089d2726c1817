//! A way back that does not undo its migration.

use super::down_empty::is_empty;
use super::undo::differences;
use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::MigrationView;
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "down-incomplete",
        category: Category::Rollback,
        title: "A way back that does not lead back",
        why: "After a rollback the schema is neither the old nor the new one: the old release meets what it does not \
              know, and the migration cannot be run again.",
        source: "the schema before the migration and after its way back",
        bad: &[
            Sample::new(USERS, "ALTER TABLE users ADD COLUMN a int; ALTER TABLE users ADD COLUMN b int;")
                .down("ALTER TABLE users DROP COLUMN a;")
                .of(Target::sqlite(345)),
            Sample::new("", "CREATE TABLE plans (id int PRIMARY KEY); CREATE TABLE prices (id int);")
                .down("DROP TABLE plans;")
                .of(Target::mysql(800)),
        ],
        good: &[Sample::new("", "CREATE TABLE plans (id int PRIMARY KEY);").down("DROP TABLE plans;").of(Target::mysql(800))],
        folded_into: &["down-fails"],
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Migration(look),
};

const USERS: &str = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, email varchar(100), legacy varchar(20), org_id bigint);";

/// How many differences are told one by one.
const MOST_TOLD: usize = 3;

fn look(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    let (Some(down), Some(undone)) = (&view.migration.down, view.undone) else { return };
    if is_empty(undone) || undone.judged.iter().any(|judged| !judged.statement.problems.is_empty()) {
        return;
    }
    let different = differences(view.before, &undone.schema);
    if different.is_empty() {
        return;
    }
    let more = different.len().saturating_sub(MOST_TOLD);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let told: Vec<&str> = different.iter().take(MOST_TOLD).map(String::as_str).collect();
    let name = down.path.file_name().unwrap_or(down.path.as_os_str()).to_string_lossy();
    findings
        .flag(format!("{name} does not undo this migration: {}{more}", told.join("; ")))
        .help("undo each statement of the migration, the last one first");
}
