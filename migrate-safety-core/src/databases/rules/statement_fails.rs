//! A statement that fails on the schema as the history leaves it.

use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::StatementView;
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "statement-fails",
        category: Category::Deployability,
        title: "A statement that fails on the schema that the history leaves",
        why: "The migration fails when it is deployed. MySQL has committed every statement before it by then.",
        source: "the replayed schema",
        bad: &[
            Sample::new("CREATE TABLE t (a int);", "ALTER TABLE t ADD COLUMN a int;").of(Target::mysql(800)),
            Sample::new("", "ALTER TABLE missing RENAME TO other;").of(Target::sqlite(345)),
            Sample::new("", "VACUUM;").of(Target::sqlite(345)),
            Sample::new("CREATE TABLE t (a int);", "ALTER TABLE t ADD COLUMN b int NOT NULL;").of(Target::sqlite(345)),
            Sample::new(
                "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;",
                "CREATE TABLE new_t (a text); INSERT INTO new_t SELECT a FROM t; DROP TABLE t; ALTER TABLE new_t RENAME TO t;",
            )
            .of(Target::sqlite(345))
            .rows(&[("t", 5)]),
        ],
        good: &[Sample::new("CREATE TABLE t (a int);", "CREATE TABLE IF NOT EXISTS t (a int);").of(Target::sqlite(345))],
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Statement(look),
};

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    let Some(failure) = view.outcome.effects.failures.first() else { return };
    let message = match failure.only_with_rows {
        true => format!("the server refuses this where the table has rows: {}", failure.message),
        false => format!("the server refuses this: {}", failure.message),
    };
    let finding = findings.block(message).at(view.span());
    if let Some((_, help)) = HELP.iter().find(|(start, _)| failure.message.starts_with(start)) {
        finding.help(*help);
    }
}

/// What to do about an error that begins so.
const HELP: [(&str, &str); 9] = [
    ("Cannot add a NOT NULL column", "give it a DEFAULT that is not NULL"),
    ("Cannot add a column with non-constant default", "add it without the default, or make the table anew"),
    ("Cannot add a UNIQUE column", "add it, and make a unique index behind it"),
    ("cannot add a STORED column", "make it VIRTUAL, or make the table anew"),
    ("cannot VACUUM", "run it outside of a transaction, in a migration of its own"),
    ("cannot start a transaction", "leave BEGIN out, or run the migration without the host's transaction"),
    ("error in view", "drop the view before the table goes, and make it again behind"),
    ("error in trigger", "drop the trigger before the table or column goes, and make it again behind"),
    ("error in index", "drop the index before the column"),
];
