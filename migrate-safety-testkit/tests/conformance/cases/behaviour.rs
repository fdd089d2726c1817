//! Triggers, routines, routing of rows, keys of several columns.

use crate::row::Row;

pub(super) const ROWS: &[Row] = &[
    Row::new(FIRST, "UPDATE t1 SET name = 'x' WHERE id = 1"),
    Row::new(FIRST, "INSERT INTO t2 VALUES (9999, 'x')"),
    Row::new(FIRST, "UPDATE t2 SET name = 'x' WHERE id = 1"),
    Row::new(FIRST, "DELETE FROM t2 WHERE id = 1"),
    Row::new(FIRST, "UPDATE t3 SET name = 'x' WHERE id = 1"),
    Row::new(FIRST, "UPDATE t3 SET other = 'x' WHERE id = 1"),
    Row::new(FIRST, "DELETE FROM t4 WHERE id = 1"),
    Row::new(FIRST, "TRUNCATE t4"),
    Row::new(FIRST, "INSERT INTO t5 VALUES (9999)"),
    Row::new(FIRST, "INSERT INTO va (name) VALUES ('x')"),
    Row::new(FIRST, "INSERT INTO t6 (id) VALUES (1)"),
    Row::new(FIRST, "INSERT INTO t6 (id, code) VALUES (1, 'x')"),
    Row::new(FIRST, "SELECT total()"),
    Row::new(FIRST, "SELECT purge(5)"),
    Row::new(FIRST, "CALL proc()"),
    Row::new(FIRST, "CALL proc2()"),
    Row::new(FIRST, "INSERT INTO acc (name) VALUES ('q')"),
    Row::new(FIRST, "INSERT INTO acc (id, name) VALUES (99999, 'q')"),
    Row::new(FIRST, "INSERT INTO acc (id, name) VALUES (DEFAULT, 'q'), (100001, 'r')"),
    Row::new(FIRST, "INSERT INTO acc VALUES (100001, 'q', 5, now())"),
    Row::new(FIRST, "INSERT INTO acc SELECT 100001, 'q'"),
    Row::new(FIRST, "INSERT INTO acc (name) SELECT name FROM t1"),
    Row::new(FIRST, "UPDATE acc SET id = DEFAULT WHERE id = 5"),
    Row::new(FIRST, "INSERT INTO p VALUES (1, 'a')"),
    Row::new(FIRST, "INSERT INTO p VALUES (2, 'a')"),
    Row::new(FIRST, "INSERT INTO p VALUES (3, 'a'), (4, 'b')"),
    Row::new(FIRST, "INSERT INTO p VALUES (-7, 'a')"),
    Row::new(FIRST, "UPDATE p SET name = 'x' WHERE id = 77"),
    Row::new(FIRST, "UPDATE p SET name = 'x' WHERE id IN (77, 78)"),
    Row::new(FIRST, "INSERT INTO pt VALUES ('hello', 'x')"),
    Row::new(FIRST, "INSERT INTO pt VALUES ('a rather longer key of more than twelve', 'x')"),
    Row::new(FIRST, "INSERT INTO pt VALUES ('exactly12byt', 'x')"),
    Row::new(FIRST, "INSERT INTO pu VALUES ('6f2cba16-5a1c-4a04-9a05-d1b1b1b1b1b1', 1)"),
    Row::new(FIRST, "INSERT INTO pu VALUES ('00000000-0000-0000-0000-000000000001', 1)"),
    Row::new(FIRST, "INSERT INTO pm VALUES (5000000000, 'x')"),
    Row::new(FIRST, "INSERT INTO pm VALUES (-5, 'abc'), (NULL, 'x'), (7, NULL)"),
    Row::new(FIRST, "DELETE FROM pt WHERE id = 'k5'"),
    Row::new(FIRST, "INSERT INTO lp VALUES ('de', 1)"),
    Row::new(FIRST, "INSERT INTO lp VALUES ('xx', 1), (NULL, 2)"),
    Row::new(FIRST, "INSERT INTO lp (n) VALUES (1)"),
    Row::new(FIRST, "UPDATE lp SET n = 1 WHERE region = 'us'"),
    Row::new(FIRST, "UPDATE lp SET n = 1 WHERE region IN ('us', 'xx')"),
    Row::new(FIRST, "UPDATE lp SET n = 1 WHERE region IS NULL"),
    Row::new(FIRST, "UPDATE lp SET region = 'us' WHERE region = 'de'"),
    Row::new(FIRST, "UPDATE lp SET n = 1 WHERE region <> 'us'"),
    Row::new(FIRST, "INSERT INTO rp VALUES (1, 5, 'x')"),
    Row::new(FIRST, "INSERT INTO rp VALUES (1, 10, 'x')"),
    Row::new(FIRST, "INSERT INTO rp VALUES (4, 100, 'x')"),
    Row::new(FIRST, "INSERT INTO rp VALUES (9, 100, 'x')"),
    Row::new(FIRST, "UPDATE rp SET c = 'x' WHERE a = 1"),
    Row::new(FIRST, "UPDATE rp SET c = 'x' WHERE a = 1 AND b = 5"),
    Row::new(FIRST, "UPDATE rp SET c = 'x' WHERE a > 5"),
    Row::new(FIRST, "UPDATE rp SET c = 'x' WHERE a = 5"),
    Row::new(FIRST, "INSERT INTO pts VALUES ('2024-01-15 10:00', 1)"),
    Row::new(FIRST, "INSERT INTO pts VALUES ('2024-01-15 10:00+00', 1), ('2030-01-01', 2)"),
    Row::new(FIRST, "UPDATE pts SET v = 1 WHERE at >= '2024-02-01' AND at < '2024-03-01'"),
    Row::new(FIRST, "UPDATE pts SET v = 1 WHERE at BETWEEN '2024-01-05' AND '2024-02-05'"),
    Row::new(FIRST, "DELETE FROM pts WHERE at < '2024-02-01'"),
    Row::new(FIRST, "DELETE FROM pts WHERE at < '2024-02-01'::timestamptz"),
    Row::new(FIRST, "DELETE FROM tree WHERE id = 5"),
    Row::new(FIRST, "DELETE FROM mk WHERE a = 1500 AND b = 1500"),
    Row::new(FIRST, "DO $$ BEGIN UPDATE acc SET bal = 1 WHERE id = 5; DELETE FROM audit; END $$"),
    Row::new(
        FIRST,
        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM acc LOOP UPDATE acc SET bal = 1 WHERE id = r.id; END LOOP; END $$",
    ),
    Row::new(FIRST, "DO $$ BEGIN PERFORM setval('audit_id_seq', 100); END $$"),
    Row::new(FIRST, "DO $$ BEGIN EXECUTE 'UPDATE t1 SET name = ''y'''; END $$"),
    Row::new(FIRST, "DO $$ BEGIN UPDATE acc SET bal = 1; COMMIT; END $$"),
    Row::new(FIRST, "SELECT setval('acc_id_seq', (SELECT max(id) FROM acc))"),
    Row::new(
        FIRST,
        "WITH moved AS (DELETE FROM t1 WHERE id = 5 RETURNING *) INSERT INTO t2 SELECT id + 10000, name FROM moved",
    ),
    Row::new(
        FIRST,
        "WITH ins AS (INSERT INTO audit (tbl) VALUES ('z') RETURNING id) UPDATE acc SET bal = 1 FROM ins WHERE acc.id = ins.id",
    ),
    Row::new(FIRST, "EXPLAIN SELECT * FROM acc"),
    Row::new(FIRST, "EXPLAIN ANALYZE UPDATE acc SET bal = 1"),
    Row::new(FIRST, "DECLARE c CURSOR FOR SELECT * FROM acc"),
    Row::new(FIRST, "SET CONSTRAINTS ALL DEFERRED"),
    Row::new(FIRST, "SELECT pg_advisory_xact_lock(1)"),
    Row::new(FIRST, "SELECT 1"),
    Row::new(FIRST, "VALUES (1, 2)"),
    Row::new(FIRST, "SELECT count(*) FROM pg_class"),
    Row::new(FIRST, "SELECT * FROM information_schema.tables WHERE table_name = 'acc'"),
    Row::new(FIRST, "INSERT INTO rd VALUES (2, 5)"),
    Row::new(FIRST, "INSERT INTO rd VALUES (4, -5)"),
    Row::new(FIRST, "INSERT INTO rd VALUES (NULL, 5)"),
    Row::new(FIRST, "UPDATE rd SET c = 'x' WHERE a = 2"),
    Row::new(FIRST, "UPDATE rd SET c = 'x' WHERE a = 4"),
    Row::new(FIRST, "UPDATE rd SET c = 'x' WHERE a = 2 AND b = 7"),
    Row::new(FIRST, "UPDATE rd SET c = 'x' WHERE a = 2 AND b > 7"),
    Row::new(FIRST, "UPDATE rd SET c = 'x' WHERE a IN (2, 5)"),
    Row::new(FIRST, "UPDATE rd SET c = 'x' WHERE a BETWEEN 1 AND 2"),
    Row::new(FIRST, "UPDATE rd SET c = 'x' WHERE a < 2"),
    Row::new(FIRST, "UPDATE rd SET c = 'x' WHERE b = 2"),
    Row::new(FIRST, "UPDATE rd SET c = 'x' WHERE a IS NULL"),
    Row::new(FIRST, "UPDATE rd SET c = 'x' WHERE a > 100"),
    Row::new(FIRST, "UPDATE lp SET n = 1 WHERE region NOT IN ('us', 'de')"),
    Row::new(FIRST, "UPDATE lp SET n = 1 WHERE region NOT IN ('us', 'de', 'fr')"),
    Row::new(FIRST, "UPDATE lp SET n = 1 WHERE region IS NOT NULL"),
    Row::new(FIRST, "UPDATE pts SET v = 1 WHERE at IS NOT NULL"),
    Row::new(FIRST, "UPDATE pts SET v = 1 WHERE at > '2024-02-10' OR at < '2024-01-05'"),
    Row::new(FIRST, "UPDATE pts SET v = 1 WHERE at = '2024-02-10'"),
    Row::new(FIRST, "UPDATE pts SET v = 1 WHERE '2024-02-10' < at"),
    Row::new(FIRST, "UPDATE p SET name = 'x' FROM acc WHERE acc.id = p.id AND acc.id = 3"),
];

const FIRST: &str = r#"
    CREATE TABLE acc (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name text NOT NULL, bal numeric DEFAULT 0, upd timestamptz DEFAULT now());
    INSERT INTO acc (name) SELECT 'n'||i FROM generate_series(1,2000) i;
    CREATE TABLE audit (id bigserial PRIMARY KEY, tbl text, op text, at timestamptz DEFAULT now());
    CREATE TABLE counters (name text PRIMARY KEY, n bigint);
    INSERT INTO counters SELECT 'n'||i, 0 FROM generate_series(1,2000) i;
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.upd := now(); RETURN NEW; END $$;
    CREATE FUNCTION log_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit (tbl, op) VALUES (TG_TABLE_NAME, TG_OP); RETURN NULL; END $$;
    CREATE FUNCTION count_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE counters SET n = n + 1 WHERE name = NEW.name; RETURN NEW; END $$;
    CREATE TABLE t1 (id int PRIMARY KEY, name text, upd timestamptz);
    INSERT INTO t1 SELECT i, 'n'||i FROM generate_series(1,2000) i;
    CREATE TRIGGER a BEFORE UPDATE ON t1 FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE TABLE t2 (id int PRIMARY KEY, name text);
    INSERT INTO t2 SELECT i, 'n'||i FROM generate_series(1,2000) i;
    CREATE TRIGGER a AFTER INSERT OR UPDATE OR DELETE ON t2 FOR EACH ROW EXECUTE FUNCTION log_it();
    CREATE TABLE t3 (id int PRIMARY KEY, name text, other text);
    INSERT INTO t3 SELECT i, 'n'||i FROM generate_series(1,2000) i;
    CREATE TRIGGER a BEFORE UPDATE OF name ON t3 FOR EACH ROW EXECUTE FUNCTION count_it();
    CREATE TABLE t4 (id int PRIMARY KEY, name text);
    INSERT INTO t4 SELECT i, 'n'||i FROM generate_series(1,2000) i;
    CREATE TRIGGER a AFTER DELETE ON t4 FOR EACH STATEMENT EXECUTE FUNCTION log_it();
    CREATE TRIGGER b AFTER TRUNCATE ON t4 FOR EACH STATEMENT EXECUTE FUNCTION log_it();
    CREATE TABLE t5 (id int PRIMARY KEY, name text);
    INSERT INTO t5 SELECT i, 'n'||i FROM generate_series(1,2000) i;
    CREATE TRIGGER a AFTER INSERT ON t5 FOR EACH ROW EXECUTE FUNCTION log_it();
    ALTER TABLE t5 DISABLE TRIGGER a;
    CREATE VIEW va AS SELECT id, name FROM acc;
    CREATE FUNCTION va_ins() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO acc (name) VALUES (NEW.name); RETURN NEW; END $$;
    CREATE TRIGGER va_ins INSTEAD OF INSERT ON va FOR EACH ROW EXECUTE FUNCTION va_ins();
    CREATE FUNCTION next_code() RETURNS text LANGUAGE plpgsql AS $$ BEGIN INSERT INTO audit (tbl) VALUES ('x'); RETURN 'c'; END $$;
    CREATE TABLE t6 (id int, code text DEFAULT next_code());
    CREATE FUNCTION total() RETURNS numeric LANGUAGE sql STABLE AS $$ SELECT sum(bal) FROM acc $$;
    CREATE FUNCTION purge(days int) RETURNS void LANGUAGE plpgsql AS $$ BEGIN DELETE FROM audit WHERE at < now() - days * interval '1 day'; END $$;
    CREATE PROCEDURE proc() LANGUAGE plpgsql AS $$ BEGIN UPDATE acc SET bal = 0; COMMIT; END $$;
    CREATE PROCEDURE proc2() LANGUAGE plpgsql AS $$ BEGIN UPDATE acc SET bal = 0 WHERE id = 5; END $$;
    CREATE TABLE p (id int, name text) PARTITION BY HASH (id);
    CREATE TABLE p0 PARTITION OF p FOR VALUES WITH (MODULUS 3, REMAINDER 0);
    CREATE TABLE p1 PARTITION OF p FOR VALUES WITH (MODULUS 3, REMAINDER 1);
    CREATE TABLE p2 PARTITION OF p FOR VALUES WITH (MODULUS 3, REMAINDER 2);
    INSERT INTO p SELECT i, 'n'||i FROM generate_series(1,3000) i;
    CREATE TABLE pt (id text PRIMARY KEY, name text) PARTITION BY HASH (id);
    CREATE TABLE pt0 PARTITION OF pt FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE pt1 PARTITION OF pt FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    INSERT INTO pt SELECT 'k'||i, 'n'||i FROM generate_series(1,3000) i;
    CREATE TABLE pu (id uuid PRIMARY KEY, n bigint) PARTITION BY HASH (id);
    CREATE TABLE pu0 PARTITION OF pu FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE pu1 PARTITION OF pu FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    CREATE TABLE pm (a bigint, b text) PARTITION BY HASH (a, b);
    CREATE TABLE pm0 PARTITION OF pm FOR VALUES WITH (MODULUS 4, REMAINDER 0);
    CREATE TABLE pm1 PARTITION OF pm FOR VALUES WITH (MODULUS 4, REMAINDER 1);
    CREATE TABLE pm2 PARTITION OF pm FOR VALUES WITH (MODULUS 4, REMAINDER 2);
    CREATE TABLE pm3 PARTITION OF pm FOR VALUES WITH (MODULUS 4, REMAINDER 3);
    CREATE TABLE lp (region text, n int) PARTITION BY LIST (region);
    CREATE TABLE lp_eu PARTITION OF lp FOR VALUES IN ('de', 'fr');
    CREATE TABLE lp_us PARTITION OF lp FOR VALUES IN ('us');
    CREATE TABLE lp_null PARTITION OF lp FOR VALUES IN (NULL);
    CREATE TABLE lp_rest PARTITION OF lp DEFAULT;
    CREATE TABLE rp (a int, b int, c text) PARTITION BY RANGE (a, b);
    CREATE TABLE rp1 PARTITION OF rp FOR VALUES FROM (1, 1) TO (1, 10);
    CREATE TABLE rp2 PARTITION OF rp FOR VALUES FROM (1, 10) TO (5, 0);
    CREATE TABLE rp3 PARTITION OF rp FOR VALUES FROM (5, 0) TO (9, MAXVALUE);
    CREATE TABLE rd (a int, b int, c text) PARTITION BY RANGE (a, b);
    CREATE TABLE rd1 PARTITION OF rd FOR VALUES FROM (1, MINVALUE) TO (3, MAXVALUE);
    CREATE TABLE rd2 PARTITION OF rd FOR VALUES FROM (4, 0) TO (6, 0);
    CREATE TABLE rdd PARTITION OF rd DEFAULT;
    CREATE TABLE pts (at timestamptz, v int) PARTITION BY RANGE (at);
    CREATE TABLE pts_1 PARTITION OF pts FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');
    CREATE TABLE pts_2 PARTITION OF pts FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');
    CREATE TABLE pts_n PARTITION OF pts FOR VALUES FROM ('2024-03-01') TO (MAXVALUE);
    CREATE TABLE tree (id int PRIMARY KEY, parent int REFERENCES tree ON DELETE CASCADE);
    INSERT INTO tree SELECT i, NULL FROM generate_series(1,2000) i;
    CREATE TABLE mk (a int, b int, PRIMARY KEY (a, b));
    INSERT INTO mk SELECT i, i FROM generate_series(1,2000) i;
    CREATE TABLE mkc (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES mk ON DELETE CASCADE);
    CREATE INDEX mkc_b ON mkc (b);
    INSERT INTO mkc SELECT i, i, i FROM generate_series(1,2000) i;
    CREATE TABLE mkd (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES mk ON DELETE SET NULL);
    CREATE INDEX mkd_p ON mkd (a) WHERE a IS NOT NULL;
    INSERT INTO mkd SELECT i, i, i FROM generate_series(1,2000) i;
    CREATE TABLE mke (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES mk);
    CREATE INDEX mke_p ON mke (a) WHERE id > 5;
    INSERT INTO mke SELECT i, i, i FROM generate_series(1,1000) i;
"#;
