//! Creating a trigger stops writers.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::sql::Operation;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "trigger-on-live-table",
    category: Category::LockContention,
    title: "A trigger is created on an existing table",
    why: "CREATE TRIGGER takes SHARE ROW EXCLUSIVE: it waits for running writers while later writers wait behind it, \
          and from then on every write of the release that is running fires it.",
    source: "PostgreSQL docs, 13.3.1 Table-Level Locks; measured, PG 14-18",
    bad: &[Sample::new("CREATE TABLE users (id bigint PRIMARY KEY); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ \
                 BEGIN RETURN new; END $$;", "CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f();")],
    good: &[Sample::new("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;", "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW \
              EXECUTE FUNCTION f();")],
    told_once: true,
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::CreateTrigger(trigger) = &view.located.operation else { return };
    let Some(table) = view.scene.relation(&trigger.table).filter(|id| view.is_hot(*id)) else { return };
    if view.lock_on(table).is_none_or(|mode| mode < super::hazard::BLOCKS_WRITES) {
        return;
    }
    findings
        .flag(format!("every write to {} waits while the trigger waits for running ones", trigger.table))
        .at(view.located.span)
        .help("set a lock_timeout before it and retry, so that a long transaction does not stop the table");
}
