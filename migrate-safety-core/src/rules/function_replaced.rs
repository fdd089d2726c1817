//! A function that a running release calls does something else from now on.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::catalog::Routine;
use crate::sql::operation::{ArgMode, CreateRoutine, RoutineBody};
use crate::sql::plpgsql::raises;
use crate::sql::{ObjectName, Operation};

const PRICE: &str = "CREATE FUNCTION price(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "function-replaced",
    category: Category::RollingDeploy,
    title: "A function in use does something else from now on",
    why: "CREATE OR REPLACE FUNCTION takes no lock and asks nobody: the release that is running gets the new behaviour \
          with its next call, or its next write if a trigger calls it. So does the old release after a roll-back.",
    source: "PostgreSQL docs, CREATE FUNCTION",
    bad: &[
        Sample::new(PRICE, "CREATE OR REPLACE FUNCTION price(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 3';"),
        Sample::new(PRICE, "CREATE FUNCTION price(n int, rate int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT n * rate';"),
    ],
    good: &[
        Sample::new(PRICE, "CREATE OR REPLACE FUNCTION price(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';"),
        Sample::new("", "CREATE OR REPLACE FUNCTION price(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';"),
    ],
    told_once: true,
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::CreateRoutine(new) = &view.located.operation else { return };
    if let Some(old) = rivalled(view, new) {
        let called = format!("{}.{}", old.schema, old.name);
        findings
            .flag(format!("calls of {called} that leave out the new function's defaults fit both: the server refuses them"))
            .at(view.located.span)
            .help("give the new function another name, or replace the old one")
            .verify(format!("does a running release call {called}?"));
        return;
    }
    let Some(old) = replaced(view, new).filter(|old| old.created.migration < view.scene.since) else { return };
    if text(old.body.as_ref()) == text(new.body.as_ref()) {
        return;
    }
    let name = format!("{}.{}", old.schema, old.name);
    let is_trigger = old.returns.as_ref().is_some_and(|returns| returns.is("trigger"));
    let refuses = new.body.as_ref().is_some_and(raises) && !old.body.as_ref().is_some_and(raises);
    let (message, question) = match (is_trigger, refuses) {
        (true, true) => (
            format!("writes that fire {name} fail from now on where it raises an error"),
            "does the running release write rows that it refuses?",
        ),
        (true, false) => (
            format!("every write that fires {name} does something else from now on, that of the running release too"),
            "does the running release go on working with it?",
        ),
        (false, _) => (
            format!("a running release that calls {name} gets another result from now on"),
            "may the release that is running call it as it is now?",
        ),
    };
    findings
        .flag(message)
        .at(view.located.span)
        .help("give the new behaviour a new name, and drop the old function when no release calls it any more")
        .verify(question);
}

/// The routine that is there under its name, with as many arguments.
fn replaced<'a>(view: &OperationView<'a>, new: &CreateRoutine) -> Option<&'a Routine> {
    let catalog = view.scene.catalog;
    let schema = new.name.schema.clone().unwrap_or_else(|| catalog.creation_schema());
    let name = ObjectName { schema: Some(schema), name: new.name.name.clone() };
    let found = catalog.routines_named(&name);
    found.into_iter().find(|old| old.args.len() == new.args.len()).filter(|_| new.or_replace)
}

/// The routine beside which calls become ambiguous: the new one takes the same arguments, and more with defaults.
fn rivalled<'a>(view: &OperationView<'a>, new: &CreateRoutine) -> Option<&'a Routine> {
    let catalog = view.scene.catalog;
    let schema = new.name.schema.clone().unwrap_or_else(|| catalog.creation_schema());
    let name = ObjectName { schema: Some(schema), name: new.name.name.clone() };
    let inputs: Vec<_> = new.args.iter().filter(|arg| !matches!(arg.mode, ArgMode::Out | ArgMode::Table)).collect();
    let old = catalog.routines_named(&name).into_iter().filter(|old| old.created.migration < view.scene.since);
    old.into_iter().find(|old| {
        let known: Vec<_> = old.inputs().collect();
        let (same, more) = (inputs.get(..known.len()), inputs.get(known.len()..));
        let fits = same.is_some_and(|same| same.iter().zip(&known).all(|(arg, old)| arg.data_type.name == old.name));
        fits && more.is_some_and(|more| !more.is_empty() && more.iter().all(|arg| arg.default.is_some()))
    })
}

/// A body without what does not matter in it.
fn text(body: Option<&RoutineBody>) -> Vec<&str> {
    body.map(|body| body.text.split_whitespace().collect()).unwrap_or_default()
}
