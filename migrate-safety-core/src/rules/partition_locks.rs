//! Attaching or creating a partition reads rows under a strong lock.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView};
use super::finding::Category;
use super::hazard::hazard;
use crate::catalog::Resolved;
use crate::sql::Operation;
use crate::sql::operation::TableAction;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "partition-locks",
    category: Category::LockContention,
    title: "Attaching or creating a partition reads rows under a strong lock",
    why: "ATTACH PARTITION reads the new partition under ACCESS EXCLUSIVE unless a valid CHECK proves its bounds, and the default partition unless a CHECK excludes them; PARTITION OF locks the parent ACCESS EXCLUSIVE.",
    source: "PostgreSQL docs, ALTER TABLE, ATTACH PARTITION; measured, PG 14-18",
    bad: &[
        Sample::new("CREATE TABLE p (a int) PARTITION BY RANGE (a); CREATE TABLE p1 (a int);", "ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (1) TO (10);").with(&["rows-may-violate"]),
    ],
    good: &[
        Sample::new("CREATE TABLE p (a int) PARTITION BY RANGE (a); CREATE TABLE p1 (a int NOT NULL CHECK (a >= 1 AND a < 10));", "ALTER TABLE p ATTACH PARTITION p1 FOR VALUES FROM (1) TO (10);"),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let creates = match &view.located.operation {
        Operation::CreateTable(table) if table.partition_of.is_some() => true,
        Operation::AlterTable(alter) if matches!(alter.action, TableAction::AttachPartition { .. }) => false,
        _ => return,
    };
    let unseen = match &view.located.operation {
        Operation::CreateTable(table) => table.partition_of.as_ref().map(|(parent, _)| parent),
        _ => None,
    };
    let unseen = unseen.filter(|parent| {
        let found = view.scene.catalog.resolve(parent);
        found == Resolved::Unknown
            || found.found().is_some_and(|id| view.scene.catalog.relation(id).is_some_and(|r| r.unknown))
    });
    if let Some(parent) = unseen {
        let question = format!("has {parent} a default partition, and how many rows are in it? They are read under the lock");
        let message = format!("a partition is added while nobody can read or write {parent}");
        findings.flag(message).at(view.located.span).verify(question);
        return;
    }
    let Some(hazard) = hazard(view) else { return };
    let finding = findings.block(hazard.sentence("this"));
    finding.at(view.located.span).help(if creates {
        "add a CHECK that excludes the new bounds to the default partition, NOT VALID, and validate it in a migration \
         before; better, create the table apart and ATTACH it"
    } else {
        "add a CHECK with the bounds to the table (and one that excludes them to the default partition), NOT VALID, \
         validate it in a migration before, and drop it after"
    });
}
