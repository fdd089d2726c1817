//! The simple query protocol: one round trip, text in and out, no cached plans.

use postgres::{Client, SimpleQueryMessage};

use crate::Error;

/// One row of text values.
pub(crate) type Row = Vec<Option<String>>;

/// The rows of one query.
pub(crate) fn rows(client: &mut Client, action: &str, sql: &str) -> Result<Vec<Row>, Error> {
    let messages = client.simple_query(sql).map_err(Error::query(action))?;
    let rows = messages.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect()),
        _ => None,
    });
    Ok(rows.collect())
}

/// The text of a column; a null is the empty string.
pub(crate) fn text(row: &Row, column: usize) -> &str {
    row.get(column).and_then(Option::as_deref).unwrap_or_default()
}

/// The number in a column; anything else is 0.
pub(crate) fn number(row: &Row, column: usize) -> i64 {
    text(row, column).parse().unwrap_or_default()
}

/// Whether a column is true.
pub(crate) fn flag(row: &Row, column: usize) -> bool {
    text(row, column) == "t"
}

/// A quoted identifier.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A quoted literal.
pub(crate) fn literal(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}
