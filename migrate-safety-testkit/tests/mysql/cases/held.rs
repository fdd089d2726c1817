//! What foreign keys, keys and partitions keep from being done.

use super::Case;

const LED: &str = "CREATE TABLE p (code CHAR(3) NOT NULL PRIMARY KEY, name VARCHAR(50) NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4; CREATE TABLE t (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, country CHAR(3), boss INT, label VARCHAR(30), KEY t_boss (boss), CONSTRAINT t_country FOREIGN KEY (country) REFERENCES p (code) ON DELETE SET NULL, CONSTRAINT t_boss FOREIGN KEY (boss) REFERENCES t (id)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4; CREATE TABLE k (t_id INT NOT NULL PRIMARY KEY, CONSTRAINT k_t FOREIGN KEY (t_id) REFERENCES t (id) ON DELETE CASCADE) ENGINE=InnoDB";

const KEYS: &str = "CREATE TABLE t (a INT NOT NULL, b INT NOT NULL, c INT, d INT, PRIMARY KEY (a, b), KEY kc (c, b)) ENGINE=InnoDB; INSERT INTO t VALUES (1, 1, 1, 1), (2, 2, 2, 2)";

const PARTS: &str = "CREATE TABLE t (id INT NOT NULL, area INT NOT NULL, what VARCHAR(20), PRIMARY KEY (id, area)) ENGINE=InnoDB PARTITION BY LIST (area) (PARTITION n VALUES IN (1, 2), PARTITION s VALUES IN (3)); CREATE TABLE p (id INT PRIMARY KEY)";

#[rustfmt::skip]
pub(crate) const CASES: &[Case] = &[
    Case::new("key others refer to grows", LED, "ALTER TABLE t MODIFY id BIGINT NOT NULL AUTO_INCREMENT").own_table(),
    Case::new("referring column of another length", LED, "ALTER TABLE t MODIFY country CHAR(4)").own_table(),
    Case::new("referring column of another length unchecked", "CREATE TABLE p (code CHAR(3) PRIMARY KEY) DEFAULT CHARSET=utf8mb4; CREATE TABLE t (id INT PRIMARY KEY, country CHAR(3), FOREIGN KEY (country) REFERENCES p (code)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4; SET foreign_key_checks = 0", "ALTER TABLE t MODIFY country CHAR(4)").own_table(),
    Case::new("referring column of another size", LED, "ALTER TABLE t MODIFY boss BIGINT").own_table(),
    Case::new("referring column never null", LED, "ALTER TABLE t MODIFY country CHAR(3) NOT NULL").own_table(),
    Case::new("referring column of another collation", LED, "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin").own_table(),
    Case::new("key of a foreign key dropped first", LED, "ALTER TABLE t DROP FOREIGN KEY t_country, MODIFY country CHAR(4)").own_table(),
    Case::new("foreign key made anew under its name", LED, "ALTER TABLE t DROP FOREIGN KEY t_country, ADD CONSTRAINT t_country FOREIGN KEY (country) REFERENCES p (code)").own_table(),
    Case::new("foreign key made anew under another name", LED, "ALTER TABLE t DROP FOREIGN KEY t_country, ADD CONSTRAINT t_land FOREIGN KEY (country) REFERENCES p (code)").own_table(),
    Case::new("another engine with foreign keys", LED, "ALTER TABLE t ENGINE=MyISAM").own_table(),
    Case::new("partitions with foreign keys", LED, "ALTER TABLE t PARTITION BY HASH (id) PARTITIONS 2").own_table(),
    Case::new("foreign key of a partitioned table", PARTS, "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES p (id)").own_table(),
    Case::new("full text of a partitioned table", PARTS, "ALTER TABLE t ADD FULLTEXT f (what)").own_table().on_mysql(),
    Case::new("drop a table that others refer to", LED, "DROP TABLE t").own_table(),
    Case::new("drop a table with those that refer to it", LED, "DROP TABLE k, t").own_table(),
    Case::new("empty a table that others refer to", LED, "TRUNCATE TABLE t").own_table(),
    Case::new("a counter loses its key", LED, "ALTER TABLE t DROP PRIMARY KEY").own_table(),
    Case::new("a second counter", LED, "ALTER TABLE t ADD COLUMN n INT AUTO_INCREMENT UNIQUE").own_table(),
    Case::new("a counter without a key", KEYS, "ALTER TABLE t ADD COLUMN n INT AUTO_INCREMENT").own_table(),
    Case::new("a counter with a key", KEYS, "ALTER TABLE t ADD COLUMN n INT AUTO_INCREMENT, ADD KEY (n)").own_table(),
    Case::new("a second primary key", KEYS, "ALTER TABLE t ADD PRIMARY KEY (d)").own_table(),
    Case::new("a column of the primary key goes", KEYS, "ALTER TABLE t DROP COLUMN b").own_table(),
    Case::new("all columns of the primary key go", KEYS, "ALTER TABLE t DROP COLUMN a, DROP COLUMN b").own_table(),
    Case::new("behind a column that is not there", KEYS, "ALTER TABLE t ADD COLUMN n INT AFTER missing").own_table(),
    Case::new("two columns change their names", KEYS, "ALTER TABLE t RENAME COLUMN c TO d, RENAME COLUMN d TO c").own_table(),
    Case::new("two columns change names and types", KEYS, "ALTER TABLE t CHANGE c d INT, CHANGE d c INT").own_table(),
    Case::new("a column takes the name of one that goes", KEYS, "ALTER TABLE t RENAME COLUMN c TO d, DROP COLUMN d").own_table(),
    Case::new("a column added and dropped", KEYS, "ALTER TABLE t ADD COLUMN z INT, DROP COLUMN z").own_table(),
    Case::new("text becomes bytes", "", "ALTER TABLE t MODIFY v VARBINARY(200)"),
    Case::new("text becomes fewer bytes", "", "ALTER TABLE t MODIFY v VARBINARY(100)"),
    Case::new("a time that is never null", "UPDATE t SET ts = '2024-01-01'", "ALTER TABLE t MODIFY ts TIMESTAMP NOT NULL DEFAULT '2024-01-01'"),
    Case::new("default of constants called", "", "ALTER TABLE t ADD COLUMN n VARCHAR(40) DEFAULT (CONCAT('x', 'y'))"),
    Case::new("default of a document", "", "ALTER TABLE t ADD COLUMN n JSON DEFAULT (JSON_OBJECT('a', 1))"),
    Case::new("a column that is not there is set", "", "UPDATE t SET missing = 1"),
    Case::new("a column that is not there is inserted", "", "INSERT INTO t (b, missing) VALUES (1, 1)"),
    Case::new("a column without a default is left out", "", "INSERT INTO t (a) VALUES (1)"),
    Case::new("a column without a default is left out and ignored", "", "INSERT IGNORE INTO t (a) VALUES (1)"),
    Case::new("an operator for documents", "", "ALTER TABLE t ADD COLUMN n VARCHAR(20) AS (j->>'$.a') VIRTUAL"),
    Case::new("rename waits for who has read", "", "RENAME TABLE t TO t2"),
    Case::new("truncate waits for who has read", "", "TRUNCATE TABLE t"),
    Case::new("rows do not wait for who has read", "", "DELETE FROM t WHERE id = 1"),
];
