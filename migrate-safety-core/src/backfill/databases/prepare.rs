//! A description held against a schema.

use super::key;
use super::plan::{DatabasePlan, SetColumn};
use super::words::Words;
use crate::backfill::error::{InvalidBackfill, Warning};
use crate::backfill::spec::{Assignment, Backfill, FillMode, Work};
use crate::config::nearest;
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{Expression, Operation, Update};
use crate::databases::parse;
use crate::databases::quote::quoted;
use crate::databases::schema::{Schema, Table};

impl Backfill {
    /// Holds it against the schema of MySQL, MariaDB or SQLite that it will run on.
    ///
    /// # Errors
    /// It cannot be done safely, or not at all; the error says why, and what to do instead.
    pub fn prepare_on(&self, schema: &Schema) -> Result<DatabasePlan, InvalidBackfill> {
        let target = schema.target;
        let words = Words::of(target.dialect).ok_or_else(|| InvalidBackfill::Dialect(target.to_string()))?;
        let Work::Update(assignments) = &self.work else { return Err(InvalidBackfill::CopyOnly(target.to_string())) };
        if assignments.is_empty() {
            return Err(InvalidBackfill::NothingToDo);
        }
        let table = find(schema, &self.table)?;
        let sql = name_sql(schema, &table.name);
        let key = key::choose(target.dialect, words, table, &self.key)?;
        let only = self.only.as_deref().map(|only| condition(schema, &sql, table, only)).transpose()?;
        let mut columns: Vec<SetColumn> = Vec::new();
        for assignment in assignments {
            let column = set_column(schema, words, &sql, table, assignment)?;
            if columns.iter().any(|other| other.name == column.name) {
                return Err(InvalidBackfill::SetTwice(column.name.to_string()));
            }
            if key.iter().any(|part| part.name == column.name) {
                let reason = "the batches follow it, and a row would move while they do; name another key";
                return Err(InvalidBackfill::ReadOnly { column: column.name.to_string(), reason });
            }
            columns.push(column);
        }
        if let Some(only) = &only
            && is_volatile(words, only)
        {
            return Err(InvalidBackfill::VolatileCondition(only.sql.to_string()));
        }
        let guarded = |name: &Name| only.as_ref().is_some_and(|only| mentions(only, name));
        refuse_chasing(schema, &sql, assignments, &columns, &guarded)?;
        let warnings = warnings(schema, table, &columns);
        Ok(DatabasePlan { backfill: self.clone(), target, words, table: sql, key, columns, warnings })
    }
}

fn find<'s>(schema: &'s Schema, text: &str) -> Result<&'s Table, InvalidBackfill> {
    // The server's grammar says what is a name.
    let update = update(schema, &format!("UPDATE {text} SET a = 1"));
    let name = match update.as_ref().map(|update| update.tables.as_slice()) {
        Some([name]) => name.clone(),
        _ => return Err(InvalidBackfill::NotAName(text.to_owned())),
    };
    if schema.view(&name).is_some() {
        let remedy = "the table it reads".to_owned();
        return Err(InvalidBackfill::NotATable { name: name.to_string(), what: "a view", remedy });
    }
    match schema.table(&name) {
        Some(table) if table.module.is_some() => Err(InvalidBackfill::NotATable {
            name: name.to_string(),
            what: "a virtual table",
            remedy: "an ordinary table".to_owned(),
        }),
        Some(table) if table.known => Ok(table),
        Some(_) => Err(InvalidBackfill::UnknownTable(name.to_string())),
        None => Err(InvalidBackfill::NoTable(name.to_string())),
    }
}

fn name_sql(schema: &Schema, name: &ObjectName) -> String {
    let dialect = schema.target.dialect;
    let database = name.database.as_ref().map(|database| quoted(dialect, database.as_str()) + ".");
    database.unwrap_or_default() + &quoted(dialect, name.name.as_str())
}

/// A statement, read; only one, and all of it.
fn update(schema: &Schema, sql: &str) -> Option<Update> {
    let mut script = parse(schema.target, sql);
    let statement = script.statements.pop().filter(crate::databases::statement::Statement::understood)?;
    match statement.operation {
        Operation::Update(update) if script.statements.is_empty() => Some(*update),
        _ => None,
    }
}

fn no_expression(text: &str) -> InvalidBackfill {
    let reason = "the server's grammar does not take it as the value of a column or as a condition".to_owned();
    InvalidBackfill::Expression { text: text.to_owned(), reason }
}

fn value(schema: &Schema, table: &str, assignment: &Assignment) -> Result<(Name, Expression), InvalidBackfill> {
    let written = |value: String| {
        let update = update(schema, &format!("UPDATE {table} SET {} = {value}", assignment.column));
        update.filter(|update| update.filter.is_none() && update.limit.is_none()).map(|update| update.assignments)
    };
    // One expression is one with parentheses around it too.
    let bare = written(assignment.value.clone()).is_some_and(|assignments| assignments.len() == 1);
    match written(format!("({})", assignment.value)) {
        Some(mut assignments) if assignments.len() == 1 && bare => {
            let (_, name, value) = assignments.remove(0);
            Ok((name, value))
        }
        _ => Err(no_expression(&assignment.value)),
    }
}

fn condition(schema: &Schema, sql: &str, table: &Table, only: &str) -> Result<Expression, InvalidBackfill> {
    let written = |only: String| {
        let update = update(schema, &format!("UPDATE {sql} SET a = 1 WHERE {only}"));
        update.filter(|update| update.limit.is_none()).and_then(|update| update.filter)
    };
    let bare = written(only.to_owned());
    let filter = written(format!("({only})")).filter(|_| bare.is_some()).ok_or_else(|| no_expression(only))?;
    known(table, &filter)?;
    Ok(filter)
}

fn set_column(
    schema: &Schema,
    words: &Words,
    sql: &str,
    table: &Table,
    assignment: &Assignment,
) -> Result<SetColumn, InvalidBackfill> {
    let (name, value) = value(schema, sql, assignment)?;
    let column = table.column(&name).ok_or_else(|| no_column(table, &name))?;
    known(table, &value)?;
    if column.generated.is_some() {
        let reason = "it is generated, the server computes it; set the columns it is computed from";
        return Err(InvalidBackfill::ReadOnly { column: name.to_string(), reason });
    }
    let volatile = is_volatile(words, &value);
    if volatile && assignment.mode == FillMode::Set {
        return Err(InvalidBackfill::Volatile { column: name.to_string(), value: assignment.value.clone() });
    }
    let sql = quoted(schema.target.dialect, column.name.as_str());
    let data_type = column.data_type.clone();
    Ok(SetColumn { name, sql, data_type, value: assignment.value.clone(), mode: assignment.mode, volatile })
}

/// A value that is computed from what the backfill itself writes would change with each pass.
fn refuse_chasing(
    schema: &Schema,
    table: &str,
    assignments: &[Assignment],
    columns: &[SetColumn],
    guarded: &dyn Fn(&Name) -> bool,
) -> Result<(), InvalidBackfill> {
    for assignment in assignments.iter().filter(|assignment| assignment.mode == FillMode::Set) {
        let (_, value) = value(schema, table, assignment)?;
        let own = columns.iter().find(|column| mentions(&value, &column.name) && !guarded(&column.name));
        if let Some(own) = own {
            return Err(InvalidBackfill::SelfReference {
                column: own.name.to_string(),
                value: assignment.value.clone(),
            });
        }
    }
    Ok(())
}

fn mentions(expression: &Expression, name: &Name) -> bool {
    expression.columns.iter().any(|(_, column)| column == name)
}

/// The columns that it mentions are there; those of subqueries are the server's business.
fn known(table: &Table, expression: &Expression) -> Result<(), InvalidBackfill> {
    if !expression.reads.is_empty() {
        return Ok(());
    }
    let missing = expression.columns.iter().find(|(_, column)| table.column(column).is_none() && *column != *"rowid");
    missing.map_or(Ok(()), |(_, column)| Err(no_column(table, column)))
}

fn no_column(table: &Table, column: &Name) -> InvalidBackfill {
    let near = nearest(column.as_str(), table.columns.iter().map(|column| column.name.as_str()));
    InvalidBackfill::NoColumn {
        table: table.name.to_string(),
        column: column.to_string(),
        nearest: near.map(str::to_owned),
    }
}

/// Whether it differs each time it is computed: also by the time of now.
fn is_volatile(words: &Words, expression: &Expression) -> bool {
    const TIME: [&str; 10] = [
        "now",
        "current_timestamp",
        "current_time",
        "current_date",
        "localtime",
        "localtimestamp",
        "curdate",
        "curtime",
        "utc_timestamp",
        "unixepoch",
    ];

    let text = expression.sql.to_ascii_lowercase();
    let by_time =
        text.contains("'now'") || expression.calls.iter().any(|call| TIME.contains(&&**call) && &**call != "unixepoch");
    by_time || expression.calls.iter().any(|call| words.volatile.contains(&&**call))
}

fn warnings(schema: &Schema, table: &Table, columns: &[SetColumn]) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let on_table = schema.triggers.values().filter(|trigger| {
        schema.key(&trigger.table) == schema.key(&table.name)
            && trigger.event == crate::databases::operation::Verb::Update
    });
    let names: Vec<String> = on_table.map(|trigger| trigger.name.to_string()).collect();
    if !names.is_empty() {
        warnings.push(Warning::Triggers { table: table.name.to_string(), names });
    }
    let is_indexed = |column: &&SetColumn| {
        table.indexes.iter().any(|index| index.parts.iter().any(|part| part.column() == Some(&column.name)))
    };
    let indexed: Vec<String> = columns.iter().filter(is_indexed).map(|column| column.name.to_string()).collect();
    if !indexed.is_empty() {
        warnings.push(Warning::Indexed { table: table.name.to_string(), columns: indexed });
    }
    warnings
}

#[cfg(all(test, feature = "sqlite", feature = "mysql"))]
mod tests {
    use super::*;
    use crate::catalog::Stamp;
    use crate::dialect::Target;

    fn schema(target: Target) -> Schema {
        let mut schema = Schema::new(target, true);
        let text = "CREATE TABLE users (id INTEGER NOT NULL PRIMARY KEY, email VARCHAR(20) NOT NULL, lower_email VARCHAR(20), n INT, \
                    UNIQUE (email)); CREATE TABLE loose (a INT, b INT); CREATE TABLE pairs (a INT NOT NULL, b INT NOT NULL, c INT, \
                    PRIMARY KEY (a, b)); CREATE VIEW v AS SELECT id FROM users";
        for statement in parse(target, text).statements {
            schema.apply(&statement.operation, Stamp::BEFORE);
        }
        schema
    }

    #[test]
    fn a_batch_is_a_range_of_keys() {
        let plan = |table: &str, target| Backfill::new(table).set("c", "a + b").prepare_on(&schema(target)).unwrap();
        let pairs = plan("pairs", Target::sqlite(345));
        let key = ["1".to_owned(), "2".to_owned()];
        assert_eq!(pairs.range(Some(&key), &key)[0], "(a >= 1 AND (a > 1 OR a = 1 AND b > 2))");
        assert!(pairs.write_sql(&[]).ends_with("WHERE (c COLLATE BINARY IS NOT (a + b))"), "{}", pairs.write_sql(&[]));
        let pairs = plan("pairs", Target::mysql(804));
        assert!(
            pairs.write_sql(&[]).ends_with("WHERE (NOT (CAST(c AS SIGNED) <=> CAST((a + b) AS SIGNED)))"),
            "{}",
            pairs.write_sql(&[])
        );
    }

    #[test]
    fn what_cannot_be_done_is_refused_with_the_remedy() {
        let set = |table: &str, column: &str, value: &str| Backfill::new(table).set(column, value);
        for (backfill, said) in [
            (set("nowhere", "a", "1"), "there is no table nowhere"),
            (set("users; DROP TABLE users", "a", "1"), "is not the name of a table"),
            (set("v", "id", "1"), "a view"),
            (set("loose", "a", "1"), "no key to go by"),
            (set("users", "emial", "1"), "did you mean email?"),
            (set("users", "lower_email", "lower(emial)"), "did you mean email?"),
            (set("users", "lower_email", "lower(email); DROP TABLE users"), "is not one expression"),
            (set("users", "lower_email", "1), n = (2"), "is not one expression"),
            (set("users", "n", "n + 1"), "computed from n itself"),
            (set("users", "id", "1"), "the batches follow it"),
            (set("users", "n", "1").set("n", "2"), "set twice"),
            (set("users", "n", "1").key(["n"]), "no unique index is on these columns"),
            (Backfill::new("users"), "nothing is to be done"),
            (Backfill::copy("users", "loose").set("a", "id"), "copies"),
        ] {
            for target in [Target::sqlite(345), Target::mysql(804)] {
                let told = backfill.prepare_on(&schema(target)).unwrap_err().to_string();
                assert!(told.contains(said), "{backfill} on {target}: {told}");
            }
        }
        let volatile = set("users", "n", "random()").prepare_on(&schema(Target::sqlite(345))).unwrap_err().to_string();
        assert!(volatile.contains("can differ each time"), "{volatile}");
        Backfill::new("users").fill("n", "random()").prepare_on(&schema(Target::sqlite(345))).unwrap();
        let guarded = set("users", "n", "n + 1").only("n < 5").prepare_on(&schema(Target::sqlite(345)));
        assert!(guarded.is_ok(), "{guarded:?}");
    }
}
