//! `cargo test` fails when somebody adds a migration that would cause an incident.

use migrate_safety_core::{Config, MigrationSet, Verdict, check, report::Colour};

const MIGRATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../storefront/migrations");

/// The history begins with incidents that nobody can undo: what came after them is judged.
fn since_the_last_incident() -> Config {
    Config { start_after: Some("20250304101500".to_owned()), ..Config::default() }
}

#[test]
fn new_migrations_are_safe() -> Result<(), Box<dyn std::error::Error>> {
    let set = MigrationSet::from_dir(MIGRATIONS)?;
    let report = check(&set, &since_the_last_incident());
    assert_ne!(report.verdict(), Verdict::Block, "\n{}", report.to_text(Colour::Never));
    Ok(())
}

#[test]
fn a_dangerous_one_would_be_refused() -> Result<(), Box<dyn std::error::Error>> {
    let mut set = MigrationSet::from_dir(MIGRATIONS)?;
    let added = "CREATE INDEX orders_refund_reason_idx ON orders (refund_reason);";
    set.append(MigrationSet::from_text("20260101000000_index.sql", added, set.layout));
    set.complete = true;
    let report = check(&set, &since_the_last_incident());
    assert_eq!(report.verdict(), Verdict::Block);
    Ok(())
}
