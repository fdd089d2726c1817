//! A large table is changed without a limit on the wait for its metadata lock.

use super::online::changed;
use crate::databases::rule::{DatabaseRule, Look, MYSQL};
use crate::databases::view::{StatementView, rows};
use crate::dialect::{Dialect, Target};
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "no-lock-timeout",
        category: Category::LockContention,
        title: "No lock_wait_timeout before a change of a large table",
        why: "Every change of a table waits until nobody uses it, if only for a moment, and whoever comes behind waits for \
              the change. By default MySQL lets it wait for a year and MariaDB for a day, and neither sqlx nor diesel \
              limits it: one long transaction elsewhere stops the table for as long as it lasts.",
        source: "MySQL manual, 10.11.4 Metadata Locking, 7.1.8 Server System Variables (lock_wait_timeout)",
        bad: &[
            Sample::new(USERS, "ALTER TABLE users ADD COLUMN b int, ALGORITHM=INSTANT;")
                .of(Target::mysql(800))
                .rows(&[("users", 5_000_000)]),
            Sample::new(USERS, "SET SESSION lock_wait_timeout = DEFAULT; ALTER TABLE users ADD COLUMN b int;")
                .of(Target::mariadb(1011))
                .rows(&[("users", 5_000_000)]),
        ],
        good: &[
            // Nothing is known of how large it is.
            Sample::new(USERS, "ALTER TABLE users ADD COLUMN b int, ALGORITHM=INSTANT;").of(Target::mysql(800)),
            Sample::new(USERS, "SET SESSION lock_wait_timeout = 2; ALTER TABLE users ADD COLUMN b int, ALGORITHM=INSTANT;")
                .of(Target::mysql(800))
                .rows(&[("users", 5_000_000)]),
            Sample::new(USERS, "ALTER TABLE users WAIT 2 ADD COLUMN b int;")
                .of(Target::mariadb(1011))
                .rows(&[("users", 5_000_000)]),
            Sample::new(USERS, "SET STATEMENT lock_wait_timeout = 2 FOR ALTER TABLE users ADD COLUMN b int;")
                .of(Target::mariadb(1011))
                .rows(&[("users", 5_000_000)]),
        ],
        ..Rule::BASE
    },
    dialects: MYSQL,
    look: Look::Statement(look),
};

const USERS: &str = "CREATE TABLE users (id int PRIMARY KEY, a int, KEY by_a (a));";

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    let Some(online) = view.operation().online() else { return };
    let is_set = |value: &str| value.trim().trim_matches('\'').parse::<u64>().is_ok();
    if online.wait.is_some() || view.session.get("lock_wait_timeout").is_some_and(is_set) {
        return;
    }
    let Some((_, relation)) = changed(view) else { return };
    // Only where the size is known: for any other table this would be said of almost every migration.
    let is_large = rows(view.config, &relation.name).is_some_and(|rows| rows > view.config.small_table_rows);
    if !is_large {
        return;
    }
    let limit = if view.target().dialect == Dialect::MariaDb { "for a day" } else { "for a year" };
    findings
        .flag(format!(
            "while it waits for those who use {}, all who come behind it wait too, {limit} if need be",
            relation.name
        ))
        .at(view.span())
        .help("put `SET SESSION lock_wait_timeout = 2;` before it, and retry the migration when it gives up");
}
