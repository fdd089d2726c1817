//! A migration that commits on its way and cannot be run again.

use super::finding::Category;
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::{Judged, MigrationView};
use crate::effects::{effects, scene::Scene};
use crate::sql::Operation;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "half-run",
    category: Category::Deployability,
    title: "Several transactions in one migration that cannot be run again",
    why: "The host records a migration when all of it has run. If a later transaction of it fails, what the earlier ones \
          did stays, the host knows nothing of it, and the next run fails at the first statement: somebody has to mend \
          the database by hand, in the middle of a deploy.",
    source: "sqlx 0.9 and diesel_migrations 2.3: the version is recorded behind the last statement",
    bad: &[Sample::new(
        "",
        "-- no-transaction\nBEGIN; CREATE TABLE a (id int); COMMIT; BEGIN; CREATE TABLE b (id int); COMMIT;",
    )],
    good: &[
        Sample::new(
            "",
            "-- no-transaction\nBEGIN; CREATE TABLE IF NOT EXISTS a (id int); COMMIT; BEGIN; CREATE TABLE b (id int); COMMIT;",
        ),
        Sample::new("", "-- no-transaction\nCREATE TABLE a (id int); CREATE TABLE b (id int);"),
    ],
    check: Check::Outcome(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    if view.migration.transaction {
        return;
    }
    let direct = || view.operations.iter().filter(|(_, judged)| judged.located.routine.is_none());
    let first_commit = direct().map(|(_, judged)| judged).find(|judged| changes(judged));
    let Some(first) = first_commit else { return };
    let later = direct().find(|(_, judged)| changes(judged) && judged.now.transaction > first.now.transaction);
    let Some((statement, later)) = later else { return };
    let earlier = direct().map(|(_, judged)| judged).filter(|j| j.now.transaction < later.now.transaction);
    let Some((line, why)) = earlier.filter_map(|judged| fails_again(view, judged)).next() else { return };
    let Some(mut findings) = findings.statement(*statement) else { return };
    findings
        .flag(format!("if this fails, what stands before it stays, and the next run fails at line {line}: {why}"))
        .at(later.located.span)
        .help("make it a migration of its own, or write what stands before it so that it can run twice (IF NOT EXISTS)");
}

/// Whether an operation leaves something behind.
fn changes(judged: &Judged) -> bool {
    !matches!(
        judged.located.operation,
        Operation::Transaction(_) | Operation::Set { .. } | Operation::SetConstraints { .. } | Operation::Select(_)
    )
}

/// What the server says when an operation is run again after the migration, and where it stands.
fn fails_again(view: &MigrationView<'_>, judged: &Judged) -> Option<(u32, String)> {
    let operation = &judged.located.operation;
    let session = crate::catalog::Session::default();
    let scene = Scene::new(operation, view.after, &session, judged.now);
    let foreseen = effects(&scene).failures.into_iter().find(|failure| !failure.only_with_rows).map(|f| f.message);
    let applied = || view.after.clone().apply(operation, judged.now).conflicts.into_iter().next().map(|c| c.message);
    Some((judged.located.span.start.line, foreseen.or_else(applied)?))
}
