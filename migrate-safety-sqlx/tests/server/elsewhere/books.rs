//! What ends up in the database, sqlx's books included, is what sqlx itself leaves.

use super::{Database, Files, block_on, everywhere, hasty, migrator};
use migrate_safety_core::guard::Goal;
use migrate_safety_sqlx::Guard;

const SQLITE: Files = &[
    (
        "1_users.up.sql",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\nINSERT INTO users (name) VALUES ('a'), ('b');",
    ),
    ("1_users.down.sql", "DROP TABLE users;"),
    (
        "2_posts.up.sql",
        "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE); \
      INSERT INTO posts SELECT id, id FROM users",
    ),
    ("2_posts.down.sql", "DROP TABLE posts"),
    (
        "3_rebuild.up.sql",
        "-- no-transaction\nPRAGMA foreign_keys = OFF;\nBEGIN;\nCREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n\
         INSERT INTO new_users SELECT id, name FROM users;\nDROP TABLE users;\nALTER TABLE new_users RENAME TO users;\nCOMMIT;\n\
         PRAGMA foreign_keys = ON;\nVACUUM;\nCREATE TRIGGER gone AFTER DELETE ON posts BEGIN SELECT 1; SELECT 2; END;",
    ),
    ("3_rebuild.down.sql", "-- no-transaction\nDROP TRIGGER gone;\nVACUUM"),
    ("4_nothing.up.sql", "-- nothing to do"),
    ("4_nothing.down.sql", "-- nothing to undo"),
];

const MYSQL: Files = &[
    (
        "1_users.up.sql",
        "CREATE TABLE users (id int PRIMARY KEY AUTO_INCREMENT, name varchar(50));\nINSERT INTO users (name) VALUES ('a;b'), ('it''s');",
    ),
    ("1_users.down.sql", "DROP TABLE users;"),
    (
        "2_data.up.sql",
        "INSERT INTO users (name) VALUES ('c');\nSET @id = LAST_INSERT_ID();\nUPDATE users SET name = CONCAT(name, @id) WHERE id = @id",
    ),
    ("2_data.down.sql", "DELETE FROM users WHERE name LIKE 'c%'"),
    (
        "3_many.up.sql",
        "/*!40101 SET NAMES utf8mb4 */;\nSET foreign_key_checks = 0;\nCREATE TABLE posts (id int PRIMARY KEY, user_id int, \
         FOREIGN KEY (user_id) REFERENCES users (id)) /*!50100 ENGINE=InnoDB */;\n\
         INSERT INTO posts SELECT id, id FROM users;\nALTER TABLE users ADD COLUMN age int DEFAULT 3;\n\
         CREATE PROCEDURE twice() BEGIN UPDATE users SET age = age * 2; END;\nCALL twice();\nDROP PROCEDURE twice;\n\
         SET @sql = 'ALTER TABLE posts ADD COLUMN x int';\nPREPARE p FROM @sql;\nEXECUTE p;\nDEALLOCATE PREPARE p;\n\
         CREATE TRIGGER stamp BEFORE INSERT ON users FOR EACH ROW SET NEW.age = 1;\n\
         LOCK TABLES users WRITE;\nINSERT INTO users (name) VALUES ('d');\nUNLOCK TABLES;\nANALYZE TABLE users;\n\
         CREATE VIEW names AS SELECT name FROM users;\nRENAME TABLE posts TO articles;\nTRUNCATE articles;\nSET foreign_key_checks = 1",
    ),
    (
        "3_many.down.sql",
        "DROP VIEW names;\nDROP TRIGGER stamp;\nDROP TABLE articles;\nALTER TABLE users DROP COLUMN age;\nDELETE FROM users WHERE name = 'd'",
    ),
    ("4_nothing.up.sql", "-- nothing to do"),
    ("4_nothing.down.sql", "-- nothing to undo"),
];

/// Everything that may be told apart, and the rows of a table.
async fn state(database: &Database, rows: &str) -> (Vec<String>, Vec<String>, Vec<String>) {
    (database.books().await, database.schema().await, database.ask(rows).await)
}

#[test]
fn a_guarded_run_leaves_what_sqlx_leaves_and_each_agrees_with_the_other() {
    everywhere(|place| {
        // An empty file is an error to MySQL.
        let (files, last) = if place.is_sqlite() { (SQLITE, SQLITE.len()) } else { (MYSQL, MYSQL.len() - 2) };
        let migrator = migrator(&files[..last]);
        let (guarded, plain) = (place.database(), place.database());
        block_on(async {
            let guard = Guard::new(&migrator).settings(hasty());
            let report =
                guarded.go(&guard, Goal::Newest).await.unwrap_or_else(|stopped| panic!("{}: {stopped}", place.name()));
            assert_eq!(report.migrations.len(), last / 2, "{}: {report}", place.name());
            plain.run_unguarded(&migrator).await.unwrap();
            let rows = "SELECT * FROM users ORDER BY id";
            assert_eq!(state(&guarded, rows).await, state(&plain, rows).await, "{}", place.name());
            guarded.run_unguarded(&migrator).await.unwrap();
            let again = plain.go(&guard, Goal::Newest).await.unwrap();
            assert!(again.migrations.is_empty(), "{}: {again}", place.name());

            let lossy = guarded.go(&guard, Goal::DownTo("0".into())).await.unwrap_err().to_string();
            assert!(lossy.contains("loses the rows of "), "{}: {lossy}", place.name());
            let settings = migrate_safety_core::guard::Settings { allow_data_loss: true, ..hasty() };
            let guard = Guard::new(&migrator).settings(settings);
            guarded
                .go(&guard, Goal::DownTo("1".into()))
                .await
                .unwrap_or_else(|stopped| panic!("{}: {stopped}", place.name()));
            match &plain {
                Database::Sqlite { .. } => migrator.undo(&plain.sqlite().await, 1).await.unwrap(),
                Database::MySql { .. } => migrator.undo(&plain.mysql().await, 1).await.unwrap(),
            }
            assert_eq!(state(&guarded, rows).await, state(&plain, rows).await, "{}", place.name());
        });
    });
}
