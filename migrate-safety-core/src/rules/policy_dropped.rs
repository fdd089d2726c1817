//! A policy goes on which rows are seen by.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::sql::Operation;

const NOTES: &str = "CREATE TABLE notes (id bigint PRIMARY KEY, owner text); ALTER TABLE notes ENABLE ROW LEVEL SECURITY; \
                     CREATE POLICY everybody ON notes USING (true);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "policy-dropped",
    category: Category::RollingDeploy,
    title: "A policy is dropped by which a table's rows are seen",
    why: "Without the last permissive policy nobody but the owner sees a row, and no error says so; without a restrictive \
          one everybody sees the rows that it kept back. It holds for the release that is running at once.",
    source: "PostgreSQL docs, 5.9 Row Security Policies",
    bad: &[Sample::new(NOTES, "DROP POLICY everybody ON notes;")],
    good: &[
        Sample::new(NOTES, "CREATE POLICY own ON notes USING (owner = current_user); ALTER TABLE notes DISABLE ROW LEVEL SECURITY; DROP POLICY everybody ON notes;"),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::DropPolicy { name, table, .. } = &view.located.operation else { return };
    let catalog = view.scene.catalog;
    let Some(relation) = view.scene.relation(table).and_then(|id| catalog.relation(id)) else { return };
    if !view.is_old(relation.id) {
        return;
    }
    let known = relation.table().filter(|_| !relation.unknown);
    let policy = known.and_then(|table| table.policies.iter().find(|policy| policy.name == *name));
    if known.is_some_and(|table| !table.row_security) {
        return;
    }
    let restrictive = policy.is_some_and(|policy| policy.clauses.restrictive);
    let others = known.map_or(0, |table| {
        table.policies.iter().filter(|other| other.name != *name && other.clauses.restrictive == restrictive).count()
    });
    let what = match (policy, restrictive, others) {
        (Some(_), true, _) => "rows that it kept back are seen and written from now on",
        (Some(_), false, 0) => "no policy admits a row any more: all but the owner see none, and cannot write any",
        _ => "rows that no other policy admits are neither seen nor written any more",
    };
    findings
        .flag(format!("{} of {}: {what}", name.sql(), relation.qualified()))
        .at(view.located.span)
        .help("create what takes its place before, in the same transaction")
        .verify("do the other policies allow what the running release does, and no more than it may?");
}
