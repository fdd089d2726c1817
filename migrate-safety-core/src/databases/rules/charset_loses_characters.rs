//! Text is converted to a character set that does not have all of its characters.

use crate::databases::quote::quoted;
use super::online::{in_query, is_taken};
use crate::databases::mysql::{charset, is_text};
use crate::databases::operation::{ActionKind, Operation};
use crate::databases::rule::{DatabaseRule, Look, MYSQL};
use crate::databases::view::MigrationView;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "charset-loses-characters",
        category: Category::DataLoss,
        title: "Text is converted to a character set that lacks some of its characters",
        why: "A character that the new set does not have fails the statement in a strict mode, and becomes a question mark \
              without one.",
        source: "MySQL manual, 12.7 Column Character Set Conversion",
        bad: &[Sample::new(POSTS, "ALTER TABLE posts CONVERT TO CHARACTER SET latin1;")
            .of(Target::mysql(800))
            .rows(&[("posts", 300)])],
        good: &[Sample::new(
            "CREATE TABLE posts (id int PRIMARY KEY, body text) DEFAULT CHARSET=latin1;",
            "ALTER TABLE posts CONVERT TO CHARACTER SET utf8mb4;",
        )
        .of(Target::mysql(800))
        .rows(&[("posts", 300)])],
        folded_into: &["statement-fails"],
        ..Rule::BASE
    },
    dialects: MYSQL,
    look: Look::Outcome(look),
};

const POSTS: &str = "CREATE TABLE posts (id int PRIMARY KEY, body text) DEFAULT CHARSET=utf8mb4;";

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for judged in view.judged.iter().filter(|judged| is_taken(judged)) {
        let Operation::AlterTable(alter) = &judged.statement.operation else { continue };
        let Some(table) = view.before.table(&alter.table) else { continue };
        for action in &alter.actions {
            let ActionKind::Convert { charset: to, .. } = &action.kind else { continue };
            let lacking = table.columns.iter().filter(|column| is_text(&column.data_type)).find(|column| {
                let from = charset(column, table);
                let holds_all = to.as_str().starts_with("utf8mb4") || to.as_str().starts_with("utf16") || *to == *"utf32";
                from != *to && !holds_all && from != *"ascii"
            });
            let (Some(column), Some(mut found)) = (lacking, findings.statement(judged.index)) else { continue };
            let value = quoted(view.target().dialect, column.name.as_str());
            found
                .flag(format!("characters of {}.{} that {to} lacks are lost, or fail this", table.name, column.name))
                .at(judged.statement.span)
                .verify(format!(
                    "SELECT count(*) FROM {} WHERE CONVERT({value} USING {to}) <> {value}",
                    in_query(view, table)
                ));
        }
    }
}
