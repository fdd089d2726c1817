//! What ends up in the file, diesel's books included, is what diesel itself leaves.

use super::{File, Project, Text, everywhere, hasty, project};
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationConnection;
use diesel_migrations::MigrationHarness;
use migrate_safety_core::Layout;
use migrate_safety_core::guard::{Goal, Settings};
use migrate_safety_diesel::{Guard, GuardedHarness};

fn shop() -> Project {
    project(&[
        Text(
            "2024-01-01-000000_users",
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);\nINSERT INTO users (name) VALUES ('a'), ('b');",
            Some("DROP TABLE users"),
            true,
        ),
        Text(
            "2024-01-02-000000_posts",
            "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE); \
             INSERT INTO posts SELECT id, id FROM users",
            Some("DROP TABLE posts"),
            true,
        ),
        Text(
            "2024-01-03-000000_rebuild",
            "PRAGMA foreign_keys = OFF;\nBEGIN;\nCREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n\
             INSERT INTO new_users SELECT id, name FROM users;\nDROP TABLE users;\n\
             ALTER TABLE new_users RENAME TO users;\nCOMMIT;\nPRAGMA foreign_keys = ON;\nVACUUM;\n\
             CREATE TRIGGER gone AFTER DELETE ON posts BEGIN SELECT 1; SELECT 2; END;",
            Some("DROP TRIGGER gone;\nVACUUM"),
            false,
        ),
        Text("2024-01-04-000000_nothing", "-- nothing to do", Some("-- nothing to undo"), true),
    ])
}

const USERS: &str = "SELECT id || name FROM users ORDER BY id";

#[test]
fn each_way_of_running_leaves_what_diesel_leaves() {
    everywhere(|wal| {
        let files = [(); 3].map(|()| File::new(wal));
        let [guard, harness, diesel] = &files;
        let shop = shop();
        let report = guard.run(&shop);
        assert_eq!(report.migrations.len(), 4, "{report}");
        let mut connection = harness.connect();
        let mut guarded = GuardedHarness::new(&mut connection).settings(hasty());
        let ran = guarded.run_pending_migrations(shop.clone()).unwrap();
        let ran: Vec<String> = ran.iter().map(ToString::to_string).collect();
        assert_eq!(ran, ["20240101000000", "20240102000000", "20240103000000", "20240104000000"]);
        diesel.connect().run_pending_migrations(shop.clone()).unwrap();
        for file in &files {
            assert_eq!(file.state(USERS), diesel.state(USERS));
            // Either goes on after the other.
            assert!(!file.connect().has_pending_migration(shop.clone()).unwrap());
            let again = file.run(&shop);
            assert!(again.migrations.is_empty(), "{again}");
            assert_eq!(file.ask("SELECT count(*) FROM sqlite_master WHERE name = '_migrate_safety_progress'"), ["0"]);
        }
        // And back.
        let lossy = guard.go(&shop, hasty(), &Goal::DownTo(String::new())).unwrap_err().to_string();
        assert!(lossy.contains("loses the rows of "), "{lossy}");
        let lossy = Settings { allow_data_loss: true, ..hasty() };
        guard.go(&shop, lossy.clone(), &Goal::DownTo("20240101000000".into())).unwrap();
        for file in [harness, diesel] {
            let mut connection = file.connect();
            for _ in 0..3 {
                match std::ptr::eq(file, harness) {
                    true => {
                        let mut guarded = GuardedHarness::new(&mut connection).settings(lossy.clone());
                        guarded.revert_last_migration(shop.clone()).unwrap();
                    }
                    false => drop(connection.revert_last_migration(shop.clone()).unwrap()),
                }
            }
            assert_eq!(file.state(USERS), guard.state(USERS));
        }
    });
}

#[test]
fn whoever_makes_diesels_table_writes_it_as_diesel_does() {
    let files = [File::new(false), File::new(false)];
    files[0].connect().batch_execute(Layout::Diesel.bookkeeping().unwrap()).unwrap();
    files[1].connect().setup().unwrap();
    let [ours, diesels] = files.map(|file| file.ask("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"));
    assert_eq!(ours, diesels);
}

#[test]
fn an_edited_migration_is_known_by_our_checksum() {
    let file = File::new(false);
    let mut shop = shop();
    let planned = Guard::new(&shop).unwrap().settings(hasty()).dry_run(&mut file.connect()).unwrap();
    assert_eq!(planned.migrations.len(), 4, "{planned}");
    assert_eq!(file.ask("SELECT count(*) FROM sqlite_master"), ["0"]);
    let some = Guard::new(&shop).unwrap().settings(hasty()).run_to(&mut file.connect(), "20240102000000").unwrap();
    assert_eq!(some.migrations.len(), 2, "{some}");
    file.run(&shop);
    shop.0[3].1 = "CREATE TABLE other (a)";
    let edited = Guard::new(&shop).unwrap().run(&mut file.connect()).unwrap_err().to_string();
    assert!(edited.contains("edited since: 20240104000000"), "{edited}");
}
