//! What `pg_dump` says of a database, where `RANDOM_DDL` asks for it and there is one that is new enough for the server.
//! The packages of servers that tests run on have none: it is looked for on the search path.

use migrate_safety_testkit::Database;
use std::process::Command;

/// What the catalog does not model, so that it is not written either.
const NOT_MODELLED: &[&str] = &[
    "CREATE STATISTICS",
    " SET STATISTICS ",
    " SET STORAGE ",
    " SET (n_distinct",
    "COMMENT ON EXTENSION",
    " FOREIGN DATA WRAPPER ",
    "CREATE SERVER ",
];

/// Whether `RANDOM_DDL` has a word.
pub(crate) fn is_asked(word: &str) -> bool {
    std::env::var("RANDOM_DDL").is_ok_and(|told| told.split_whitespace().any(|other| other == word))
}

/// The statements of `pg_dump --schema-only`, in order of their text.
pub(crate) fn dump(database: &Database) -> Option<Vec<String>> {
    if !is_asked("pg_dump") || version()? < database.server().major() {
        return None;
    }
    let options = ["--schema-only", "--no-owner", "--no-privileges", "--dbname"];
    let output = Command::new("pg_dump").args(options).arg(database.url()).output().unwrap();
    assert!(output.status.success(), "pg_dump: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with("--") && !line.starts_with('\\')).collect();
    let lines = lines.join("\n");
    // No body of ours has a semicolon at the end of a line.
    let statements = lines.split(";\n").map(str::trim).filter(|sql| !sql.is_empty());
    let modelled = statements.filter(|sql| !NOT_MODELLED.iter().any(|words| sql.contains(words)));
    let mut statements: Vec<String> = modelled.map(str::to_owned).collect();
    statements.sort();
    Some(statements)
}

/// The major version of the `pg_dump` that is found.
fn version() -> Option<u16> {
    let output = Command::new("pg_dump").arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let numbers = text.split(|c: char| !c.is_ascii_digit()).find(|word| !word.is_empty())?;
    numbers.parse().ok()
}
