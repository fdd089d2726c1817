//! Foreign keys and checks.

use super::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "foreign key to another size",
        "CREATE TABLE p (id BIGINT PRIMARY KEY)",
        "ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES p (id)",
    ),
    Case::new(
        "foreign key to another sign",
        "CREATE TABLE p (id INT UNSIGNED PRIMARY KEY)",
        "ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES p (id)",
    ),
    Case::new(
        "foreign key to another kind",
        "CREATE TABLE p (id VARCHAR(20) PRIMARY KEY)",
        "ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES p (id)",
    ),
    Case::new(
        "foreign key to another size unchecked",
        "CREATE TABLE p (id BIGINT PRIMARY KEY); SET foreign_key_checks=0",
        "ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES p (id)",
    ),
    Case::new(
        "foreign key of a new table to another size",
        "",
        "CREATE TABLE k (id INT PRIMARY KEY, x BIGINT, FOREIGN KEY (x) REFERENCES t (id))",
    ),
    Case::new(
        "foreign key of another length",
        "CREATE TABLE p (id VARCHAR(10) PRIMARY KEY); INSERT INTO p VALUES ('a'), ('bb')",
        "ALTER TABLE t ADD FOREIGN KEY (v) REFERENCES p (id)",
    ),
    Case::new(
        "copy of a table with a cascading key",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id) ON DELETE CASCADE",
        "ALTER TABLE t MODIFY big INT",
    ),
    Case::new(
        "copy of a table with a key that sets null on update",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id) ON UPDATE SET NULL",
        "ALTER TABLE t MODIFY big INT",
    ),
    Case::new(
        "copy of a table with a restricting key",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id)",
        "ALTER TABLE t MODIFY big INT",
    ),
    Case::new(
        "copy of a table that others refer to",
        "CREATE TABLE k (id INT PRIMARY KEY, tid INT, FOREIGN KEY (tid) REFERENCES t (id) ON DELETE CASCADE)",
        "ALTER TABLE t MODIFY big INT",
    ),
    Case::new(
        "drop a column that others refer to",
        "ALTER TABLE t ADD UNIQUE u (a); CREATE TABLE k (id INT PRIMARY KEY, x INT, FOREIGN KEY (x) REFERENCES t (a))",
        "ALTER TABLE t DROP COLUMN a",
    ),
    Case::new(
        "drop an index that another one stands for",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); ALTER TABLE t ADD INDEX i (c), ADD INDEX i2 (c, a), ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id)",
        "ALTER TABLE t DROP INDEX i",
    ),
    Case::new("add column check", "", "ALTER TABLE t ADD COLUMN n INT CHECK (n > 0)"),
    Case::new(
        "add column fk",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2)",
        "ALTER TABLE t ADD COLUMN n INT, ADD FOREIGN KEY (n) REFERENCES p (id)",
    ),
    Case::new("drop column checked", "ALTER TABLE t ADD CHECK (c > 0)", "ALTER TABLE t DROP COLUMN c"),
    Case::new(
        "drop column fk",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id)",
        "ALTER TABLE t DROP COLUMN c",
    ),
    Case::new(
        "drop column and fk",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id)",
        "ALTER TABLE t DROP FOREIGN KEY f, DROP COLUMN c",
    ),
    Case::new(
        "rename column fk child",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id)",
        "ALTER TABLE t RENAME COLUMN c TO d",
    ),
    Case::new(
        "rename column fk parent",
        "CREATE TABLE k (id INT PRIMARY KEY, tid INT, FOREIGN KEY (tid) REFERENCES t (id))",
        "ALTER TABLE t RENAME COLUMN id TO ident",
    ),
    Case::new("rename column in check", "ALTER TABLE t ADD CHECK (c > 0)", "ALTER TABLE t RENAME COLUMN c TO d"),
    Case::new(
        "add column fk cascade",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id) ON DELETE CASCADE",
        "ALTER TABLE t ADD COLUMN n INT",
    ),
    Case::new(
        "rebuild fk cascade",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id) ON DELETE CASCADE",
        "ALTER TABLE t FORCE",
    ),
    Case::new(
        "not null fk cascade child",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id) ON DELETE CASCADE",
        "ALTER TABLE t MODIFY b INT NULL",
    ),
    Case::new(
        "rebuild fk set null",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id) ON DELETE SET NULL",
        "ALTER TABLE t FORCE",
    ),
    Case::new(
        "rebuild fk restrict",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id) ON DELETE RESTRICT",
        "ALTER TABLE t FORCE",
    ),
    Case::new(
        "rebuild fk parent",
        "CREATE TABLE k (id INT PRIMARY KEY, tid INT, FOREIGN KEY (tid) REFERENCES t (id) ON DELETE CASCADE)",
        "ALTER TABLE t FORCE",
    ),
    Case::new(
        "add fk",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2)",
        "ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES p (id)",
    ),
    Case::new(
        "add fk unchecked",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); SET foreign_key_checks=0",
        "ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES p (id)",
    ),
    Case::new(
        "add fk unchecked indexed",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); ALTER TABLE t ADD INDEX ic (c); SET foreign_key_checks=0",
        "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id)",
    ),
    Case::new(
        "add fk unchecked cascade",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); SET foreign_key_checks=0",
        "ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES p (id) ON DELETE CASCADE",
    ),
    Case::new(
        "add fk self unchecked",
        "SET foreign_key_checks=0",
        "ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES t (id)",
    ),
    Case::new(
        "drop fk",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id)",
        "ALTER TABLE t DROP FOREIGN KEY f",
    ),
    Case::new(
        "drop fk constraint",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id)",
        "ALTER TABLE t DROP CONSTRAINT f",
    ),
    Case::new(
        "drop fk cascade",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id) ON DELETE CASCADE",
        "ALTER TABLE t DROP FOREIGN KEY f",
    ),
    Case::new(
        "drop fk and index",
        "CREATE TABLE p (id INT PRIMARY KEY); INSERT INTO p VALUES (1), (2); ALTER TABLE t ADD INDEX ic (c), ADD CONSTRAINT f FOREIGN KEY (c) REFERENCES p (id)",
        "ALTER TABLE t DROP FOREIGN KEY f, DROP INDEX ic",
    ),
    Case::new("add check", "", "ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0)"),
    Case::new("add check not enforced", "", "ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0) NOT ENFORCED").on_mysql(),
    Case::new(
        "enforce check",
        "ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0) NOT ENFORCED",
        "ALTER TABLE t ALTER CHECK ck ENFORCED",
    )
    .on_mysql(),
    Case::new(
        "unenforce check",
        "ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0)",
        "ALTER TABLE t ALTER CHECK ck NOT ENFORCED",
    )
    .on_mysql(),
    Case::new("drop check", "ALTER TABLE t ADD CONSTRAINT ck CHECK (a > 0)", "ALTER TABLE t DROP CONSTRAINT ck"),
    Case::new("modify with check", "", "ALTER TABLE t MODIFY c INT CHECK (c > 0)"),
    Case::new("checksum", "", "ALTER TABLE t CHECKSUM=1"),
];
