//! A metadata.toml that diesel reads otherwise than it looks.

use super::rule::{Check, Findings, Rule};
use super::view::{MigrationView};
use super::finding::Category;
use crate::layout::LayoutNote;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "metadata-toml",
    category: Category::Deployability,
    title: "A metadata.toml that diesel reads otherwise than it looks",
    why: "diesel runs a migration without a transaction if metadata.toml lacks `run_in_transaction`, and with one if the file cannot be read; it says neither.",
    source: "diesel_migrations 2.3, migrations_internals::TomlMetadata",
    bad: &[],
    good: &[],
    check: Check::Migration(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    for note in &view.migration.notes {
        match note {
            LayoutNote::MetadataWithoutKey { path } => {
                findings
                    .block(format!(
                        "{} has no `run_in_transaction`: diesel then runs the migration without a transaction",
                        path.display()
                    ))
                    .help("write `run_in_transaction = true` or `false` into it");
            }
            LayoutNote::MetadataUnreadable { path, why } => {
                findings
                    .block(format!("diesel cannot read {} ({why}) and runs the migration in a transaction", path.display()))
                    .help("mend the file: `run_in_transaction = true` or `false`");
            }
            _ => {}
        }
    }
}
