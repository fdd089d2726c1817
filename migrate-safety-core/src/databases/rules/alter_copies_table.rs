//! A table is copied while nobody can write to it.

use super::online::{changed, cure, is_guess, keeps_from_writing, reasons};
use crate::databases::operation::{Algorithm, Operation};
use crate::databases::rule::{DatabaseRule, Look, MYSQL};
use crate::databases::view::StatementView;
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "alter-copies-table",
        category: Category::LockContention,
        title: "A table is copied while nobody can write to it",
        why: "With ALGORITHM=COPY the server writes every row into a new table, and whoever wants to write to the old one \
              waits until the last is there. No clause is needed for that: without one the server takes the best way \
              there is, and for many changes that is the copy. MariaDB lets others write from 11.2 on.",
        source: "MySQL manual, 17.12.1 Online DDL Operations; measured on MySQL 9.7, MariaDB 10.11 and 11.8",
        bad: &[
            Sample::new(USERS, "ALTER TABLE users MODIFY org_id varchar(20);")
                .of(Target::mysql(800))
                .with(&["rebuild-replicated"]),
            Sample::new(USERS, "ALTER TABLE users MODIFY name varchar(100);")
                .of(Target::mysql(804))
                .with(&["rebuild-replicated"]),
            Sample::new(USERS, "ALTER TABLE users ADD CONSTRAINT c CHECK (org_id > 0);")
                .of(Target::mariadb(1011))
                .with(&["rebuild-replicated", "rows-may-violate"]),
        ],
        good: &[
            Sample::new(USERS, "ALTER TABLE users ADD COLUMN age int, ALGORITHM=INSTANT;").of(Target::mysql(800)),
            Sample::new(USERS, "ALTER TABLE users MODIFY name varchar(60);").of(Target::mysql(800)),
            Sample::new(USERS, "ALTER TABLE users MODIFY org_id varchar(20);").of(Target::mysql(800)).rows(&[("users", 300)]),
            Sample::new(USERS, "ALTER TABLE users MODIFY org_id varchar(20);")
                .of(Target::mariadb(1108))
                .with(&["rebuild-replicated"]),
        ],
        folded_into: &["statement-fails"],
        planned: true,
        ..Rule::BASE
    },
    dialects: MYSQL,
    look: Look::Statement(look),
};

const USERS: &str =
    "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, name varchar(50), org_id int) DEFAULT CHARSET=utf8mb4;";

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    if view.outcome.algorithm != Some(Algorithm::Copy) || !keeps_from_writing(view) {
        return;
    }
    let Some((table, relation)) = changed(view) else { return };
    let name = &relation.name;
    if is_guess(view) {
        let message = format!("if this changes the type of a column, {name} is copied while nobody can write to it");
        findings.flag(message).at(view.span()).verify(format!("SHOW CREATE TABLE {name}: which types have its columns?"));
        return;
    }
    let asked = match view.operation() {
        Operation::AlterTable(alter) => alter.online.algorithm == Some(Algorithm::Copy),
        _ => false,
    };
    // Without the clause, there may be no better way either.
    let help = match asked && view.outcome.because.is_empty() {
        true => "leave `ALGORITHM=COPY` out: the server then takes the best way there is".to_owned(),
        false => cure(view, table),
    };
    let message = format!("nobody can write to {name} while all of its rows are copied{}", reasons(view));
    findings.block(message).at(view.span()).help(help);
}
