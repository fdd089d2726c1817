//! A new trigger refuses writes.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::sql::Operation;
use crate::sql::plpgsql::raises;

const PLANS: &str = "CREATE TABLE plans (id bigint PRIMARY KEY, price int);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "trigger-refuses",
    category: Category::RollingDeploy,
    title: "A new trigger refuses writes",
    why: "A trigger that raises an error makes the write fail that fires it, in the release that is running as well: it \
          was written when that was allowed.",
    source: "PostgreSQL docs, 41.9 Errors and Messages; 37.1 Overview of Trigger Behavior",
    bad: &[Sample::new(
        PLANS,
        "CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$; \
         CREATE TRIGGER frozen BEFORE DELETE ON plans FOR EACH ROW EXECUTE FUNCTION forbid();",
    )
    .with(&["trigger-on-live-table"])],
    good: &[Sample::new(
        "",
        "CREATE TABLE plans (id bigint PRIMARY KEY); \
         CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$; \
         CREATE TRIGGER frozen BEFORE DELETE ON plans FOR EACH ROW EXECUTE FUNCTION forbid();",
    )],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::CreateTrigger(trigger) = &view.located.operation else { return };
    let Some(table) = view.scene.relation(&trigger.table).filter(|id| view.is_old(*id)) else { return };
    let catalog = view.scene.catalog;
    let refuses = catalog.routines_named(&trigger.function).iter().any(|r| r.body.as_ref().is_some_and(raises));
    let Some(table) = catalog.relation(table).filter(|_| refuses) else { return };
    findings
        .flag(format!("{} raises errors: writes to {} that it refuses fail from now on", trigger.function, table.qualified()))
        .at(view.located.span)
        .help("deploy the release that keeps to it first; till then let the trigger RAISE WARNING")
        .verify("does the running release write what it refuses?");
}
