//! An index that queries may use is dropped at once.

use super::online::is_taken;
use crate::databases::quote::quoted;
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{ActionKind, IndexDef, IndexKind, Operation};
use crate::databases::rule::{DatabaseRule, Look, MYSQL};
use crate::databases::view::MigrationView;
use crate::dialect::{Dialect, Target};
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "index-dropped-at-once",
        category: Category::IndexDependencies,
        title: "An index that queries may use is dropped at once",
        why: "A query that needed it reads the whole table from then on, and the index comes back only when it has been \
              built again. An invisible index (MariaDB: an ignored one) is kept up to date and used by nobody: what \
              becomes slow is seen, and made good in an instant.",
        source: "MySQL manual, 10.3.12 Invisible Indexes; MariaDB, Ignored Indexes",
        bad: &[Sample::new(USERS, "ALTER TABLE users DROP INDEX users_org;").of(Target::mysql(800))],
        good: &[
            Sample::new(USERS, "ALTER TABLE users ALTER INDEX users_org INVISIBLE;").of(Target::mysql(800)),
            Sample::new(HIDDEN, "DROP INDEX users_org ON users;").of(Target::mysql(800)),
            Sample::new(USERS, "ALTER TABLE users DROP INDEX users_org, ADD INDEX users_org_id (org_id, id);")
                .of(Target::mysql(800))
                .with(&["rebuild-replicated"]),
        ],
        folded_into: &["statement-fails"],
        ..Rule::BASE
    },
    dialects: MYSQL,
    look: Look::Outcome(look),
};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, org_id int, KEY users_org (org_id));";
const HIDDEN: &str = "CREATE TABLE users (id bigint PRIMARY KEY, org_id int, KEY users_org (org_id) INVISIBLE);";

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for judged in view.judged.iter().filter(|judged| is_taken(judged)) {
        for (table, index) in dropped(&judged.statement.operation) {
            let Some(before) = view.before.table(table) else { continue };
            let Some(old) = before.index(index).filter(|old| !old.invisible) else { continue };
            let after = view.after.tables.values().find(|after| after.id == before.id);
            let Some(after) = after.filter(|after| !after.indexes.iter().any(|other| stands_for(other, old))) else { continue };
            let Some(mut found) = findings.statement(judged.index) else { continue };
            let (verb, since) = match view.target().dialect {
                Dialect::MariaDb => ("IGNORED", view.target().is_from(1006, 0)),
                _ => ("INVISIBLE", true),
            };
            let found = found
                .flag(format!("queries that use {index} of {} read the whole table from now on", after.name))
                .at(judged.statement.span)
                .verify(format!("nothing uses {index}: `sys.schema_unused_indexes`, or the slow log"));
            if since {
                let quote = |name: &Name| quoted(view.target().dialect, name.as_str());
                let fix = format!("ALTER TABLE {} ALTER INDEX {} {verb};", quote(&after.name.name), quote(index));
                found.help(format!("first hide it, and drop it a release later: `{fix}`"));
            }
        }
    }
}

/// The indexes that a statement drops.
fn dropped(operation: &Operation) -> Vec<(&ObjectName, &Name)> {
    match operation {
        Operation::DropIndex { index, table: Some(table), .. } => vec![(table, &index.name)],
        Operation::AlterTable(alter) => alter
            .actions
            .iter()
            .filter_map(|action| match &action.kind {
                ActionKind::DropIndex { index, .. } => Some((&alter.table, index)),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether an index serves queries that another one did: it begins with the same columns.
fn stands_for(index: &IndexDef, old: &IndexDef) -> bool {
    let usual = |index: &IndexDef| matches!(index.kind, IndexKind::Plain | IndexKind::Unique | IndexKind::Primary);
    let columns = old.columns();
    !index.invisible
        && usual(index) == usual(old)
        && index.columns().len() >= columns.len()
        && index.columns().iter().zip(&columns).all(|(a, b)| a == b)
        && old.columns().len() == old.parts.len()
}
