//! VACUUM FULL or CLUSTER.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView};
use super::finding::Category;
use super::hazard::hazard;
use crate::sql::Operation;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "table-maintenance",
    category: Category::LockContention,
    title: "VACUUM FULL or CLUSTER",
    why: "Both write the table anew while nobody can read or write it.",
    source: "PostgreSQL docs, VACUUM; CLUSTER",
    bad: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "-- no-transaction\nVACUUM FULL users;"),
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "CLUSTER users USING users_pkey;"),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "-- no-transaction\nVACUUM users;"),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let what = match &view.located.operation {
        Operation::Vacuum { full: true, .. } => "VACUUM FULL",
        Operation::ClusterTable { .. } => "CLUSTER",
        _ => return,
    };
    let Some(hazard) = hazard(view) else { return };
    findings
        .block(hazard.sentence(what))
        .at(view.located.span)
        .help("plain VACUUM makes the space reusable without a strong lock; pg_repack rewrites a table online");
}
