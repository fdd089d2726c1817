//! A constraint is added and validated in one step.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView};
use super::finding::Category;
use super::hazard::hazard;
use crate::sql::Operation;
use crate::sql::operation::{ConstraintKind, TableAction};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "constraint-validated-at-once",
    category: Category::LockContention,
    title: "A constraint is added and validated in one step",
    why: "Adding a CHECK takes ACCESS EXCLUSIVE, adding a foreign key SHARE ROW EXCLUSIVE on both tables; without NOT VALID the lock is held while the existing rows are read.",
    source: "PostgreSQL docs, ALTER TABLE, Notes (NOT VALID); measured, PG 14-18",
    bad: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint); CREATE INDEX orders_user_idx ON orders (user_id);", "ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id);").with(&["foreign-key-added", "rows-may-violate"]),
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "ALTER TABLE users ADD CONSTRAINT has_email CHECK (email IS NOT NULL);").with(&["rows-may-violate"]),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "ALTER TABLE users ADD CONSTRAINT has_email CHECK (email IS NOT NULL) NOT VALID;").with(&["writes-may-violate"]),
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint); ALTER TABLE users ADD CONSTRAINT has_email CHECK (email IS NOT NULL) NOT VALID;", "ALTER TABLE users VALIDATE CONSTRAINT has_email;").rows(&[("public.users", 0)]),
    ],
    planned: true,
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::AlterTable(alter) = &view.located.operation else { return };
    let TableAction::AddConstraint(constraint) = &alter.action else { return };
    let what = match &constraint.kind {
        ConstraintKind::Check(_) => "CHECK",
        ConstraintKind::ForeignKey(_) => "foreign key",
        ConstraintKind::NotNull { .. } => "NOT NULL constraint",
        ConstraintKind::Unique(_) | ConstraintKind::Exclude(_) => return,
    };
    let Some(hazard) = hazard(view) else { return };
    let finding = findings.block(hazard.sentence(&format!("adding the {what}")));
    finding.at(view.located.span);
    let target = view.scene.relation(&alter.table).and_then(|id| view.scene.catalog.table(id));
    let partitioned = target.is_some_and(crate::catalog::Table::is_partitioned);
    if partitioned && matches!(constraint.kind, ConstraintKind::ForeignKey(_)) && view.scene.version() < 18 {
        finding.help(
            "a partitioned table takes no NOT VALID foreign key before PostgreSQL 18: add it NOT VALID to each \
             partition, validate each, then add it to the parent, which adopts them without reading",
        );
        return;
    }
    finding.help("add it NOT VALID, and VALIDATE CONSTRAINT in a later migration: that only stops other schema changes");
    if view.is_direct() && view.alone {
        finding.fix(format!("{} NOT VALID", view.sql.trim_end_matches(';').trim_end()));
    }
}
