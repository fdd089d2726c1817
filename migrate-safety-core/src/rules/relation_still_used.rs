//! A table, view or sequence is dropped that a running release may use.

use super::finding::Category;
use super::known::some_of;
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::stand_in::stand_in;
use super::view::MigrationView;
use crate::catalog::RelationId;
use crate::effects::BreakageKind;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "relation-still-used",
    category: Category::RollingDeploy,
    title: "A table or view is dropped that a running release may use",
    why: "Every statement of a release that is still running that names it fails with `relation does not exist`, and a \
          rollback of the deploy brings such code back.",
    source: "PostgreSQL docs, DROP TABLE, DROP VIEW",
    bad: &[
        Sample::new("CREATE TABLE logins (id bigint PRIMARY KEY);", "DROP TABLE logins;").with(&["drop-table"]),
        Sample::new(VIEWS, "DROP VIEW recent;"),
    ],
    good: &[
        Sample::new(VIEWS, "DROP VIEW recent; CREATE VIEW recent AS SELECT id, at, at::date AS day FROM logins;"),
        Sample::new("", "CREATE TABLE scratch (id bigint); DROP TABLE scratch;"),
    ],
    told_once: true,
    check: Check::Outcome(check),
    ..Rule::BASE
};

const VIEWS: &str = "CREATE TABLE logins (id bigint PRIMARY KEY, at timestamptz);
    CREATE VIEW recent AS SELECT id, at FROM logins;";

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for (statement, judged) in view.operations {
        let gone = judged.effects.breaks.iter().filter(|b| b.what == BreakageKind::Gone && b.column.is_none());
        let gone: Vec<_> = gone.map(|b| &b.relation).filter(|relation| view.was_known(relation.id)).collect();
        let ids: Vec<RelationId> = gone.iter().map(|relation| relation.id).collect();
        let missed = gone.iter().filter(|relation| {
            let seen = view.last_seen(relation.id);
            let owned = seen.and_then(|r| r.sequence()).is_some_and(|sequence| sequence.owned_by.is_some());
            let below = seen.and_then(|r| r.table()).is_some_and(|table| {
                let partition_of = table.partition_of.as_ref().map(|(parent, _)| parent);
                partition_of.into_iter().chain(&table.inherits).any(|parent| ids.contains(parent))
            });
            !owned && !below && stand_in(view, judged, &relation.name).is_none()
        });
        let names: Vec<&str> = missed.map(|relation| relation.name.as_str()).collect();
        let Some(mut to) = findings.statement(*statement).filter(|_| !names.is_empty()) else { continue };
        to.flag(format!("a running release that uses {} fails from now on", some_of(&names)))
            .at(judged.located.span)
            .help("contract last: first deploy a release that does not name it, and drop it in a migration after that")
            .verify(format!("no release that is still running reads or writes {}", some_of(&names)));
    }
}
