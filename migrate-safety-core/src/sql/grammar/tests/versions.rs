//! Since which server version a statement is taken.

use super::read_for;

/// The first major version whose grammar has it. From 15 on every row was asked of the servers themselves.
#[rustfmt::skip] // one line a statement
const SINCE: &[(u16, &str)] = &[
    (10, "CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY)"),
    (10, "CREATE TABLE t (a int) PARTITION BY RANGE (a)"),
    (11, "CREATE TABLE t (a int) PARTITION BY HASH (a)"),
    (11, "CREATE TABLE t PARTITION OF p DEFAULT"),
    (11, "CREATE INDEX i ON t (a) INCLUDE (b)"),
    (12, "CREATE TABLE t (a int GENERATED ALWAYS AS (1) STORED)"),
    (12, "CREATE TABLE t (a int) USING heap"),
    (12, "REINDEX TABLE CONCURRENTLY t"),
    (12, "VACUUM (TRUNCATE off) t"),
    (13, "ALTER TABLE t ALTER a DROP EXPRESSION"),
    (13, "ALTER VIEW v RENAME COLUMN a TO b"),
    (13, "CREATE INDEX i ON t USING gist (a gist_ltree_ops (siglen = 100))"),
    (13, "DROP DATABASE d WITH (FORCE)"),
    (14, "CREATE TABLE t (a text COMPRESSION lz4)"),
    (14, "ALTER TABLE t ALTER a SET COMPRESSION lz4"),
    (14, "ALTER TABLE p DETACH PARTITION t CONCURRENTLY"),
    (14, "ALTER TABLE p DETACH PARTITION t FINALIZE"),
    (14, "REINDEX (TABLESPACE s) TABLE t"),
    (14, "CLUSTER (VERBOSE) t"),
    (15, "CREATE UNIQUE INDEX i ON t (a) NULLS NOT DISTINCT"),
    (15, "CREATE TABLE t (a int UNIQUE NULLS NOT DISTINCT)"),
    (15, "ALTER TABLE t ADD UNIQUE NULLS NOT DISTINCT (a)"),
    (15, "ALTER TABLE t SET ACCESS METHOD heap"),
    (15, "ALTER TABLE t ADD FOREIGN KEY (a, b) REFERENCES p ON DELETE SET NULL (a)"),
    (16, "CREATE TABLE t (a text STORAGE EXTERNAL)"),
    (16, "ALTER TABLE t ALTER a SET STORAGE DEFAULT"),
    (16, "REINDEX DATABASE"),
    (16, "VACUUM (PROCESS_MAIN off) t"),
    (16, "ANALYZE (BUFFER_USAGE_LIMIT 0) t"),
    (17, "ALTER TABLE t ALTER a SET EXPRESSION AS (b)"),
    (17, "ALTER TABLE t ALTER a SET STATISTICS DEFAULT"),
    (17, "ALTER TABLE t SET ACCESS METHOD DEFAULT"),
    (17, "CLUSTER (VERBOSE)"),
    (18, "ALTER TABLE t ADD CONSTRAINT c NOT NULL a NOT VALID"),
    (18, "CREATE TABLE t (a int, NOT NULL a)"),
    (18, "CREATE TABLE t (a int NOT NULL NO INHERIT)"),
    (18, "CREATE TABLE t (a int CHECK (a > 0) NOT ENFORCED)"),
    (18, "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p NOT ENFORCED"),
    (18, "ALTER TABLE t ALTER CONSTRAINT c ENFORCED"),
    (18, "ALTER TABLE t ALTER CONSTRAINT c NO INHERIT"),
    (18, "CREATE TABLE t (a int GENERATED ALWAYS AS (1))"),
    (18, "ALTER TABLE t ADD a int GENERATED ALWAYS AS (1) VIRTUAL"),
    (18, "ALTER TABLE t ADD PRIMARY KEY (a, b WITHOUT OVERLAPS)"),
    (18, "ALTER TABLE t ADD FOREIGN KEY (a, PERIOD b) REFERENCES p (a, PERIOD b)"),
    (18, "VACUUM ONLY t"),
];

#[test]
fn older_servers_are_said_to_reject_what_they_do_not_know() {
    for (since, sql) in SINCE {
        assert_eq!(read_for(*since, sql).problems, [], "{sql}");
        let before = read_for(since - 1, sql);
        let message = before.problems.first().map(|p| &*p.message).unwrap_or_default();
        assert!(
            message.ends_with(&format!(" needs PostgreSQL {since}; the target is {}", since - 1)),
            "{sql}: {message}"
        );
        assert!(before.operations.iter().all(|o| o.operation.name() != "opaque"), "{sql}");
    }
}

#[test]
fn a_primary_key_cannot_be_null_any_more() {
    for sql in ["CREATE TABLE t (a int NULL PRIMARY KEY)", "ALTER TABLE t ADD a int PRIMARY KEY NULL"] {
        assert_eq!(read_for(17, sql).problems, []);
        assert_eq!(read_for(18, sql).problems.len(), 1);
    }
}
