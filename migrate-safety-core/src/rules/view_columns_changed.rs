//! A view comes back without columns it had.

use super::finding::Category;
use super::known::some_of;
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::stand_in::{missing, stand_in};
use super::view::MigrationView;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "view-columns-changed",
    category: Category::RollingDeploy,
    title: "A view or table comes back without columns it had",
    why: "Dropped and created again under its name, it answers the statements of the running release, except those that \
          name a column which is gone or has another type now; prepared `SELECT *` fails with `cached plan must not \
          change result type`.",
    source: "PostgreSQL docs, CREATE VIEW (what OR REPLACE allows); PREPARE",
    bad: &[Sample::new(VIEWS, "DROP VIEW recent; CREATE VIEW recent AS SELECT id FROM logins;")],
    good: &[
        Sample::new(VIEWS, "CREATE OR REPLACE VIEW recent AS SELECT id, at, at::date AS day FROM logins;"),
        Sample::new(VIEWS, "DROP VIEW recent; CREATE VIEW recent AS SELECT at, id FROM logins;"),
    ],
    check: Check::Outcome(check),
    ..Rule::BASE
};

const VIEWS: &str = "CREATE TABLE logins (id bigint PRIMARY KEY, at timestamptz);
    CREATE VIEW recent AS SELECT id, at FROM logins;";

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for (statement, judged) in view.operations {
        let mut columns: Vec<String> = Vec::new();
        for old in judged.removed.relations.iter().filter(|old| view.was_known(old.id)) {
            let name = old.qualified();
            let Some(new) = stand_in(view, judged, &name) else { continue };
            columns.extend(missing(view, old, new).iter().map(|column| format!("{name}.{column}")));
        }
        let Some(mut to) = findings.statement(*statement).filter(|_| !columns.is_empty()) else { continue };
        to.flag(format!("a running release that uses {} fails from now on", some_of(&columns)))
            .at(judged.located.span)
            .help("add columns at the end and keep the others until no release uses them; or make a view of a new name")
            .verify(format!("no release that is still running reads {}", some_of(&columns)));
    }
}
