//! NULLs become values without a word.

use crate::databases::quote::quoted;
use super::online::{in_query, is_taken};
use crate::databases::operation::{ActionKind, Operation};
use crate::databases::rule::{DatabaseRule, Look, MYSQL};
use crate::databases::view::MigrationView;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "nulls-overwritten",
        category: Category::DataLoss,
        title: "NULLs become values without a word",
        why: "Without a strict mode a column that becomes NOT NULL has its NULLs replaced by 0, '' or '0000-00-00': \
              what was unknown cannot be told from what was zero any more.",
        source: "MySQL manual, 17.12.1 Online DDL Operations, Making a column NOT NULL",
        bad: &[Sample::new(USERS, "SET SESSION sql_mode = ''; ALTER TABLE users MODIFY age int NOT NULL;")
            .of(Target::mysql(800))
            .rows(FEW)
            .with(&["nulls-fail"])],
        good: &[Sample::new(USERS, "SET SESSION sql_mode = ''; ALTER TABLE users MODIFY age int;").of(Target::mysql(800)).rows(FEW)],
        folded_into: &["statement-fails"],
        ..Rule::BASE
    },
    dialects: MYSQL,
    look: Look::Outcome(look),
};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, age int);";
const FEW: &[(&str, u64)] = &[("users", 300)];

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for judged in view.judged.iter().filter(|judged| is_taken(judged)) {
        let Operation::AlterTable(alter) = &judged.statement.operation else { continue };
        let Some(table) = view.before.table(&alter.table) else { continue };
        if !judged.outcome.effects.facts.contains(&"not-null/not-strict") {
            continue;
        }
        for action in &alter.actions {
            let ActionKind::Modify { column, to, .. } = &action.kind else { continue };
            let was_null = table.column(column).is_some_and(|old| old.not_null != Some(true));
            if !was_null || to.not_null != Some(true) {
                continue;
            }
            let Some(mut found) = findings.statement(judged.index) else { continue };
            let name = quoted(view.target().dialect, column.as_str());
            found
                .block(format!("without a strict mode NULLs in {}.{column} become zeros or empty strings", table.name))
                .at(judged.statement.span)
                .verify(format!("SELECT count(*) FROM {} WHERE {name} IS NULL", in_query(view, table)))
                .help("set a strict `sql_mode`, and give those rows the value that they shall have, in batches, before");
        }
    }
}
