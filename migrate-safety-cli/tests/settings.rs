//! `migrate-safety.toml`, `init`, `--since`, `rules`, `explain`, and the formats for other programs.

#![allow(clippy::unwrap_used, unreachable_pub, dead_code, reason = "a test fails by panicking and shares helpers")]

mod common;

use common::Dir;
use std::process::Command;

const OLD: (&str, &str) = ("migrations/1_users.sql", "CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint);");
const INDEX: &str = "CREATE INDEX users_org_idx ON users (org_id);";

#[test]
fn init_makes_today_the_baseline() {
    let dir = Dir::with(&[OLD, ("migrations/2_index.sql", INDEX), ("migrations/notes.sql", "not one of sqlx's")]);
    dir.run(&["check"]).expect(1);
    let ran = dir.run(&["init"]).expect(0);
    assert!(ran.out.contains("after migrations/2_index.sql"), "{ran:?}");
    let ran = dir.run(&["check", "--deny", "flag"]).expect(0);
    assert!(ran.out.contains("2 older migrations replayed, not reported"), "{ran:?}");
    dir.write("migrations/3_index.sql", b"CREATE INDEX ON users (org_id, id);");
    let report = dir.run(&["check", "--format", "json"]).expect(1).json();
    assert_eq!(report["migrations"].as_array().unwrap().len(), 1);
    let ran = dir.run(&["init"]).expect(2);
    assert!(ran.err.contains("migrate-safety.toml exists"), "{ran:?}");
}

#[test]
fn settings_are_found_upward_and_the_command_line_is_stronger() {
    let dir = Dir::with(&[
        (
            "migrate-safety.toml",
            "dialect = \"postgres:14\"\ndeny = \"flag\"\n[rules]\nindex-not-concurrent = \"flag\"\n",
        ),
        ("app/migrations/1_users.sql", OLD.1),
        ("app/migrations/2_index.sql", INDEX),
    ]);
    assert_eq!(dir.run(&["check", "app", "--format", "json"]).expect(1).json()["dialect"], "postgres:14");
    dir.run(&["check", "app", "--deny", "block"]).expect(0);
    let report = dir.run(&["check", "app", "--dialect", "postgres:17", "--format", "json"]).json();
    assert_eq!(report["dialect"], "postgres:17");
}

#[test]
fn a_wrong_setting_is_named_with_its_line() {
    for (text, expected) in [
        (
            "[rules]\nlong-lok = \"flag\"",
            "migrate-safety.toml:2: `rules`: there is no rule `long-lok`: did you mean `long-lock`?",
        ),
        ("dialect = \"oracle\"", "migrate-safety.toml:1: `dialect`: `oracle` is not a dialect"),
        ("schema = \"absent.sql\"", "absent.sql: no such file or directory"),
    ] {
        let dir = Dir::with(&[OLD, ("migrate-safety.toml", text)]);
        let ran = dir.run(&["check"]).expect(2);
        assert!(ran.err.contains(expected), "{ran:?}");
        assert_eq!(ran.out, "");
    }
}

#[test]
fn since_a_version_or_a_revision() {
    let dir = Dir::with(&[OLD, ("migrations/2_index.sql", INDEX), ("migrations/3_b.sql", "SELECT 1;")]);
    let reported = |args: &[&str]| {
        let report = dir.run(&[&["check", "--format", "json", "--since"], args].concat()).json();
        let ids = report["migrations"].as_array().unwrap().iter().map(|m| m["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(reported(&["1"]), ["2", "3"]);
    assert_eq!(reported(&["2"]), ["3"]);
    let git = |args: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
        let status = Command::new("git").arg("-C").arg(&dir.0).args(identity).args(args).output().unwrap().status;
        assert!(status.success(), "{args:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "-m", "a"]);
    dir.write("migrations/2_index.sql", b"CREATE INDEX ON users (org_id, id);");
    dir.write("migrations/4_new.sql", b"SELECT 2;");
    assert_eq!(reported(&["HEAD"]), ["2", "4"]);
    let ran = dir.run(&["check", "--since", "no-such-branch"]).expect(2);
    assert!(ran.err.contains("neither a version of these migrations nor a revision"), "{ran:?}");
}

#[test]
fn rules_are_listed_and_explained() {
    let dir = Dir::with(&[]);
    let ran = dir.run(&["rules"]).expect(0);
    assert!(ran.out.contains("lock-contention\n") && ran.out.contains("  index-not-concurrent "), "{ran:?}");
    let rules = dir.run(&["rules", "--format", "json"]).expect(0).json();
    assert!(rules.as_array().unwrap().iter().any(|rule| rule["rule"] == "long-lock"));
    insta::assert_snapshot!("explain", dir.run(&["explain", "index-not-concurrent"]).expect(0).out);
    assert_eq!(dir.run(&["explain", "long-lock", "--format", "json"]).expect(0).json()["category"], "lock-contention");
    let ran = dir.run(&["explain", "long-lok"]).expect(2);
    assert!(ran.err.contains("did you mean `long-lock`?"), "{ran:?}");
}

#[test]
fn other_formats() {
    let dir = Dir::with(&[OLD, ("migrations/2_index|1.sql", INDEX), ("migrations/x.sql", "")]);
    insta::assert_snapshot!("markdown", dir.run(&["check", "--format", "markdown"]).expect(1).out);
    insta::assert_snapshot!("github", dir.run(&["check", "--format", "github"]).expect(1).out);
    let sarif = dir.run(&["check", "--format", "sarif"]).expect(1).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let result = results.iter().find(|r| r["ruleId"] == "index-not-concurrent").unwrap();
    assert_eq!(result["level"], "error");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "migrations/2_index%7C1.sql");
    assert_eq!(place["region"]["startLine"], 1);
    let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(sarif["runs"][0]["tool"]["driver"]["rules"][index]["id"], "index-not-concurrent");
}
