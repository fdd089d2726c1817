//! UPDATE replaces values that nobody keeps.

use super::bounded::{given_column, is_bound};
use super::finding::Category;
use super::known::some_of;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::effects::DataLossKind;
use crate::sql::Operation;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "overwrite-values",
    category: Category::DataLoss,
    title: "An UPDATE replaces values in any number of rows",
    why: "What the columns held is gone when the transaction commits; a second run, or a condition that matches more in \
          production, replaces more. Filling rows where the column IS NULL loses nothing.",
    source: "PostgreSQL docs, UPDATE",
    bad: &[Sample::new(USERS, "UPDATE users SET email = lower(email);").rows(FEW)],
    good: &[
        Sample::new(USERS, "UPDATE users SET email = 'none' WHERE email IS NULL;").rows(FEW),
        Sample::new(USERS, "UPDATE users SET email = 'a@example.org' WHERE id = 7;"),
        Sample::new(USERS, "UPDATE users SET state = 'active' WHERE state = 'enabled';").rows(FEW),
        Sample::new(USERS, "ALTER TABLE users ADD COLUMN mail text; UPDATE users SET mail = email;").rows(FEW),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text, state text);";
const FEW: &[(&str, u64)] = &[("public.users", 100)];

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::Update(update) = &view.located.operation else { return };
    let Some(target) = view.scene.relation(&update.table.name) else { return };
    let filter = update.filter.as_ref();
    if is_bound(view, target, filter) {
        return;
    }
    // A value that the condition gives is known afterwards, too.
    let given: Vec<&str> = filter.iter().flat_map(|f| f.conjuncts()).filter_map(given_column).collect();
    let lost: Vec<String> = view
        .old_losses(DataLossKind::Overwritten)
        .iter()
        .filter_map(|loss| {
            // Counters that triggers keep are as they should be.
            let own = loss.relation.id == target && update.assignments.iter().any(|(to, _)| loss.column.as_deref() == Some(to));
            let column = loss.column.as_deref().filter(|column| own && !given.contains(column))?;
            Some(format!("{}.{column}", loss.relation.name))
        })
        .collect();
    if lost.is_empty() {
        return;
    }
    findings
        .flag(format!("what {} held before is gone in every row that this updates", some_of(&lost)))
        .at(view.located.span)
        .help(
            "write to a new column and let readers move over before the old one goes, or keep a copy; to fill gaps only, \
             add `AND … IS NULL`",
        )
        .verify("does anybody need the old values, and is the condition true of these rows only?");
}
