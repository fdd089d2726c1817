//! What each server version takes, against the versions that the grammar says.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use migrate_safety_testkit::{MAJORS, server_for_test};
use postgres::Client;

/// A syntax error, something that is not supported, or a parameter that is not known.
const REJECTED: [&str; 3] = ["42601", "0A000", "22023"];

const TABLES: &str = "
    CREATE TABLE t (a int, b int, c text);
    CREATE TABLE p (a int) PARTITION BY RANGE (a);
    CREATE VIEW v AS SELECT 1 AS a;";

/// Commands that have to run outside a transaction block to be read at all.
const ALONE: [&str; 6] = ["VACUUM", "REINDEX", "CLUSTER", "DROP DATABASE", "ALTER DATABASE", "ANALYZE"];

#[test]
fn servers_take_a_statement_from_its_version_on() {
    let rows: Vec<(u16, &str)> = include_str!("../../migrate-safety-core/tests/versions.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (since, sql) = line.split_once(" | ").unwrap();
            (since.parse().unwrap(), sql)
        })
        .collect();
    let mut wrong = Vec::new();
    for major in MAJORS {
        let Some(server) = server_for_test(major) else { continue };
        let database = server.database("versions").unwrap();
        let mut client = database.connect().unwrap();
        client.batch_execute(TABLES).unwrap();
        for (since, sql) in &rows {
            let code = run(&mut client, sql);
            let rejected = code.as_ref().is_some_and(|code| REJECTED.contains(&code.as_str()));
            if rejected != (major < *since) {
                wrong.push(format!("{major}, said to be since {since}: {code:?}: {sql}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Runs a statement and takes back what it did; the SQLSTATE of the error, if it is one.
fn run(client: &mut Client, sql: &str) -> Option<String> {
    let alone = ALONE.iter().any(|word| sql.starts_with(word)) || sql.contains("CONCURRENTLY");
    if !alone {
        client.batch_execute("BEGIN").unwrap();
    }
    let error = client.simple_query(sql).err();
    if !alone {
        client.batch_execute("ROLLBACK").unwrap();
    }
    error.map(|error| error.code().map_or_else(|| error.to_string(), |code| code.code().to_owned()))
}
