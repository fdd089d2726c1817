//! A foreign key that deletes or changes rows by itself.

use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::StatementView;
use crate::databases::operation::{ActionKind, ForeignKeyDef, Operation, ReferentialAction};
use crate::databases::effects::shown;
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "foreign-key-cascades",
        category: Category::ForeignKeys,
        title: "A foreign key that deletes or changes rows by itself",
        why: "With ON DELETE CASCADE one DELETE takes all rows below it along, through every further cascade, in one \
              transaction and without a word to the application; no trigger fires for them in MySQL. SET NULL \
              overwrites as silently.",
        source: "MySQL manual, FOREIGN KEY Constraints; SQLite Foreign Key Support, 4.3",
        bad: &[
            Sample::new(
                SHOP,
                "ALTER TABLE orders ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;",
            )
            .of(Target::mysql(800))
            .rows(&[("orders", 5), ("users", 5)])
            .with(&["rows-may-violate"]),
            Sample::new(SHOP, "ALTER TABLE orders ADD COLUMN payer_id bigint REFERENCES users (id) ON DELETE SET NULL;")
                .of(Target::sqlite(345)),
        ],
        good: &[Sample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY);",
            "CREATE TABLE sessions (id bigint PRIMARY KEY, user_id bigint NOT NULL, FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE);",
        )
        .of(Target::sqlite(345))],
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Statement(look),
};

const SHOP: &str = "CREATE TABLE users (id bigint PRIMARY KEY);
    CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);";

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    let Operation::AlterTable(alter) = view.operation() else { return };
    let Some(relation) = view.reference(&alter.table).filter(|relation| view.is_old(relation.id)) else { return };
    let added = alter.actions.iter().filter_map(|action| match &action.kind {
        ActionKind::AddForeignKey { foreign_key, .. } => Some(foreign_key),
        _ => None,
    });
    for foreign_key in added {
        let Some((event, does)) = does(foreign_key) else { continue };
        let parent = shown(view.target(), &foreign_key.table);
        findings
            .flag(format!("{event} of a row of {parent} {does} the rows of {} that refer to it", relation.name))
            .at(view.span())
            .help("leave the action out and delete the rows below first, in batches, where the application means it");
    }
}

/// On which event a foreign key does what.
fn does(foreign_key: &ForeignKeyDef) -> Option<(&'static str, &'static str)> {
    match (foreign_key.on_delete, foreign_key.on_update) {
        (ReferentialAction::Cascade, _) => Some(("a DELETE", "deletes")),
        (ReferentialAction::SetNull | ReferentialAction::SetDefault, _) => Some(("a DELETE", "overwrites")),
        (_, ReferentialAction::Cascade | ReferentialAction::SetNull | ReferentialAction::SetDefault) => {
            Some(("a change of the key", "overwrites"))
        }
        _ => None,
    }
}
