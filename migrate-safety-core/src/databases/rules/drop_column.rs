//! A column is dropped with its values.

use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::StatementView;
use crate::effects::DataLossKind;
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "drop-column",
        category: Category::DataLoss,
        title: "A column is dropped with its values",
        why: "The values of a dropped column come back from a backup or not at all; a down migration makes an empty column.",
        source: "MySQL manual, ALTER TABLE; SQLite, ALTER TABLE DROP COLUMN",
        bad: &[
            Sample::new(USERS, "ALTER TABLE users DROP COLUMN legacy;").of(Target::mysql(800)).with(&["column-still-used"]),
            Sample::new(USERS, "ALTER TABLE users DROP COLUMN legacy;").of(Target::sqlite(345)).rows(FEW).with(&["column-still-used"]),
        ],
        good: &[Sample::new(USERS, "ALTER TABLE users ADD COLUMN a int; ALTER TABLE users DROP COLUMN a;").of(Target::mysql(800))],
        planned: true,
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Statement(look),
};

const FEW: &[(&str, u64)] = &[("users", 300)];
const USERS: &str = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, email varchar(100), legacy varchar(20), org_id bigint);";

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    let losses = view.old_losses(DataLossKind::Dropped);
    let added = |table: &str, column: &str| {
        view.earlier.iter().any(|judged| judged.adds_column(view.target(), table, column))
    };
    let names: Vec<String> = losses
        .iter()
        .filter_map(|loss| Some((&loss.relation.name, loss.column.as_deref()?)))
        .filter(|(table, column)| !added(table, column))
        .map(|(table, column)| format!("{table}.{column}"))
        .collect();
    if names.is_empty() {
        return;
    }
    let names = names.join(", ");
    findings
        .flag(format!("the values of {names} are gone for good"))
        .at(view.span())
        .help("drop it as the last step, when no release uses it any more; keep a copy of what may be asked for")
        .verify(format!("nobody needs what is in {names}"));
}
