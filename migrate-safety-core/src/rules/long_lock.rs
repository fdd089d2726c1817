//! A table is rewritten or read through under a lock that stops its users.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView};
use super::finding::Category;
use super::hazard::{has_own_rule, hazard};
use crate::sql::Operation;
use crate::sql::operation::{ConstraintDef, ConstraintKind, TableAction};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "long-lock",
    category: Category::LockContention,
    title: "A table is rewritten or read through under a lock that stops its users",
    why: "While the lock is held, every statement that conflicts with it waits; the time grows with the rows of the table.",
    source: "PostgreSQL docs, ALTER TABLE, Notes; measured, PG 14-18",
    bad: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "ALTER TABLE users ALTER COLUMN org_id TYPE numeric;").with(&["type-changed"]),
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();"),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "ALTER TABLE users ADD COLUMN active boolean NOT NULL DEFAULT true;"),
        Sample::new("CREATE TABLE p (name varchar(50));", "ALTER TABLE p ALTER COLUMN name TYPE varchar(100);"),
    ],
    planned: true,
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    if has_own_rule(&view.located.operation) || fails_with_rows(&view.located.operation) {
        return;
    }
    let Some(hazard) = hazard(view) else { return };
    let finding = findings.block(hazard.sentence("this"));
    finding.at(view.located.span).help(cure(&view.located.operation));
    if let Some(question) = view.effects.uncertain.first() {
        finding.verify(question.clone());
    }
}

/// Whether there are no rows to work through wherever it succeeds: a rule of its own speaks about that.
fn fails_with_rows(operation: &Operation) -> bool {
    let Operation::AlterTable(alter) = operation else { return false };
    let TableAction::AddColumn { column, .. } = &alter.action else { return false };
    let filled = column.default.is_some() || column.generated.is_some() || column.identity.is_some() || column.serial;
    let not_null = |c: &ConstraintDef| match &c.kind {
        ConstraintKind::NotNull { .. } => !c.not_valid,
        ConstraintKind::Unique(unique) => unique.primary,
        _ => false,
    };
    !filled && column.constraints.iter().any(not_null)
}

/// The way around, by operation.
fn cure(operation: &Operation) -> &'static str {
    let Operation::AlterTable(alter) = operation else {
        return "run it when nobody uses the table, or do it in steps";
    };
    match &alter.action {
        TableAction::AddColumn { column, .. } if column.identity.is_some() || column.serial => {
            "add a plain nullable column, give it a default from a sequence for new rows, fill old rows in batches, \
             then make it NOT NULL"
        }
        TableAction::AddColumn { column, .. } if column.generated.is_some() => {
            "add a plain column, keep it filled with a trigger, fill old rows in batches"
        }
        TableAction::AddColumn { .. } => {
            "add the column without it, set the default in a second statement (for new rows only), fill old rows in \
             batches, and add constraints NOT VALID"
        }
        TableAction::SetType { .. } => {
            "add a new column of the new type, write both, fill old rows in batches, switch reads, drop the old column"
        }
        TableAction::SetLogged { .. } | TableAction::SetTablespace { .. } | TableAction::SetAccessMethod { .. } => {
            "copy into a new table that is kept up to date by a trigger, then swap names; or plan a maintenance window"
        }
        _ => "run it when nobody uses the table, or do it in steps",
    }
}
