//! How each server writes what a backfill needs.

use crate::databases::operation::DataType;
use crate::dialect::Dialect;

/// The words of a server.
pub(crate) struct Words {
    /// What a connection is told first.
    pub(crate) session: &'static str,
    /// Begins a transaction that writes.
    pub(crate) begin: &'static str,
    /// Keeps the row of the backfill from others, by its condition.
    pub(crate) lock_row: fn(&str, &str) -> String,
    /// A text as a literal.
    pub(crate) literal: fn(&str) -> String,
    /// The seconds of now.
    pub(crate) now: &'static str,
    /// The time of now, ISO 8601.
    pub(crate) stamp: &'static str,
    /// Whether two values are the same, NULLs too.
    pub(crate) same: fn(&str, &str) -> String,
    /// Whether a column differs from a value, to the last byte of a text; with the column's type.
    pub(crate) differs: fn(&str, &str, &DataType) -> String,
    /// How many rows the last statement has changed.
    pub(crate) changed: &'static str,
    /// The value of a key's column, written as a literal; none: its values cannot be followed.
    pub(crate) key: fn(&str, &DataType) -> Option<String>,
    /// An array of texts in JSON.
    pub(crate) array: &'static str,
    /// An object in JSON.
    pub(crate) object: &'static str,
    /// Inserts what is not there yet.
    pub(crate) insert_new: &'static str,
    /// Inserts, or writes over.
    pub(crate) replace: &'static str,
    /// About how many rows a table has, with its name.
    pub(crate) estimate: fn(&str) -> String,
    /// The types of the backfill's own tables: a name, a key, a text, a number, a time.
    pub(crate) types: [&'static str; 5],
    /// What stands behind `CREATE TABLE (…)`.
    pub(crate) options: &'static str,
    /// Functions whose values differ each time.
    pub(crate) volatile: &'static [&'static str],
}

impl Words {
    pub(crate) fn of(dialect: Dialect) -> Option<&'static Self> {
        match dialect {
            Dialect::Sqlite if cfg!(feature = "sqlite") => Some(&SQLITE),
            Dialect::MySql | Dialect::MariaDb if cfg!(feature = "mysql") => Some(&MYSQL),
            _ => None,
        }
    }
}

static SQLITE: Words = Words {
    session: "PRAGMA busy_timeout = 1000",
    begin: "BEGIN IMMEDIATE",
    // There is one writer.
    lock_row: |_, _| "SELECT 1".to_owned(),
    literal: |text| format!("'{}'", text.replace('\'', "''")),
    now: "((julianday('now') - 2440587.5) * 86400.0)",
    stamp: "strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
    same: |a, b| format!("{a} IS {b}"),
    // Of a column that ignores case, another case is another value.
    differs: |column, value, _| format!("{column} COLLATE BINARY IS NOT {value}"),
    changed: "changes()",
    // Exact for every kind of value.
    key: |column, _| Some(format!("quote({column})")),
    array: "json_array",
    object: "json_object",
    insert_new: "INSERT OR IGNORE INTO",
    replace: "INSERT OR REPLACE INTO",
    estimate: |table| format!("SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 10000001)"),
    types: ["TEXT", "TEXT", "TEXT", "INTEGER", "REAL"],
    options: "",
    volatile: &["random", "randomblob", "changes", "total_changes", "last_insert_rowid"],
};

static MYSQL: Words = Words {
    // Rows that are not changed stay free; a row of somebody else's is waited for for a second.
    session: "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; SET SESSION innodb_lock_wait_timeout = 1, SESSION \
              lock_wait_timeout = 2, SESSION time_zone = '+00:00'",
    begin: "START TRANSACTION",
    lock_row: |table, condition| format!("SELECT 1 FROM {table} WHERE {condition} FOR UPDATE"),
    literal: |text| {
        let bytes: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("CONVERT(x'{bytes}' USING utf8mb4)")
    },
    now: "UNIX_TIMESTAMP(NOW(6))",
    stamp: "DATE_FORMAT(UTC_TIMESTAMP(6), '%Y-%m-%dT%H:%i:%s.%fZ')",
    same: |a, b| format!("{a} <=> {b}"),
    differs: |column, value, data_type| match data_type.compared_as() {
        Some(compared) => format!("NOT ({} <=> {})", compared.replace('$', column), compared.replace('$', value)),
        None => format!("NOT ({column} <=> {value})"),
    },
    // Where the client is gone, ROW_COUNT() may be -1 (measured, MySQL 9.7, MariaDB 10.11): the overflow, error 1690, then
    // ends the transaction before it is committed with a wrong count.
    changed: "(9223372036854775807 - (9223372036854775807 - ROW_COUNT()))",
    key: |column, data_type| {
        let exact = KEYS.iter().find(|(names, _)| names.contains(&&*data_type.name));
        exact.map(|(_, text)| text.replace('$', column))
    },
    array: "JSON_ARRAY",
    object: "JSON_OBJECT",
    insert_new: "INSERT IGNORE INTO",
    replace: "REPLACE INTO",
    estimate: |table| {
        let name = table.rsplit('.').next().unwrap_or(table).trim_matches('`');
        format!(
            "SELECT TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = {}",
            (MYSQL.literal)(name)
        )
    },
    types: ["varchar(150)", "varchar(500)", "longtext", "bigint", "double"],
    options: " ENGINE = InnoDB DEFAULT CHARSET = utf8mb4",
    volatile: &[
        "rand",
        "uuid",
        "uuid_short",
        "sysdate",
        "random_bytes",
        "last_insert_id",
        "row_count",
        "connection_id",
    ],
};

/// Types of keys in MySQL whose order is total and whose text is exact, and how their values are written.
const KEYS: [(&[&str], &str); 4] = [
    (
        &[
            "tinyint",
            "smallint",
            "mediumint",
            "int",
            "integer",
            "bigint",
            "boolean",
            "bool",
            "decimal",
            "numeric",
            "year",
        ],
        "CAST($ AS CHAR)",
    ),
    (
        &["char", "varchar", "tinytext", "text", "mediumtext", "longtext"],
        "CONCAT('_utf8mb4 x''', HEX(CONVERT($ USING utf8mb4)), '''')",
    ),
    (&["binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"], "CONCAT('x''', HEX($), '''')"),
    (&["date", "datetime", "timestamp", "time", "uuid"], "CONCAT('''', CAST($ AS CHAR), '''')"),
];
