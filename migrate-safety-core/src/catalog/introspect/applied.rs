//! The migrations that a host has recorded as applied.

use super::ReadError;
use crate::catalog::Catalog;
use crate::layout::Layout;
use serde::Deserialize;

/// What a host's bookkeeping table holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Whose table it is.
    pub layout: Layout,
    /// The table, `schema.name`.
    pub table: String,
    /// The migrations, in order of version.
    pub migrations: Vec<AppliedMigration>,
    pub(super) readable: bool,
    pub(super) asked: bool,
    sql_name: String,
}

/// A migration that has been applied.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct AppliedMigration {
    /// Its version, as the host writes it.
    pub version: String,
    /// The SHA-384 of its text in hexadecimal (sqlx keeps one).
    pub checksum: Option<String>,
    /// Whether it succeeded: a half-done one has to be cleaned up by hand.
    pub success: bool,
}

/// Where hosts keep their records, and how to read them.
const BOOKS: [(Layout, &str); 2] = [
    (Layout::Sqlx, "version::text AS version, pg_catalog.encode(checksum, 'hex') AS checksum, success"),
    (Layout::Diesel, "version::text AS version, NULL AS checksum, true AS success"),
];

impl Applied {
    /// Whether a migration of this version has been applied.
    pub fn has(&self, version: &str) -> bool {
        self.migrations.iter().any(|applied| self.layout.compare_versions(&applied.version, version).is_eq())
    }

    /// What was read from the bookkeeping table of a host; a plain directory has none.
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    pub(crate) fn read(layout: Layout, migrations: Vec<AppliedMigration>) -> Option<Self> {
        let table = layout.bookkeeping_table()?.to_owned();
        Some(Self { layout, sql_name: table.clone(), table, migrations, readable: true, asked: true })
    }

    /// The bookkeeping table of a catalog, its rows not read yet.
    pub(super) fn find(catalog: &Catalog) -> Option<Self> {
        BOOKS.iter().find_map(|(layout, _)| {
            let name = layout.bookkeeping_table()?;
            let relation = catalog.relations().find(|r| r.name == *name && r.table().is_some())?;
            Some(Self {
                layout: *layout,
                table: relation.qualified(),
                migrations: Vec::new(),
                readable: false,
                asked: false,
                sql_name: relation.object_name().sql(),
            })
        })
    }

    /// Asks whether the rows may be read.
    pub(super) fn readable_question(&self) -> String {
        let table = self.sql_name.replace('\'', "''");
        format!("SELECT pg_catalog.has_table_privilege('{table}', 'SELECT')::text")
    }

    /// Asks for the rows.
    pub(super) fn question(&self) -> String {
        let columns = BOOKS.iter().find(|(layout, _)| *layout == self.layout).map_or("", |(_, columns)| columns);
        format!("SELECT row_to_json(q)::text FROM (SELECT {columns} FROM {} ORDER BY 1) AS q", self.sql_name)
    }

    pub(super) fn take(&mut self, rows: &[String]) -> Result<(), ReadError> {
        if !self.readable {
            self.readable = rows.first().is_some_and(|row| row == "true");
            return Ok(());
        }
        self.asked = true;
        let row = |text: &String| {
            serde_json::from_str(text)
                .map_err(|error| ReadError::Answer { question: self.table.clone(), reason: error.to_string() })
        };
        self.migrations = rows.iter().map(row).collect::<Result<_, _>>()?;
        Ok(())
    }
}
