//! Comments that allow, settings of rules, baselines.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use migrate_safety_core::config::{ConfigFile, Level};
use migrate_safety_core::rules::Sample;
use migrate_safety_core::{Config, Layout, MigrationSet, Status, check};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint, email text);";

/// The rules found in a migration, with their line.
fn found(sql: &'static str) -> Vec<(&'static str, u32)> {
    let (set, config) = Sample::new(USERS, sql).load();
    let report = check(&set, &config);
    report.all_findings().map(|f| (f.rule, f.span.map_or(0, |s| s.start.line))).collect()
}

#[test]
fn an_allow_silences_its_rule_at_its_statement() {
    for (sql, expected) in [
        ("CREATE INDEX ON users (org_id);", vec![("index-not-concurrent", 1)]),
        ("-- migrate-safety: allow(index-not-concurrent) at night\nCREATE INDEX ON users (org_id);", vec![]),
        ("/* migrate-safety: allow(index-not-concurrent) at night */ CREATE INDEX ON users (org_id);", vec![]),
        (
            "-- migrate-safety: allow(index-not-concurrent) at night\nCREATE INDEX ON users (org_id);\n\
             CREATE INDEX ON users (email);",
            vec![("index-not-concurrent", 3)],
        ),
        (
            "-- migrate-safety: allow(index-not-concurrent)\nCREATE INDEX ON users (org_id);",
            vec![("invalid-allow", 1), ("index-not-concurrent", 2)],
        ),
        (
            "-- migrate-safety: allow(index-not-concurent) typo\nCREATE INDEX ON users (org_id);",
            vec![("invalid-allow", 1), ("index-not-concurrent", 2)],
        ),
        (
            "-- migrate-safety: allow(index-not-concurrent, long-lock) at night\nCREATE INDEX ON users (org_id);",
            vec![("unused-allow", 1)],
        ),
        (
            "SELECT '-- migrate-safety: allow(index-not-concurrent) no'; CREATE INDEX ON users (org_id);",
            vec![("index-not-concurrent", 1)],
        ),
        ("SELECT 1;\n-- migrate-safety: allow(long-lock) behind everything", vec![("unused-allow", 2)]),
    ] {
        assert_eq!(found(sql), expected, "{sql}");
    }
}

#[test]
fn an_allow_before_the_first_statement_speaks_of_the_whole_migration() {
    let text =
        "-- build the index\n-- no-transaction\n-- migrate-safety: allow(misplaced-no-transaction) known\nANALYZE;";
    let set = MigrationSet::from_text("1_a.sql", text, Layout::Sqlx);
    let report = check(&set, &Config::default());
    assert_eq!(report.all_findings().count(), 0, "{}", report.to_json());
}

#[test]
fn settings_change_what_a_rule_says() {
    for (level, expected) in [(Level::Allow, Status::Pass), (Level::Flag, Status::Flag), (Level::Block, Status::Block)]
    {
        let (set, mut config) = Sample::new(USERS, "CREATE INDEX ON users (org_id);").load();
        config.rules.insert("index-not-concurrent".to_owned(), level);
        assert_eq!(check(&set, &config).worst(), expected);
    }
}

#[test]
fn older_migrations_are_replayed_and_not_reported() {
    let mut set = MigrationSet::from_text("9_users.sql", USERS, Layout::Sqlx);
    set.append(MigrationSet::from_text("10_a.sql", "CREATE INDEX ON users (org_id);", Layout::Sqlx));
    set.append(MigrationSet::from_text("11_b.sql", "ALTER TABLE users ADD COLUMN org_id int;", Layout::Sqlx));
    set.complete = true;
    let file = ConfigFile::parse("migrate-safety.toml".into(), "start_after = 10").unwrap();
    let report = check(&set, &file.config().unwrap());
    let reported: Vec<&str> = report.migrations.iter().map(|m| m.id.as_str()).collect();
    assert_eq!(reported, ["11"]);
    assert_eq!(report.all_findings().map(|f| f.rule).collect::<Vec<_>>(), ["statement-fails"]);
}
