//! A function is dropped that a running release may call.

use super::finding::Category;
use super::known::some_of;
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::MigrationView;
use crate::catalog::Routine;
use crate::sql::operation::ArgMode;
use crate::sql::ObjectName;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "function-still-used",
    category: Category::RollingDeploy,
    title: "A function is dropped that a running release may call",
    why: "The server does not know who calls a function from outside: queries of the release that is still running, or \
          bodies of other functions, fail when they come to it.",
    source: "PostgreSQL docs, DROP FUNCTION; 5.15 Dependency Tracking",
    bad: &[
        Sample::new(PRICE, "DROP FUNCTION price(int);"),
        Sample::new(
            PRICE,
            "DROP FUNCTION price(int); CREATE FUNCTION price(n int, rate int) RETURNS int LANGUAGE sql AS 'SELECT n * rate';",
        ),
    ],
    good: &[
        Sample::new(
            "CREATE FUNCTION price(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';",
            "DROP FUNCTION price(int); CREATE FUNCTION price(n int) RETURNS bigint LANGUAGE sql AS 'SELECT n * 2::bigint';",
        ),
        Sample::new(
            "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';",
            "DROP FUNCTION touch();",
        ),
    ],
    check: Check::Outcome(check),
    ..Rule::BASE
};

const PRICE: &str = "CREATE FUNCTION price(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';";

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for (statement, judged) in view.operations {
        let missed = judged.removed.routines.iter().filter(|routine| {
            let name = ObjectName { schema: Some(routine.schema.clone()), name: routine.name.clone() };
            let known = routine.created.migration < view.since;
            known && can_be_called(routine) && !view.after.routines_named(&name).iter().any(|other| takes(other, routine))
        });
        let names: Vec<String> = missed.map(|routine| format!("{}.{}", routine.schema, routine.name)).collect();
        let Some(mut to) = findings.statement(*statement).filter(|_| !names.is_empty()) else { continue };
        to.flag(format!("a running release that calls {} fails from now on", some_of(&names)))
            .at(judged.located.span)
            .help("contract last: first deploy a release that does not call it, and drop it in a migration after that")
            .verify(format!("no release that is still running calls {}", some_of(&names)));
    }
}

/// Whether a routine takes calls of another, as far as the number of arguments goes.
fn takes(routine: &Routine, calls_of: &Routine) -> bool {
    let given = calls_of.inputs().count();
    let optional = routine.args.iter().filter(|(.., default)| *default).count();
    let variadic = routine.args.iter().any(|(_, _, mode, _)| *mode == ArgMode::Variadic);
    let most = routine.inputs().count();
    (variadic || given <= most) && given + optional >= most
}

/// Not by itself: triggers call these.
fn can_be_called(routine: &Routine) -> bool {
    routine.returns.as_ref().is_none_or(|returns| !returns.is("trigger") && !returns.is("event_trigger"))
}
