//! Rows for the table `t`.

use rusqlite::Connection;

/// How many rows a table gets that has a column to make them long.
pub(crate) const MANY: u32 = 2000;

/// Runs a setup, in which `ROWS` stands for rows of `t`.
pub(crate) fn run(connection: &Connection, setup: &str) {
    let mut parts = setup.split("ROWS");
    connection.execute_batch(parts.next().unwrap_or_default()).unwrap_or_else(|error| panic!("{setup}: {error}"));
    for part in parts {
        fill(connection);
        connection.execute_batch(part).unwrap_or_else(|error| panic!("{setup}: {error}"));
    }
}

/// The setup as one script, for what reads it without running it.
pub(crate) fn script(setup: &str) -> String {
    setup.replace("ROWS", "INSERT INTO t SELECT * FROM t;")
}

fn fill(connection: &Connection) {
    let mut columns = connection
        .prepare(
            "SELECT c.name, c.type, EXISTS (SELECT 1 FROM pragma_foreign_key_list('t') f WHERE f.\"from\" = c.name)
             FROM pragma_table_xinfo('t') c WHERE hidden = 0",
        )
        .unwrap();
    let columns: Vec<(String, String, bool)> =
        columns.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap().map(Result::unwrap).collect();
    let names: Vec<&str> = columns.iter().map(|column| column.0.as_str()).collect();
    let values: Vec<&str> = columns
        .iter()
        .map(|(name, data_type, refers)| match (name.as_str(), data_type.as_str()) {
            _ if *refers => "NULL",
            ("pad", _) => "printf('%400d', i)",
            (_, "text" | "TEXT") => "printf('%d', i)",
            _ => "i",
        })
        .collect();
    let rows = if names.contains(&"pad") { MANY } else { 3 };
    let (names, values) = (names.join(", "), values.join(", "));
    let insert = format!(
        "INSERT INTO t ({names}) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
         SELECT {values} FROM n"
    );
    connection.execute_batch(&insert).unwrap_or_else(|error| panic!("{insert}: {error}"));
}
