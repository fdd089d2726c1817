//! Views, triggers, rules, policies, sequences, comments, maintenance.

use crate::row::Row;

pub(super) const ROWS: &[Row] = &[
    Row::new(FIRST, "CREATE VIEW x AS SELECT * FROM t"),
    Row::new(FIRST, "CREATE OR REPLACE VIEW x AS SELECT * FROM t"),
    Row::new(FIRST, "CREATE OR REPLACE VIEW v AS SELECT id, a, b FROM t"),
    Row::new(FIRST, "CREATE OR REPLACE VIEW vv AS SELECT v.* FROM v JOIN plain ON true"),
    Row::new(FIRST, "CREATE TEMP VIEW x AS SELECT * FROM t"),
    Row::new(FIRST, "ALTER VIEW v RENAME TO w"),
    Row::new(FIRST, "ALTER VIEW v SET (security_barrier = true)"),
    Row::new(FIRST, "ALTER VIEW v ALTER COLUMN a SET DEFAULT 5"),
    Row::new(FIRST, "ALTER VIEW v RENAME COLUMN a TO aa"),
    Row::new(FIRST, "ALTER MATERIALIZED VIEW mv RENAME TO mv9"),
    Row::new(FIRST, "ALTER MATERIALIZED VIEW mv CLUSTER ON mv_id"),
    Row::new(FIRST, "CREATE MATERIALIZED VIEW x AS SELECT * FROM t"),
    Row::new(FIRST, "CREATE MATERIALIZED VIEW x AS SELECT * FROM t WITH NO DATA"),
    Row::new(FIRST, "CREATE MATERIALIZED VIEW x AS SELECT * FROM vv"),
    Row::new(FIRST, "CREATE MATERIALIZED VIEW x AS SELECT * FROM t JOIN child ON child.t_id = t.id"),
    Row::new(FIRST, "CREATE MATERIALIZED VIEW x AS SELECT * FROM t WHERE id = 1"),
    Row::new(FIRST, "CREATE MATERIALIZED VIEW IF NOT EXISTS mv AS SELECT * FROM t"),
    Row::new(FIRST, "CREATE MATERIALIZED VIEW x AS SELECT * FROM p"),
    Row::new(FIRST, "CREATE TABLE x AS SELECT * FROM t"),
    Row::new(FIRST, "CREATE TABLE x AS SELECT * FROM t WITH NO DATA"),
    Row::new(FIRST, "CREATE TABLE x AS SELECT * FROM t LIMIT 0"),
    Row::new(FIRST, "CREATE TABLE x AS TABLE p"),
    Row::new(FIRST, "CREATE TABLE IF NOT EXISTS child AS SELECT * FROM t"),
    Row::new(FIRST, "SELECT * INTO x FROM t"),
    Row::new(FIRST, "CREATE TABLE x AS SELECT nextval('s')"),
    Row::new(FIRST, "CREATE TABLE x AS SELECT * FROM v"),
    Row::new(FIRST, "REFRESH MATERIALIZED VIEW mv"),
    Row::new(FIRST, "REFRESH MATERIALIZED VIEW CONCURRENTLY mv"),
    Row::new(FIRST, "REFRESH MATERIALIZED VIEW mv WITH NO DATA"),
    Row::new(FIRST, "REFRESH MATERIALIZED VIEW mv0"),
    Row::new(FIRST, "REFRESH MATERIALIZED VIEW CONCURRENTLY mv0"),
    Row::new(FIRST, "REFRESH MATERIALIZED VIEW mvp"),
    Row::new(FIRST, "REFRESH MATERIALIZED VIEW mvid"),
    Row::new(FIRST, "REFRESH MATERIALIZED VIEW mvmv"),
    Row::new(FIRST, "REFRESH MATERIALIZED VIEW mvv"),
    Row::new(FIRST, "REFRESH MATERIALIZED VIEW CONCURRENTLY mvv"),
    Row::new(FIRST, "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION trg()"),
    Row::new(FIRST, "CREATE OR REPLACE TRIGGER tr BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION trg2()"),
    Row::new(FIRST, "CREATE CONSTRAINT TRIGGER x AFTER INSERT ON t FROM child FOR EACH ROW EXECUTE FUNCTION trg()"),
    Row::new(FIRST, "CREATE TRIGGER x BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION trg()"),
    Row::new(FIRST, "CREATE TRIGGER x AFTER INSERT ON p FOR EACH STATEMENT EXECUTE FUNCTION trg()"),
    Row::new(FIRST, "CREATE TRIGGER x INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION trg()"),
    Row::new(FIRST, "CREATE TRIGGER x BEFORE INSERT ON par FOR EACH ROW EXECUTE FUNCTION trg()"),
    Row::new(
        FIRST,
        "CREATE TRIGGER x AFTER INSERT ON t REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION trg()",
    ),
    Row::new(FIRST, "DROP TRIGGER tr ON plain"),
    Row::new(FIRST, "DROP TRIGGER trp ON p"),
    Row::new(FIRST, "DROP TRIGGER IF EXISTS nope ON plain"),
    Row::new(FIRST, "DROP TRIGGER IF EXISTS nope ON nope"),
    Row::new(FIRST, "ALTER TRIGGER tr ON plain RENAME TO tr2"),
    Row::new(FIRST, "ALTER TRIGGER trp ON p RENAME TO tr2"),
    Row::new(FIRST, "CREATE RULE x AS ON UPDATE TO t DO NOTHING"),
    Row::new(FIRST, "CREATE RULE x AS ON INSERT TO v DO INSTEAD INSERT INTO t (a) VALUES (new.a)"),
    Row::new(FIRST, "CREATE OR REPLACE RULE ru AS ON INSERT TO plain DO ALSO SELECT 2"),
    Row::new(FIRST, "DROP RULE ru ON plain"),
    Row::new(FIRST, "DROP RULE IF EXISTS ru9 ON plain"),
    Row::new(FIRST, "ALTER RULE ru ON plain RENAME TO ru2"),
    Row::new(FIRST, "CREATE POLICY x ON t USING (id > 0)"),
    Row::new(FIRST, "CREATE POLICY x ON t USING (id IN (SELECT id FROM child))"),
    Row::new(FIRST, "ALTER POLICY pol ON plain USING (false)"),
    Row::new(FIRST, "ALTER POLICY pol ON plain RENAME TO pol2"),
    Row::new(FIRST, "DROP POLICY pol ON plain"),
    Row::new(FIRST, "DROP POLICY IF EXISTS pol9 ON plain"),
    Row::new(FIRST, "CREATE SEQUENCE x"),
    Row::new(FIRST, "CREATE SEQUENCE x OWNED BY plain.id"),
    Row::new(FIRST, "CREATE SEQUENCE IF NOT EXISTS s"),
    Row::new(FIRST, "ALTER SEQUENCE s RESTART"),
    Row::new(FIRST, "ALTER SEQUENCE s AS int"),
    Row::new(FIRST, "ALTER SEQUENCE s OWNED BY plain.id"),
    Row::new(FIRST, "ALTER SEQUENCE s OWNED BY NONE"),
    Row::new(FIRST, "ALTER SEQUENCE s INCREMENT BY 5 MAXVALUE 1000"),
    Row::new(FIRST, "ALTER SEQUENCE s RENAME TO s2"),
    Row::new(FIRST, "ALTER SEQUENCE s OWNER TO CURRENT_USER"),
    Row::new(FIRST, "ALTER SEQUENCE t_id_seq RESTART WITH 5"),
    Row::new(FIRST, "CREATE STATISTICS x ON a, b FROM t"),
    Row::new(FIRST, "CREATE STATISTICS IF NOT EXISTS st ON a, b FROM t"),
    Row::new(FIRST, "ALTER STATISTICS st SET STATISTICS 100"),
    Row::new(FIRST, "ALTER STATISTICS st RENAME TO st2"),
    Row::new(FIRST, "DROP STATISTICS st"),
    Row::new(FIRST, "CREATE PUBLICATION x FOR TABLE t"),
    Row::new(FIRST, "CREATE PUBLICATION x FOR TABLE p"),
    Row::new(FIRST, "CREATE PUBLICATION x FOR ALL TABLES"),
    Row::new(FIRST, "CREATE PUBLICATION x FOR TABLE par"),
    Row::new(FIRST, "ALTER PUBLICATION pub ADD TABLE t"),
    Row::new(FIRST, "ALTER PUBLICATION pub DROP TABLE plain"),
    Row::new(FIRST, "ALTER PUBLICATION pub SET (publish = 'insert')"),
    Row::new(FIRST, "DROP PUBLICATION pub"),
    Row::new(FIRST, "DROP PUBLICATION puball"),
    Row::new(FIRST, "CREATE PUBLICATION x FOR TABLES IN SCHEMA public"),
    Row::new(FIRST, "COMMENT ON TABLE t IS 'x'"),
    Row::new(FIRST, "COMMENT ON COLUMN t.a IS 'x'"),
    Row::new(FIRST, "COMMENT ON VIEW v IS 'x'"),
    Row::new(FIRST, "COMMENT ON CONSTRAINT t_pkey ON t IS 'x'"),
    Row::new(FIRST, "COMMENT ON TRIGGER tr ON plain IS 'x'"),
    Row::new(FIRST, "COMMENT ON POLICY pol ON plain IS 'x'"),
    Row::new(FIRST, "COMMENT ON RULE ru ON plain IS 'x'"),
    Row::new(FIRST, "COMMENT ON SEQUENCE s IS 'x'"),
    Row::new(FIRST, "COMMENT ON FUNCTION trg() IS 'x'"),
    Row::new(FIRST, "COMMENT ON STATISTICS st IS 'x'"),
    Row::new(FIRST, "COMMENT ON MATERIALIZED VIEW mv IS 'x'"),
    Row::new(FIRST, "COMMENT ON TABLE p IS 'x'"),
    Row::new(FIRST, "COMMENT ON COLUMN v.a IS 'x'"),
    Row::new(FIRST, "GRANT SELECT ON t TO PUBLIC"),
    Row::new(FIRST, "GRANT ALL ON ALL TABLES IN SCHEMA public TO PUBLIC"),
    Row::new(FIRST, "REVOKE ALL ON t, child FROM PUBLIC"),
    Row::new(FIRST, "GRANT SELECT (a) ON t TO PUBLIC"),
    Row::new(FIRST, "CREATE FUNCTION g() RETURNS bigint LANGUAGE sql AS 'select count(*) from t'"),
    Row::new(FIRST, "CREATE OR REPLACE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS 'begin return null; end'"),
    Row::new(FIRST, "CREATE FUNCTION g() RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM t; END"),
    Row::new(FIRST, "ALTER FUNCTION trg() RENAME TO trg9"),
    Row::new(FIRST, "VACUUM t"),
    Row::new(FIRST, "VACUUM FULL t"),
    Row::new(FIRST, "VACUUM (FULL, ANALYZE) t, child"),
    Row::new(FIRST, "VACUUM ANALYZE t"),
    Row::new(FIRST, "VACUUM p"),
    Row::new(FIRST, "VACUUM FULL p"),
    Row::new(FIRST, "VACUUM mv"),
    Row::new(FIRST, "VACUUM par"),
    Row::new(FIRST, "VACUUM FREEZE t"),
    Row::new(FIRST, "ANALYZE"),
    Row::new(FIRST, "ANALYZE t"),
    Row::new(FIRST, "ANALYZE t (a)"),
    Row::new(FIRST, "ANALYZE p"),
    Row::new(FIRST, "ANALYZE p1"),
    Row::new(FIRST, "ANALYZE par"),
    Row::new(FIRST, "ANALYZE mv"),
    Row::new(FIRST, "ANALYZE t, plain"),
    Row::new(FIRST, "CLUSTER t USING t_a"),
    Row::new(FIRST, "CLUSTER t"),
    Row::new(FIRST, "CLUSTER"),
    Row::new(FIRST, "CLUSTER mv USING mv_id"),
    Row::new(FIRST, "CLUSTER p USING p_pkey"),
    Row::new(FIRST, "CLUSTER p1 USING p1_pkey"),
    Row::new(FIRST, "LOCK TABLE t"),
    Row::new(FIRST, "LOCK t IN SHARE ROW EXCLUSIVE MODE"),
    Row::new(FIRST, "LOCK TABLE t, child IN EXCLUSIVE MODE NOWAIT"),
    Row::new(FIRST, "LOCK TABLE p IN SHARE MODE"),
    Row::new(FIRST, "LOCK TABLE ONLY p IN SHARE MODE"),
    Row::new(FIRST, "LOCK TABLE par"),
    Row::new(FIRST, "LOCK TABLE v"),
    Row::new(FIRST, "LOCK TABLE vv IN ROW EXCLUSIVE MODE"),
    Row::new(FIRST, "LOCK TABLE t IN ACCESS SHARE MODE"),
    Row::new(FIRST, "LOCK TABLE t IN ROW EXCLUSIVE MODE"),
    Row::new(FIRST, "LOCK TABLE mv"),
    Row::new(FIRST, "LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE"),
    Row::new(FIRST, "COPY t (id, a) TO '/tmp/x.copy'"),
];

const FIRST: &str = r#"
    CREATE TABLE t (id bigserial PRIMARY KEY, a int, b text, c int NOT NULL, UNIQUE (c));
    CREATE INDEX t_a ON t (a);
    INSERT INTO t SELECT i, i, 'x'||i, i FROM generate_series(1,500) i;
    CREATE TABLE child (id int PRIMARY KEY, t_id bigint REFERENCES t (id));
    INSERT INTO child SELECT i, i FROM generate_series(1,100) i;
    CREATE INDEX child_t_id ON child (t_id);
    CREATE TABLE plain (id int, big int);
    INSERT INTO plain SELECT i,i FROM generate_series(1,100) i;
    CREATE TABLE p (id bigint PRIMARY KEY, a int) PARTITION BY RANGE (id);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
    CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (200);
    INSERT INTO p SELECT i,i FROM generate_series(1,140) i;
    CREATE MATERIALIZED VIEW mv AS SELECT * FROM t;
    CREATE UNIQUE INDEX mv_id ON mv (id);
    CREATE INDEX mv_a ON mv (a);
    CREATE MATERIALIZED VIEW mv0 AS SELECT id, big FROM plain WITH NO DATA;
    CREATE MATERIALIZED VIEW mvp AS SELECT * FROM p;
    CREATE MATERIALIZED VIEW mvid AS SELECT * FROM t WHERE id = 5;
    CREATE MATERIALIZED VIEW mvj AS SELECT t.id, child.id AS cid FROM t JOIN child ON child.t_id = t.id;
    CREATE UNIQUE INDEX mvj_id ON mvj (cid);
    CREATE MATERIALIZED VIEW mvmv AS SELECT count(*) FROM mv;
    CREATE VIEW v AS SELECT id, a FROM t;
    CREATE VIEW vv AS SELECT * FROM v;
    CREATE MATERIALIZED VIEW mvv AS SELECT * FROM vv;
    CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
    CREATE FUNCTION trg2() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
    CREATE TRIGGER tr BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION trg();
    CREATE TRIGGER trp BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION trg();
    CREATE SEQUENCE s;
    CREATE POLICY pol ON plain USING (true);
    CREATE RULE ru AS ON INSERT TO plain DO ALSO SELECT 1;
    CREATE STATISTICS st ON id, big FROM plain;
    CREATE PUBLICATION pub FOR TABLE plain;
    CREATE PUBLICATION puball FOR ALL TABLES;
    CREATE TABLE par (id int, a int);
    CREATE TABLE kid (x int) INHERITS (par);
"#;
