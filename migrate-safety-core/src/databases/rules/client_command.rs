//! A command of a client in a file that is sent to the server.

use crate::databases::rule::{DatabaseRule, Look, MYSQL};
use crate::databases::view::StatementView;
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};
use crate::sql::ProblemKind;

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "client-command",
        category: Category::Deployability,
        title: "A command of the mysql client in a migration",
        why: "`DELIMITER` and `SOURCE` are read by the mysql client and never sent. The hosts send a file as it is: the \
              server takes the word for a syntax error, after whatever stands before it has run and been committed.",
        source: "MySQL manual, 6.5.1.2 mysql Client Commands",
        bad: &[Sample::new("", "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\nDELIMITER ;").of(Target::mysql(800))],
        good: &[Sample::new("", "CREATE PROCEDURE p() BEGIN SELECT 1; END;").of(Target::mysql(800))],
        told_once: true,
        ..Rule::BASE
    },
    dialects: MYSQL,
    look: Look::Statement(look),
};

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    for problem in view.statement.problems.iter().filter(|problem| problem.kind == ProblemKind::PsqlCommand) {
        findings.block(problem.message.to_string()).at(problem.span).help(
            "leave it out: the server itself finds where the body of a routine ends, so write `CREATE PROCEDURE … BEGIN … \
             END;` as one statement",
        );
    }
}
