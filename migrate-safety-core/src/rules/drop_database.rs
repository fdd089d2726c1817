//! A database, or everything that a role owns, is dropped.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::sql::Operation;
use crate::sql::operation::ClusterCommand;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "drop-database",
    category: Category::DataLoss,
    title: "A database, or everything that a role owns, is dropped",
    why: "Neither statement names a table that it takes. Each server of the project runs the migration, with what its \
          databases and roles hold there.",
    source: "PostgreSQL docs, DROP DATABASE; DROP OWNED",
    bad: &[Sample::new("", "-- no-transaction\nDROP DATABASE IF EXISTS legacy_reports;")],
    good: &[],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    match &view.located.operation {
        Operation::Cluster { command: ClusterCommand::DropDatabase } => {
            findings
                .block("a whole database is dropped")
                .at(view.located.span)
                .help("drop it by hand, once, after a dump: a migration runs on every server of the project");
        }
        Operation::DropOwned { roles, .. } => {
            let finding = findings.flag("everything that the role owns in this database is dropped");
            finding.at(view.located.span).help("REASSIGN OWNED first, or drop each object by name");
            if let Some(role) = roles.first() {
                let role = role.as_str().replace('\'', "''");
                finding.verify(format!("SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = '{role}'"));
            }
        }
        _ => {}
    }
}
