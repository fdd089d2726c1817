//! Synthetic rows for the tables that a case left empty, so that a case needs only DDL.
//!
//! The values are plain: the n-th row of a table has n in its numbers and texts, so that columns
//! that could be keys are unique, children refer to parents, and most casts succeed. Constraints
//! that want more get the literals they mention, and rows that still do not fit are left out.

mod partitions;
mod schema;
mod values;

use postgres::Client;

use crate::Error;
use crate::query::{literal, rows, text};
use schema::{Column, Schema, Table};

/// How many rows a table gets.
pub const ROWS: usize = 200;

/// Fills the tables that have no rows, parents before their children, and names as `schema.name`
/// those for which no row could be made up.
///
/// # Errors
/// When the connection is lost or the catalog cannot be read.
pub fn fill_empty_tables(client: &mut Client) -> Result<Vec<String>, Error> {
    let schema = Schema::read(client)?;
    let mut unfilled = Vec::new();
    for table in schema.parents_first() {
        if is_empty(client, table)? && !fill(client, table)? {
            unfilled.push(table.name.clone());
        }
    }
    refresh_views(client)?;
    unfilled.sort();
    Ok(unfilled)
}

/// Rows of tables that are made up one at a time, for writers.
pub struct NewRows {
    schema: Schema,
}

impl NewRows {
    /// For the tables as they are now.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn of(client: &mut Client) -> Result<Self, Error> {
        Ok(Self { schema: Schema::read(client)? })
    }

    /// The statement that inserts row `number` into each of the tables, parents first. Above [`ROWS`] the number
    /// is new.
    pub fn inserts(&self, number: usize) -> impl Iterator<Item = String> {
        self.schema.parents_first().into_iter().map(move |table| {
            let parts = partitions::overrides(&table.leaves);
            insert(table, NEW_ROW, &parts[number % parts.len()], number, number)
        })
    }

    /// For each table a statement that updates one of its rows and changes nothing.
    pub fn updates(&self) -> impl Iterator<Item = String> {
        self.schema.parents_first().into_iter().filter_map(|table| {
            let column = &table.columns.iter().find(|column| column.is_written(false))?.quoted;
            let name = &table.quoted;
            Some(format!("UPDATE {name} SET {column} = {column} WHERE ctid = (SELECT ctid FROM {name} LIMIT 1)"))
        })
    }
}

/// How hard to try: each attempt is more modest than the one before.
const ATTEMPTS: [Attempt; 3] = [
    Attempt { numbers: true, nulls: false, row_by_row: false },
    Attempt { numbers: true, nulls: false, row_by_row: true },
    Attempt { numbers: true, nulls: true, row_by_row: true },
];

/// The server is to number the rows.
const NEW_ROW: Attempt = Attempt { numbers: false, nulls: false, row_by_row: false };

#[derive(Clone, Copy)]
struct Attempt {
    /// Number the rows instead of the server.
    numbers: bool,
    /// Leave nullable columns null.
    nulls: bool,
    /// Leave out the rows that a constraint refuses.
    row_by_row: bool,
}

fn is_empty(client: &mut Client, table: &Table) -> Result<bool, Error> {
    let sql = format!("SELECT FROM {} LIMIT 1", table.quoted);
    // What cannot even be read is not filled either.
    match client.simple_query(&sql) {
        Ok(_) => Ok(rows(client, "look for rows", &sql)?.is_empty()),
        Err(error) if client.is_closed() => Err(Error::query("look for rows")(error)),
        Err(_) => Ok(true),
    }
}

/// Whether the table has rows now.
fn fill(client: &mut Client, table: &Table) -> Result<bool, Error> {
    let inserts = |attempt: Attempt| -> Vec<String> {
        let parts = partitions::overrides(&table.leaves);
        let share = ROWS / parts.len().max(1);
        let one = |(number, part): (usize, &partitions::Overrides)| {
            let first = number * share + 1;
            insert(table, attempt, part, first, first + share.max(1) - 1)
        };
        parts.iter().enumerate().map(one).collect()
    };
    for attempt in ATTEMPTS {
        for sql in inserts(attempt) {
            let refused = client.batch_execute(&sql);
            if let (Err(error), true) = (refused, client.is_closed()) {
                return Err(Error::query("fill a table")(error));
            }
        }
        if !is_empty(client, table)? {
            advance_sequences(client, table);
            return Ok(true);
        }
    }
    Ok(false)
}

/// The rows brought their numbers along; the next one is the server's to give.
fn advance_sequences(client: &mut Client, table: &Table) {
    for sequence in table.columns.iter().filter_map(|column| column.sequence.as_deref()) {
        let sql = format!("SELECT pg_catalog.setval({}, {ROWS})", literal(sequence));
        // A sequence with bounds of its own may refuse; then its next value is another.
        let _ = client.batch_execute(&sql);
    }
}

fn insert(table: &Table, attempt: Attempt, part: &partitions::Overrides, first: usize, last: usize) -> String {
    let mut columns = Vec::new();
    let mut values = Vec::new();
    let mut parents = String::new();
    for (number, key) in table.foreign_keys.iter().enumerate() {
        let list = key.referenced.join(", ");
        parents.push_str(&format!(
            " LEFT JOIN (SELECT {list}, pg_catalog.row_number() OVER () AS nth, pg_catalog.count(*) OVER () AS total
              FROM (SELECT {list} FROM {} LIMIT {ROWS}) AS parent_rows) AS p{number} ON p{number}.nth = (g - 1) % p{number}.total + 1",
            key.parent
        ));
    }
    for column in table.columns.iter().filter(|column| column.is_written(attempt.numbers)) {
        columns.push(column.quoted.clone());
        values.push(value(table, column, attempt, part));
    }
    if columns.is_empty() {
        let one = format!("INSERT INTO {} DEFAULT VALUES", table.quoted);
        return format!("DO $fill$ BEGIN FOR g IN {first}..{last} LOOP {one}; END LOOP; END $fill$");
    }
    let columns = columns.join(", ");
    let values = values.join(", ");
    let target = &table.quoted;
    let insert = |source: &str| {
        format!("INSERT INTO {target} ({columns}) OVERRIDING SYSTEM VALUE SELECT {values} FROM {source}{parents}")
    };
    if !attempt.row_by_row {
        return insert(&format!("pg_catalog.generate_series({first}, {last}) AS g"));
    }
    format!(
        "DO $fill$ BEGIN FOR fill_row IN {first}..{last} LOOP
           BEGIN {}; EXCEPTION WHEN OTHERS THEN NULL; END;
         END LOOP; END $fill$",
        insert("(SELECT fill_row AS g) AS fill_rows")
    )
}

fn value(table: &Table, column: &Column, attempt: Attempt, part: &partitions::Overrides) -> String {
    if let Some(value) = part.get(&column.name) {
        return value.clone();
    }
    if let Some((number, referenced)) = table.reference_of(column) {
        return format!("p{number}.{referenced}");
    }
    let unavailable = table.refers_to_itself(column);
    if (attempt.nulls || unavailable) && !column.not_null {
        return "NULL".to_owned();
    }
    match table.literals_for(column).as_slice() {
        [] => values::expression(&column.kind),
        literals => {
            let list: Vec<String> = literals.iter().map(|value| literal(value)).collect();
            let list = format!("(ARRAY[{}])[(g - 1) % {} + 1]", list.join(", "), list.len());
            format!("{list}::{}", column.kind.name)
        }
    }
}

/// Materialized views were made when their tables were empty.
fn refresh_views(client: &mut Client) -> Result<(), Error> {
    const SQL: &str = "SELECT pg_catalog.format('REFRESH MATERIALIZED VIEW %I.%I', n.nspname, c.relname)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'm' AND c.relispopulated AND c.oid >= 16384 ORDER BY c.oid";

    for row in rows(client, "list materialized views", SQL)? {
        // A view that cannot be computed over our rows stays as it was.
        let _ = client.batch_execute(text(&row, 0));
    }
    Ok(())
}
