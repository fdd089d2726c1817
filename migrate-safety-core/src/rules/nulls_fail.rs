//! A column that a running release may write NULL to becomes NOT NULL.

use super::finding::Category;
use super::known::{is_below_another, some_of};
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::MigrationView;
use crate::catalog::RelationId;
use crate::effects::BreakageKind;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "nulls-fail",
    category: Category::RollingDeploy,
    title: "A column that a running release may write NULL to becomes NOT NULL",
    why: "The release that is still running may leave the column out or set it to NULL: those writes fail from the commit \
          on. Where a CHECK (… IS NOT NULL) stands already, NOT VALID or not, they fail already.",
    source: "PostgreSQL docs, 5.5.2 Not-Null Constraints",
    bad: &[Sample::new(USERS, "ALTER TABLE users ADD CONSTRAINT email_there NOT NULL email NOT VALID;").on(18)],
    good: &[Sample::new(CHECKED, "ALTER TABLE users ALTER COLUMN email SET NOT NULL;")],
    check: Check::Outcome(check),
    ..Rule::BASE
};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text);";
const CHECKED: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text, CHECK (email IS NOT NULL));";

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for (statement, judged) in view.operations {
        let refused = judged.effects.breaks.iter().filter(|b| b.what == BreakageKind::NullsFail);
        let refused: Vec<_> = refused.filter_map(|b| b.column.as_ref().map(|(id, name)| (&b.relation, *id, name))).collect();
        let ids: Vec<RelationId> = refused.iter().map(|(relation, ..)| relation.id).collect();
        let known = refused.iter().filter(|(relation, id, _)| {
            let still = view.after.column(relation.id, *id).is_some_and(|column| column.not_null)
                || view.after.refuses_null(relation.id, *id);
            still && view.column_was_known(relation.id, *id) && !is_below_another(view.after, relation.id, &ids)
        });
        let names: Vec<String> = known.map(|(relation, _, name)| format!("{}.{name}", relation.name)).collect();
        let Some(mut to) = findings.statement(*statement).filter(|_| !names.is_empty()) else { continue };
        to.flag(format!("a running release that leaves {} NULL fails from now on", some_of(&names)))
            .at(judged.located.span)
            .help("first deploy a release that always writes a value, or give the column a DEFAULT, then forbid NULL")
            .verify(format!("every release that is still running writes a value to {}", some_of(&names)));
    }
}
