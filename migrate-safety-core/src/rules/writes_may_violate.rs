//! A CHECK that is NOT VALID is checked for every write from now on.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::sql::Operation;
use crate::sql::expr::Expression;
use crate::sql::operation::{AlterDomain, ConstraintKind, TableAction};

const ORDERS: &str = "CREATE TABLE orders (id bigint PRIMARY KEY, state text, total int);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "writes-may-violate",
    category: Category::RollingDeploy,
    title: "A CHECK that writes of the running release may violate",
    why: "NOT VALID spares the rows that are there, not the writes: from the commit on, each INSERT and UPDATE is checked, \
          also an UPDATE of an old row that violates the CHECK, whichever column it changes. The release that is still \
          running was written when that was allowed.",
    source: "PostgreSQL docs, ALTER TABLE, ADD table_constraint; ALTER DOMAIN",
    bad: &[
        Sample::new(ORDERS, "ALTER TABLE orders ADD CONSTRAINT state_known CHECK (state IN ('open', 'paid')) NOT VALID;"),
        Sample::new(
            "CREATE DOMAIN amount AS int; CREATE TABLE orders (id bigint PRIMARY KEY, total amount);",
            "ALTER DOMAIN amount ADD CONSTRAINT positive CHECK (VALUE > 0) NOT VALID;",
        ),
    ],
    good: &[
        Sample::new(ORDERS, "ALTER TABLE orders ADD COLUMN rate int; ALTER TABLE orders ADD CONSTRAINT some_rate CHECK (rate > 0) NOT VALID;"),
        Sample::new("", "CREATE TABLE orders (total int); ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID;"),
    ],
    folded_into: &["nulls-fail"],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Some((written_to, condition)) = demanded(view) else { return };
    findings
        .flag(format!("writes of the running release fail where {written_to} violates {condition}"))
        .at(view.located.span)
        .help("first deploy a release that keeps to it, and mend the rows that violate it: an UPDATE of one fails too")
        .verify(format!("does every release that is still running write only what meets {condition}?"));
}

/// What is written, and the condition that it has to meet from now on.
fn demanded(view: &OperationView<'_>) -> Option<(String, String)> {
    let scene = &view.scene;
    let named = |condition: &Expression| format!("CHECK ({})", condition.sql.trim());
    if let Operation::AlterDomain { name, action: AlterDomain::AddConstraint(constraint) } = scene.operation {
        let condition = constraint.check.as_ref().filter(|_| constraint.not_valid)?;
        return Some((format!("a value of {name}"), named(condition)));
    }
    let target = scene.target().filter(|target| view.is_old(target.id))?;
    let TableAction::AddConstraint(constraint) = scene.action()? else { return None };
    let ConstraintKind::Check(condition) = &constraint.kind else { return None };
    if !constraint.not_valid || constraint.not_enforced {
        return None;
    }
    // What a release does not know, it does not write.
    let known = condition.expr.columns().iter().any(|column| view.is_old_column(target.id, column));
    let relation = scene.catalog.relation(target.id).filter(|_| known)?;
    Some((format!("a row of {}", relation.qualified()), named(condition)))
}
