//! REFRESH MATERIALIZED VIEW … WITH NO DATA of one that is read.

use super::finding::Category;
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::MigrationView;
use crate::sql::{LockMode, Operation};

const VIEW: &str = "CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint);
CREATE MATERIALIZED VIEW members AS SELECT org_id, count(*) AS n FROM users GROUP BY org_id;";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "view-emptied",
    category: Category::RollingDeploy,
    title: "A materialised view is left without data",
    why: "Until it is filled again, every query that reads it fails with `materialized view has not been populated` \
          (55000).",
    source: "PostgreSQL docs, REFRESH MATERIALIZED VIEW; measured, PG 14–18",
    bad: &[
        Sample::new(VIEW, "REFRESH MATERIALIZED VIEW members WITH NO DATA;"),
    ],
    good: &[Sample::new(VIEW, "CREATE MATERIALIZED VIEW owners AS SELECT id FROM users WHERE org_id = id WITH NO DATA;")],
    check: Check::Outcome(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for (statement, judged) in view.operations {
        let Operation::RefreshMaterializedView { with_data: false, .. } = &judged.located.operation else { continue };
        let is_empty =
            |id| view.was_known(id) && view.after.relation(id).and_then(|r| r.view()).is_some_and(|view| !view.populated);
        let locked = judged.effects.locks.iter().filter(|lock| lock.mode == LockMode::AccessExclusive);
        let emptied = locked.map(|lock| &lock.relation).find(|relation| is_empty(relation.id));
        let (Some(emptied), Some(mut to)) = (emptied, findings.statement(*statement)) else { continue };
        to.block(format!("every query that reads {} fails from now on: it has no data (55000)", emptied.name))
            .at(judged.located.span)
            .help("refresh it CONCURRENTLY, or fill another one beside it and exchange their names in one transaction");
    }
}
