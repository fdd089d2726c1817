//! What can be wrong with a call and with what it reads.

#![allow(clippy::unwrap_used, unreachable_pub, dead_code, reason = "a test fails by panicking and shares helpers")]

mod common;

use common::Dir;

const SAFE: &str = "CREATE TABLE users (id bigint PRIMARY KEY);";

#[test]
fn a_wrong_call_is_status_2_and_says_why() {
    let dir = Dir::with(&[("migrations/1_users.sql", SAFE)]);
    let cases: [(&[&str], &str); 13] = [
        (&["check", "absent"], "absent: no such file or directory"),
        (&["check", "--layout", "rails"], "`rails` is not a layout: write auto, sqlx, diesel or plain"),
        (&["check", "--dialect", "oracle:8"], "`oracle:8` is not a dialect: write one of `postgres:16`, `mysql:8.0`"),
        (&["check", "--dialect", "mysql:5.7"], "`mysql:5.7` is no version that is known: write `mysql:VERSION`"),
        (&["check", "--dialect", "postgres:8"], "`postgres:8` is no version that is known"),
        (&["check", "--dialect", "postgres:"], "`postgres:` is no version that is known"),
        (&["check", "--schema", "absent.sql"], "absent.sql: no such file or directory"),
        (&["check", "--schema"], "--schema"),
        (&["check", "--format", "xml"], "xml"),
        (&["check", "--deny", "nothing"], "nothing"),
        (&["check", "--unknown"], "--unknown"),
        (&["frobnicate"], "frobnicate"),
        (&[], "Usage:"),
    ];
    for (args, message) in cases {
        let ran = dir.run(args).expect(2);
        assert!(ran.err.contains(message) && ran.out.is_empty(), "{args:?}: {ran:#?}");
    }
}

#[test]
fn help_and_version_are_no_errors() {
    let dir = Dir::with(&[]);
    for args in [&["--help"][..], &["--version"], &["check", "--help"], &["help"]] {
        let ran = dir.run(args).expect(0);
        assert!(ran.err.is_empty() && !ran.out.is_empty(), "{ran:#?}");
    }
}

#[test]
fn an_empty_directory_is_not_a_pass() {
    let dir = Dir::with(&[("migrations/README.md", "")]);
    let ran = dir.run(&["check"]).expect(2);
    assert!(ran.err.contains("migrations: no migrations here: expected <version>_<name>.sql"), "{ran:#?}");
    let ran = Dir::with(&[]).run(&["check"]).expect(2);
    assert!(ran.err.contains("migrations: no such file or directory"), "{ran:#?}");
}

#[test]
fn files_that_cannot_be_read_hide_no_findings() {
    let dir = Dir::with(&[("migrations/1_users.sql", SAFE), ("migrations/5_x.sql", "DROP TABLE absent;")]);
    dir.write("migrations/2_latin1.sql", b"-- first\nSELECT '\xe9';");
    #[cfg(unix)]
    std::os::unix::fs::symlink("/nowhere/at/all", dir.0.join("migrations/3_link.sql")).unwrap();
    dir.write("migrations/4_dir.sql/inner.sql", b"");
    let ran = dir.run(&["check"]).expect(2);
    assert!(ran.err.contains("2_latin1.sql:2: not UTF-8: save the file as UTF-8"), "{ran:#?}");
    #[cfg(unix)]
    assert!(ran.err.contains("3_link.sql: it links to a file that does not exist"), "{ran:#?}");
    assert!(ran.out.contains("4_dir.sql is not run"), "{ran:#?}");
    assert!(ran.out.contains("statement-fails"), "{ran:#?}");
    let report = dir.run(&["check", "--format", "json"]).expect(2).json();
    assert_eq!(report["errors"][0]["line"], 2);
    assert_eq!(report["migrations"].as_array().unwrap().len(), 2);
}

#[test]
fn paths_are_read_together() {
    let dir = Dir::with(&[("a/1_users.sql", SAFE), ("b/2_more.sql", "ALTER TABLE users ADD COLUMN a int;")]);
    let report = dir.run(&["check", "a", "b", "--format", "json"]).expect(0).json();
    assert_eq!(report["migrations"].as_array().unwrap().len(), 2);
    let ran = dir.run(&["check", "a", "absent", "b"]).expect(2);
    assert!(ran.err.contains("absent: no such file") && ran.out.contains("2_more.sql: ok"), "{ran:#?}");
}

#[test]
fn standard_input_is_a_migration() {
    let dir = Dir::with(&[]);
    let ran = dir.run_with_input(&["check", "-"], b"DROP INDEX CONCURRENTLY i;").expect(1);
    assert!(ran.out.contains("needs-no-transaction") && ran.out.contains("--> -:1:1"), "{ran:#?}");
    let sqlx = b"-- no-transaction\nDROP INDEX CONCURRENTLY i;";
    dir.run_with_input(&["check", "-", "--layout", "sqlx"], sqlx).expect(0);
    let ran = dir.run_with_input(&["check", "-"], b"SELECT '\xff';").expect(2);
    assert!(ran.err.contains("standard input is not UTF-8"), "{ran:#?}");
    dir.run_with_input(&["check", "-"], b"").expect(0);
}

#[test]
fn odd_texts_are_read() {
    let deep = format!("SELECT {}1{};", "(".repeat(1000), ")".repeat(1000));
    let long = format!("SELECT {};", vec!["1"; 20_000].join(" + "));
    let cases: [(&str, &str, i32, &str); 12] = [
        ("empty", "", 0, "ok"),
        ("white space", " \n\t\n", 0, "ok"),
        ("comments", "-- nothing\n/* at /* all */ */\n", 0, "ok"),
        ("semicolons", ";;;", 0, "ok"),
        ("CRLF", "CREATE TABLE t (\r\n  a int\r\n);\r\nALTER TABLE t ADD b int;\r\n", 0, "ok"),
        ("byte order mark", "\u{feff}SELECT 1;", 1, "byte-order-mark"),
        ("psql command", "\\connect other\nSELECT 1;", 1, "psql-command"),
        ("copy data", "CREATE TABLE t (a int);\nCOPY t FROM stdin;\n1\n\\.\n", 1, "copy-data"),
        ("unclosed string", "SELECT 'abc", 1, "invalid-sql"),
        ("unclosed comment", "SELECT 1; /* abc", 1, "invalid-sql"),
        ("deep", &deep, 0, "not-understood"),
        ("long", &long, 0, "ok"),
    ];
    for (what, text, status, expected) in cases {
        let dir = Dir::with(&[("migrations/1_x.sql", text)]);
        let ran = dir.run(&["check"]);
        assert_eq!(ran.status, status, "{what}: {} {}", ran.out.chars().take(2000).collect::<String>(), ran.err);
        assert!(ran.out.contains(expected), "{what}: {}", ran.out.chars().take(2000).collect::<String>());
    }
}

#[test]
fn a_schema_is_what_exists_before() {
    let dir = Dir::with(&[
        ("schema.sql", "CREATE TABLE public.users (id bigint NOT NULL, email text);"),
        ("migrations/1_a.sql", "ALTER TABLE users ADD COLUMN a int;"),
        ("migrations/2_b.sql", "ALTER TABLE users ADD COLUMN email text;"),
    ]);
    let ran = dir.run(&["check", "--schema", "schema.sql"]).expect(1);
    assert!(ran.out.contains("1_a.sql: ok"), "{ran:#?}");
    assert!(ran.out.contains("users\" already"), "{ran:#?}");
    let ran = dir.run(&["check"]).expect(1);
    assert!(ran.out.contains(r#"relation "users" does not exist"#), "{ran:#?}");
}

#[test]
fn two_files_at_fault_are_both_reported() {
    let dir = Dir::with(&[
        ("migrations/1_a.sql", "ALTER TABEL x;"),
        ("migrations/2_b.sql", SAFE),
        ("migrations/3_c.sql", "DROP TABLE absent;"),
    ]);
    let ran = dir.run(&["check"]).expect(1);
    assert!(
        ran.out.contains("1_a.sql:1") && ran.out.contains("3_c.sql:1") && ran.out.contains("2_b.sql: ok"),
        "{ran:#?}"
    );
}

#[test]
fn cargo_runs_it_as_a_subcommand() {
    let dir = Dir::with(&[("migrations/1_users.sql", SAFE)]);
    let program = env!("CARGO_BIN_EXE_cargo-migrate-safety");
    for args in [&["migrate-safety", "check"][..], &["check"]] {
        common::run_in(&dir.0, program, args, None).expect(0);
    }
    common::run_in(&dir.0, program, &["migrate-safety", "check", "absent"], None).expect(2);
}
