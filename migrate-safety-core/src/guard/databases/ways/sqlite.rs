//! SQLite.

use super::{SessionWays, Ways};

pub(super) static WAYS: Ways = Ways {
    // One that begins to write later fails at once, without waiting, if another has written meanwhile.
    begin: "BEGIN IMMEDIATE",
    literal: |text| format!("'{}'", text.replace('\'', "''")),
    look: |tables| {
        vec![
            "SELECT 'database', file FROM pragma_database_list WHERE name = 'main'".to_owned(),
            "SELECT 'read_only', 'PRAGMA query_only is set' FROM pragma_query_only WHERE query_only".to_owned(),
            format!(
                "SELECT 'table', name FROM sqlite_master WHERE type = 'table' AND name COLLATE NOCASE IN ({})",
                WAYS.list(tables)
            ),
        ]
    },
    // sqlx takes none here, so that a lock of ours would keep nobody out: each transaction looks what is done.
    lock: None,
    limits: |time| format!("PRAGMA busy_timeout = {}", time.as_millis()),
    settings: SessionWays::Pragmas(&[
        "busy_timeout",
        "foreign_keys",
        "ignore_check_constraints",
        "legacy_alter_table",
        "recursive_triggers",
        "writable_schema",
        "query_only",
        "synchronous",
        "temp_store",
        "cache_size",
        "secure_delete",
        "cell_size_check",
        "read_uncommitted",
        "reverse_unordered_selects",
        "trusted_schema",
        "wal_autocheckpoint",
        "locking_mode",
    ]),
    // The file does not tell who has it.
    blockers: |_| Vec::new(),
    oldest: &[],
    show: |object| format!("SELECT sql FROM sqlite_master WHERE name = {}", (WAYS.literal)(object.name.name.as_str())),
    not_there: &[],
    has_rows: |table, column| {
        let condition = column.map(|column| format!(" WHERE {column} IS NOT NULL")).unwrap_or_default();
        format!("SELECT EXISTS (SELECT 1 FROM {table}{condition})")
    },
    create_progress: "CREATE TABLE IF NOT EXISTS _migrate_safety_progress (
    books text NOT NULL,
    version text NOT NULL,
    direction text NOT NULL,
    done text NOT NULL,
    running text,
    changed_at text NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (books, version, direction))",
    create_checksums: "CREATE TABLE IF NOT EXISTS _migrate_safety_checksums (
    books text NOT NULL,
    version text NOT NULL,
    checksum text NOT NULL,
    PRIMARY KEY (books, version))",
    on_conflict: |key, columns| {
        let set = columns.iter().map(|column| format!("{column} = excluded.{column}")).collect::<Vec<_>>();
        format!("ON CONFLICT ({key}) DO UPDATE SET {}", set.join(", "))
    },
    // The log of a large change goes back into the file if no reader needs it; nobody is waited for.
    after: &["PRAGMA busy_timeout = 0", "PRAGMA wal_checkpoint(TRUNCATE)"],
};
