//! A column is dropped that a running release may use.

use super::finding::Category;
use super::known::some_of;
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::stand_in::{columns, stand_in};
use super::view::MigrationView;
use crate::effects::BreakageKind;
use crate::layout::Layout;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "column-still-used",
    category: Category::RollingDeploy,
    title: "A column is dropped that a running release may use",
    why: "Every statement of a release that is still running that names the column fails from the commit on, and \
          prepared `SELECT *` fails with `cached plan must not change result type`. A rollback of the deploy brings \
          back code that needs the column.",
    source: "PostgreSQL docs, ALTER TABLE, DROP COLUMN; PREPARE",
    bad: &[Sample::new(USERS, "ALTER TABLE users DROP COLUMN legacy;").with(&["drop-column"])],
    good: &[Sample::new(USERS, "ALTER TABLE users ADD COLUMN scratch int; ALTER TABLE users DROP COLUMN scratch;")],
    planned: true,
    check: Check::Outcome(check),
    ..Rule::BASE
};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, legacy text);";

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for (statement, judged) in view.operations {
        let gone = judged.effects.breaks.iter().filter(|b| b.what == BreakageKind::Gone);
        let gone = gone.filter_map(|b| b.column.as_ref().map(|(id, name)| (&b.relation, *id, name)));
        let gone: Vec<_> = gone.filter(|(relation, id, _)| view.column_was_known(relation.id, *id)).collect();
        let ids: Vec<_> = gone.iter().map(|(relation, ..)| relation.id).collect();
        let missed = gone.iter().filter(|(relation, id, name)| {
            let again = view.after.table(relation.id).and_then(|table| table.column(name));
            let before = view.last_seen_column(relation.id, *id);
            let same = again.zip(before).is_some_and(|(again, before)| {
                // Nobody can write to a generated column.
                let written = again.generated.is_none() || before.generated.is_some();
                again.data_type == before.data_type && written
            });
            let view_has_it = stand_in(view, judged, &relation.name).is_some_and(|other| {
                let has = columns(other).is_none_or(|all| all.iter().any(|(column, _)| column.as_str() == *name));
                other.id != relation.id && has
            });
            !same && !view_has_it && !super::known::is_below_another(view.after, relation.id, &ids)
        });
        let names: Vec<String> = missed.map(|(relation, _, name)| format!("{}.{name}", relation.name)).collect();
        let Some(mut to) = findings.statement(*statement).filter(|_| !names.is_empty()) else { continue };
        to.flag(format!("a running release that uses {} fails from now on", some_of(&names)))
            .at(judged.located.span)
            .help(format!(
                "contract last: {}, and drop the column in a migration that is deployed after it",
                forget_column(view.host)
            ))
            .verify(format!("no release that is still running reads or writes {}", some_of(&names)));
    }
}

/// How code stops using a column, in the host's terms.
fn forget_column(host: Layout) -> &'static str {
    match host {
        Layout::Sqlx => "first deploy a release in which no query, no `SELECT *` and no struct names it",
        Layout::Diesel => {
            "first deploy a release whose schema.rs does not have it: diesel names every column that the table! has"
        }
        Layout::Plain => "first deploy a release that does not name it",
    }
}
