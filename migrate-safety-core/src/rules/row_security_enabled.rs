//! Row level security is switched on for a table in use.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::sql::Operation;
use crate::sql::operation::TableAction;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "row-security-enabled",
    category: Category::RollingDeploy,
    title: "Row level security is switched on for a table in use",
    why: "Every role but the owner sees only the rows that a policy allows, without a policy none, and no error says so; \
          writes that no policy allows fail. A release that sets no role or setting for the policies sees nothing.",
    source: "PostgreSQL docs, 5.9 Row Security Policies",
    bad: &[Sample::new(NOTES, "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;")],
    good: &[Sample::new("", "CREATE TABLE notes (id bigint PRIMARY KEY); ALTER TABLE notes ENABLE ROW LEVEL SECURITY;")],
    check: Check::Operation(check),
    ..Rule::BASE
};

const NOTES: &str = "CREATE TABLE notes (id bigint PRIMARY KEY, owner text);";

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::AlterTable(alter) = &view.located.operation else { return };
    let Some(relation) = view.scene.target().filter(|r| view.is_old(r.id)) else { return };
    let Some(table) = relation.table() else { return };
    let (who, question) = match alter.action {
        TableAction::RowSecurity { enable: true } if !table.row_security => {
            ("a role that does not own it", "does the application connect as the owner of the table?")
        }
        TableAction::ForceRowSecurity { force: true } if !table.force_row_security => {
            ("its owner, too,", "do the policies allow what the application does as the owner?")
        }
        _ => return,
    };
    findings
        .flag(format!("{who} sees and writes only what policies allow of {}", relation.qualified()))
        .at(view.located.span)
        .help("create the policies first, deploy the release that sets what they look at, and switch it on after that")
        .verify(question);
}
