//! Nobody can write to a table while it is changed in place.

use super::online::{changed, cure, keeps_from_writing, reasons};
use crate::databases::operation::{Algorithm, Maintenance, Operation};
use crate::databases::rule::{DatabaseRule, Look, MYSQL};
use crate::databases::view::StatementView;
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "alter-locks-writes",
        category: Category::LockContention,
        title: "Nobody can write to a table while it is changed in place",
        why: "Some changes are made in place and yet under LOCK=SHARED: FULLTEXT and SPATIAL indexes, AUTO_INCREMENT \
              columns, indexes over expressions, partitions that are split or merged. Writers wait until they are done.",
        source: "MySQL manual, 17.12.1 Online DDL Operations; measured on MySQL 9.7 and MariaDB 10.11",
        bad: &[
            Sample::new(POSTS, "ALTER TABLE posts ADD FULLTEXT INDEX posts_body (body);")
                .of(Target::mysql(800))
                .with(&["rebuild-replicated"]),
            Sample::new(POSTS, "CREATE INDEX posts_title ON posts ((lower(title)));")
                .of(Target::mysql(800))
                .with(&["rebuild-replicated"]),
        ],
        good: &[
            Sample::new(POSTS, "ALTER TABLE posts ADD INDEX posts_title (title), ALGORITHM=INPLACE, LOCK=NONE;")
                .of(Target::mysql(800))
                .with(&["rebuild-replicated"]),
            Sample::new("", "CREATE TABLE n (id int PRIMARY KEY, body text, FULLTEXT (body));").of(Target::mysql(800)),
        ],
        folded_into: &["statement-fails"],
        planned: true,
        ..Rule::BASE
    },
    dialects: MYSQL,
    look: Look::Statement(look),
};

const POSTS: &str = "CREATE TABLE posts (id bigint NOT NULL PRIMARY KEY, title varchar(50), body text);";

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    let repair = matches!(view.operation(), Operation::Maintain { command: Maintenance::Repair, .. });
    // What is done in the dictionary alone waits for nobody to be done with the table, and is over at once.
    let works = matches!(view.outcome.algorithm, Some(Algorithm::NoCopy | Algorithm::InPlace));
    if !(works || repair) || !keeps_from_writing(view) {
        return;
    }
    let Some((table, relation)) = changed(view) else { return };
    findings
        .block(format!("nobody can write to {} until this is done{}", relation.name, reasons(view)))
        .at(view.span())
        .help(cure(view, table));
}
