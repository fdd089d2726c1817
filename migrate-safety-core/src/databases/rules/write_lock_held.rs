//! Work on a whole table while nobody else can write.

use super::known::count;
use crate::databases::operation::{ActionKind, Maintenance, Operation};
use crate::databases::rule::{DatabaseRule, Look, SQLITE};
use crate::databases::effects::shown;
use crate::databases::view::{StatementView, is_small, rows};
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "write-lock-held",
        category: Category::LockContention,
        title: "Work on a whole table while nobody else can write",
        why: "One connection writes at a time, to the whole database. Others wait as long as their busy timeout is (5 \
              seconds in sqlx, none in diesel), and then fail with `database is locked`. Building an index, writing a \
              table anew and copying its rows take time with its rows.",
        source: "SQLite, File Locking And Concurrency; measured: about a second for a million short rows",
        bad: &[
            Sample::new(USERS, "CREATE INDEX users_by_email ON users (email);").of(Target::sqlite(345)),
            Sample::new(USERS, "CREATE INDEX users_by_email ON users (email);")
                .of(Target::sqlite(345))
                .rows(&[("users", 50_000_000)]),
            Sample::new(USERS, "-- no-transaction\nVACUUM;").of(Target::sqlite(345)),
            Sample::new(USERS, "CREATE TABLE copies AS SELECT * FROM users;").of(Target::sqlite(345)),
        ],
        good: &[
            Sample::new(USERS, "CREATE INDEX users_by_email ON users (email);").of(Target::sqlite(345)).rows(&[("users", 300)]),
            Sample::new(USERS, "ALTER TABLE users ADD COLUMN name TEXT;").of(Target::sqlite(345)),
            Sample::new("", "CREATE TABLE t (a int); CREATE INDEX i ON t (a);").of(Target::sqlite(345)),
            Sample::new(
                USERS,
                "INSERT INTO users (id, email) SELECT 1, 'a@example.org' WHERE NOT EXISTS (SELECT 1 FROM users WHERE id = 1);",
            )
            .of(Target::sqlite(345)),
        ],
        folded_into: &["statement-fails", "invalid-sql"],
        told_once: true,
        ..Rule::BASE
    },
    dialects: SQLITE,
    look: Look::Statement(look),
};

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);";

/// How many rows keep others waiting for longer than sqlx's busy timeout.
const TOO_MANY: u64 = 5_000_000;

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    let effects = &view.outcome.effects;
    let copied: Vec<_> = copied(view.operation()).iter().filter_map(|name| view.reference(name)).collect();
    let worked_on = effects.rewrites.iter().chain(&effects.scans).chain(&effects.rebuilds_indexes).chain(&copied);
    let mut names: Vec<String> = worked_on
        .filter(|relation| view.is_old(relation.id))
        .map(|relation| first_name(view, &relation.name))
        .filter(|name| !is_small(view.config, name) && !is_bookkeeping(name))
        .collect();
    names.sort_unstable();
    names.dedup();
    let Some(first) = names.first() else { return };
    let work = match view.operation() {
        Operation::CreateIndex(_) => "the index is built",
        Operation::Maintain { command: Maintenance::Vacuum, .. } => "the database is written anew",
        Operation::Maintain { .. } => "indexes are built anew",
        Operation::Insert(_) | Operation::CreateTable(_) => "the rows are copied",
        _ if effects.rewrites.is_empty() => "the rows are checked",
        _ => "the table is written anew",
    };
    let message = format!("nobody else writes to the database while {work}, with all rows of {}", names.join(", "));
    let largest = names.iter().filter_map(|name| rows(view.config, name)).max();
    let finding = match largest {
        Some(rows) if rows >= TOO_MANY => findings.block(message),
        Some(_) => findings.flag(message),
        None => findings.flag(message).verify(count(view.target().dialect, first)),
    };
    finding.at(view.span()).help("run it when nobody writes for so long, or let writers wait: PRAGMA busy_timeout");
}

/// Whether a table is that in which the host records what it has run: it has a row a migration.
fn is_bookkeeping(name: &str) -> bool {
    matches!(name, "main._sqlx_migrations" | "main.__diesel_schema_migrations")
}

/// What a table was called before the migration, which may have renamed it.
fn first_name(view: &StatementView<'_>, name: &str) -> String {
    let target = view.target();
    let renamed = view.earlier.iter().rev().find_map(|judged| match &judged.statement.operation {
        Operation::AlterTable(alter) => alter.actions.iter().find_map(|action| match &action.kind {
            ActionKind::Rename { to } if shown(target, to) == name => Some(shown(target, &alter.table)),
            _ => None,
        }),
        _ => None,
    });
    renamed.unwrap_or_else(|| name.to_owned())
}

/// The tables whose rows are copied into another one as a whole.
fn copied(operation: &Operation) -> &[crate::databases::name::ObjectName] {
    let query = match operation {
        Operation::Insert(insert) if insert.rows.is_none() => Some(&insert.source),
        Operation::CreateTable(create) => create.query.as_ref(),
        _ => None,
    };
    // Under a condition, there is no telling how many.
    query.filter(|query| query.is_whole()).map_or(&[], |query| &query.reads)
}
