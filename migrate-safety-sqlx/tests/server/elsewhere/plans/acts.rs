//! Changes that move data, and the releases before and after each.

use super::client::Written;
use migrate_safety_core::Dialect;
use migrate_safety_core::plan::DualWrite;

/// A value in the old form and in the new one; none is NULL.
pub(super) type Value = (&'static [Option<&'static str>], &'static [Option<&'static str>]);

/// A change, and how the releases before and after it write.
pub(super) struct Act {
    pub(super) name: &'static str,
    pub(super) dialects: &'static [Dialect],
    pub(super) before: &'static str,
    pub(super) change: &'static str,
    pub(super) modes: &'static [DualWrite],
    /// The column or columns that hold the value before it, and behind it, in the table `users` with the key `id`.
    pub(super) columns: [&'static [&'static str]; 2],
    /// The default of the new column.
    pub(super) default: Option<&'static str>,
    pub(super) values: &'static [Value],
}

impl Act {
    pub(super) fn old(&self) -> Written {
        Written { columns: self.columns[0] }
    }

    /// Whether the releases see nothing of the change.
    pub(super) fn is_unseen(&self) -> bool {
        self.columns[0] == self.columns[1]
    }
}

const ALL: &[Dialect] = &[Dialect::MySql, Dialect::MariaDb, Dialect::Sqlite];
const MYSQL: &[Dialect] = &[Dialect::MySql, Dialect::MariaDb];
const SQLITE: &[Dialect] = &[Dialect::Sqlite];
const BOTH: &[DualWrite] = &[DualWrite::Application, DualWrite::Trigger];

const TEXTS: &[Value] = &[
    (&[Some("a")], &[Some("a")]),
    (&[Some("A")], &[Some("A")]),
    (&[Some("a ")], &[Some("a ")]),
    (&[Some("")], &[Some("")]),
    (&[Some("it's")], &[Some("it's")]),
];
const TEXTS_OR_NULL: &[Value] = &[
    (&[Some("a")], &[Some("a")]),
    (&[None], &[None]),
    (&[Some("nobody")], &[Some("nobody")]),
    (&[Some("NOBODY")], &[Some("NOBODY")]),
];
const NAMES: &[Value] = &[
    (&[Some("a b")], &[Some("a"), Some("b")]),
    (&[Some("it's b c")], &[Some("it's"), Some("b c")]),
    (&[Some("A b")], &[Some("A"), Some("b")]),
];

pub(super) const ACTS: &[Act] = &[
    Act {
        name: "rename-column",
        dialects: ALL,
        before: "CREATE TABLE users (id int NOT NULL PRIMARY KEY, user_name varchar(80) NOT NULL);",
        change: "ALTER TABLE users RENAME COLUMN user_name TO username",
        modes: BOTH,
        columns: [&["user_name"], &["username"]],
        default: None,
        values: TEXTS,
    },
    Act {
        name: "rename-column with a default and an index",
        dialects: ALL,
        before: "CREATE TABLE users (id int NOT NULL PRIMARY KEY, n int, user_name varchar(80) DEFAULT 'nobody'); \
                 CREATE INDEX by_name ON users (user_name);",
        change: "ALTER TABLE users RENAME COLUMN user_name TO `select`",
        modes: BOTH,
        columns: [&["user_name"], &["`select`"]],
        default: Some("nobody"),
        values: TEXTS_OR_NULL,
    },
    Act {
        name: "rename-column of a table without row numbers",
        dialects: SQLITE,
        before: "CREATE TABLE users (id int NOT NULL PRIMARY KEY, user_name TEXT COLLATE NOCASE) WITHOUT ROWID, STRICT;",
        change: "ALTER TABLE users RENAME COLUMN user_name TO username",
        modes: BOTH,
        columns: [&["user_name"], &["username"]],
        default: None,
        values: TEXTS_OR_NULL,
    },
    Act {
        name: "derived-column, a number",
        dialects: MYSQL,
        before: "CREATE TABLE users (id int NOT NULL PRIMARY KEY, price decimal(10,2) NOT NULL);",
        change: "ALTER TABLE users ADD COLUMN cents bigint; UPDATE users SET cents = price * 100; \
                 ALTER TABLE users MODIFY cents bigint NOT NULL, DROP COLUMN price",
        modes: BOTH,
        columns: [&["price"], &["cents"]],
        default: None,
        values: &[
            (&[Some("12.30")], &[Some("1230")]),
            (&[Some("0.00")], &[Some("0")]),
            (&[Some("-1.99")], &[Some("-199")]),
        ],
    },
    Act {
        name: "derived-column, a number",
        dialects: SQLITE,
        before: "CREATE TABLE users (id int NOT NULL PRIMARY KEY, price REAL NOT NULL);",
        change: "ALTER TABLE users ADD COLUMN cents INTEGER; UPDATE users SET cents = CAST(round(price * 100) AS INTEGER); \
                 ALTER TABLE users ALTER COLUMN cents SET NOT NULL; ALTER TABLE users DROP COLUMN price",
        modes: BOTH,
        columns: [&["price"], &["cents"]],
        default: None,
        values: &[
            (&[Some("12.3")], &[Some("1230")]),
            (&[Some("0.0")], &[Some("0")]),
            (&[Some("-1.99")], &[Some("-199")]),
        ],
    },
    Act {
        name: "derived-column, half of the rows done",
        dialects: ALL,
        before: "CREATE TABLE users (id int NOT NULL PRIMARY KEY, user_name varchar(80) NOT NULL, username varchar(80));",
        change: "UPDATE users SET username = user_name WHERE username IS NULL; ALTER TABLE users DROP COLUMN user_name",
        modes: BOTH,
        columns: [&["user_name"], &["username"]],
        default: None,
        values: TEXTS,
    },
    Act {
        name: "derived-column, a text that is split",
        dialects: MYSQL,
        before: "CREATE TABLE users (id int NOT NULL PRIMARY KEY, name varchar(80) NOT NULL);",
        change: "ALTER TABLE users ADD COLUMN first varchar(80), ADD COLUMN rest varchar(80); \
                 UPDATE users SET first = substring_index(name, ' ', 1), rest = substr(name, locate(' ', name) + 1); \
                 ALTER TABLE users MODIFY first varchar(80) NOT NULL, DROP COLUMN name",
        modes: BOTH,
        columns: [&["name"], &["first", "rest"]],
        default: None,
        values: NAMES,
    },
    Act {
        name: "derived-column, a text that is split",
        dialects: SQLITE,
        before: "CREATE TABLE users (id int NOT NULL PRIMARY KEY, name TEXT NOT NULL);",
        change: "ALTER TABLE users ADD COLUMN first TEXT; ALTER TABLE users ADD COLUMN rest TEXT; \
                 UPDATE users SET first = substr(name, 1, instr(name, ' ') - 1), rest = substr(name, instr(name, ' ') + 1); \
                 ALTER TABLE users DROP COLUMN name",
        modes: BOTH,
        columns: [&["name"], &["first", "rest"]],
        default: None,
        values: NAMES,
    },
    Act {
        name: "derived-column, texts that become one",
        dialects: MYSQL,
        before: "CREATE TABLE users (id int NOT NULL PRIMARY KEY, first varchar(40) NOT NULL, rest varchar(40));",
        change: "ALTER TABLE users ADD COLUMN name varchar(81); UPDATE users SET name = concat_ws(' ', first, rest); \
                 ALTER TABLE users MODIFY name varchar(81) NOT NULL, DROP COLUMN first, DROP COLUMN rest",
        modes: BOTH,
        columns: [&["first", "rest"], &["name"]],
        default: None,
        values: &[
            (&[Some("a"), Some("b")], &[Some("a b")]),
            (&[Some("A"), Some("b c")], &[Some("A b c")]),
            (&[Some("a"), None], &[Some("a")]),
        ],
    },
    Act {
        name: "derived-column, texts that become one",
        dialects: SQLITE,
        before: "CREATE TABLE users (id int NOT NULL PRIMARY KEY, first TEXT NOT NULL, rest TEXT NOT NULL);",
        change: "ALTER TABLE users ADD COLUMN name TEXT; UPDATE users SET name = first || ' ' || rest; \
                 ALTER TABLE users DROP COLUMN first; ALTER TABLE users DROP COLUMN rest",
        modes: BOTH,
        columns: [&["first", "rest"], &["name"]],
        default: None,
        values: &[(&[Some("a"), Some("b")], &[Some("a b")]), (&[Some("A"), Some("b c")], &[Some("A b c")])],
    },
    Act {
        name: "retype-column",
        dialects: MYSQL,
        before: "CREATE TABLE users (id int NOT NULL PRIMARY KEY, n int NOT NULL, KEY by_n (n));",
        change: "ALTER TABLE users MODIFY n bigint NOT NULL",
        modes: &[DualWrite::Trigger],
        columns: [&["n"], &["n"]],
        default: None,
        values: &[(&[Some("0")], &[Some("0")]), (&[Some("7")], &[Some("7")]), (&[Some("-5")], &[Some("-5")])],
    },
];
