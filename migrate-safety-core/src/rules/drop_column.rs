//! A column is dropped with its values.

use super::finding::Category;
use super::known::some_of;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::effects::DataLossKind;
use crate::sql::Ident;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "drop-column",
    category: Category::DataLoss,
    title: "A column is dropped with its values",
    why: "The server forgets the column at once. Its values come back from a backup or not at all; a down migration \
          makes an empty column.",
    source: "PostgreSQL docs, ALTER TABLE, Notes (DROP COLUMN)",
    bad: &[Sample::new(USERS, "ALTER TABLE users DROP COLUMN legacy;").with(&["column-still-used"])],
    good: &[
        Sample::new(USERS, "ALTER TABLE users ADD COLUMN scratch text; ALTER TABLE users DROP COLUMN scratch;"),
        Sample::new(USERS, "ALTER TABLE users DROP COLUMN IF EXISTS never_there;"),
    ],
    folded_into: &["drop-cascade"],
    told_once: false,
    planned: true,
    check: Check::Operation(check),
};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, legacy text);";

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let losses = view.old_losses(DataLossKind::Dropped);
    let columns: Vec<_> =
        losses.iter().filter_map(|loss| Some((&loss.relation, loss.column.as_deref()?))).collect();
    let Some((table, column)) = columns.first() else { return };
    let names: Vec<String> = columns.iter().map(|(table, column)| format!("{}.{column}", table.name)).collect();
    let finding = findings.flag(format!("the values of {} are gone for good", some_of(&names)));
    finding.at(view.located.span).help(
        "drop it as the last step, in a migration of its own, when what it held lives elsewhere or nobody needs it",
    );
    if let Some(relation) = view.scene.catalog.relation(table.id) {
        let (table, column) = (relation.object_name().sql(), Ident::exact(column).sql());
        finding.verify(format!("SELECT count(*) FROM {table} WHERE {column} IS NOT NULL"));
    }
}
