//! A type that cannot hold all that the old one could.

use crate::databases::quote::quoted;
use super::online::{in_query, is_taken};
use crate::databases::mysql::{charset, holds, is_strict_mode};
use crate::databases::operation::{ActionKind, Operation};
use crate::databases::rule::{DatabaseRule, Look, MYSQL};
use crate::databases::view::MigrationView;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "type-narrowed",
        category: Category::DataLoss,
        title: "A type that cannot hold all that the old one could",
        why: "In a strict mode a value that does not fit fails the statement; without one it is cut, clipped or becomes \
              zero, and a warning that nobody reads is all that is said. Digits behind the point and fractions of seconds \
              are rounded in every mode.",
        source: "MySQL manual, 7.1.11 Server SQL Modes; 15.1.11 ALTER TABLE",
        bad: &[
            Sample::new(USERS, "ALTER TABLE users MODIFY name varchar(20);")
                .of(Target::mysql(800))
                .rows(FEW),
            Sample::new(USERS, "SET SESSION sql_mode = ''; ALTER TABLE users MODIFY age smallint;")
                .of(Target::mariadb(1011))
                .rows(FEW),
        ],
        good: &[
            Sample::new(USERS, "ALTER TABLE users MODIFY age bigint;").of(Target::mysql(800)).rows(FEW),
            Sample::new(USERS, "ALTER TABLE users MODIFY name text;").of(Target::mysql(800)).rows(FEW),
        ],
        folded_into: &["statement-fails"],
        ..Rule::BASE
    },
    dialects: MYSQL,
    look: Look::Outcome(look),
};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(50), age int);";
const FEW: &[(&str, u64)] = &[("users", 300)];

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for judged in view.judged.iter().filter(|judged| is_taken(judged)) {
        let Operation::AlterTable(alter) = &judged.statement.operation else { continue };
        let Some(table) = view.before.table(&alter.table) else { continue };
        let strict = is_strict_mode(judged.session.get("sql_mode"));
        for action in &alter.actions {
            let ActionKind::Modify { column, to, .. } = &action.kind else { continue };
            let Some(old) = table.column(column) else { continue };
            let recoded = charset(old, table) != charset(to, table) && !charset(to, table).as_str().starts_with("utf");
            let narrower = !holds(&to.data_type, &old.data_type);
            if !narrower && !recoded {
                continue;
            }
            let Some(mut to_statement) = findings.statement(judged.index) else { continue };
            let (from, into) = (written(&old.data_type), written(&to.data_type));
            let what = if narrower { format!("{from} to {into}") } else { "another character set".to_owned() };
            let place = format!("{}.{column}", table.name);
            let found = if strict {
                to_statement.flag(format!("values of {place} that do not fit make this fail, or are rounded ({what})"))
            } else {
                to_statement.block(format!("values of {place} that do not fit are cut without an error ({what})"))
            };
            found.at(judged.statement.span).verify(format!(
                "every value of {} in {} fits",
                quoted(view.target().dialect, column.as_str()),
                in_query(view, table)
            ));
        }
    }
}

fn written(data_type: &crate::databases::operation::DataType) -> String {
    let arguments = data_type.arguments.join(",");
    let sign = if data_type.unsigned { " unsigned" } else { "" };
    match data_type.arguments.is_empty() {
        true => format!("{}{sign}", data_type.name),
        false => format!("{}({arguments}){sign}", data_type.name),
    }
}
