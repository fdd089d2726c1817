//! A constraint that rows of the table may violate.

use crate::databases::quote::quoted;
use super::online::{in_query, is_taken};
use crate::databases::name::Name;
use crate::databases::operation::{ActionKind, IndexDef, IndexKind, Operation};
use crate::databases::rule::{DatabaseRule, Look, MYSQL};
use crate::databases::schema::Table;
use crate::databases::view::{Judged, MigrationView};
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "rows-may-violate",
        category: Category::ConstraintValidation,
        title: "A constraint that rows of the table may violate",
        why: "Every row is checked, and one that violates the constraint fails the statement, at the end of a rebuild too: \
              what stands before it in the migration stays. gh-ost and pt-online-schema-change copy with INSERT IGNORE: \
              of rows with the same new key they keep one and say nothing.",
        source: "MySQL manual, 15.1.11 ALTER TABLE; errors 1062, 1138, 1265, 1452 and 3819",
        bad: &[
            Sample::new(USERS, "ALTER TABLE users ADD UNIQUE INDEX users_email (email);").of(Target::mysql(800)).rows(FEW),
            Sample::new(USERS, "ALTER TABLE users MODIFY email varchar(100) NOT NULL;")
                .of(Target::mysql(800))
                .rows(FEW)
                .with(&["nulls-fail"]),
            Sample::new(USERS, "ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (org_id) REFERENCES orgs (id);")
                .of(Target::mariadb(1011))
                .rows(FEW),
        ],
        good: &[
            Sample::new(USERS, "ALTER TABLE users ADD UNIQUE INDEX users_id_email (id, email);").of(Target::mysql(800)).rows(FEW),
            Sample::new(USERS, "ALTER TABLE users ADD COLUMN code int UNIQUE;").of(Target::mysql(800)).rows(FEW),
        ],
        folded_into: &["statement-fails"],
        planned: true,
        ..Rule::BASE
    },
    dialects: MYSQL,
    look: Look::Outcome(look),
};

const USERS: &str = "CREATE TABLE orgs (id bigint PRIMARY KEY);
    CREATE TABLE users (id bigint PRIMARY KEY, email varchar(100), org_id bigint);";
const FEW: &[(&str, u64)] = &[("users", 300)];

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for judged in view.judged.iter().filter(|judged| is_taken(judged)) {
        for (message, query) in demands(view, judged) {
            let Some(mut to) = findings.statement(judged.index) else { continue };
            to.flag(message).at(judged.statement.span).verify(query);
        }
    }
}

/// What a statement demands of the rows that are there, with the query that counts those that violate it.
fn demands(view: &MigrationView<'_>, judged: &Judged) -> Vec<(String, String)> {
    match &judged.statement.operation {
        Operation::CreateIndex(create) => {
            let table = view.before.table(&create.table);
            table.and_then(|table| unique(view, table, &create.index, &[])).into_iter().collect()
        }
        Operation::AlterTable(alter) => {
            let Some(table) = view.before.table(&alter.table) else { return Vec::new() };
            let added: Vec<&Name> = alter
                .actions
                .iter()
                .filter_map(|action| match &action.kind {
                    ActionKind::AddColumn { column, .. } => Some(&column.name),
                    _ => None,
                })
                .collect();
            alter.actions.iter().filter_map(|action| of_action(view, judged, table, &action.kind, &added)).collect()
        }
        _ => Vec::new(),
    }
}

fn of_action(
    view: &MigrationView<'_>,
    judged: &Judged,
    table: &Table,
    action: &ActionKind,
    added: &[&Name],
) -> Option<(String, String)> {
    let name = in_query(view, table);
    let dialect = view.target().dialect;
    match action {
        ActionKind::AddIndex { index, .. } => unique(view, table, index, added),
        ActionKind::Modify { column, .. } if judged.outcome.effects.facts.contains(&"not-null/rebuild") => {
            let old = table.column(column)?;
            let may_be_null = old.not_null != Some(true) && !table.primary_key().contains(&column);
            let not_strict = judged.outcome.effects.facts.contains(&"not-null/not-strict");
            let query = format!("SELECT count(*) FROM {name} WHERE {} IS NULL", quoted(dialect, column.as_str()));
            (may_be_null && !not_strict).then(|| (format!("a NULL in {}.{column} makes this fail", table.name), query))
        }
        ActionKind::AddCheck { check } => {
            let new = check.expression.columns.iter().any(|(_, column)| added.contains(&column));
            let checked = judged.outcome.effects.facts.contains(&"add-check/copy");
            let query = format!("SELECT count(*) FROM {name} WHERE NOT ({})", check.expression.sql);
            (checked && !new).then(|| (format!("a row of {} that violates the check makes this fail", table.name), query))
        }
        ActionKind::AddForeignKey { foreign_key, .. } => {
            let checked = judged.outcome.effects.facts.contains(&"add-foreign-key/checked");
            let new = foreign_key.columns.iter().any(|column| added.contains(&column));
            (checked && !new).then(|| {
                let message = format!("a row of {} that refers to no row of {} makes this fail", table.name, foreign_key.table);
                (message, super::foreign_key_unchecked::orphans(view, table, foreign_key))
            })
        }
        _ => None,
    }
}

/// Rows that are alike, for an index that is unique and was not known to be so.
fn unique(view: &MigrationView<'_>, table: &Table, index: &IndexDef, added: &[&Name]) -> Option<(String, String)> {
    if !matches!(index.kind, IndexKind::Unique | IndexKind::Primary) {
        return None;
    }
    let columns = index.columns();
    let plain = columns.len() == index.parts.len() && index.parts.iter().all(|part| part.length.is_none());
    let new = columns.iter().any(|column| added.contains(column));
    let implied = |other: &IndexDef| {
        other.is_unique() && other.columns().len() == other.parts.len() && other.columns().iter().all(|c| columns.contains(c))
    };
    if new || table.indexes.iter().any(implied) {
        return None;
    }
    let name = in_query(view, table);
    let list: Vec<String> = columns.iter().map(|column| quoted(view.target().dialect, column.as_str())).collect();
    // NULLs are not alike.
    let given: Vec<String> = list.iter().map(|column| format!("{column} IS NOT NULL")).collect();
    let (list, given) = (list.join(", "), given.join(" AND "));
    let query = if plain {
        format!("SELECT {list}, count(*) FROM {name} WHERE {given} GROUP BY {list} HAVING count(*) > 1")
    } else {
        format!("that no two rows of {name} are alike in what the index is over")
    };
    Some((format!("rows of {} that are alike make the index fail", table.name), query))
}
