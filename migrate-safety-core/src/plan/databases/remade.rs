//! A script that makes a table anew by hand (a new one, the rows copied, the old one dropped, the new one renamed), read as
//! what it changes: run as it stands while an application writes, it would lose what is written behind the copy.

use super::State;
use crate::databases::name::Name;
use crate::databases::operation::{Insert, Operation};
use crate::databases::schema::Table;
use crate::databases::statement::Statement;
use crate::plan::error::PlanError;

const RECIPE: &str = "rebuild";

/// The statements that say what the script changes; none if it makes no table anew.
///
/// # Errors
/// What becomes of the rows is not a copy of columns.
pub(super) fn read(state: &State, statements: &[Statement], text: &str) -> Option<Result<Vec<String>, PlanError>> {
    let makes = |statement: &Statement| matches!(statement.operation, Operation::CreateTable(_));
    let drops = |statement: &Statement| matches!(statement.operation, Operation::DropTable { .. });
    if !statements.iter().any(makes) || !statements.iter().any(drops) {
        return None;
    }
    let mut after = state.clone();
    for statement in statements {
        after = after.after(&statement.operation).ok()?;
    }
    let pairs: Vec<(&Table, &Table)> = state
        .schema
        .tables()
        .filter_map(|old| Some((old, after.schema.table(&old.name).filter(|new| new.id != old.id)?)))
        .collect();
    if pairs.is_empty() {
        return None;
    }
    Some(changes(state, &after, &pairs, statements, text))
}

fn changes(
    state: &State,
    after: &State,
    pairs: &[(&Table, &Table)],
    statements: &[Statement],
    text: &str,
) -> Result<Vec<String>, PlanError> {
    let (mut renames, mut copied) = (Vec::new(), Vec::new());
    for statement in statements {
        let sql = text.get(statement.span.range()).unwrap_or_default();
        match &statement.operation {
            Operation::Insert(insert) if insert.rows.is_none() => {
                let reads = |old: &Table| insert.source.reads.iter().any(|read| read.name == old.name.name);
                // The old one may have been renamed away.
                let alone = pairs.first().filter(|_| pairs.len() == 1);
                let Some((old, new)) = pairs.iter().find(|(old, _)| reads(old)).or(alone) else {
                    return Err(refused(sql));
                };
                renames.extend(renamed(old, new, insert).ok_or_else(|| refused(sql))?);
                copied.push(old.id);
            }
            Operation::Insert(_) | Operation::Update(_) | Operation::Delete(_) => return Err(refused(sql)),
            _ => {}
        }
    }
    if pairs.iter().any(|(old, _)| !copied.contains(&old.id)) {
        return Err(refused(text.trim()));
    }
    state.reach(after, &renames)
}

/// The columns that the copy gives another name; none if it does anything else with values.
fn renamed(old: &Table, new: &Table, insert: &Insert) -> Option<Vec<(String, String)>> {
    let stored = |table: &Table| -> Vec<Name> {
        let stored = table.columns.iter().filter(|column| column.generated.is_none());
        stored.map(|column| column.name.clone()).collect()
    };
    let targets = if insert.columns.is_empty() { stored(new) } else { insert.columns.clone() };
    let sources: Vec<Name> = if insert.source.star {
        stored(old)
    } else {
        let read = |name: &Name| insert.source.columns.iter().any(|(_, column)| column == name);
        insert
            .source
            .output
            .iter()
            .map(|name| name.clone().filter(|n| read(n) && old.column(n).is_some()))
            .collect::<Option<_>>()?
    };
    if targets.len() != sources.len() || !is_whole(&insert.source.sql) {
        return None;
    }
    let pairs = targets.iter().zip(&sources).filter(|(target, source)| target != source);
    pairs
        .map(|(target, source)| {
            // Two columns that change places are no renames that follow one another.
            let is_new = old.column(target).is_none() && new.column(source).is_none();
            is_new.then(|| (format!("{}.{source}", old.name.name), target.to_string()))
        })
        .collect()
}

/// Whether a query takes every row.
fn is_whole(sql: &str) -> bool {
    const PARTS: [&str; 5] = ["where", "limit", "having", "group", "distinct"];
    let mut words = sql.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.all(|word| !PARTS.iter().any(|part| word.eq_ignore_ascii_case(part)))
}

fn refused(sql: &str) -> PlanError {
    PlanError::Refused {
        recipe: RECIPE,
        reason: "the script makes a table anew and does more with its rows than to copy columns".to_owned(),
        instead:
            "say what changes by single statements, which the plan puts together: ALTER TABLE … RENAME COLUMN, ADD \
                  COLUMN, ALTER COLUMN … TYPE … USING …, and UPDATE"
                .to_owned(),
        sql: sql.to_owned(),
    }
}
