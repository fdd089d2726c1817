//! Statements about data.

use crate::row::Row;

pub(super) const ROWS: &[Row] = &[
    Row::new(FIRST, "INSERT INTO t (a, c) VALUES (1, 10001)"),
    Row::new(FIRST, "INSERT INTO t (id, a, c) VALUES (10001, 1, 10001)"),
    Row::new(FIRST, "INSERT INTO t (id, a, c) VALUES (10001, 1, 10001) ON CONFLICT DO NOTHING"),
    Row::new(FIRST, "INSERT INTO t (id, a, c) VALUES (10001, 1, 10001) ON CONFLICT (id) DO NOTHING"),
    Row::new(FIRST, "INSERT INTO t (id, a, c) VALUES (10001, 1, 10001) ON CONFLICT (id) DO UPDATE SET a = 5"),
    Row::new(FIRST, "INSERT INTO t (id, a, c) VALUES (1, 1, 1) ON CONFLICT (id) DO UPDATE SET a = 5"),
    Row::new(FIRST, "INSERT INTO t (id, a, c) VALUES (10001, 1, 10001) ON CONFLICT ON CONSTRAINT t_pkey DO NOTHING"),
    Row::new(FIRST, "INSERT INTO t (a, c) VALUES (1, 10001) RETURNING id"),
    Row::new(FIRST, "INSERT INTO plain SELECT id, a FROM t"),
    Row::new(FIRST, "INSERT INTO plain SELECT id, a FROM t WHERE id = 1"),
    Row::new(FIRST, "INSERT INTO plain VALUES (1,(SELECT max(id) FROM t))"),
    Row::new(FIRST, "INSERT INTO plain VALUES (1,(SELECT max(x) FROM plain))"),
    Row::new(FIRST, "INSERT INTO child (id, t_id) VALUES (9999, 1)"),
    Row::new(FIRST, "INSERT INTO child (id, t_id) VALUES (9999, NULL)"),
    Row::new(FIRST, "INSERT INTO child (id, t_id) SELECT id + 10000, t_id FROM child"),
    Row::new(FIRST, "INSERT INTO ident (x) VALUES (1)"),
    Row::new(FIRST, "INSERT INTO ident OVERRIDING SYSTEM VALUE VALUES (999999, 1)"),
    Row::new(FIRST, "INSERT INTO ident DEFAULT VALUES"),
    Row::new(FIRST, "INSERT INTO defs DEFAULT VALUES"),
    Row::new(FIRST, "INSERT INTO defs (id) VALUES (5)"),
    Row::new(FIRST, "INSERT INTO defs (id) VALUES (DEFAULT)"),
    Row::new(FIRST, "INSERT INTO vm VALUES (88888)"),
    Row::new(FIRST, "INSERT INTO par VALUES (5000, 1)"),
    Row::new(FIRST, "INSERT INTO kid VALUES (5000, 1)"),
    Row::new(FIRST, "INSERT INTO trg VALUES (5000)"),
    Row::new(FIRST, "INSERT INTO trg2 VALUES (5000)"),
    Row::new(FIRST, "UPDATE t SET a = 1"),
    Row::new(FIRST, "UPDATE t SET a = 1 WHERE id = 5"),
    Row::new(FIRST, "UPDATE t SET b = 'z' WHERE id = 5"),
    Row::new(FIRST, "UPDATE t SET id = 100000 WHERE id = 2995"),
    Row::new(FIRST, "UPDATE t SET id = id WHERE id = 5"),
    Row::new(FIRST, "UPDATE t SET a = 1 WHERE b = 'x'"),
    Row::new(FIRST, "UPDATE t SET a = 1 WHERE a IS NOT NULL"),
    Row::new(FIRST, "UPDATE t SET a = child.id FROM child WHERE child.t_id = t.id AND child.id = 4"),
    Row::new(FIRST, "UPDATE t SET a = (SELECT count(*) FROM child WHERE child.t_id = t.id)"),
    Row::new(FIRST, "UPDATE t SET a = (SELECT count(*) FROM noidx WHERE noidx.t_id = t.id)"),
    Row::new(FIRST, "UPDATE t SET a = 1 WHERE id IN (SELECT t_id FROM child WHERE id = 5)"),
    Row::new(FIRST, "UPDATE child SET t_id = 2"),
    Row::new(FIRST, "UPDATE child SET t_id = 2 WHERE id = 1"),
    Row::new(FIRST, "UPDATE child SET note = 'x' WHERE id = 1"),
    Row::new(FIRST, "UPDATE up SET id = id + 100000 WHERE id = 2995"),
    Row::new(FIRST, "UPDATE up SET k = 100000 WHERE id = 5"),
    Row::new(FIRST, "UPDATE up SET id = 100000 + id WHERE id IN (2997, 2998)"),
    Row::new(FIRST, "UPDATE v SET a = 5"),
    Row::new(FIRST, "UPDATE v SET a = 5 WHERE id = 1"),
    Row::new(FIRST, "UPDATE par SET a = 1"),
    Row::new(FIRST, "UPDATE par SET a = 1 WHERE id = 5"),
    Row::new(FIRST, "UPDATE ONLY par SET a = 1"),
    Row::new(FIRST, "UPDATE trg SET s = 'a' WHERE id = 1"),
    Row::new(FIRST, "UPDATE trg2 SET s = 'a' WHERE id = 1"),
    Row::new(FIRST, "UPDATE trg2 SET s = 'a' WHERE false"),
    Row::new(FIRST, "UPDATE selfy SET up = 1 WHERE id = 2"),
    Row::new(FIRST, "DELETE FROM mono"),
    Row::new(FIRST, "DELETE FROM t WHERE id = 2999"),
    Row::new(FIRST, "DELETE FROM t WHERE a = 2999"),
    Row::new(FIRST, "DELETE FROM t WHERE b = 'x2999'"),
    Row::new(FIRST, "DELETE FROM child WHERE id = 3"),
    Row::new(FIRST, "DELETE FROM child"),
    Row::new(FIRST, "DELETE FROM up"),
    Row::new(FIRST, "DELETE FROM up WHERE id = 4"),
    Row::new(FIRST, "DELETE FROM casc WHERE id = 4"),
    Row::new(FIRST, "DELETE FROM up WHERE false"),
    Row::new(FIRST, "DELETE FROM selfy WHERE id = 9"),
    Row::new(FIRST, "DELETE FROM par WHERE id = 1"),
    Row::new(FIRST, "DELETE FROM child USING t WHERE t.id = child.t_id AND t.a = 5"),
    Row::new(FIRST, "DELETE FROM v WHERE id = 2999"),
    Row::new(FIRST, "WITH x AS (SELECT * FROM t) SELECT * FROM x WHERE id = 1"),
    Row::new(
        FIRST,
        "MERGE INTO plain USING t ON plain.id = t.id WHEN MATCHED THEN UPDATE SET x = 1 WHEN NOT MATCHED THEN INSERT VALUES (1,1)",
    ),
    Row::new(FIRST, "MERGE INTO t USING plain ON plain.id = t.id WHEN MATCHED THEN UPDATE SET a = 1"),
    Row::new(FIRST, "MERGE INTO t USING (VALUES (2995)) s(i) ON s.i = t.id WHEN MATCHED THEN DELETE"),
    Row::new(
        FIRST,
        "MERGE INTO t USING (VALUES (9995)) s(i) ON s.i = t.id WHEN NOT MATCHED THEN INSERT (a,c) VALUES (1,99999)",
    ),
    Row::new(FIRST, "SELECT * FROM t"),
    Row::new(FIRST, "SELECT * FROM t WHERE id = 1"),
    Row::new(FIRST, "SELECT * FROM t WHERE id = 1 FOR UPDATE"),
    Row::new(FIRST, "SELECT count(*) FROM t"),
    Row::new(FIRST, "SELECT max(id) FROM t"),
    Row::new(FIRST, "SELECT setval('s', 100)"),
    Row::new(FIRST, "SELECT setval('t_id_seq', (SELECT max(id) FROM t))"),
    Row::new(FIRST, "SELECT nextval('s')"),
    Row::new(FIRST, "SELECT currval('s')"),
    Row::new(FIRST, "SELECT last_value FROM s"),
    Row::new(FIRST, "SELECT pg_get_serial_sequence('t', 'id')"),
    Row::new(FIRST, "SELECT setval(pg_get_serial_sequence('t', 'id'), coalesce(max(id), 1)) FROM t"),
    Row::new(FIRST, "SELECT * FROM v"),
    Row::new(FIRST, "SELECT * FROM mv"),
    Row::new(FIRST, "SELECT * FROM vj WHERE id = 2"),
    Row::new(FIRST, "SELECT * FROM t LIMIT 10"),
    Row::new(FIRST, "SELECT * FROM t ORDER BY id LIMIT 10"),
    Row::new(FIRST, "SELECT * FROM t ORDER BY b LIMIT 10"),
    Row::new(FIRST, "SELECT EXISTS (SELECT 1 FROM t WHERE b = 'q')"),
    Row::new(FIRST, "TABLE t"),
];

const FIRST: &str = r#"
    CREATE TABLE t (id bigserial PRIMARY KEY, a int, b text, c int NOT NULL, UNIQUE (c));
    CREATE INDEX t_a ON t (a);
    INSERT INTO t (id,a,b,c) SELECT i, i, 'x'||i, i FROM generate_series(1,3000) i;
    CREATE TABLE child (id int PRIMARY KEY, t_id bigint REFERENCES t (id), note text);
    INSERT INTO child SELECT i, i FROM generate_series(1,2000) i;
    CREATE INDEX child_t_id ON child (t_id);
    CREATE TABLE noidx (id int PRIMARY KEY, t_id bigint REFERENCES t (id));
    INSERT INTO noidx SELECT i, i FROM generate_series(1,1000) i;
    CREATE TABLE up (id int PRIMARY KEY, k int UNIQUE, s text);
    INSERT INTO up SELECT i, i FROM generate_series(1,3000) i;
    CREATE TABLE casc (id int PRIMARY KEY, up_id int REFERENCES up ON DELETE CASCADE ON UPDATE CASCADE);
    INSERT INTO casc SELECT i, i FROM generate_series(1,3000) i;
    CREATE INDEX casc_up ON casc (up_id);
    CREATE TABLE cascno (id int PRIMARY KEY, up_id int REFERENCES up ON DELETE SET NULL);
    INSERT INTO cascno SELECT i, i FROM generate_series(1,1000) i;
    CREATE TABLE deep (id int PRIMARY KEY, casc_id int REFERENCES casc ON DELETE CASCADE);
    INSERT INTO deep SELECT i, i FROM generate_series(1,1000) i;
    CREATE TABLE plain (id int, x int, s text);
    INSERT INTO plain SELECT i,i FROM generate_series(1,3000) i;
    CREATE TABLE ident (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, x int);
    INSERT INTO ident (x) SELECT i FROM generate_series(1,3000) i;
    SELECT setval('t_id_seq', 3000);
    CREATE SEQUENCE s;
    CREATE TABLE defs (id int DEFAULT nextval('s'), x int);
    CREATE VIEW v AS SELECT id, a FROM t WHERE a > 0;
    CREATE VIEW vj AS SELECT t.id FROM t JOIN child ON child.t_id = t.id;
    CREATE TABLE par (id int PRIMARY KEY, a int);
    CREATE TABLE kid (x int) INHERITS (par);
    CREATE INDEX kid_a ON kid (a);
    INSERT INTO kid SELECT i,i FROM generate_series(1,100) i;
    CREATE TABLE arch (id int, a int, b text, c int);
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'begin new.s = ''x''; return new; end';
    CREATE TABLE trg (id int PRIMARY KEY, s text);
    INSERT INTO trg SELECT i FROM generate_series(1,1000) i;
    CREATE TRIGGER trg_touch BEFORE INSERT OR UPDATE ON trg FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS 'begin insert into plain values (1); return new; end';
    CREATE TABLE trg2 (id int PRIMARY KEY, s text);
    INSERT INTO trg2 SELECT i FROM generate_series(1,1000) i;
    CREATE TRIGGER trg2_audit AFTER UPDATE ON trg2 FOR EACH ROW EXECUTE FUNCTION audit();
    CREATE TABLE selfy (id int PRIMARY KEY, up int REFERENCES selfy);
    INSERT INTO selfy SELECT i FROM generate_series(1,1000) i;
    CREATE TABLE mono (id int PRIMARY KEY);
    INSERT INTO mono SELECT i FROM generate_series(1,3000) i;
    CREATE VIEW vm AS SELECT id FROM mono;
    CREATE MATERIALIZED VIEW mv AS SELECT * FROM t;
"#;
