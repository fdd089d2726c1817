//! MySQL and MariaDB.

use super::{Lock, SessionWays, Ways};
use crate::guard::databases::trace::Object;
use crate::guard::locking::advisory_key;

pub(super) static WAYS: Ways = Ways {
    begin: "START TRANSACTION",
    literal,
    look,
    lock: Some(Lock {
        // sqlx-mysql 0.9, `generate_lock_id`.
        key: |database| format!("{:x}", advisory_key(database)),
        take: |key| format!("SELECT GET_LOCK('{key}', 0)"),
        has: |key| format!("SELECT IS_USED_LOCK('{key}') = CONNECTION_ID()"),
        give: |key| format!("SELECT RELEASE_LOCK('{key}')"),
        holder: |key| {
            format!(
                "SELECT ID, CONCAT(USER, '@', HOST), LOWER(COMMAND), LEFT(COALESCE(INFO, ''), 500), NULL, NULL, NULL \
                 FROM information_schema.PROCESSLIST WHERE ID = IS_USED_LOCK('{key}')"
            )
        },
    }),
    limits: |time| {
        // In whole seconds, one at least.
        let seconds = time.as_millis().div_ceil(1000).max(1);
        format!("SET SESSION lock_wait_timeout = {seconds}, SESSION innodb_lock_wait_timeout = {seconds}")
    },
    settings: SessionWays::Variables {
        question: "SHOW SESSION VARIABLES",
        left_alone: &[
            "timestamp",
            "rand_seed1",
            "rand_seed2",
            "last_insert_id",
            "identity",
            "insert_id",
            "error_count",
            "warning_count",
            "in_transaction",
            "last_gtid",
            "pseudo_thread_id",
            "statement_id",
        ],
    },
    blockers: |tables| {
        let tables = tables.iter().map(|table| literal(table.rsplit('.').next().unwrap_or(table))).collect::<Vec<_>>();
        if tables.is_empty() {
            return vec![OLDEST.to_owned()];
        }
        vec![
            format!(
                "SELECT t.PROCESSLIST_ID, CONCAT(t.PROCESSLIST_USER, '@', t.PROCESSLIST_HOST), \
                 LOWER(t.PROCESSLIST_COMMAND), LEFT(COALESCE(t.PROCESSLIST_INFO, ''), 500), \
                 TIMESTAMPDIFF(SECOND, x.trx_started, NOW()), m.OBJECT_NAME, m.LOCK_TYPE \
                 FROM performance_schema.metadata_locks m \
                 JOIN performance_schema.threads t ON t.THREAD_ID = m.OWNER_THREAD_ID \
                 LEFT JOIN information_schema.INNODB_TRX x ON x.trx_mysql_thread_id = t.PROCESSLIST_ID \
                 WHERE m.OBJECT_TYPE = 'TABLE' AND m.OBJECT_SCHEMA = DATABASE() AND m.OBJECT_NAME IN ({}) \
                 AND m.LOCK_STATUS = 'GRANTED' AND t.PROCESSLIST_ID <> CONNECTION_ID() ORDER BY x.trx_started LIMIT 20",
                tables.join(", ")
            ),
            // Without that table, or the right to read it: who may be it.
            OLDEST.to_owned(),
        ]
    },
    oldest: &[OLDEST],
    show,
    // No such table, routine, trigger, event, database, sequence, user.
    not_there: &["1146", "1305", "1360", "1539", "1049", "4091", "1141", "1396", "3162", "1133"],
    has_rows: |table, column| {
        let condition = column.map(|column| format!(" WHERE {column} IS NOT NULL")).unwrap_or_default();
        format!("SELECT /*+ MAX_EXECUTION_TIME(5000) */ EXISTS (SELECT 1 FROM {table}{condition})")
    },
    create_progress: "CREATE TABLE IF NOT EXISTS _migrate_safety_progress (
    books varchar(100) NOT NULL,
    version varchar(64) NOT NULL,
    direction varchar(8) NOT NULL,
    done longtext NOT NULL,
    running longtext,
    changed_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (books, version, direction)) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4",
    create_checksums: "CREATE TABLE IF NOT EXISTS _migrate_safety_checksums (
    books varchar(100) NOT NULL,
    version varchar(64) NOT NULL,
    checksum varchar(200) NOT NULL,
    PRIMARY KEY (books, version)) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4",
    on_conflict: |_, columns| {
        let set = columns.iter().map(|column| format!("{column} = VALUES({column})")).collect::<Vec<_>>();
        format!("ON DUPLICATE KEY UPDATE {}", set.join(", "))
    },
    after: &[],
};

/// The oldest open transactions of the database that this user may see.
const OLDEST: &str = "SELECT p.ID, CONCAT(p.USER, '@', p.HOST), LOWER(p.COMMAND), LEFT(COALESCE(p.INFO, ''), 500), \
     TIMESTAMPDIFF(SECOND, x.trx_started, NOW()), NULL, NULL FROM information_schema.INNODB_TRX x \
     JOIN information_schema.PROCESSLIST p ON p.ID = x.trx_mysql_thread_id \
     WHERE p.DB = DATABASE() AND p.ID <> CONNECTION_ID() ORDER BY x.trx_started LIMIT 5";

/// Whether a backslash escapes is a setting of the session: what is not plain is written in hexadecimal.
fn literal(text: &str) -> String {
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" _-.,:/".contains(&byte));
    if plain {
        return format!("'{text}'");
    }
    let bytes: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("CONVERT(x'{bytes}' USING utf8mb4)")
}

fn look(tables: &[&str]) -> Vec<String> {
    vec![
        "SELECT 'database', DATABASE()".to_owned(),
        "SELECT 'read_only', 'read_only is set' FROM DUAL WHERE CAST(@@global.read_only AS CHAR) NOT IN ('0', 'OFF')"
            .to_owned(),
        format!(
            "SELECT 'table', TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND \
             TABLE_NAME IN ({})",
            WAYS.list(tables)
        ),
    ]
}

fn show(object: &Object) -> String {
    let quote = |name: &str| format!("`{}`", name.replace('`', "``"));
    let (name, database) = (object.name.name.as_str(), object.name.database.as_ref());
    let schema = database.map_or("DATABASE()".to_owned(), |database| literal(database.as_str()));
    if object.by_time {
        return format!(
            "SELECT CREATE_TIME FROM information_schema.TABLES WHERE TABLE_SCHEMA = {schema} AND TABLE_NAME = {}",
            literal(name)
        );
    }
    let Some((kind, table, prefix, columns)) = TOLD.iter().find(|(kind, ..)| *kind == object.kind) else {
        let database = database.map(|database| quote(database.as_str()) + ".").unwrap_or_default();
        return format!("SHOW CREATE {} {database}{}", object.kind, quote(name));
    };
    // A function and a procedure may have one name.
    let of_kind = if *table == "ROUTINES" { format!(" AND ROUTINE_TYPE = '{kind}'") } else { String::new() };
    format!(
        "SELECT {columns} FROM information_schema.{table} WHERE {prefix}_SCHEMA = {schema} AND {prefix}_NAME = {}{of_kind}",
        literal(name)
    )
}

/// What is told by a table, so that a driver can read it that prepares its questions: kind, table, what its columns begin
/// with, and what makes the object. No times: they hang on the session's time zone.
const TOLD: [(&str, &str, &str, &str); 4] = [
    ("TRIGGER", "TRIGGERS", "TRIGGER", "EVENT_MANIPULATION, EVENT_OBJECT_TABLE, ACTION_TIMING, ACTION_STATEMENT"),
    ("FUNCTION", "ROUTINES", "ROUTINE", ROUTINE),
    ("PROCEDURE", "ROUTINES", "ROUTINE", ROUTINE),
    (
        "EVENT",
        "EVENTS",
        "EVENT",
        "EVENT_DEFINITION, EVENT_TYPE, EXECUTE_AT, INTERVAL_VALUE, INTERVAL_FIELD, STARTS, ENDS, STATUS, ON_COMPLETION, \
         EVENT_COMMENT",
    ),
];

const ROUTINE: &str = "DTD_IDENTIFIER, ROUTINE_DEFINITION, IS_DETERMINISTIC, SQL_DATA_ACCESS, \
                       SECURITY_TYPE, ROUTINE_COMMENT";

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn limits_are_whole_seconds() {
        let limits = |millis| (WAYS.limits)(Duration::from_millis(millis));
        assert!(limits(300).contains("lock_wait_timeout = 1,"), "{}", limits(300));
        assert!(limits(2500).ends_with("= 3"), "{}", limits(2500));
    }

    #[test]
    fn a_literal_hangs_on_no_setting() {
        assert_eq!(literal("_sqlx_migrations"), "'_sqlx_migrations'");
        assert_eq!(literal("a'\\"), "CONVERT(x'61275c' USING utf8mb4)");
    }
}
