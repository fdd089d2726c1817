//! Drops with dependents, across partitions and inheritance.

use crate::row::Row;

pub(super) const ROWS: &[Row] = &[
    Row::new(FIRST, "CREATE INDEX ON p (a)"),
    Row::new(FIRST, "CREATE INDEX ON p (a DESC)"),
    Row::new(FIRST, "CREATE INDEX ON p (lower(id::text))"),
    Row::new(FIRST, "CREATE INDEX ON p (ts) WHERE a > 5"),
    Row::new(FIRST, "CREATE INDEX ON p (ts) WHERE a > 6"),
    Row::new(FIRST, "CREATE INDEX ON p (id)"),
    Row::new(FIRST, "REINDEX INDEX CONCURRENTLY p_id"),
    Row::new(FIRST, "REINDEX INDEX p_id"),
    Row::new(FIRST, "REINDEX INDEX psub_a"),
    Row::new(FIRST, "REINDEX TABLE psub"),
    Row::new(FIRST, "REINDEX TABLE CONCURRENTLY ex"),
    Row::new(FIRST, "REINDEX INDEX CONCURRENTLY ex_r_excl"),
    Row::new(FIRST, "REINDEX TABLE ex"),
    Row::new(FIRST, "DROP TABLE ref CASCADE"),
    Row::new(FIRST, "DROP TABLE par"),
    Row::new(FIRST, "DROP TABLE par1"),
    Row::new(FIRST, "DROP TABLE fromp"),
    Row::new(FIRST, "DROP TABLE fromp1"),
    Row::new(FIRST, "DROP TABLE refp CASCADE"),
    Row::new(FIRST, "DROP TABLE refp2 CASCADE"),
    Row::new(FIRST, "DROP TABLE inh CASCADE"),
    Row::new(FIRST, "DROP TABLE inh1 CASCADE"),
    Row::new(FIRST, "DROP TYPE ty CASCADE"),
    Row::new(FIRST, "DROP FUNCTION ff CASCADE"),
    Row::new(FIRST, "DROP SEQUENCE sq CASCADE"),
    Row::new(FIRST, "DROP FUNCTION tf CASCADE"),
    Row::new(FIRST, "DROP TABLE inh2 CASCADE"),
    Row::new(FIRST, "DROP TABLE ity CASCADE"),
    Row::new(FIRST, "TRUNCATE refp2 CASCADE"),
    Row::new(FIRST, "TRUNCATE inh"),
    Row::new(FIRST, "TRUNCATE ONLY inh"),
    Row::new(FIRST, "DROP TABLE psub"),
    Row::new(FIRST, "DROP INDEX psub_a"),
];

const FIRST: &str = r#"
    CREATE TABLE p (id bigint, ts date NOT NULL, a int) PARTITION BY RANGE (ts);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
    CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
    CREATE INDEX p_id ON p (id);
    CREATE TABLE psub PARTITION OF p FOR VALUES FROM ('2023-01-01') TO ('2024-01-01') PARTITION BY RANGE (ts);
    CREATE TABLE psub1 PARTITION OF psub FOR VALUES FROM ('2023-01-01') TO ('2023-06-01');
    CREATE INDEX psub_a ON psub (a);
    CREATE INDEX p1_a_desc ON p1 (a DESC);
    CREATE UNIQUE INDEX p2_a_u ON p2 (a);
    CREATE INDEX p2_expr ON p2 (lower(id::text));
    CREATE INDEX p1_part ON p1 (ts) WHERE a > 5;
    CREATE TABLE ex (r int4range, EXCLUDE USING gist (r WITH &&), a int);
    CREATE INDEX ex_a ON ex (a);
    CREATE TABLE un (a int);
    INSERT INTO un VALUES (1),(1);
    CREATE TABLE ref (id int PRIMARY KEY);
    CREATE TABLE par (id int REFERENCES ref, a int) PARTITION BY LIST (id);
    CREATE TABLE par1 PARTITION OF par FOR VALUES IN (1);
    CREATE TABLE pard PARTITION OF par DEFAULT;
    CREATE TABLE refp (id int PRIMARY KEY) PARTITION BY LIST (id);
    CREATE TABLE refp1 PARTITION OF refp FOR VALUES IN (1) PARTITION BY LIST (id);
    CREATE TABLE refp2 PARTITION OF refp1 FOR VALUES IN (1);
    CREATE TABLE fromp (id int REFERENCES refp) PARTITION BY LIST (id);
    CREATE TABLE fromp1 PARTITION OF fromp FOR VALUES IN (1);
    CREATE TABLE inh (id int PRIMARY KEY, x text);
    CREATE TABLE inh1 (y int) INHERITS (inh);
    CREATE TABLE inh2 () INHERITS (inh1);
    CREATE TYPE ty AS ENUM ('a');
    CREATE TABLE ity (id int, e ty);
    CREATE TABLE ity1 () INHERITS (ity);
    CREATE INDEX ity1_e ON ity1 (e);
    CREATE INDEX ity1_p ON ity1 (id) WHERE e = 'a';
    CREATE TABLE pty (id int, e ty, k int) PARTITION BY LIST (id);
    CREATE TABLE pty1 PARTITION OF pty FOR VALUES IN (1);
    CREATE INDEX pty_e ON pty (e);
    CREATE TABLE ck (id int, e ty, CHECK (e = 'a'));
    CREATE FUNCTION ff(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select $1+1';
    CREATE TABLE ckf (id int CHECK (ff(id) > 0));
    CREATE TABLE ckf1 () INHERITS (ckf);
    CREATE TABLE genf (id int, g int GENERATED ALWAYS AS (ff(id)) STORED);
    CREATE INDEX genf_g ON genf (g);
    CREATE TABLE idxf (id int) PARTITION BY LIST (id);
    CREATE TABLE idxf1 PARTITION OF idxf FOR VALUES IN (1);
    CREATE INDEX idxf_f ON idxf (ff(id));
    CREATE VIEW polv AS SELECT ff(id) FROM ity;
    CREATE VIEW polv2 AS SELECT * FROM polv;
    CREATE SEQUENCE sq;
    CREATE TABLE sqp (id int DEFAULT nextval('sq'), a int) PARTITION BY LIST (a);
    CREATE TABLE sqp1 PARTITION OF sqp FOR VALUES IN (1);
    CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
    CREATE TRIGGER tr AFTER INSERT ON par FOR EACH ROW EXECUTE FUNCTION tf();
    CREATE TRIGGER tr AFTER INSERT ON inh FOR EACH ROW EXECUTE FUNCTION tf();
    CREATE TABLE rowt (r inh2);
    CREATE FUNCTION takes(inh1) RETURNS int LANGUAGE sql IMMUTABLE AS 'select 1';
    CREATE TABLE usestakes (id int DEFAULT takes(NULL));
"#;
