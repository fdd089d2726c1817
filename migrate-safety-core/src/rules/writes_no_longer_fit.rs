//! A column takes less than it did, and the running release still writes more.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::effects::{BreakageKind, DataLossKind};
use crate::sql::Operation;
use crate::sql::operation::TableAction;

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(80));";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "writes-no-longer-fit",
    category: Category::RollingDeploy,
    title: "A column takes less than the running release may write",
    why: "Rows that fit today are mended before the migration; the release that is running writes longer values and larger \
          numbers until it is replaced, and these writes fail.",
    source: "PostgreSQL docs, 8.3 Character Types; 8.1.2 Arbitrary Precision Numbers",
    bad: &[Sample::new(USERS, "ALTER TABLE users ALTER COLUMN name TYPE varchar(60);").with(&["long-lock", "type-narrowed"])],
    good: &[Sample::new(USERS, "ALTER TABLE users ALTER COLUMN name TYPE varchar(100);")],
    folded_into: &["type-changed"],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::AlterTable(alter) = &view.located.operation else { return };
    let TableAction::SetType { data_type, .. } = &alter.action else { return };
    // Times are rounded, not refused.
    let refuses = ["varchar", "bpchar", "numeric", "bit", "varbit"].iter().any(|name| data_type.is(name));
    let retyped = view.effects.breaks.iter().any(|broken| broken.what == BreakageKind::Retyped);
    let narrowed = view.old_losses(DataLossKind::Narrowed);
    let Some(column) = narrowed.first().filter(|_| refuses && !retyped) else { return };
    let name = column.column.as_deref().unwrap_or_default();
    findings
        .flag(format!("writes of the running release to {}.{name} fail where a value does not fit {data_type}", column.relation.name))
        .at(view.located.span)
        .help("first deploy a release that writes nothing longer or larger, then narrow the column")
        .verify(format!("does every release that is still running keep {}.{name} to {data_type}?", column.relation.name));
}
