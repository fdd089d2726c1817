//! Whole histories: what the library has after them is what the replay has.

use crate::{BUNDLED, picture};
use migrate_safety_core::databases::replay;
use migrate_safety_core::{Config, MigrationSet, Target};
use rusqlite::Connection;

/// A history with what real ones do: tables rebuilt, renamed and filled, views and triggers made again.
const HISTORY: &[&str] = &[
    "CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email VARCHAR(255) NOT NULL UNIQUE, name TEXT);
     CREATE TABLE posts (id TEXT NOT NULL PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        title TEXT DEFAULT '', created DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP);
     CREATE INDEX posts_by_user ON posts (user_id, created DESC);
     INSERT INTO users (email) VALUES ('a@example.org'), ('b@example.org');",
    "ALTER TABLE users ADD COLUMN age INTEGER CHECK (age >= 0);
     ALTER TABLE posts ADD COLUMN body TEXT NOT NULL DEFAULT ('');
     CREATE VIEW titles AS SELECT p.title, u.email FROM posts p JOIN users u ON u.id = p.user_id;",
    "PRAGMA foreign_keys = OFF;
     DROP VIEW titles;
     CREATE TABLE new_users (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT NOT NULL, full_name TEXT, age INT);
     INSERT INTO new_users (id, email, full_name, age) SELECT id, email, name, age FROM users;
     DROP TABLE users;
     ALTER TABLE new_users RENAME TO users;
     CREATE UNIQUE INDEX users_by_email ON users (lower(email)) WHERE email <> '';
     CREATE VIEW titles AS SELECT title FROM posts;
     PRAGMA foreign_keys = ON;",
    "CREATE TABLE tags (post TEXT REFERENCES posts, tag TEXT, PRIMARY KEY (post, tag)) WITHOUT ROWID;
     CREATE TRIGGER posts_gone AFTER DELETE ON posts BEGIN DELETE FROM tags WHERE post = OLD.id; END;
     ALTER TABLE posts RENAME COLUMN title TO headline;
     ALTER TABLE posts DROP COLUMN body;
     ALTER TABLE users RENAME TO accounts;
     CREATE TABLE copies AS SELECT id, headline FROM posts;
     CREATE TABLE strict_one (a INT, b ANY, c REAL AS (a * 2.0) STORED, UNIQUE (a, b)) STRICT;
     CREATE TABLE strict_key (a TEXT PRIMARY KEY, b INT NOT NULL ON CONFLICT IGNORE) STRICT;
     CREATE TABLE strict_number (a INTEGER PRIMARY KEY) STRICT;
     CREATE VIRTUAL TABLE search USING fts5(headline, content='posts');
     DROP INDEX posts_by_user;",
];

#[test]
fn the_replay_is_what_the_library_has() {
    let connection = Connection::open_in_memory().unwrap();
    for number in 1..=HISTORY.len() {
        connection.execute_batch(HISTORY[number - 1]).unwrap();
        let text = format!("-- no-transaction\n{}", HISTORY[..number].join("\n"));
        let mut set = MigrationSet::from_text("1_history.sql", text, migrate_safety_core::Layout::Sqlx);
        set.complete = true;
        let config = Config { target: Target::sqlite(BUNDLED), ..Config::default() };
        assert_eq!(picture::of_replay(&replay(&set, &config)), picture::of_library(&connection), "after {number}");
    }
}

#[test]
fn histories_that_are_named() {
    let Ok(directories) = std::env::var("SQLITE_HISTORIES") else { return };
    let mut differs = Vec::new();
    for directory in directories.split(':') {
        let set = MigrationSet::from_dir(directory).unwrap();
        let config = Config { target: Target::sqlite(BUNDLED), ..Config::default() };
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        for migration in &set.migrations {
            let (begin, commit) = if migration.transaction { ("BEGIN;", ";COMMIT") } else { ("", "") };
            let text = format!("{begin}{}\n{commit}", migration.up.text);
            if let Err(error) = connection.execute_batch(&text) {
                println!("{directory}: {}: {error}", migration.id);
                let _ = connection.execute_batch("ROLLBACK");
            }
        }
        let (library, replayed) = (picture::of_library(&connection), picture::of_replay(&replay(&set, &config)));
        let only = |one: &str, other: &str| -> Vec<String> {
            one.lines().filter(|line| !other.lines().any(|theirs| theirs == *line)).map(str::to_owned).collect()
        };
        let (missing, extra) = (only(&library, &replayed), only(&replayed, &library));
        println!(
            "{directory}: {} migrations, {} lines, {} missing, {} extra",
            set.migrations.len(),
            library.lines().count(),
            missing.len(),
            extra.len()
        );
        if !missing.is_empty() || !extra.is_empty() {
            differs.push(format!("{directory}: the library has {missing:#?}, the replay has {extra:#?}"));
        }
    }
    assert!(differs.is_empty(), "{}", differs.join("\n"));
}
