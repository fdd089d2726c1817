//! Drops and TRUNCATE.

use crate::row::Row;

pub(super) const ROWS: &[Row] = &[
    Row::new(FIRST, "DROP TABLE plain"),
    Row::new(FIRST, "DROP TABLE plain CASCADE"),
    Row::new(FIRST, "DROP TABLE t"),
    Row::new(FIRST, "DROP TABLE t CASCADE"),
    Row::new(FIRST, "DROP TABLE child"),
    Row::new(FIRST, "DROP TABLE child CASCADE"),
    Row::new(FIRST, "DROP TABLE grand, child"),
    Row::new(FIRST, "DROP TABLE grand"),
    Row::new(FIRST, "DROP TABLE selfy"),
    Row::new(FIRST, "DROP TABLE IF EXISTS nope, grand"),
    Row::new(FIRST, "DROP TABLE moody CASCADE"),
    Row::new(FIRST, "DROP TABLE usesf"),
    Row::new(FIRST, "DROP VIEW v"),
    Row::new(FIRST, "DROP VIEW v CASCADE"),
    Row::new(FIRST, "DROP VIEW vv"),
    Row::new(FIRST, "DROP VIEW vj, vv"),
    Row::new(FIRST, "DROP MATERIALIZED VIEW mv"),
    Row::new(FIRST, "DROP SEQUENCE s"),
    Row::new(FIRST, "DROP SEQUENCE s CASCADE"),
    Row::new(FIRST, "DROP SEQUENCE s_own"),
    Row::new(FIRST, "DROP SEQUENCE t_id_seq"),
    Row::new(FIRST, "DROP SEQUENCE t_id_seq CASCADE"),
    Row::new(FIRST, "DROP SEQUENCE grand_id_seq"),
    Row::new(FIRST, "DROP TYPE mood"),
    Row::new(FIRST, "DROP TYPE mood CASCADE"),
    Row::new(FIRST, "DROP DOMAIN dom CASCADE"),
    Row::new(FIRST, "DROP TYPE comp CASCADE"),
    Row::new(FIRST, "DROP FUNCTION f(int)"),
    Row::new(FIRST, "DROP FUNCTION f(int) CASCADE"),
    Row::new(FIRST, "DROP FUNCTION trg"),
    Row::new(FIRST, "DROP FUNCTION trg() CASCADE"),
    Row::new(FIRST, "DROP SCHEMA sc"),
    Row::new(FIRST, "DROP SCHEMA sc CASCADE"),
    Row::new(FIRST, "DROP EXTENSION citext"),
    Row::new(FIRST, "DROP EXTENSION citext CASCADE"),
    Row::new(FIRST, "DROP TRIGGER tr ON plain"),
    Row::new(FIRST, "DROP POLICY pol ON plain"),
    Row::new(FIRST, "DROP RULE ru ON plain"),
    Row::new(FIRST, "DROP STATISTICS st"),
    Row::new(FIRST, "DROP PUBLICATION pub"),
    Row::new(SECOND, "DROP TABLE p"),
    Row::new(SECOND, "DROP TABLE p CASCADE"),
    Row::new(SECOND, "DROP TABLE p1"),
    Row::new(SECOND, "DROP TABLE p1 CASCADE"),
    Row::new(SECOND, "DROP TABLE p2"),
    Row::new(SECOND, "DROP TABLE p2a"),
    Row::new(SECOND, "DROP TABLE pd"),
    Row::new(SECOND, "DROP TABLE q"),
    Row::new(SECOND, "DROP TABLE q1"),
    Row::new(SECOND, "DROP TABLE q1, q2"),
    Row::new(SECOND, "DROP TABLE r"),
    Row::new(SECOND, "DROP TABLE r1"),
    Row::new(SECOND, "DROP TABLE rd"),
    Row::new(SECOND, "DROP TABLE refp"),
    Row::new(SECOND, "DROP TABLE refp, p"),
    Row::new(SECOND, "DROP TABLE par"),
    Row::new(SECOND, "DROP TABLE par CASCADE"),
    Row::new(SECOND, "DROP TABLE kid"),
    Row::new(SECOND, "TRUNCATE plain"),
    Row::new(SECOND, "TRUNCATE plain RESTART IDENTITY"),
    Row::new(SECOND, "TRUNCATE t"),
    Row::new(SECOND, "TRUNCATE t CASCADE"),
    Row::new(SECOND, "TRUNCATE t RESTART IDENTITY CASCADE"),
    Row::new(SECOND, "TRUNCATE child"),
    Row::new(SECOND, "TRUNCATE child, grand"),
    Row::new(SECOND, "TRUNCATE grand RESTART IDENTITY"),
    Row::new(SECOND, "TRUNCATE grand, plain"),
    Row::new(SECOND, "TRUNCATE p"),
    Row::new(SECOND, "TRUNCATE p CASCADE"),
    Row::new(SECOND, "TRUNCATE p1"),
    Row::new(SECOND, "TRUNCATE p1 CASCADE"),
    Row::new(SECOND, "TRUNCATE p2"),
    Row::new(SECOND, "TRUNCATE refp, p"),
    Row::new(SECOND, "TRUNCATE ONLY p"),
    Row::new(SECOND, "TRUNCATE q"),
    Row::new(SECOND, "TRUNCATE r"),
    Row::new(SECOND, "TRUNCATE par"),
    Row::new(SECOND, "TRUNCATE ONLY par"),
    Row::new(SECOND, "TRUNCATE kid"),
    Row::new(SECOND, "TRUNCATE v"),
    Row::new(SECOND, "TRUNCATE mv"),
    Row::new(SECOND, "TRUNCATE t, child, grand, r"),
];

const FIRST: &str = r#"
    CREATE TABLE t (id bigserial PRIMARY KEY, a int, b text, c int NOT NULL, UNIQUE (c));
    CREATE INDEX t_a ON t (a);
    INSERT INTO t SELECT i, i, 'x'||i, i FROM generate_series(1,500) i;
    CREATE TABLE child (id int PRIMARY KEY, t_id bigint REFERENCES t (id));
    INSERT INTO child SELECT i, i FROM generate_series(1,100) i;
    CREATE INDEX child_t_id ON child (t_id);
    CREATE TABLE grand (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, child_id int REFERENCES child (id));
    CREATE TABLE plain (id int, big text);
    CREATE TABLE selfy (id int PRIMARY KEY, up int REFERENCES selfy);
    CREATE MATERIALIZED VIEW mv AS SELECT * FROM t;
    CREATE UNIQUE INDEX mv_id ON mv (id);
    CREATE VIEW v AS SELECT id, a FROM t;
    CREATE VIEW vv AS SELECT * FROM v;
    CREATE VIEW vj AS SELECT t.id, plain.big FROM t JOIN plain ON t.id = plain.id;
    CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select $1+1';
    CREATE TABLE usesf (id int, x int DEFAULT f(1));
    CREATE INDEX usesf_f ON usesf (f(id));
    CREATE VIEW vf AS SELECT f(id) FROM plain;
    CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
    CREATE TRIGGER tr BEFORE INSERT ON plain FOR EACH ROW EXECUTE FUNCTION trg();
    CREATE SEQUENCE s;
    CREATE TABLE usess (id int DEFAULT nextval('s'));
    CREATE SEQUENCE s_own OWNED BY plain.id;
    CREATE TYPE mood AS ENUM ('a','b');
    CREATE TABLE moody (id int PRIMARY KEY, m mood, n int);
    CREATE INDEX moody_m ON moody (m);
    CREATE VIEW vmood AS SELECT m FROM moody;
    CREATE DOMAIN dom AS int CHECK (value > 0);
    CREATE TABLE domy (id int, d dom);
    CREATE TYPE comp AS (x int, y int);
    CREATE TABLE compy (id int, c comp);
    CREATE SCHEMA sc;
    CREATE TABLE sc.t1 (id int PRIMARY KEY);
    CREATE TABLE sc.t2 (id serial, t1_id int REFERENCES sc.t1, t_id bigint REFERENCES t);
    CREATE TABLE outside (t1_id int REFERENCES sc.t1);
    CREATE VIEW sc.v1 AS SELECT * FROM t;
    CREATE FUNCTION sc.tf() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
    CREATE TRIGGER tr2 BEFORE INSERT ON outside FOR EACH ROW EXECUTE FUNCTION sc.tf();
    CREATE TYPE sc.ty AS ENUM ('a');
    CREATE TABLE usesty (id int, x sc.ty);
    CREATE POLICY pol ON plain USING (id IN (SELECT t1_id FROM outside));
    CREATE RULE ru AS ON INSERT TO plain DO ALSO INSERT INTO usess DEFAULT VALUES;
    CREATE STATISTICS st ON id, big FROM plain;
    CREATE PUBLICATION pub FOR TABLE plain;
    CREATE EXTENSION IF NOT EXISTS citext;
    CREATE TABLE cit (id int, x citext);
    CREATE INDEX cit_x ON cit (x);
"#;

const SECOND: &str = r#"
    CREATE TABLE t (id bigserial PRIMARY KEY, a int, b text, c int NOT NULL, UNIQUE (c));
    CREATE INDEX t_a ON t (a);
    INSERT INTO t SELECT i, i, 'x'||i, i FROM generate_series(1,500) i;
    CREATE TABLE child (id int PRIMARY KEY, t_id bigint REFERENCES t (id));
    INSERT INTO child SELECT i, i FROM generate_series(1,100) i;
    CREATE INDEX child_t_id ON child (t_id);
    CREATE TABLE grand (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, child_id int REFERENCES child (id));
    INSERT INTO grand (child_id) SELECT i FROM generate_series(1,100) i;
    CREATE TABLE plain (id int, big int);
    INSERT INTO plain SELECT i,i FROM generate_series(1,100) i;
    CREATE TABLE p (id bigint PRIMARY KEY, a int) PARTITION BY RANGE (id);
    CREATE INDEX p_a ON p (a);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
    CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (200) PARTITION BY RANGE (id);
    CREATE TABLE p2a PARTITION OF p2 FOR VALUES FROM (100) TO (150);
    CREATE TABLE pd PARTITION OF p DEFAULT;
    INSERT INTO p SELECT i,i FROM generate_series(1,140) i;
    CREATE INDEX p1_x ON p1 (a, id);
    CREATE TABLE q (id bigint, a int) PARTITION BY LIST (id);
    CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1);
    CREATE TABLE q2 PARTITION OF q FOR VALUES IN (2);
    CREATE TABLE refp (id int PRIMARY KEY, p_id bigint REFERENCES p (id));
    INSERT INTO refp SELECT i,i FROM generate_series(1,100) i;
    CREATE TABLE r (id bigint, t_id bigint REFERENCES t) PARTITION BY LIST (id);
    CREATE TABLE r1 PARTITION OF r FOR VALUES IN (1);
    CREATE TABLE rd PARTITION OF r DEFAULT;
    INSERT INTO r VALUES (1,1),(2,2);
    CREATE TABLE par (id int, a int);
    CREATE TABLE kid (x int) INHERITS (par);
    INSERT INTO kid SELECT i,i FROM generate_series(1,100) i;
    CREATE MATERIALIZED VIEW mv AS SELECT * FROM t;
    CREATE VIEW v AS SELECT id, a FROM t;
    CREATE VIEW vp AS SELECT * FROM p;
    CREATE VIEW vp1 AS SELECT * FROM p1;
    CREATE VIEW vpar AS SELECT * FROM par;
"#;
