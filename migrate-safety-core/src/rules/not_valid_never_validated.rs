//! NOT VALID, and never validated.

use super::demand::{Demand, only};
use super::finding::Category;
use super::rule::{Check, Rule, Sample, SetFindings};
use super::view::SetView;
use crate::catalog::{Constraint, Relation, Table};
use std::collections::BTreeSet;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "not-valid-never-validated",
    category: Category::ConstraintValidation,
    title: "A constraint added NOT VALID is never validated",
    why: "Old rows may still violate it: code that relies on it is wrong about them, an UPDATE of such a row fails in a request, the planner does not use it, and SET NOT NULL or ATTACH PARTITION reads the table all the same. Restoring a dump fails on the first such row.",
    source: "PostgreSQL docs, ALTER TABLE, ADD table_constraint NOT VALID",
    bad: &[],
    good: &[Sample::new(
        "CREATE TABLE users (id bigint PRIMARY KEY, email text);",
        "ALTER TABLE users ADD CONSTRAINT has_email CHECK (email IS NOT NULL) NOT VALID;",
    )
    .with(&["writes-may-violate"])],
    check: Check::Set(check),
    ..Rule::BASE
};

fn check(view: &SetView<'_>, findings: &mut SetFindings<'_>) {
    let open: Vec<(&Relation, &Table, &Constraint)> = view.catalog.relations().flat_map(unvalidated).collect();
    // Those of the newest migrations are a first step; the second is still to be written.
    let adding: BTreeSet<u32> = open.iter().map(|(.., constraint)| constraint.created.migration).collect();
    let mut newest = u32::try_from(view.set.migrations.len()).unwrap_or(u32::MAX);
    while newest > 0 && adding.contains(&newest) {
        newest -= 1;
    }
    for (relation, table, constraint) in open {
        if constraint.created.migration > newest {
            continue;
        }
        let Some((mut findings, span)) = findings.statement(constraint.created) else { continue };
        let name = relation.object_name().sql();
        let finding = findings.flag(format!(
            "{} of {} is NOT VALID and no later migration validates it",
            constraint.name,
            relation.qualified()
        ));
        finding
            .at(span)
            .help("validate it in a new migration: reads and writes go on meanwhile; mend what the query counts first")
            .fix(format!("ALTER TABLE {name} VALIDATE CONSTRAINT {}", constraint.name.sql()));
        if let Some(demand) = Demand::kept(view.catalog, table, constraint) {
            finding.verify(demand.count(&only(view.catalog, relation.id, name)));
        }
    }
}

/// The constraints of a table's own that old rows were never checked against.
fn unvalidated(relation: &Relation) -> impl Iterator<Item = (&Relation, &Table, &Constraint)> {
    let table = relation.table().filter(|table| !table.foreign);
    let constraints = table.into_iter().flat_map(|table| table.constraints.iter().map(move |c| (table, c)));
    let open = |(_, constraint): &(&Table, &Constraint)| {
        !constraint.valid && constraint.enforced && constraint.parent.is_none() && constraint.local
    };
    constraints.filter(open).map(move |(table, constraint)| (relation, table, constraint))
}
