//! `pg_dump` writes the same schema after the steps as after the plain change, but for the order of lines.
//!
//! `PG_DUMP` names the program; one older than the server dumps nothing, and fails.

use super::{agree, end};
use crate::picture::without;
use crate::scene::Scene;
use migrate_safety_core::plan::Plan;
use migrate_safety_testkit::Database;
use std::process::Command;

pub(super) fn prove(scene: &Scene<'_>, plan: &Plan) -> Result<(), String> {
    let database = end::run(scene, plan)?;
    let (expected, actual) = (dump(&*scene.twin()?)?, dump(&database)?);
    agree("the dumps differ", &unequal(&expected, &actual))
}

/// The lines that are in one dump alone.
pub(crate) fn unequal(expected: &[String], actual: &[String]) -> Vec<String> {
    let mut differences: Vec<String> =
        without(expected, actual).into_iter().map(|line| format!("only expected: {line}")).collect();
    differences.extend(without(actual, expected).into_iter().map(|line| format!("only there: {line}")));
    differences
}

/// The lines of a dump of the schema; a comma at the end says only that it is not the last one.
pub(crate) fn dump(database: &Database) -> Result<Vec<String>, String> {
    let program = std::env::var("PG_DUMP").unwrap_or_else(|_| "pg_dump".to_owned());
    let output = Command::new(&program)
        .args(["--schema-only", "--no-comments", "--dbname"])
        .arg(database.url())
        .output()
        .map_err(|error| format!("cannot run {program}: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let told = text.lines().map(|line| line.trim_end_matches(',').to_owned());
    // From 2025 on a dump has random keys around it; the schema `public` has been made anew in a database that was used before.
    let is_ours =
        |line: &String| !line.starts_with("--") && !line.contains("restrict ") && !line.contains(" SCHEMA public ");
    Ok(told.filter(is_ours).collect())
}
