//! Changes that the server makes only by a copy, on tables of many sorts.

use super::super::Session;
use migrate_safety_core::Dialect;

/// A change, the rows before it, and what is written beside the tool.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) dialects: &'static [Dialect],
    pub(super) before: &'static str,
    /// Statements that are run for `{n}` from 1 to `count`.
    pub(super) rows: &'static [&'static str],
    pub(super) count: u32,
    /// What breaks a check before the tool is started, and what mends it.
    pub(super) spoilt: Option<[&'static str; 2]>,
    pub(super) change: &'static str,
    /// What is written again and again, for a `{new}` number and for that of `{some}` row from 1 to `count`.
    pub(super) writes: &'static [&'static str],
    /// Whether the plan asks for a newer version than 3.2 of Percona Toolkit.
    pub(super) is_for_newer: bool,
    /// Whether gh-ost alone does it.
    pub(super) is_for_gh_ost: bool,
}

impl Row {
    pub(super) fn fill(&self, session: &mut Session) -> Result<(), String> {
        for statement in self.rows {
            let (head, row) = statement.split_once(" VALUES ").ok_or("no VALUES")?;
            let row = |n: u32| row.replace("{n}", &n.to_string());
            let rows: Vec<String> = (1..=self.count).map(row).collect();
            for rows in rows.chunks(1_000) {
                session.run(&format!("{head} VALUES {}", rows.join(", ")))?;
            }
        }
        Ok(())
    }
}

const BOTH: &[Dialect] = &[Dialect::MySql, Dialect::MariaDb];

const PLAIN: Row = Row {
    name: "",
    dialects: BOTH,
    before: "",
    rows: &[],
    count: 3_000,
    spoilt: None,
    change: "",
    writes: &[],
    is_for_newer: false,
    is_for_gh_ost: false,
};

pub(super) const ROWS: &[Row] = &[
    Row {
        name: "a wider key",
        before: "CREATE TABLE users (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, email varchar(100) NOT NULL, n int);",
        rows: &["INSERT INTO users (email, n) VALUES ('{n}@example.org', {n})"],
        change: "ALTER TABLE users MODIFY id bigint NOT NULL AUTO_INCREMENT",
        writes: &[
            "INSERT INTO users (id, email, n) VALUES ({new}, 'new', 1)",
            "UPDATE users SET n = {new}, email = 'changed' WHERE id = {some}",
            "UPDATE users SET id = id + 1000000 WHERE id = {some}",
            "DELETE FROM users WHERE id = {some} + 1",
            "REPLACE INTO users (id, email, n) VALUES ({some}, 'again', {new})",
        ],
        ..PLAIN
    },
    Row {
        name: "another character set",
        before: "CREATE TABLE posts (id int NOT NULL PRIMARY KEY, slug varchar(50) NOT NULL, body text, UNIQUE KEY by_slug (slug)) \
                 DEFAULT CHARSET=latin1;",
        rows: &["INSERT INTO posts VALUES ({n}, 'é{n}', 'naïve {n}')"],
        change: "ALTER TABLE posts CONVERT TO CHARACTER SET utf8mb4",
        writes: &[
            "INSERT INTO posts VALUES ({new}, 'ü{new}', NULL)",
            "UPDATE posts SET body = concat('ø', {new}) WHERE id = {some}",
            "DELETE FROM posts WHERE id = {some} + 1",
        ],
        ..PLAIN
    },
    Row {
        name: "a collation in which keys are the same",
        before: "CREATE TABLE tags (id int NOT NULL PRIMARY KEY, tag varchar(50) NOT NULL, UNIQUE KEY by_tag (tag)) \
                 DEFAULT CHARSET=latin1 COLLATE=latin1_bin;",
        rows: &["INSERT INTO tags VALUES ({n}, 'tag {n}')"],
        spoilt: Some(["INSERT INTO tags VALUES (-1, 'TAG 1')", "DELETE FROM tags WHERE id = -1"]),
        change: "ALTER TABLE tags CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
        writes: &[
            "INSERT INTO tags VALUES ({new}, 'new {new}')",
            "UPDATE tags SET tag = concat('Tag ', {some}) WHERE id = {some}",
        ],
        ..PLAIN
    },
    Row {
        name: "a type in which keys are the same",
        before: "CREATE TABLE codes (id int NOT NULL PRIMARY KEY, code varchar(20) NOT NULL, UNIQUE KEY by_code (code));",
        rows: &["INSERT INTO codes VALUES ({n}, '{n}')"],
        spoilt: Some(["INSERT INTO codes VALUES (-1, '01')", "DELETE FROM codes WHERE id = -1"]),
        change: "ALTER TABLE codes MODIFY code int NOT NULL",
        writes: &["INSERT INTO codes VALUES ({new}, '{new}')", "UPDATE codes SET code = {some} WHERE id = {some}"],
        ..PLAIN
    },
    Row {
        name: "a unique key besides",
        before: "CREATE TABLE codes (id int NOT NULL PRIMARY KEY, code varchar(20) NOT NULL, n int NOT NULL);",
        rows: &["INSERT INTO codes VALUES ({n}, '{n}', {n})"],
        spoilt: Some(["INSERT INTO codes VALUES (-1, '1', 1)", "DELETE FROM codes WHERE id = -1"]),
        change: "ALTER TABLE codes MODIFY n bigint NOT NULL, ADD UNIQUE KEY by_code (code)",
        writes: &["INSERT INTO codes VALUES ({new}, '{new}', 1)", "UPDATE codes SET n = {new} WHERE id = {some}"],
        ..PLAIN
    },
    Row {
        name: "values that do not fit",
        before: "CREATE TABLE scores (id int NOT NULL PRIMARY KEY, score varchar(9), at date);",
        rows: &["INSERT INTO scores VALUES ({n}, '{n}', '2024-02-29')"],
        spoilt: Some(["UPDATE scores SET score = 'many' WHERE id = 7", "UPDATE scores SET score = '7' WHERE id = 7"]),
        change: "ALTER TABLE scores MODIFY score smallint NOT NULL",
        writes: &[
            "INSERT INTO scores VALUES ({new}, '12', NULL)",
            "UPDATE scores SET score = '{some}' WHERE id = {some}",
        ],
        ..PLAIN
    },
    Row {
        name: "foreign keys to it and from it",
        before: "CREATE TABLE orgs (id int NOT NULL PRIMARY KEY, name varchar(20)); \
                 CREATE TABLE users (id int NOT NULL PRIMARY KEY, org int, score varchar(9), \
                 CONSTRAINT of_org FOREIGN KEY (org) REFERENCES orgs (id) ON DELETE CASCADE); \
                 CREATE TABLE notes (id int NOT NULL PRIMARY KEY, user int NOT NULL, KEY by_user (user), \
                 CONSTRAINT of_user FOREIGN KEY (user) REFERENCES users (id) ON DELETE CASCADE);",
        rows: &[
            "INSERT INTO orgs VALUES ({n}, 'org {n}')",
            "INSERT INTO users VALUES ({n}, {n}, '{n}')",
            "INSERT INTO notes VALUES ({n}, {n})",
        ],
        change: "ALTER TABLE users MODIFY score int",
        writes: &[
            "INSERT INTO orgs VALUES ({new}, 'new')",
            "INSERT INTO users VALUES ({new}, {new}, '5')",
            "INSERT INTO notes VALUES ({new}, {new})",
            "UPDATE users SET score = '{new}' WHERE id = {some}",
            "DELETE FROM users WHERE id = {some}",
            "DELETE FROM orgs WHERE id = {some} + 1",
        ],
        is_for_newer: true,
        ..PLAIN
    },
    Row {
        name: "fewer characters",
        before: "CREATE TABLE posts (id int NOT NULL PRIMARY KEY, body varchar(50)) DEFAULT CHARSET=utf8mb4;",
        rows: &["INSERT INTO posts VALUES ({n}, 'naïve {n}')"],
        spoilt: Some(["UPDATE posts SET body = 'ж' WHERE id = 7", "UPDATE posts SET body = 'e' WHERE id = 7"]),
        change: "ALTER TABLE posts MODIFY body varchar(50) CHARACTER SET latin1",
        writes: &["INSERT INTO posts VALUES ({new}, 'ü{new}')", "UPDATE posts SET body = 'é' WHERE id = {some}"],
        ..PLAIN
    },
    Row {
        name: "a key of several columns",
        before: "CREATE TABLE parts (org int NOT NULL, no int NOT NULL, note varchar(20), PRIMARY KEY (org, no));",
        rows: &["INSERT INTO parts VALUES ({n} % 7, {n}, 'note')"],
        change: "ALTER TABLE parts MODIFY no bigint NOT NULL",
        writes: &[
            "INSERT INTO parts VALUES (3, {new}, 'new')",
            "UPDATE parts SET org = 9, note = '{new}' WHERE no = {some}",
            "DELETE FROM parts WHERE no = {some} + 1",
        ],
        ..PLAIN
    },
    Row {
        name: "names in quotes",
        before: "CREATE TABLE `Order Items` (`Id` int NOT NULL PRIMARY KEY, `Sum Total` varchar(9) NOT NULL DEFAULT '0', `it's` int);",
        rows: &["INSERT INTO `Order Items` VALUES ({n}, '{n}', 1)"],
        change: "ALTER TABLE `Order Items` MODIFY `Sum Total` int NOT NULL DEFAULT '0' COMMENT 'it''s a \"sum\", in $'",
        writes: &[
            "INSERT INTO `Order Items` VALUES ({new}, '5', 2)",
            "UPDATE `Order Items` SET `it's` = {new} WHERE `Id` = {some}",
        ],
        ..PLAIN
    },
    Row {
        name: "a check and a stored column",
        before: "CREATE TABLE posts (id int NOT NULL PRIMARY KEY, body text, score int);",
        rows: &["INSERT INTO posts VALUES ({n}, 'body', {n})"],
        spoilt: Some(["UPDATE posts SET score = 0 WHERE id = 7", "UPDATE posts SET score = 7 WHERE id = 7"]),
        change: "ALTER TABLE posts ADD CONSTRAINT scored CHECK (score > 0), ADD COLUMN twice int AS (score * 2) STORED",
        writes: &[
            "INSERT INTO posts (id, body, score) VALUES ({new}, 'new', 1)",
            "UPDATE posts SET score = {new} WHERE id = {some}",
        ],
        ..PLAIN
    },
    Row {
        name: "other values of an enum",
        before: "CREATE TABLE jobs (id int NOT NULL PRIMARY KEY, state enum('new', 'done', 'lost') NOT NULL, CHECK (id > 0));",
        rows: &["INSERT INTO jobs VALUES ({n}, 'new')"],
        spoilt: Some(["UPDATE jobs SET state = 'lost' WHERE id = 7", "UPDATE jobs SET state = 'done' WHERE id = 7"]),
        change: "ALTER TABLE jobs MODIFY state enum('waiting', 'new', 'done') NOT NULL",
        writes: &["INSERT INTO jobs VALUES ({new}, 'done')", "UPDATE jobs SET state = 'done' WHERE id = {some}"],
        ..PLAIN
    },
    Row {
        name: "a trigger",
        before: "CREATE TABLE users (id int NOT NULL PRIMARY KEY, score varchar(9), writes int NOT NULL DEFAULT 0); \
                 CREATE TABLE log (at int AUTO_INCREMENT PRIMARY KEY, user int, what varchar(9)); \
                 CREATE TRIGGER stamp BEFORE UPDATE ON users FOR EACH ROW SET NEW.writes = OLD.writes + 1; \
                 CREATE TRIGGER log_new AFTER INSERT ON users FOR EACH ROW INSERT INTO log (user, what) VALUES (NEW.id, 'new');",
        rows: &["INSERT INTO users (id, score) VALUES ({n}, '{n}')"],
        change: "ALTER TABLE users MODIFY score int",
        writes: &[
            "INSERT INTO users (id, score) VALUES ({new}, '5')",
            "UPDATE users SET score = '{new}' WHERE id = {some}",
        ],
        is_for_gh_ost: true,
        ..PLAIN
    },
];
