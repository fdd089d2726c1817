//! A constraint that rows of the table may violate.

use super::known::{count, in_statement};
use crate::databases::quote::quoted;
use crate::databases::effects::shown;
use crate::databases::name::Name;
use crate::databases::operation::{ActionKind, ColumnDef, IndexDef, IndexKind, Operation};
use crate::databases::rule::{DatabaseRule, Look, SQLITE};
use crate::databases::schema::Table;
use crate::databases::sqlite::{Rebuild, is_rowid, rebuilds};
use crate::databases::view::{Judged, MigrationView};
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "rows-may-violate",
        category: Category::ConstraintValidation,
        title: "A constraint that rows of the table may violate",
        why: "All rows are checked before it is accepted, and one that violates it fails the migration: on the database \
              that matters, not on the empty one it was written on. A copy into a table that is made anew fails \
              likewise.",
        source: "SQLite, CREATE INDEX, 1.1; ALTER TABLE, 4 and 8",
        bad: &[
            Sample::new(USERS, "CREATE UNIQUE INDEX users_email ON users (email);").of(Target::sqlite(345)).rows(FEW),
            Sample::new(
                USERS,
                "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL); \
                 INSERT INTO new_users (id, email) SELECT id, email FROM users; \
                 DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            )
            .of(Target::sqlite(345))
            .rows(FEW),
            Sample::new(USERS, "ALTER TABLE users ALTER COLUMN email SET NOT NULL;")
                .of(Target::sqlite(353))
                .rows(FEW)
                .with(&["nulls-fail"]),
        ],
        good: &[
            Sample::new(USERS, "CREATE UNIQUE INDEX users_email ON users (id, email);").of(Target::sqlite(345)).rows(FEW),
            Sample::new(
                USERS,
                "CREATE TABLE new_users (id INTEGER PRIMARY KEY, email TEXT NOT NULL DEFAULT ''); \
                 INSERT INTO new_users (id, email) SELECT id, coalesce(email, '') FROM users; \
                 DROP TABLE users; ALTER TABLE new_users RENAME TO users;",
            )
            .of(Target::sqlite(345))
            .rows(FEW),
        ],
        planned: true,
        ..Rule::BASE
    },
    dialects: SQLITE,
    look: Look::Outcome(look),
};

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);";
const FEW: &[(&str, u64)] = &[("users", 300)];

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for judged in view.judged {
        for (what, verify) in of_statement(view, judged) {
            tell(findings, judged, &what, verify);
        }
    }
    for rebuild in rebuilds(view) {
        let Some((judged, _)) = rebuild.copied else { continue };
        let what = of_rebuild(&rebuild);
        if !what.is_empty() {
            let what = format!("a row of {} that violates {} fails the copy", shown(view.target(), &rebuild.old.name), what.join(", "));
            tell(findings, judged, &what, None);
        }
    }
}

fn tell(findings: &mut StatementFindings<'_>, judged: &Judged, what: &str, verify: Option<String>) {
    let Some(mut to) = findings.statement(judged.index) else { return };
    let verify = verify.unwrap_or_else(|| "that no row does, on the database that matters".to_owned());
    to.flag(what).at(judged.statement.span).verify(verify).help("look for such rows, and set them right, in a migration before");
}

/// What a statement demands of rows that were there before, with the question whether they have it.
fn of_statement(view: &MigrationView<'_>, judged: &Judged) -> Vec<(String, Option<String>)> {
    let dialect = view.target().dialect;
    if !judged.outcome.effects.failures.is_empty() {
        return Vec::new();
    }
    match &judged.statement.operation {
        Operation::CreateIndex(create) if create.index.kind == IndexKind::Unique => {
            let Some(table) = view.before.table(&create.table) else { return Vec::new() };
            let columns = create.index.columns();
            if is_unique_already(table, &columns) || columns.iter().any(|column| table.known && table.column(column).is_none()) {
                return Vec::new();
            }
            let name = shown(view.target(), &table.name);
            let list: Vec<String> = columns.iter().map(|column| quoted(dialect, column.as_str())).collect();
            // NULLs are not alike.
            let given: Vec<String> = list.iter().map(|column| format!("{column} IS NOT NULL")).collect();
            let (list, given) = (list.join(", "), given.join(" AND "));
            let table = in_statement(dialect, &name);
            let plain = columns.len() == create.index.parts.len() && create.index.predicate.is_none();
            let query = plain.then(|| format!("SELECT {list}, count(*) FROM {table} WHERE {given} GROUP BY {list} HAVING count(*) > 1"));
            vec![(format!("rows of {name} that are alike make the index fail"), query)]
        }
        Operation::AlterTable(alter) => {
            let Some(table) = view.before.table(&alter.table) else { return Vec::new() };
            let name = shown(view.target(), &table.name);
            let adds_column = alter.actions.iter().any(|action| matches!(action.kind, ActionKind::AddColumn { .. }));
            let of_action = |kind: &ActionKind| match kind {
                ActionKind::SetNotNull { column, not_null: true } if table.column(column).is_none_or(|c| c.not_null != Some(true)) => {
                    let column_name = quoted(dialect, column.as_str());
                    let query = format!("{} WHERE {column_name} IS NULL", count(dialect, &name));
                    Some((format!("a NULL in {name}.{column} makes this fail"), Some(query)))
                }
                ActionKind::AddCheck { check } if !adds_column => {
                    let query = format!("{} WHERE NOT ({})", count(dialect, &name), check.expression.sql);
                    Some((format!("a row of {name} that violates the check makes this fail"), Some(query)))
                }
                _ => None,
            };
            alter.actions.iter().filter_map(|action| of_action(&action.kind)).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether rows cannot be alike in these columns as it is.
fn is_unique_already(table: &Table, columns: &[&Name]) -> bool {
    let whole = |index: &IndexDef| {
        let key = index.columns();
        !key.is_empty() && key.len() == index.parts.len() && key.iter().all(|column| columns.contains(column))
    };
    let mut unique = table.indexes.iter().filter(|index| index.is_unique() && index.predicate.is_none());
    unique.any(whole)
}

/// What the new table demands that the old one did not.
fn of_rebuild(rebuild: &Rebuild<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let is_key = |table: &Table, column: &ColumnDef| {
        table.indexes.iter().any(|index| is_rowid(table, index) && index.columns().contains(&&column.name))
    };
    for (new, old) in rebuild.pairs() {
        if new.not_null == Some(true) && old.not_null != Some(true) && !is_key(rebuild.old, old) {
            found.push(format!("NOT NULL of {}", new.name));
        }
    }
    let unique = rebuild.create.indexes.iter().filter(|index| index.is_unique());
    for index in unique {
        let columns = index.columns();
        if columns.iter().all(|column| rebuild.old.column(column).is_some()) && !is_unique_already(rebuild.old, &columns) {
            found.push(format!("UNIQUE ({})", columns.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")));
        }
    }
    let had = |sql: &str| rebuild.old.checks.iter().any(|check| same(&check.expression.sql, sql));
    let checks = rebuild.create.checks.iter().filter(|check| !had(&check.expression.sql));
    found.extend(checks.map(|check| match &check.name {
        Some(name) => format!("the check {name}"),
        None => {
            let columns = check.expression.columns.iter().filter(|(_, name)| rebuild.create.columns.iter().any(|c| c.name == *name));
            format!("the check on {}", columns.map(|(_, name)| name.to_string()).collect::<Vec<_>>().join(", "))
        }
    }));
    if rebuild.create.options.strict && !rebuild.old.options.strict {
        found.push("the types of a STRICT table".to_owned());
    }
    found
}

/// Whether two expressions are written alike, but for spaces.
fn same(one: &str, other: &str) -> bool {
    let words = |text: &str| text.split_whitespace().collect::<String>().to_ascii_lowercase();
    words(one) == words(other)
}
