//! Rows changed in batches, in the order of a key, each batch in a transaction of its own.
//!
//! On MySQL and MariaDB it is a routine that the migration makes, calls and drops. SQLite has no loop: the migration changes
//! the rows at once, and a program may do the same in batches.

use super::request::Request;
use crate::databases::name::Name;
use crate::databases::operation::{ColumnDef, IndexDef, IndexKind};
use crate::databases::schema::Table;
use crate::plan::draft::DraftStep;
use crate::plan::error::Refusal;
use crate::plan::model::{Batches, Rollback, StepKind};
use crate::written::FILL;

/// Rows of a batch.
const BATCH: u32 = 1000;

/// What is done with rows.
#[derive(Clone, Debug)]
pub(super) enum Work {
    /// `SET` these columns.
    Set(Vec<(Name, String)>),
    /// They go.
    Delete,
}

/// Work on the rows of a table.
#[derive(Clone, Debug)]
pub(super) struct Fill<'t> {
    pub(super) table: &'t Table,
    pub(super) work: Work,
    /// The rows that it is about; all, if none.
    pub(super) condition: Option<String>,
    /// Which rows are not done yet.
    pub(super) undone: String,
}

impl<'t> Fill<'t> {
    /// The step.
    ///
    /// # Errors
    /// The table has no key by which its rows can be gone through.
    pub(super) fn step(&self, request: &Request<'_>, title: impl Into<String>) -> Result<DraftStep, Refusal> {
        let key = key(request, self.table).ok_or_else(|| {
            Refusal::new(
                format!("{} has no key by which its rows could be gone through in batches", self.table.name),
                "give it a primary key first",
            )
        })?;
        let table = request.table_sql(self.table);
        let names: Vec<String> = key.iter().map(|name| request.name(name)).collect();
        let verb = self.verb(request, &table);
        let batch = self.batch(request, &table, &names, &verb);
        let batches = Batches {
            remaining: format!("SELECT count(*) FROM {table} WHERE {}", self.undone),
            key: key.iter().map(ToString::to_string).collect(),
            table,
            batch,
        };
        let sql =
            if request.is_sqlite() { vec![self.at_once(&verb)] } else { self.routine(request, &key, &names, &verb) };
        let rollback = match self.work {
            Work::Set(_) => Rollback::Nothing,
            Work::Delete => Rollback::Impossible("the rows are gone: restore them from a backup".to_owned()),
        };
        let step = DraftStep {
            kind: StepKind::Backfill,
            transaction: request.is_sqlite(),
            batches: Some(batches),
            rollback: Some(rollback),
            ..DraftStep::ddl(title, sql)
        };
        Ok(if request.is_sqlite() { step.allow("backfill-not-batched", AT_ONCE) } else { step })
    }

    fn verb(&self, request: &Request<'_>, table: &str) -> String {
        match &self.work {
            Work::Set(assignments) => {
                let set: Vec<String> =
                    assignments.iter().map(|(column, value)| format!("{} = {value}", request.name(column))).collect();
                format!("UPDATE {table} SET {}", set.join(", "))
            }
            Work::Delete => format!("DELETE FROM {table}"),
        }
    }

    fn at_once(&self, verb: &str) -> String {
        self.condition.as_ref().map_or_else(|| verb.to_owned(), |condition| format!("{verb}\nWHERE {condition}"))
    }

    /// What a program repeats until no row is changed.
    fn batch(&self, request: &Request<'_>, table: &str, key: &[String], verb: &str) -> String {
        let mut conditions = vec![self.undone.clone()];
        conditions.extend(self.condition.clone().filter(|condition| *condition != self.undone));
        let condition = conditions.iter().map(|one| format!("({one})")).collect::<Vec<_>>().join(" AND ");
        let key = key.join(", ");
        if request.is_sqlite() {
            let columns = if key.contains(',') { format!("({key})") } else { key.clone() };
            format!(
                "{verb}\nWHERE {columns} IN (SELECT {key} FROM {table} WHERE {condition} ORDER BY {key} LIMIT {BATCH})"
            )
        } else {
            format!("{verb}\nWHERE {condition} ORDER BY {key} LIMIT {BATCH}")
        }
    }

    fn routine(&self, request: &Request<'_>, key: &[&Name], names: &[String], verb: &str) -> Vec<String> {
        let variables = |prefix: &str| (1..=key.len()).map(|n| format!("{prefix}_{n}")).collect::<Vec<_>>();
        let (from, until) = (variables("from"), variables("until"));
        let mut declared = String::new();
        for ((name, from), until) in key.iter().zip(&from).zip(&until) {
            let data_type = self.table.column(name).map(|column| variable_type(request, column)).unwrap_or_default();
            declared += &format!("    DECLARE {from}, {until} {data_type};\n");
        }
        let table = request.table_sql(self.table);
        let (keys, into_from, into_until) = (names.join(", "), from.join(", "), until.join(", "));
        let at_least = compared(names, &from, ">=");
        let below = compared(names, &until, "<");
        let only = self.condition.as_ref().map(|condition| format!(" AND ({condition})")).unwrap_or_default();
        let body = format!(
            "CREATE PROCEDURE {FILL}()\n\
             BEGIN\n\
             {declared}    DECLARE is_last BOOLEAN DEFAULT FALSE;\n    \
             DECLARE CONTINUE HANDLER FOR NOT FOUND SET is_last = TRUE;\n    \
             SELECT {keys} INTO {into_from} FROM {table} ORDER BY {keys} LIMIT 1;\n    \
             WHILE NOT is_last DO\n        \
             SELECT {keys} INTO {into_until} FROM {table} WHERE {at_least} ORDER BY {keys} LIMIT 1 OFFSET {BATCH};\n        \
             IF is_last THEN\n            \
             {verb} WHERE {at_least}{only};\n        \
             ELSE\n            \
             {verb} WHERE {at_least} AND {below}{only};\n            \
             {next}\n        \
             END IF;\n        \
             COMMIT;\n    \
             END WHILE;\n\
             END",
            next = from
                .iter()
                .zip(&until)
                .map(|(from, until)| format!("SET {from} = {until};"))
                .collect::<Vec<_>>()
                .join(" "),
        );
        vec![
            format!("DROP PROCEDURE IF EXISTS {FILL}"),
            body,
            format!("CALL {FILL}()"),
            format!("DROP PROCEDURE {FILL}"),
        ]
    }
}

const AT_ONCE: &str = "SQLite has no loop: about a second for a million short rows, in which others wait to write; for \
                       more rows let a program run the batches of this step first, and then this finds nothing to do";

/// The columns by whose order rows are gone through: the primary key, a unique key without NULL, or SQLite's own row number.
fn key<'t>(request: &Request<'_>, table: &'t Table) -> Option<Vec<&'t Name>> {
    let is_whole = |index: &&IndexDef| {
        index.predicate.is_none() && index.parts.iter().all(|part| part.length.is_none() && part.column().is_some())
    };
    let never_null = |name: &&Name| table.column(name).is_some_and(|column| column.not_null == Some(true));
    let primary = table.indexes.iter().find(|index| index.kind == IndexKind::Primary).filter(is_whole);
    let is_unique = |index: &&IndexDef| index.kind == IndexKind::Unique && index.columns().iter().all(never_null);
    let chosen = primary.or_else(|| table.indexes.iter().filter(is_whole).find(is_unique));
    // The keys of SQLite may hold NULL, and a table without one has its row number.
    if request.is_sqlite() && !table.options.without_rowid {
        let key = chosen.map(IndexDef::columns).unwrap_or_default();
        let is_number =
            matches!(key.as_slice(), [one] if table.column(one).is_some_and(|c| &*c.data_type.name == "integer"));
        return if is_number { Some(key) } else { Some(vec![rowid()]) };
    }
    chosen.map(IndexDef::columns)
}

fn rowid() -> &'static Name {
    static ROWID: std::sync::OnceLock<Name> = std::sync::OnceLock::new();
    ROWID.get_or_init(|| Name::new("rowid"))
}

/// The type of a variable that holds a value of a column.
fn variable_type(request: &Request<'_>, column: &ColumnDef) -> String {
    let bare = ColumnDef {
        not_null: None,
        default: None,
        generated: None,
        auto_increment: false,
        on_update: false,
        invisible: false,
        comment: None,
        ..column.clone()
    };
    let written = request.column_sql(&bare);
    written.strip_prefix(&request.name(&column.name)).unwrap_or(&written).trim().to_owned()
}

/// `(a, b) >= (x, y)`, in a form that servers look up in an index.
fn compared(columns: &[String], values: &[String], operator: &str) -> String {
    let pairs: Vec<(&String, &String)> = columns.iter().zip(values).collect();
    let strict = operator.trim_end_matches('=');
    let one = |at: usize| {
        let equal = pairs.iter().take(at).map(|(column, value)| format!("{column} = {value}"));
        let last = pairs.get(at).map(|(column, value)| {
            let operator = if at + 1 == pairs.len() { operator } else { strict };
            format!("{column} {operator} {value}")
        });
        equal.chain(last).collect::<Vec<_>>().join(" AND ")
    };
    let parts: Vec<String> = (0..pairs.len()).map(one).collect();
    match parts.as_slice() {
        [one] => one.clone(),
        parts => format!("({})", parts.iter().map(|part| format!("({part})")).collect::<Vec<_>>().join(" OR ")),
    }
}
