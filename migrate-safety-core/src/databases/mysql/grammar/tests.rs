use crate::databases::operation::{ActionKind, Operation};
use crate::databases::parse;
use crate::dialect::Target;

const MYSQL: Target = Target::mysql(904);
const MARIADB: Target = Target::mariadb(1011);

/// Both servers take them.
const BOTH: &[&str] = &[
    "CREATE TABLE t (a INT)",
    "CREATE TABLE IF NOT EXISTS `d`.`t` (`a` int(11) unsigned NOT NULL AUTO_INCREMENT, PRIMARY KEY (`a`)) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci COMMENT='it''s'",
    "CREATE TEMPORARY TABLE t (a INT) ENGINE InnoDB, ROW_FORMAT DYNAMIC, CHARACTER SET utf8mb4, KEY_BLOCK_SIZE = 0",
    "CREATE TABLE t LIKE u",
    "CREATE TABLE t (LIKE u)",
    "CREATE TABLE t AS SELECT 1 AS a",
    "CREATE TABLE t (b INT) ENGINE=InnoDB SELECT 1 AS a",
    "CREATE TABLE t (a INT, b VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'x' COMMENT 'c', KEY k (a, b(10) DESC) USING BTREE COMMENT 'i', UNIQUE u (b), FULLTEXT KEY f (b), INDEX USING BTREE (a))",
    "CREATE TABLE t (id SERIAL, a BOOLEAN NOT NULL DEFAULT FALSE, b DOUBLE PRECISION, c NATIONAL VARCHAR(3), d LONG VARCHAR, e CHAR(3) BYTE, f DECIMAL(10,2) ZEROFILL, g BIT(3) DEFAULT b'101', h YEAR)",
    "CREATE TABLE t (a TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), b DATETIME DEFAULT NOW() ON UPDATE NOW(), c INT DEFAULT -1, d VARCHAR(9) DEFAULT (UUID()))",
    "CREATE TABLE t (a INT, b INT GENERATED ALWAYS AS (a + 1) VIRTUAL, c INT AS (a * 2) STORED, d ENUM('x','y,z','it''s') NOT NULL, e SET('a','b'))",
    "CREATE TABLE t (a INT PRIMARY KEY, b INT UNIQUE KEY, c INT CHECK (c > 0), CONSTRAINT p CHECK (b > a), CHECK (c <> 3))",
    "CREATE TABLE t (a INT, CONSTRAINT f FOREIGN KEY (a) REFERENCES u (id) ON DELETE CASCADE ON UPDATE SET NULL, FOREIGN KEY i (a) REFERENCES d.u (id) MATCH SIMPLE, CONSTRAINT UNIQUE (a), CONSTRAINT PRIMARY KEY USING BTREE (a))",
    "CREATE TABLE t (a INT, g POINT NOT NULL, SPATIAL INDEX (g), j JSON)",
    "CREATE TABLE t (a INT) PARTITION BY RANGE (a) (PARTITION p0 VALUES LESS THAN (10) ENGINE = InnoDB, PARTITION p1 VALUES LESS THAN MAXVALUE)",
    "CREATE TABLE t (a INT, b INT) PARTITION BY LINEAR HASH (a) PARTITIONS 4",
    "CREATE TABLE t (a INT, b INT) PARTITION BY RANGE COLUMNS (a, b) SUBPARTITION BY KEY (b) SUBPARTITIONS 2 (PARTITION p VALUES LESS THAN (1, MAXVALUE) COMMENT 'x')",
    "CREATE TABLE t (a INT) PARTITION BY LIST (a) (PARTITION p VALUES IN (1, 2), PARTITION q VALUES IN (NULL))",
    "/*!40101 SET character_set_client = utf8 */",
    "/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER g BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; END */",
    "ALTER TABLE t ADD COLUMN a INT",
    "ALTER TABLE t ADD a INT NOT NULL DEFAULT 1 FIRST, ADD COLUMN b VARCHAR(3) AFTER a, ADD (c INT, d INT), ALGORITHM=INPLACE, LOCK=NONE",
    "ALTER TABLE t CHANGE COLUMN a b BIGINT NOT NULL COMMENT 'x' AFTER c, MODIFY d TEXT, MODIFY COLUMN e INT FIRST, CHANGE `f` `f` INT",
    "ALTER TABLE t ADD PRIMARY KEY (a), ADD KEY (b), ADD INDEX i (c DESC), ADD UNIQUE INDEX u (d(10)), ADD FULLTEXT f (e), ADD SPATIAL KEY (g), ADD CONSTRAINT n UNIQUE (h)",
    "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u (id) ON DELETE NO ACTION, ADD CONSTRAINT c CHECK (a > 0), ADD FOREIGN KEY (b) REFERENCES u (id)",
    "ALTER TABLE t DROP a, DROP COLUMN b, DROP INDEX i, DROP KEY k, DROP PRIMARY KEY, DROP FOREIGN KEY f, DROP CONSTRAINT c",
    "ALTER TABLE t ALTER a SET DEFAULT 5, ALTER COLUMN b DROP DEFAULT, ALTER COLUMN c SET DEFAULT 'x'",
    "ALTER TABLE t RENAME TO u",
    "ALTER TABLE t RENAME u",
    "ALTER TABLE t RENAME AS d.u",
    "ALTER TABLE t RENAME COLUMN a TO b, RENAME INDEX i TO j, RENAME KEY k TO l",
    "ALTER TABLE t ENGINE = InnoDB",
    "ALTER TABLE t ENGINE=InnoDB ROW_FORMAT=DYNAMIC COMMENT='x', AUTO_INCREMENT 100",
    "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci, DEFAULT CHARACTER SET = utf8mb4",
    "ALTER TABLE t DEFAULT CHARSET=utf8mb4 COLLATE utf8mb4_bin",
    "ALTER TABLE t FORCE",
    "ALTER TABLE t ORDER BY a, b DESC",
    "ALTER TABLE t DISABLE KEYS",
    "ALTER TABLE t ENABLE KEYS",
    "ALTER TABLE t DISCARD TABLESPACE",
    "ALTER TABLE t ADD PARTITION (PARTITION p2 VALUES LESS THAN (30))",
    "ALTER TABLE t ADD PARTITION PARTITIONS 4",
    "ALTER TABLE t DROP PARTITION p0, p1",
    "ALTER TABLE t TRUNCATE PARTITION ALL",
    "ALTER TABLE t REORGANIZE PARTITION p0 INTO (PARTITION a VALUES LESS THAN (5), PARTITION b VALUES LESS THAN (10))",
    "ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u",
    "ALTER TABLE t COALESCE PARTITION 2",
    "ALTER TABLE t REBUILD PARTITION p0, p1",
    "ALTER TABLE t OPTIMIZE PARTITION p",
    "ALTER TABLE t REMOVE PARTITIONING",
    "ALTER TABLE t ADD COLUMN z INT PARTITION BY HASH (z) PARTITIONS 2",
    "ALTER TABLE t STATS_PERSISTENT=1, STATS_SAMPLE_PAGES=20",
    "ALTER TABLE t",
    "RENAME TABLE a TO b, d.c TO e",
    "CREATE INDEX i ON t (a)",
    "CREATE UNIQUE INDEX i USING BTREE ON t (a, b(3)) COMMENT 'x' ALGORITHM=INPLACE LOCK=NONE",
    "CREATE FULLTEXT INDEX i ON t (a)",
    "DROP INDEX i ON t",
    "TRUNCATE t",
    "TRUNCATE TABLE d.t",
    "DROP TABLE IF EXISTS a, b CASCADE",
    "DROP TEMPORARY TABLE t",
    "CREATE VIEW v AS SELECT 1",
    "CREATE OR REPLACE ALGORITHM=MERGE DEFINER=`a`@`%` SQL SECURITY INVOKER VIEW d.v (x, y) AS SELECT 1, 2 WITH LOCAL CHECK OPTION",
    "ALTER VIEW v AS SELECT 2",
    "DROP VIEW IF EXISTS v, w",
    "CREATE TRIGGER g AFTER UPDATE ON t FOR EACH ROW INSERT INTO l VALUES (OLD.a)",
    "CREATE DEFINER=CURRENT_USER TRIGGER g BEFORE DELETE ON t FOR EACH ROW FOLLOWS h SET @a = 1",
    "DROP TRIGGER IF EXISTS d.g",
    "CREATE PROCEDURE p (IN a INT, OUT b INT) BEGIN IF a > 1 THEN SELECT 1; ELSE SELECT 2; END IF; END",
    "CREATE DEFINER='root'@'%' FUNCTION f (a INT) RETURNS INT DETERMINISTIC RETURN a + 1",
    "ALTER PROCEDURE p SQL SECURITY INVOKER",
    "DROP PROCEDURE IF EXISTS p",
    "DROP FUNCTION f",
    "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t",
    "ALTER EVENT e DISABLE",
    "DROP EVENT e",
    "CREATE DATABASE IF NOT EXISTS d DEFAULT CHARACTER SET = utf8mb4 COLLATE utf8mb4_bin",
    "ALTER DATABASE d CHARACTER SET utf8mb4",
    "ALTER SCHEMA COLLATE utf8mb4_bin",
    "DROP SCHEMA IF EXISTS d",
    "CREATE USER IF NOT EXISTS 'a'@'%' IDENTIFIED BY 'x'",
    "DROP USER a@localhost",
    "RENAME USER a TO b@'%'",
    "GRANT SELECT, INSERT (a) ON d.* TO 'a'@'%' WITH GRANT OPTION",
    "REVOKE ALL PRIVILEGES ON d.t FROM a@localhost",
    "CREATE ROLE r",
    "SET NAMES utf8mb4 COLLATE utf8mb4_bin",
    "SET NAMES 'utf8'",
    "SET @a = 1, @b := (SELECT 2)",
    "SET SESSION sql_mode = 'STRICT_TRANS_TABLES'",
    "SET @@session.foreign_key_checks = 0",
    "SET FOREIGN_KEY_CHECKS=0",
    "SET GLOBAL max_connections = 10, SESSION lock_wait_timeout = 2",
    "SET @OLD_UNIQUE_CHECKS=@@UNIQUE_CHECKS, UNIQUE_CHECKS=0",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SET autocommit = ON",
    "SET CHARACTER SET utf8",
    "LOCK TABLES a WRITE, b AS c READ LOCAL, d READ",
    "UNLOCK TABLES",
    "USE d",
    "BEGIN",
    "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
    "COMMIT AND CHAIN",
    "ROLLBACK TO SAVEPOINT s",
    "ROLLBACK",
    "SAVEPOINT s",
    "RELEASE SAVEPOINT s",
    "OPTIMIZE TABLE a, b",
    "ANALYZE TABLE a",
    "CHECK TABLE a FOR UPGRADE",
    "REPAIR TABLE a QUICK",
    "FLUSH TABLES WITH READ LOCK",
    "FLUSH PRIVILEGES",
    "PREPARE s FROM 'SELECT 1'",
    "PREPARE s FROM @a",
    "EXECUTE s USING @a",
    "DEALLOCATE PREPARE s",
    "DROP PREPARE s",
    "CALL p(1, @a)",
    "CALL d.p",
    "DO SLEEP(0)",
    "LOAD DATA LOCAL INFILE 'x' REPLACE INTO TABLE t FIELDS TERMINATED BY ',' (a, b)",
    "SHOW TABLES LIKE 'a%'",
    "EXPLAIN SELECT 1",
    "DESCRIBE t",
    "KILL 5",
];

/// MySQL alone takes them.
const ONLY_MYSQL: &[&str] = &[
    "DROP INDEX `PRIMARY` ON t ALGORITHM = COPY LOCK DEFAULT",
    "CREATE TABLE t (a INT, INDEX i ((a + 1)), INDEX j (a) INVISIBLE)",
    "CREATE INDEX i ON t ((lower(a)) DESC)",
    "ALTER TABLE t DROP CHECK c, ALTER CHECK d NOT ENFORCED, ALTER INDEX i INVISIBLE, ALTER COLUMN a SET INVISIBLE",
    "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT ENFORCED",
    "CREATE TABLE t (a INT CHECK (a > 0) NOT ENFORCED, b POINT SRID 4326)",
    "CREATE TABLE t (a INT) ENCRYPTION='N' ENGINE_ATTRIBUTE='{}'",
    "SET PERSIST max_connections = 10",
    "SET @@global.max_connections = 10",
    "CREATE TABLE t (a INT COLUMN_FORMAT FIXED STORAGE MEMORY)",
    "TABLE t",
    "ALTER TABLE t ADD COLUMN offset INT",
    "ALTER TABLE t ALTER COLUMN a SET DEFAULT (UUID())",
];

/// MariaDB alone takes them.
const ONLY_MARIADB: &[&str] = &[
    "CREATE OR REPLACE TABLE t (a INT)",
    "ALTER TABLE IF EXISTS t ADD COLUMN IF NOT EXISTS a INT, DROP COLUMN IF EXISTS b, ADD INDEX IF NOT EXISTS i (a), DROP INDEX IF EXISTS j, DROP FOREIGN KEY IF EXISTS f, MODIFY COLUMN IF EXISTS c INT",
    "ALTER TABLE t WAIT 5 ADD COLUMN a INT",
    "ALTER TABLE t NOWAIT ADD a INT, ALGORITHM=NOCOPY",
    "ALTER IGNORE TABLE t ADD UNIQUE (a)",
    "CREATE INDEX IF NOT EXISTS i ON t (a) WAIT 1",
    "CREATE OR REPLACE INDEX i ON t (a)",
    "DROP INDEX IF EXISTS i ON t",
    "ALTER TABLE t ADD SYSTEM VERSIONING",
    "CREATE TABLE t (a INT, s TIMESTAMP(6) GENERATED ALWAYS AS ROW START, e TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (s, e)) WITH SYSTEM VERSIONING",
    "CREATE TABLE t (a INT, b INT AS (a) PERSISTENT)",
    "CREATE TABLE t (a UUID DEFAULT UUID(), i INET6)",
    "CREATE SEQUENCE s START WITH 1",
    "DROP TABLE t WAIT 1",
    "SET STATEMENT max_statement_time=1 FOR TRUNCATE t",
    "CREATE TABLE t (a INT, KEY k (a) IGNORED)",
    "ALTER TABLE t ALTER INDEX i NOT IGNORED",
    "CREATE OR REPLACE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1",
    "CREATE OR REPLACE PROCEDURE p () SELECT 1",
    "RENAME TABLE IF EXISTS a TO b",
    "ALTER TABLE t CONVERT PARTITION p TO TABLE u",
    "ALTER TABLE t CHANGE COLUMN IF EXISTS a b INT",
    "CREATE TABLE t (rank INT, system INT)",
];

/// Neither takes them.
const NEITHER: &[&str] = &[
    "CREATE TABLE t (a)",
    "CREATE TABLE t (a INT",
    "CREATE TABLE t (a STRING)",
    "CREATE TABLE t (a INT,)",
    "CREATE TABLE (a INT)",
    "CREATE TABLE t",
    "CREATE TABLE t (a INT) ENGIN=InnoDB x",
    "CREATE TABLE t (a INT NOT NUL)",
    "CREATE TABLE t (a JSONB)",
    "CREATE TABLE t (order INT)",
    "ALTER TABLE t ADD COLUMN key INT",
    "CREATE TABLE t (a INT, INDEX i (primary))",
    "ALTER TABLE t ADD COLUM a INT",
    "ALTER TABLE t ADD COLUMN a",
    "ALTER TABLE t ADD COLUMN a INT,",
    "ALTER TABLE t DROP PRIMARY",
    "ALTER TABLE t RENAME COLUMN a b",
    "ALTER TABLE t ALTER COLUMN a TYPE INT",
    "ALTER TABLE t ADD CONSTRAINT c",
    "ALTER TABLE t ADD COLUMN a INT, ALGORITHM=FAST",
    "ALTER TABLE t FOO",
    "ALTER TABLE t ADD a INT ADD b INT",
    "CREATE INDEX i (a)",
    "CREATE INDEX CONCURRENTLY i ON t (a)",
    "DROP INDEX i",
    "DROP INDEX ON t",
    "RENAME TABLE a b",
    "CREATE VIEW v SELECT 1",
    "CREATE TRIGGER g ON t FOR EACH ROW SET @a = 1",
    "CREATE PROCEDURE p SELECT 1",
    "SET",
    "SET a",
    "LOCK TABLES a",
    "UNLOCK",
    "TRUNCATE",
    "OPTIMIZE t",
    "FOO",
    "COMMIT x",
    "CREATE EXTENSION x",
];

/// Some of what is written and what has to be read from it.
const READ: &[(&str, &[&str])] = &[
    (
        "ALTER TABLE t ADD a INT UNIQUE REFERENCES u (id)",
        &["AddColumn", "kind: Unique", "AddForeignKey", "at_column: true"],
    ),
    (
        "ALTER TABLE t CHANGE a b BIGINT UNSIGNED",
        &["Modify { column: \"a\"", "name: \"b\"", "name: \"bigint\"", "unsigned: true"],
    ),
    ("ALTER TABLE t ADD x INT AFTER y", &["position: Some(After(\"y\"))"]),
    ("ALTER TABLE t ADD KEY k (a(10) DESC)", &["length: Some(10)", "descending: true"]),
    ("ALTER TABLE t FORCE, ALGORITHM=INPLACE, LOCK=NONE", &["algorithm: Some(InPlace)", "lock: Some(None)"]),
    ("CREATE TABLE t (a ENUM('x','y'))", &["arguments: [\"x\", \"y\"]"]),
    (
        "CREATE TABLE t (a SERIAL)",
        &["name: \"bigint\"", "auto_increment: true", "kind: Unique", "not_null: Some(true)"],
    ),
    ("CREATE TABLE t (a INT CHECK (a > 0), b INT PRIMARY KEY)", &["at_column: Some(\"a\")", "kind: Primary"]),
    (
        "CREATE TABLE t (a INT) CHARSET utf8mb4 ENGINE=MyISAM",
        &["engine: Some(\"MyISAM\")", "charset: Some(\"utf8mb4\")"],
    ),
    ("SET SESSION foreign_key_checks = 0", &["scope: Session", "(\"foreign_key_checks\", Some(\"0\"))"]),
    ("SET @x = 1", &["scope: Neither", "(\"@x\", Some(\"1\"))"]),
    ("SET @@global.a = 'b'", &["scope: Global", "(\"a\", Some(\"b\"))"]),
    ("DROP INDEX i ON t ALGORITHM=INPLACE", &["table: Some(", "algorithm: Some(InPlace)"]),
    ("CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW SET NEW.a = 1", &["before: true", "event: Update"]),
    ("CREATE VIEW v (a) AS SELECT 1 WITH CHECK OPTION", &["sql: \"SELECT 1\"", "columns: [\"a\"]"]),
    ("LOCK TABLES a WRITE, b x READ", &["write: [ObjectName { database: None, name: \"a\" }]", "name: \"b\""]),
    ("ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4", &["Convert { charset: \"utf8mb4\", collation: None }"]),
];

#[test]
fn what_the_servers_take_is_read() {
    for (target, own, other) in [(MYSQL, ONLY_MYSQL, ONLY_MARIADB), (MARIADB, ONLY_MARIADB, ONLY_MYSQL)] {
        for sql in BOTH.iter().chain(own) {
            let script = parse(target, sql);
            assert_eq!(script.statements.len(), 1, "{target}: {sql}");
            let statement = &script.statements[0];
            assert!(statement.understood(), "{target}: {sql}\n{:?}", statement.problems);
        }
        for sql in other.iter().filter(|sql| !sql.starts_with("TABLE")) {
            let statement = &parse(target, sql).statements[0];
            assert!(!statement.understood() || may_be_taken(sql), "{target} refuses it: {sql}");
        }
    }
}

/// What only one server is sure to take, and the other might.
fn may_be_taken(sql: &str) -> bool {
    ["SEQUENCE", "PERSIST", "NOT ENFORCED", "ENCRYPTION", "COLUMN_FORMAT", "UUID", "SET @@global"]
        .iter()
        .any(|words| sql.contains(words))
}

#[test]
fn what_the_servers_refuse_is_an_error_with_its_place() {
    for target in [MYSQL, MARIADB] {
        for sql in NEITHER {
            let statement = &parse(target, sql).statements[0];
            assert!(!statement.understood(), "{target}: {sql}\n{:?}", statement.operation);
        }
    }
}

#[test]
fn what_is_written_is_kept() {
    for (sql, parts) in READ {
        let read = format!("{:?}", parse(MYSQL, sql).statements[0].operation);
        for part in *parts {
            assert!(read.contains(part), "{sql}\nhas no {part}\n{read}");
        }
    }
}

#[test]
fn a_column_is_unique_once() {
    for sql in ["CREATE TABLE t (a SERIAL UNIQUE)", "CREATE TABLE t (a INT UNIQUE UNIQUE KEY)"] {
        let script = parse(MYSQL, sql);
        let Operation::CreateTable(create) = &script.statements[0].operation else { panic!("{script:?}") };
        assert_eq!(create.indexes.len(), 1, "{sql}");
    }
}

#[test]
fn an_action_that_is_not_understood_leaves_the_others() {
    let script = parse(MYSQL, "ALTER TABLE t ADD a INT, FOO BAR (1, 2), DROP b");
    let Operation::AlterTable(alter) = &script.statements[0].operation else { panic!("{script:?}") };
    assert!(matches!(
        alter.actions.iter().map(|action| &action.kind).collect::<Vec<_>>().as_slice(),
        [ActionKind::AddColumn { .. }, ActionKind::Opaque { .. }, ActionKind::DropColumn { .. }]
    ));
    assert_eq!(&*script.statements[0].problems[0].message, "expected an action of `ALTER TABLE`, found `FOO`");
}
