//! A command of a client in a file that is sent to the server.

use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::StatementView;
use crate::dialect::{Dialect, Target};
use crate::rules::{Category, Findings, Rule, Sample};
use crate::sql::ProblemKind;

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "client-command",
        category: Category::Deployability,
        title: "A command of a client in a migration",
        why: "`DELIMITER` and `SOURCE` are read by the mysql client and never sent; `.read` and the like by the sqlite3 \
              shell. The hosts send a file as it is: the word is a syntax error, and what stands before it in a \
              migration for MySQL has run and been committed by then.",
        source: "MySQL manual, 6.5.1.2 mysql Client Commands; SQLite, Command Line Shell",
        bad: &[
            Sample::new("", ".read schema.sql\nCREATE TABLE t (a int);").of(Target::sqlite(345)),
            Sample::new("", "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\nDELIMITER ;").of(Target::mysql(800)),
        ],
        good: &[Sample::new("", "CREATE PROCEDURE p() BEGIN SELECT 1; END;").of(Target::mysql(800))],
        told_once: true,
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Statement(look),
};

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    for problem in view.statement.problems.iter().filter(|problem| problem.kind == ProblemKind::PsqlCommand) {
        let help = match view.target().dialect {
            Dialect::Sqlite => "write what it does as statements: a host runs no shell",
            _ => {
                "leave it out: the server itself finds where the body of a routine ends, so write `CREATE PROCEDURE … \
                 BEGIN … END;` as one statement"
            }
        };
        findings.block(problem.message.to_string()).at(problem.span).help(help);
    }
}
