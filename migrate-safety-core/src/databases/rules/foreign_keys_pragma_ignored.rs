//! `PRAGMA foreign_keys` where it does nothing.

use super::known::hosts_migration;
use crate::databases::operation::{Operation, SettingScope};
use crate::databases::rule::{DatabaseRule, Look, SQLITE};
use crate::databases::sqlite::{Enforced, enforced_in, is_on};
use crate::databases::view::StatementView;
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "foreign-keys-pragma-ignored",
        category: Category::ForeignKeys,
        title: "PRAGMA foreign_keys does nothing in a transaction",
        why: "The library ignores it while a transaction is open, without an error. What follows runs with foreign keys \
              as they were: a table that is dropped to be made anew takes rows of others along, or cannot be dropped.",
        source: "SQLite, PRAGMA foreign_keys",
        bad: &[
            Sample::new("", "PRAGMA foreign_keys = OFF; CREATE TABLE t (id INTEGER PRIMARY KEY);").of(Target::sqlite(345)),
            Sample::new("", "-- no-transaction\nBEGIN; PRAGMA foreign_keys = 0; CREATE TABLE t (id INTEGER PRIMARY KEY); COMMIT;")
                .of(Target::sqlite(345)),
        ],
        good: &[
            Sample::new("", "-- no-transaction\nPRAGMA foreign_keys = OFF; CREATE TABLE t (id INTEGER PRIMARY KEY);")
                .of(Target::sqlite(345)),
            Sample::new("", "PRAGMA foreign_keys = ON; CREATE TABLE t (id INTEGER PRIMARY KEY);").of(Target::sqlite(345)),
        ],
        told_once: true,
        planned: true,
        ..Rule::BASE
    },
    dialects: SQLITE,
    look: Look::Statement(look),
};

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    let Operation::Set { scope: SettingScope::Session, settings } = view.operation() else { return };
    let Some((_, Some(value))) = settings.iter().find(|(name, _)| &**name == "foreign_keys") else { return };
    let as_it_is = match enforced_in(view.session, view.host) {
        Enforced::Yes => is_on(value),
        Enforced::No => !is_on(value),
        Enforced::Maybe => false,
    };
    if !view.scope.is_block() || as_it_is {
        return;
    }
    findings
        .flag("this does nothing: a transaction is open")
        .at(view.span())
        .help(format!("run the migration {}, and set it before BEGIN", hosts_migration(view.host)));
}
