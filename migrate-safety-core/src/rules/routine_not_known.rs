//! A routine is called that no migration defines.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::sql::{Operation, called_routines};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "routine-not-known",
    category: Category::Deployability,
    title: "A procedure or function is called that no migration defines",
    why: "What it does, to which tables and for how long, cannot be known from the files.",
    source: "PostgreSQL docs, CALL; the replayed catalog",
    bad: &[Sample::new("", "CALL absent();")],
    good: &[Sample::new("", "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'; CALL p(); SELECT now();")],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let catalog = view.scene.catalog;
    let is_call = matches!(view.located.operation, Operation::Call { .. });
    let is_bare = matches!(&view.located.operation, Operation::Select(query)
        if query.selects.iter().all(|select| select.from.is_empty()));
    if !is_call && !is_bare {
        return;
    }
    let conditional = view.located.routine.as_ref().is_some_and(|frame| frame.conditional);
    for name in called_routines(&view.located.operation) {
        if !catalog.routines_named(&name).is_empty() {
            continue;
        }
        if catalog.is_unknown_function(&name) {
            findings
                .flag(format!("what {name} does is not known: no migration defines it"))
                .at(view.located.span)
                .verify(format!("which statements does {name} run, on which tables, and how large are they?"));
        } else if is_call && !conditional {
            findings.block(format!("this fails: procedure {name} does not exist (42883)")).at(view.located.span);
        }
    }
}
