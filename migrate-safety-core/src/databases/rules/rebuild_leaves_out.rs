//! A table is made anew without some of what was in it.

use crate::databases::effects::shown;
use crate::databases::rule::{DatabaseRule, Look, SQLITE};
use crate::databases::sqlite::rebuilds;
use crate::databases::view::MigrationView;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "rebuild-leaves-out",
        category: Category::DataLoss,
        title: "A table is made anew without some of what was in it",
        why: "What the INSERT … SELECT does not read of the old table goes with it: values of columns that were \
              forgotten, or all rows, where nothing is copied.",
        source: "SQLite, ALTER TABLE, 8",
        bad: &[
            Sample::new(
                USERS,
                "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT, legacy TEXT); \
                 INSERT INTO new_users SELECT id, email, legacy FROM users WHERE email IS NOT NULL; \
                 DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            )
            .of(Target::sqlite(345))
            .rows(FEW),
            Sample::new(
                USERS,
                "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT); \
                 INSERT INTO new_users (id, email) SELECT id, email FROM users; \
                 DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            )
            .of(Target::sqlite(345))
            .rows(FEW)
            .with(&["column-still-used"]),
            Sample::new(
                USERS,
                "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT, legacy TEXT); \
                 DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            )
            .of(Target::sqlite(345))
            .rows(FEW),
        ],
        good: &[Sample::new(
            USERS,
            "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT, legacy VARCHAR(20)); \
             INSERT INTO new_users SELECT * FROM users; \
             DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
        )
        .of(Target::sqlite(345))
        .rows(FEW)],
        ..Rule::BASE
    },
    dialects: SQLITE,
    look: Look::Outcome(look),
};

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, legacy TEXT);";
const FEW: &[(&str, u64)] = &[("users", 300)];

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for rebuild in rebuilds(view) {
        let name = shown(view.target(), &rebuild.old.name);
        let Some(at) = rebuild.copied.map(|(judged, _)| judged).or(rebuild.dropped) else { continue };
        let Some(mut to) = findings.statement(at.index) else { continue };
        if rebuild.copied.is_none() {
            to.block(format!("{name} is made anew, and no row of it is copied"))
                .at(at.statement.span)
                .help("copy them with INSERT … SELECT before the old table is dropped");
            continue;
        }
        if rebuild.copied.is_some_and(|(_, insert)| !insert.source.is_whole()) && !rebuild.in_parts {
            to.flag(format!("rows of {name} that the condition does not match are not copied: they are gone for good"))
                .at(at.statement.span)
                .help("copy all rows, and delete what is not wanted in a statement of its own")
                .verify(format!("which rows of {name} does the copy leave behind, and does nobody need them?"));
        }
        let left_out: Vec<String> = rebuild.left_out().iter().map(|column| format!("{name}.{column}")).collect();
        if !left_out.is_empty() {
            let names = left_out.join(", ");
            to.flag(format!("the copy leaves out {names}: the values are gone for good"))
                .at(at.statement.span)
                .help("copy it, or leave it out in a migration of its own when no release uses it any more")
                .verify(format!("nobody needs what is in {names}"));
        }
    }
}
