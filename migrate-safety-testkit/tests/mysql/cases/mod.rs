//! The statements that are tried, one row a case.

mod columns;
mod constraints;
mod generated;
mod held;
mod indexes;
mod partitions;
mod tables;

/// A statement, and what is there before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// Statements before it, behind those of [`TABLE`].
    pub(crate) setup: &'static str,
    pub(crate) sql: &'static str,
    /// The setup makes the table.
    pub(crate) own_table: bool,
    /// Whether MySQL and MariaDB know the statement.
    pub(crate) mysql: bool,
    pub(crate) mariadb: bool,
}

/// All cases.
pub(crate) fn all() -> impl Iterator<Item = &'static Case> {
    [
        columns::CASES,
        generated::CASES,
        indexes::CASES,
        constraints::CASES,
        held::CASES,
        tables::CASES,
        partitions::CASES,
    ]
    .into_iter()
    .flatten()
}

/// The table that most cases change, with rows.
pub(crate) const TABLE: &str = "CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, a INT, b INT NOT NULL, \
    c INT, big BIGINT, tiny TINYINT, v VARCHAR(50), s VARCHAR(200), ch CHAR(10), x TEXT, e ENUM('a','b'), \
    se SET('a','b'), de DECIMAL(10,2), fl FLOAT, dt DATETIME, da DATE, ts TIMESTAMP NULL, j JSON, y YEAR, bi BIT(3)) \
    ENGINE=InnoDB DEFAULT CHARSET=utf8mb4; \
    INSERT INTO t (a, b, c, v, s, x, e) VALUES (1, 1, 1, 'a', 'b', 'c', 'a'), (2, 2, 2, 'bb', 'b', 'c', 'a')";

impl Case {
    const fn new(name: &'static str, setup: &'static str, sql: &'static str) -> Self {
        Self { name, setup, sql, own_table: false, mysql: true, mariadb: true }
    }

    const fn own_table(self) -> Self {
        Self { own_table: true, ..self }
    }

    const fn on_mysql(self) -> Self {
        Self { mariadb: false, ..self }
    }

    const fn on_mariadb(self) -> Self {
        Self { mysql: false, ..self }
    }

    /// A case that was read from a file, for one server or for both.
    pub(crate) fn of_file(setup: &'static str, sql: &'static str, server: &str) -> Self {
        let (mysql, mariadb) = (server != "mariadb", server != "mysql");
        Self { mysql, mariadb, ..Self::new("", setup, sql).own_table() }
    }

    /// Whether it is a statement that takes an ALGORITHM and a LOCK.
    pub(crate) fn is_online(&self) -> bool {
        const KINDS: [&str; 6] = [
            "ALTER TABLE t",
            "CREATE INDEX",
            "CREATE UNIQUE INDEX",
            "CREATE FULLTEXT INDEX",
            "CREATE SPATIAL INDEX",
            "DROP INDEX",
        ];
        KINDS
            .iter()
            .any(|kind| self.sql.strip_prefix(kind).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
    }

    /// All statements before it.
    pub(crate) fn before(&self) -> String {
        if self.own_table { self.setup.to_owned() } else { format!("{TABLE}; {}", self.setup) }
    }
}
