//! The backfill's own tables.

use crate::backfill::key::KeyColumn;
use crate::backfill::render::literal;
use crate::sql::Ident;

/// Their names, with their schema.
#[derive(Clone, Debug)]
pub(super) struct Store {
    schema: Ident,
    /// A row per backfill.
    pub(super) jobs: String,
    /// A row per range of keys and pass.
    pub(super) ranges: String,
    /// A row per row that does not fit.
    pub(super) rejects: String,
}

impl Store {
    pub(super) fn new(schema: &str) -> Self {
        let schema = Ident::exact(schema);
        let name = |table: &str| format!("{}.migrate_safety_{table}", schema.sql());
        Self { jobs: name("backfills"), ranges: name("backfill_ranges"), rejects: name("backfill_rejects"), schema }
    }

    /// Whether they are there.
    pub(super) fn exists(&self) -> String {
        format!("SELECT (pg_catalog.to_regclass({}) IS NOT NULL)::text AS answer", literal(&self.rejects))
    }

    /// Makes them; the last one last, so that it is there only with the others.
    pub(super) fn create(&self) -> String {
        let Self { jobs, ranges, rejects, schema } = self;
        let lock = literal(&format!("migrate_safety_backfills in {schema}"));
        format!(
            "BEGIN;
SET LOCAL lock_timeout = '5s';
SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext({lock}));
CREATE TABLE IF NOT EXISTS {jobs} (
    name text PRIMARY KEY,
    table_name text NOT NULL,
    definition text NOT NULL,
    definition_hash text NOT NULL,
    schema_version text NOT NULL,
    state text NOT NULL
        CHECK (state IN ('running', 'paused', 'verifying', 'verified', 'failed', 'cancelled')),
    pass integer NOT NULL DEFAULT 1,
    frontier jsonb,
    last_key jsonb,
    horizon bigint NOT NULL,
    estimated_rows bigint,
    visited bigint NOT NULL DEFAULT 0,
    changed bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    rows_per_second real,
    error text,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE IF NOT EXISTS {ranges} (
    name text NOT NULL,
    pass integer NOT NULL,
    number integer NOT NULL,
    lower jsonb,
    upper jsonb NOT NULL,
    cursor jsonb,
    done boolean NOT NULL DEFAULT false,
    visited bigint NOT NULL DEFAULT 0,
    changed bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    postponed bigint NOT NULL DEFAULT 0,
    mismatched bigint NOT NULL DEFAULT 0,
    checksum bigint NOT NULL DEFAULT 0,
    batch_size integer NOT NULL,
    owner text NOT NULL,
    backend integer NOT NULL,
    fence bigint NOT NULL DEFAULT 1,
    lease_until timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (name, pass, number)
) WITH (fillfactor = 50);
CREATE TABLE IF NOT EXISTS {rejects} (
    name text NOT NULL,
    pass integer NOT NULL,
    key jsonb NOT NULL,
    sqlstate text NOT NULL,
    message text NOT NULL,
    skipped boolean NOT NULL,
    rejected_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (name, key)
);
COMMIT"
        )
    }
}

/// The parameters of a statement in the making.
#[derive(Debug, Default)]
pub(super) struct Parameters {
    values: Vec<Option<String>>,
    /// Whether they are constants in the text of the statement.
    inline: bool,
}

impl Parameters {
    /// Constants instead of `$1`, `$2` …: for statements that are sent together with others.
    pub(super) fn inline() -> Self {
        Self { inline: true, ..Self::default() }
    }

    /// `$n::text` for a text.
    pub(super) fn text(&mut self, value: impl Into<String>) -> String {
        self.optional(Some(value.into()))
    }

    /// `$n::text` for a text or NULL.
    pub(super) fn optional(&mut self, value: Option<String>) -> String {
        if self.inline {
            let constant = value.map_or_else(|| "NULL".to_owned(), |text| literal(&text));
            return format!("{constant}::text");
        }
        self.values.push(value);
        format!("${}::text", self.values.len())
    }

    /// `$n::text::bigint` for a number.
    pub(super) fn number(&mut self, value: impl ToString) -> String {
        format!("{}::bigint", self.text(value.to_string()))
    }

    /// `$n::text::jsonb` for the values of a key.
    pub(super) fn json(&mut self, key: Option<&[String]>) -> String {
        let text = key.map(|values| serde_json::Value::from(values.to_vec()).to_string());
        format!("{}::jsonb", self.optional(text))
    }

    /// An expression per column of a key.
    pub(super) fn key(&mut self, columns: &[KeyColumn], values: &[String]) -> Vec<String> {
        let typed = columns.iter().zip(values);
        typed.map(|(column, value)| format!("{}::{}", self.text(value.as_str()), column.data_type)).collect()
    }

    pub(super) fn values(self) -> Vec<Option<String>> {
        self.values
    }
}
