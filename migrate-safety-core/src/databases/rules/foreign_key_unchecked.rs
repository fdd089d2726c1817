//! A foreign key is added without a look at the rows.

use super::online::{in_query, is_taken};
use crate::databases::quote::quoted;
use crate::databases::operation::{ActionKind, ForeignKeyDef, Operation};
use crate::databases::rule::{DatabaseRule, Look, MYSQL};
use crate::databases::schema::Table;
use crate::databases::view::MigrationView;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "foreign-key-unchecked",
        category: Category::ConstraintValidation,
        title: "A foreign key is added without a look at the rows",
        why: "With foreign_key_checks = 0 the key is added in place, and rows that refer to nothing stay as they are, for \
              good: nothing looks at them again when the setting is back to 1.",
        source: "MySQL manual, 15.1.24.5 FOREIGN KEY Constraints",
        bad: &[Sample::new(
            SHOP,
            "SET SESSION foreign_key_checks = 0; \
             ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id); \
             SET SESSION foreign_key_checks = 1;",
        )
        .of(Target::mysql(800))
        .rows(&[("orders", 400)])],
        good: &[Sample::new(
            "CREATE TABLE users (id int PRIMARY KEY);",
            "SET SESSION foreign_key_checks = 0; \
             CREATE TABLE orders (id int PRIMARY KEY, user_id int, FOREIGN KEY (user_id) REFERENCES users (id));",
        )
        .of(Target::mysql(800))],
        planned: true,
        ..Rule::BASE
    },
    dialects: MYSQL,
    look: Look::Outcome(look),
};

const SHOP: &str = "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (id int PRIMARY KEY, user_id int);";

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for judged in view.judged.iter().filter(|judged| is_taken(judged)) {
        let Operation::AlterTable(alter) = &judged.statement.operation else { continue };
        let unchecked = judged.outcome.effects.facts.iter().any(|fact| fact.starts_with("add-foreign-key/unchecked"));
        let Some(table) = view.before.table(&alter.table).filter(|_| unchecked) else { continue };
        for action in &alter.actions {
            let ActionKind::AddForeignKey { foreign_key, .. } = &action.kind else { continue };
            let Some(mut to) = findings.statement(judged.index) else { continue };
            let message = format!("rows of {} that refer to no row of {} stay unnoticed", table.name, foreign_key.table);
            to.flag(message)
                .at(judged.statement.span)
                .verify(orphans(view, table, foreign_key))
                .help("count them before, and again behind it: what is written in between may be one");
        }
    }
}

/// How many rows refer to nothing.
pub(super) fn orphans(view: &MigrationView<'_>, table: &Table, key: &ForeignKeyDef) -> String {
    let dialect = view.target().dialect;
    let name = |name: &crate::databases::name::Name| quoted(dialect, name.as_str());
    let parent = match &key.table.database {
        Some(database) => format!("{}.{}", name(database), name(&key.table.name)),
        None => name(&key.table.name),
    };
    let present: Vec<String> = key.columns.iter().map(|column| format!("c.{} IS NOT NULL", name(column))).collect();
    let same: Vec<String> = key
        .columns
        .iter()
        .zip(&key.referenced)
        .map(|(column, referenced)| format!("p.{} = c.{}", name(referenced), name(column)))
        .collect();
    format!(
        "SELECT count(*) FROM {} AS c WHERE {} AND NOT EXISTS (SELECT 1 FROM {parent} AS p WHERE {})",
        in_query(view, table),
        present.join(" AND "),
        same.join(" AND ")
    )
}
