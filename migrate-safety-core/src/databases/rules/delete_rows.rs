//! Rows are deleted by a condition that may hold for any number of them.

use super::known::{BATCH, Extent, changed, count};
use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::StatementView;
use crate::databases::operation::Operation;
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "delete-rows",
        category: Category::DataLoss,
        title: "Rows are deleted by a condition that may hold for any number of them",
        why: "A condition that matches more in production than in the author's database deletes more, and ON DELETE \
              CASCADE and SET NULL carry that into other tables that the statement does not name.",
        source: "MySQL manual, DELETE; SQLite, DELETE",
        bad: &[
            Sample::new(USERS, "DELETE FROM users WHERE email = '';").of(Target::mysql(800)).rows(FEW),
            Sample::new(USERS, "DELETE FROM users;").of(Target::sqlite(345)).rows(FEW),
        ],
        good: &[Sample::new(USERS, "DELETE FROM users WHERE id IN (7, 8);").of(Target::sqlite(345))],
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Statement(look),
};

const FEW: &[(&str, u64)] = &[("users", 300)];

const USERS: &str = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, email varchar(100), legacy varchar(20), org_id bigint);";

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    let Operation::Delete(delete) = view.operation() else { return };
    for (table, extent) in changed(view.schema, view.operation()) {
        let Some(relation) = view.reference(table).filter(|relation| view.is_old(relation.id)) else { continue };
        if matches!(extent, Extent::AtMost(rows) if rows <= BATCH) {
            continue;
        }
        let name = &relation.name;
        let finding = match delete.filter {
            Some(_) => findings.flag(format!("rows of {name} are deleted for good, however many the condition matches")),
            None => findings.flag(format!("every row of {name} is deleted for good")),
        };
        finding
            .at(view.span())
            .help("keep a copy of what goes, and delete by key or in batches")
            .verify(count(view.target().dialect, name));
    }
}
