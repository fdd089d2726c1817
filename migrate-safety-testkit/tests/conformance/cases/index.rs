//! Indexes.

use crate::row::Row;

/// No table without an index: of such a one, a look may see the lock that it is passed over under, or be too late.
const ALL_INDEXED: &str = "
    CREATE TABLE t (id bigint PRIMARY KEY, a int, b text, c int NOT NULL, UNIQUE (c));
    CREATE INDEX t_lower ON t (lower(b));
    CREATE TABLE child (id int PRIMARY KEY, t_id bigint REFERENCES t (id));
    CREATE MATERIALIZED VIEW mv AS SELECT * FROM t;
    CREATE UNIQUE INDEX mv_id ON mv (id);
    CREATE VIEW v AS SELECT * FROM t;
    CREATE TABLE p (id bigint, ts date NOT NULL) PARTITION BY RANGE (ts);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
    CREATE TABLE psub PARTITION OF p FOR VALUES FROM ('2023-01-01') TO ('2024-01-01') PARTITION BY RANGE (ts);
    CREATE TABLE psub1 PARTITION OF psub FOR VALUES FROM ('2023-01-01') TO ('2023-06-01');
    CREATE INDEX p_id ON p (id);
    CREATE TABLE par (id int, a int);
    CREATE INDEX par_a ON par (a);
    CREATE TABLE kid () INHERITS (par);
    CREATE INDEX kid_a ON kid (a);
    CREATE SCHEMA other;
    CREATE TABLE other.far (id int PRIMARY KEY);";

pub(super) const ROWS: &[Row] = &[
    Row::new(FIRST, "CREATE INDEX ON t (a)"),
    Row::new(FIRST, "CREATE UNIQUE INDEX ON t (a)"),
    Row::new(FIRST, "CREATE INDEX ON t (f(a))"),
    Row::new(FIRST, "CREATE INDEX ON t (lower(b)) WHERE a > 5"),
    Row::new(FIRST, "CREATE INDEX IF NOT EXISTS t_a ON t (a)"),
    Row::new(FIRST, "CREATE INDEX t_a ON t (a)"),
    Row::new(FIRST, "CREATE INDEX CONCURRENTLY ON t (a)"),
    Row::new(FIRST, "CREATE UNIQUE INDEX CONCURRENTLY ON t (a)"),
    Row::new(FIRST, "CREATE INDEX CONCURRENTLY IF NOT EXISTS t_a ON t (a)"),
    Row::new(FIRST, "CREATE INDEX ON mv (a)"),
    Row::new(FIRST, "CREATE INDEX CONCURRENTLY ON mv (a)"),
    Row::new(FIRST, "CREATE INDEX ON v (a)"),
    Row::new(FIRST, "CREATE INDEX ON p (a)"),
    Row::new(FIRST, "CREATE INDEX ON ONLY p (id, a)"),
    Row::new(FIRST, "CREATE INDEX CONCURRENTLY ON p (id, a)"),
    Row::new(FIRST, "CREATE INDEX CONCURRENTLY ON p1 (id, a)"),
    Row::new(FIRST, "CREATE INDEX ON psub (id, a)"),
    Row::new(FIRST, "CREATE UNIQUE INDEX ON p (id, ts)"),
    Row::new(FIRST, "CREATE UNIQUE INDEX ON p (id)"),
    Row::new(FIRST, "CREATE INDEX ON par (a)"),
    Row::new(FIRST, "CREATE INDEX ON t USING gin (b)"),
    Row::new(FIRST, "CREATE INDEX ON t USING hash (b)"),
    Row::new(FIRST, "CREATE INDEX ON t USING brin (a)"),
    Row::new(FIRST, "DROP INDEX t_a"),
    Row::new(FIRST, "DROP INDEX IF EXISTS t_a, t_lower"),
    Row::new(FIRST, "DROP INDEX IF EXISTS nope"),
    Row::new(FIRST, "DROP INDEX CONCURRENTLY t_a"),
    Row::new(FIRST, "DROP INDEX CONCURRENTLY IF EXISTS nope"),
    Row::new(FIRST, "DROP INDEX CONCURRENTLY t_a, t_lower"),
    Row::new(FIRST, "DROP INDEX t_pkey"),
    Row::new(FIRST, "DROP INDEX t_c_key"),
    Row::new(FIRST, "DROP INDEX t_pkey CASCADE"),
    Row::new(FIRST, "DROP INDEX mv_id"),
    Row::new(FIRST, "DROP INDEX p_id"),
    Row::new(FIRST, "DROP INDEX p_only"),
    Row::new(FIRST, "DROP INDEX CONCURRENTLY p_id"),
    Row::new(FIRST, "DROP INDEX p1_id_idx"),
    Row::new(FIRST, "DROP INDEX p1_a"),
    Row::new(FIRST, "DROP INDEX psub_id_idx"),
    Row::new(FIRST, "REINDEX TABLE t"),
    Row::new(FIRST, "REINDEX INDEX t_a"),
    Row::new(FIRST, "REINDEX INDEX t_lower"),
    Row::new(FIRST, "REINDEX TABLE CONCURRENTLY t"),
    Row::new(FIRST, "REINDEX INDEX CONCURRENTLY t_a"),
    Row::new(FIRST, "REINDEX INDEX CONCURRENTLY t_pkey"),
    Row::new(FIRST, "REINDEX TABLE p"),
    Row::new(FIRST, "REINDEX INDEX p_id"),
    Row::new(FIRST, "REINDEX TABLE CONCURRENTLY p"),
    Row::new(FIRST, "REINDEX TABLE p1"),
    Row::new(FIRST, "REINDEX TABLE mv"),
    Row::new(FIRST, "REINDEX TABLE par"),
    Row::new(FIRST, "REINDEX TABLE kid"),
    Row::new(FIRST, "REINDEX SCHEMA public"),
    Row::new(ALL_INDEXED, "REINDEX SCHEMA CONCURRENTLY public"),
    Row::new(FIRST, "REINDEX (VERBOSE, CONCURRENTLY) TABLE t"),
    Row::new(FIRST, "REINDEX (TABLESPACE pg_default) TABLE t"),
    Row::new(FIRST, "ALTER INDEX p_only ATTACH PARTITION p1_a"),
    Row::new(FIRST, "ALTER INDEX t_a RENAME TO t_b"),
    Row::new(FIRST, "ALTER INDEX t_a SET (fillfactor = 70)"),
    Row::new(FIRST, "ALTER INDEX t_a SET TABLESPACE pg_default"),
    Row::new(FIRST, "ALTER INDEX t_lower ALTER COLUMN 1 SET STATISTICS 100"),
    Row::new(FIRST, "COMMENT ON INDEX t_a IS 'x'"),
];

const FIRST: &str = r#"
    CREATE TABLE t (id bigint PRIMARY KEY, a int, b text, c int NOT NULL, UNIQUE (c));
    CREATE INDEX t_a ON t (a);
    CREATE INDEX t_lower ON t (lower(b));
    INSERT INTO t SELECT i, i, 'x'||i, i FROM generate_series(1,500) i;
    CREATE TABLE child (id int PRIMARY KEY, t_id bigint REFERENCES t (id));
    INSERT INTO child SELECT i, i FROM generate_series(1,100) i;
    CREATE MATERIALIZED VIEW mv AS SELECT * FROM t;
    CREATE UNIQUE INDEX mv_id ON mv (id);
    CREATE VIEW v AS SELECT * FROM t;
    CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select $1+1';
    CREATE TABLE p (id bigint, ts date NOT NULL, a int) PARTITION BY RANGE (ts);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
    CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
    CREATE TABLE pd PARTITION OF p DEFAULT;
    CREATE INDEX p_id ON p (id);
    CREATE INDEX p_only ON ONLY p (a);
    CREATE INDEX p1_a ON p1 (a);
    CREATE TABLE psub PARTITION OF p FOR VALUES FROM ('2023-01-01') TO ('2024-01-01') PARTITION BY RANGE (ts);
    CREATE TABLE psub1 PARTITION OF psub FOR VALUES FROM ('2023-01-01') TO ('2023-06-01');
    INSERT INTO p SELECT i, '2020-01-01'::date + i, i FROM generate_series(1,600) i;
    INSERT INTO p SELECT i, '2023-01-01'::date, i FROM generate_series(1,60) i;
    CREATE TABLE par (id int, a int);
    CREATE TABLE kid () INHERITS (par);
    INSERT INTO kid SELECT i,i FROM generate_series(1,100) i;
"#;
