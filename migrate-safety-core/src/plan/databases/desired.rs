//! From the present schema to a desired one.

use super::State;
use crate::catalog::diff::{Change, Difference, ObjectKind};
use crate::databases::parse;
use crate::databases::render::Rendered;
use crate::databases::schema::{Schema, Table};
use crate::plan::desired::Desired;
use crate::plan::error::{Candidate, PlanError};
use crate::plan::replayed::Replayed;

impl State {
    /// The statements that lead from this schema to a desired one, in an order in which they run.
    pub(in crate::plan) fn statements_to(&self, desired: &Desired) -> Result<Vec<String>, PlanError> {
        let wanted = self.wanted(desired)?;
        let renames: Vec<(String, String)> =
            desired.hints().filter_map(|(name, to)| Some((name.to_owned(), to?.to_owned()))).collect();
        let (state, _) = self.with_names(&renames)?;
        let dropped: Vec<&str> = desired.hints().filter(|(_, to)| to.is_none()).map(|(name, _)| name).collect();
        let candidates = candidates(&state.schema, &wanted.schema, &dropped);
        if !candidates.is_empty() {
            return Err(PlanError::Ambiguous { candidates });
        }
        self.reach(&wanted, &renames)
    }

    /// The schema in which things have got other names, and the statements that do it.
    fn with_names(&self, renames: &[(String, String)]) -> Result<(Self, Vec<String>), PlanError> {
        let mut state = self.clone();
        let mut made = Vec::new();
        for (name, to) in renames {
            let sql = renamed(&state, name, to)?;
            state = state.changed(&sql)?;
            made.push(sql);
        }
        Ok((state, made))
    }

    /// The statements that lead from this schema to another, in which things have got other names.
    pub(super) fn reach(&self, wanted: &Self, renames: &[(String, String)]) -> Result<Vec<String>, PlanError> {
        let (mut state, mut made) = self.with_names(renames)?;
        loop {
            let differences = wanted.differences(&state);
            if differences.is_empty() {
                return Ok(made);
            }
            let before = made.len();
            for difference in ordered(&differences) {
                for sql in statements(&state.schema, &wanted.schema, difference) {
                    if let Ok(next) = state.changed(&sql) {
                        state = next;
                        made.push(sql);
                    }
                }
            }
            if made.len() == before || made.len() > 500 {
                return Err(PlanError::Unreachable { differences });
            }
        }
    }

    /// The desired schema, made on an empty database.
    fn wanted(&self, desired: &Desired) -> Result<Self, PlanError> {
        let target = self.schema.target;
        let mut wanted = Self::new(&Schema::new(target, true));
        let sql = desired.sql();
        for statement in parse(target, sql).statements {
            let text = sql.get(statement.span.range()).unwrap_or_default();
            let fails = |message: String| PlanError::DesiredFails { message, sql: text.to_owned() };
            if let Some(problem) = statement.problems.first().filter(|_| !statement.understood()) {
                return Err(fails(problem.message.to_string()));
            }
            wanted = wanted.after(&statement.operation).map_err(fails)?;
        }
        Ok(wanted)
    }
}

/// What stands on others goes before them and comes behind them.
pub(super) fn ordered(differences: &[Difference]) -> Vec<&Difference> {
    let mut ordered: Vec<&Difference> = differences.iter().collect();
    ordered.sort_by_key(|difference| match (difference.change, difference.kind) {
        (Change::Extra, ObjectKind::Trigger | ObjectKind::View) => 0,
        // MySQL keeps an index that a foreign key needs.
        (Change::Extra, ObjectKind::Constraint) => 1,
        (Change::Extra, ObjectKind::Index) => 2,
        (Change::Missing, ObjectKind::Table) => 3,
        (Change::Missing, ObjectKind::Column) => 4,
        (Change::Different, _) => 5,
        (Change::Extra, _) => 6,
        (Change::Missing, ObjectKind::Index) => 7,
        (Change::Missing, ObjectKind::Constraint) => 8,
        (Change::Missing, _) => 9,
    });
    ordered
}

/// The statements that make a difference good: those that it tells, and words of standard SQL for what the dialect has
/// none for.
fn statements(found: &Schema, wanted: &Schema, difference: &Difference) -> Vec<String> {
    // Another form of a column is told as one that goes and one that comes, which would lose its values.
    let is_other_form = (difference.kind, difference.change) == (ObjectKind::Column, Change::Different);
    if !difference.sql.is_empty() && !is_other_form {
        return difference.sql.clone();
    }
    let rendered = Rendered::new(found.target);
    let Some((table, column)) = difference.name.split_once('.') else { return Vec::new() };
    let of = |schema: &Schema| schema.tables().find(|t| t.name.name == *table).cloned();
    let (Some(old), Some(new)) = (of(found), of(wanted)) else { return Vec::new() };
    let alter = format!("ALTER TABLE {}", rendered.name(&old.name.name));
    match difference.kind {
        ObjectKind::Column => {
            let column = new.columns.iter().find(|c| c.name == *column);
            let word = if difference.change == Change::Missing { "ADD COLUMN" } else { "MODIFY COLUMN" };
            column.map(|column| format!("{alter} {word} {}", rendered.column(column))).into_iter().collect()
        }
        ObjectKind::Constraint if difference.change == Change::Missing => added(&old, &new, rendered, &alter),
        _ => Vec::new(),
    }
}

/// The constraints that one form of a table has and the other has not.
fn added(old: &Table, new: &Table, rendered: Rendered, alter: &str) -> Vec<String> {
    let keys = new.foreign_keys.iter().filter(|key| {
        !old.foreign_keys
            .iter()
            .any(|o| (&o.columns, &o.table, &o.referenced) == (&key.columns, &key.table, &key.referenced))
    });
    let checks = new.checks.iter().filter(|check| !old.checks.iter().any(|o| o.expression.sql == check.expression.sql));
    let indexes = new.indexes.iter().filter(|index| {
        let automatic = index.name.as_ref().is_none_or(|name| name.as_str().starts_with("sqlite_autoindex_"));
        automatic && !old.indexes.iter().any(|o| o.kind == index.kind && o.columns() == index.columns())
    });
    keys.map(|key| rendered.foreign_key(key))
        .chain(checks.map(|check| rendered.check(check)))
        .chain(indexes.map(|index| rendered.index_in_table(index)))
        .map(|what| format!("{alter} ADD {what}"))
        .collect()
}

/// The statement for a hint that something got another name.
fn renamed(state: &State, name: &str, to: &str) -> Result<String, PlanError> {
    let wrong = |why: &str| PlanError::BadHint { hint: name.to_owned(), why: why.to_owned() };
    let quoted = |name: &str| state.quoted(name);
    let table = |name: &str| state.schema.tables().find(|table| table.name.name == *name);
    match name.rsplit_once('.') {
        Some((of, column)) => {
            let found = table(of).ok_or_else(|| wrong("there is no such table; write `table.column`"))?;
            found.columns.iter().find(|c| c.name == *column).ok_or_else(|| wrong("the table has no such column"))?;
            Ok(format!("ALTER TABLE {} RENAME COLUMN {} TO {}", quoted(of), quoted(column), quoted(to)))
        }
        None => {
            table(name).ok_or_else(|| wrong("there is no such table; for a column write `table.column`"))?;
            Ok(format!("ALTER TABLE {} RENAME TO {}", quoted(name), quoted(to)))
        }
    }
}

/// What is missing and may have got the name of something new.
fn candidates(found: &Schema, wanted: &Schema, dropped: &[&str]) -> Vec<Candidate> {
    let is_dropped = |name: &str| dropped.iter().any(|dropped| dropped.eq_ignore_ascii_case(name));
    let mut candidates = Vec::new();
    let candidate = |what, from: &str, to: &str| Candidate { what, from: from.to_owned(), to: to.to_owned() };
    let lacks = |schema: &Schema, table: &Table| schema.tables().all(|other| other.name.name != table.name.name);
    let gone = found.tables().filter(|table| lacks(wanted, table) && !is_dropped(table.name.name.as_str()));
    let gone: Vec<&Table> = gone.filter(|table| !is_of_host(table)).collect();
    for old in gone {
        let new = wanted.tables().filter(|table| lacks(found, table));
        candidates.extend(new.map(|new| candidate("table", old.name.name.as_str(), new.name.name.as_str())));
    }
    for old in found.tables() {
        let Some(new) = wanted.tables().find(|table| table.name.name == old.name.name) else { continue };
        let gone = old.columns.iter().filter(|column| new.column(&column.name).is_none());
        for column in gone {
            let from = format!("{}.{}", old.name.name, column.name);
            let added = new.columns.iter().filter(|column| old.column(&column.name).is_none());
            if !is_dropped(&from) {
                candidates.extend(added.map(|to| candidate("column", &from, to.name.as_str())));
            }
        }
    }
    candidates
}

/// Whether hosts keep their history in it.
fn is_of_host(table: &Table) -> bool {
    use crate::layout::Layout;
    let of = |layout: Layout| layout.bookkeeping_table().is_some_and(|name| table.name.name == *name);
    of(Layout::Sqlx) || of(Layout::Diesel)
}
