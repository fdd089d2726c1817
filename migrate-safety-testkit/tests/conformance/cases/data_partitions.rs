//! Statements about data in partitions, and along foreign keys.

use crate::row::Row;

pub(super) const ROWS: &[Row] = &[
    Row::new(FIRST, "SELECT * FROM p"),
    Row::new(FIRST, "SELECT * FROM p WHERE ts = '2020-05-05'"),
    Row::new(FIRST, "SELECT * FROM p WHERE id = 5"),
    Row::new(FIRST, "SELECT * FROM p WHERE id = 5 AND ts = '2020-05-05'"),
    Row::new(FIRST, "UPDATE p SET a = 1"),
    Row::new(FIRST, "UPDATE p SET a = 1 WHERE id = 5"),
    Row::new(FIRST, "UPDATE p SET a = 1 WHERE ts = '2020-05-05'"),
    Row::new(FIRST, "UPDATE p SET a = 1 WHERE ts >= '2020-05-05' AND ts < '2020-06-05'"),
    Row::new(FIRST, "UPDATE p SET a = 1 WHERE ts >= '2020-05-05'"),
    Row::new(FIRST, "UPDATE p SET a = 1 WHERE ts < now()"),
    Row::new(FIRST, "UPDATE p SET a = 1 WHERE id = 5 AND ts = '2020-05-05'"),
    Row::new(FIRST, "UPDATE p SET a = 1 WHERE a = 5"),
    Row::new(FIRST, "UPDATE p SET ts = '2021-06-06' WHERE id = 5 AND ts = '2020-01-06'"),
    Row::new(FIRST, "UPDATE p SET ts = ts"),
    Row::new(FIRST, "UPDATE p1 SET a = 1"),
    Row::new(FIRST, "UPDATE p SET a = 1 WHERE b = 'x'"),
    Row::new(FIRST, "DELETE FROM p WHERE ts = '2020-05-05'"),
    Row::new(FIRST, "DELETE FROM p"),
    Row::new(FIRST, "INSERT INTO p VALUES (1000000, '2020-05-05', 1)"),
    Row::new(FIRST, "INSERT INTO p VALUES (1000000, '2020-05-05', 1), (1000000, '2021-05-05', 1)"),
    Row::new(FIRST, "INSERT INTO p SELECT id + 10000, ts FROM p"),
    Row::new(FIRST, "INSERT INTO p VALUES (1000000, '2020-05-05', 1) ON CONFLICT DO NOTHING"),
    Row::new(FIRST, "INSERT INTO p VALUES (1000000, '2020-05-05', 1) ON CONFLICT (id, ts) DO UPDATE SET a = 1"),
    Row::new(
        FIRST,
        "INSERT INTO p VALUES (1000000, '2020-05-05', 1) ON CONFLICT ON CONSTRAINT p_pkey DO UPDATE SET a = 1",
    ),
    Row::new(FIRST, "INSERT INTO p1 VALUES (1000000, '2020-05-05', 1)"),
    Row::new(FIRST, "INSERT INTO l VALUES (8500,5)"),
    Row::new(FIRST, "INSERT INTO l VALUES (7000,5)"),
    Row::new(FIRST, "UPDATE l SET a = 1 WHERE id = 2003"),
    Row::new(FIRST, "UPDATE l SET a = 1 WHERE id IN (1,2003)"),
    Row::new(FIRST, "UPDATE l SET a = 1 WHERE id = 1 OR id = 3999"),
    Row::new(FIRST, "UPDATE l SET a = 1 WHERE id = 8500"),
    Row::new(FIRST, "UPDATE vl SET a = 1"),
    Row::new(FIRST, "UPDATE h SET a = 1 WHERE id = 5"),
    Row::new(FIRST, "UPDATE h SET a = 1"),
    Row::new(FIRST, "DELETE FROM h WHERE id = 5"),
    Row::new(FIRST, "DELETE FROM h"),
    Row::new(FIRST, "DELETE FROM up WHERE id = 5"),
    Row::new(FIRST, "DELETE FROM up"),
    Row::new(FIRST, "DELETE FROM up2 WHERE id = 700"),
    Row::new(FIRST, "UPDATE up2 SET id = 7000 WHERE id = 1500"),
    Row::new(FIRST, "UPDATE up2 SET id = id WHERE id = 700"),
    Row::new(FIRST, "UPDATE up2 SET s = 'x'"),
    Row::new(FIRST, "UPDATE c_sn SET z = 1 WHERE u = 5"),
    Row::new(FIRST, "SELECT * FROM p FOR UPDATE"),
    Row::new(FIRST, "SELECT * FROM l WHERE id = 2003"),
    Row::new(FIRST, "SELECT max(id) FROM p"),
    Row::new(FIRST, "SELECT count(*) FROM p"),
    Row::new(FIRST, "UPDATE ONLY p SET a = 1"),
    Row::new(FIRST, "SELECT * FROM ONLY p"),
    Row::new(FIRST, "UPDATE noroute SET a = 1"),
    Row::new(FIRST, "LOCK TABLE p1 IN SHARE MODE"),
];

const FIRST: &str = r#"
    CREATE TABLE p (id bigint, ts date NOT NULL, a int, b text) PARTITION BY RANGE (ts);
    CREATE INDEX p_a ON p (a);
    CREATE INDEX p_key ON p (id);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
    CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
    CREATE TABLE pd PARTITION OF p DEFAULT;
    CREATE INDEX p1_x ON p1 (b);
    INSERT INTO p SELECT i, '2020-01-01'::date + i % 900, i, 'x'||i FROM generate_series(1,9000) i;
    CREATE TABLE l (id int PRIMARY KEY, a int) PARTITION BY RANGE (id);
    CREATE TABLE l1 PARTITION OF l FOR VALUES FROM (0) TO (2001);
    CREATE TABLE l2 PARTITION OF l FOR VALUES FROM (2001) TO (9000) PARTITION BY RANGE (id);
    CREATE TABLE l3 PARTITION OF l2 FOR VALUES FROM (2001) TO (3001);
    CREATE TABLE l4 PARTITION OF l2 FOR VALUES FROM (3001) TO (8000);
    INSERT INTO l SELECT i*4+k, i FROM generate_series(0,999) i, generate_series(1,4) k;
    CREATE TABLE h (id int PRIMARY KEY, a int) PARTITION BY HASH (id);
    CREATE TABLE h0 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE h1 PARTITION OF h FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    INSERT INTO h SELECT i,i FROM generate_series(1,1000) i;
    CREATE TABLE refh (id int PRIMARY KEY, h_id int REFERENCES h ON DELETE CASCADE);
    INSERT INTO refh SELECT i,i FROM generate_series(1,1000) i;
    CREATE TABLE up (id int PRIMARY KEY, s text);
    INSERT INTO up SELECT i FROM generate_series(1,1000) i;
    CREATE TABLE cp (id int, up_id int REFERENCES up ON DELETE CASCADE) PARTITION BY RANGE (id);
    CREATE TABLE cp1 PARTITION OF cp FOR VALUES FROM (0) TO (500);
    CREATE TABLE cp2 PARTITION OF cp FOR VALUES FROM (500) TO (5000);
    INSERT INTO cp SELECT i,i FROM generate_series(1,1000) i;
    CREATE INDEX cp_up ON cp (up_id);
    CREATE TABLE up2 (id int PRIMARY KEY, s text);
    INSERT INTO up2 SELECT i FROM generate_series(1,2000) i;
    CREATE TABLE c_na (id int PRIMARY KEY, u int REFERENCES up2);
    CREATE INDEX c_na_u ON c_na (u);
    INSERT INTO c_na SELECT i,i FROM generate_series(1,500) i;
    CREATE TABLE c_sn (id int PRIMARY KEY, u int REFERENCES up2 ON DELETE SET NULL ON UPDATE CASCADE, z int);
    INSERT INTO c_sn SELECT i,i FROM generate_series(1,1000) i;
    CREATE INDEX c_sn_z ON c_sn (z);
    CREATE TABLE c_sd (id int PRIMARY KEY, u int DEFAULT 1 REFERENCES up2 ON DELETE SET DEFAULT);
    INSERT INTO c_sd SELECT i,i FROM generate_series(1,1000) i;
    CREATE TABLE c_re (id int PRIMARY KEY, u int REFERENCES up2 ON DELETE RESTRICT);
    INSERT INTO c_re SELECT i,i FROM generate_series(1,500) i;
    CREATE VIEW vl AS SELECT * FROM l;
    CREATE TABLE noroute (id int, a int) PARTITION BY RANGE (id);
    CREATE TABLE vpar (id int PRIMARY KEY);
    CREATE TABLE vch () INHERITS (vpar);
"#;
