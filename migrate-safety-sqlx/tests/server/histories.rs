//! Histories of other projects, named by an environment variable: what MySQL, MariaDB or SQLite holds after each is what the
//! replay has.

use super::databases::Database;
use migrate_safety_core::databases::parse;
use migrate_safety_core::drift::drift_of_database;
use migrate_safety_core::layout::dialect::{self, Choice};
use migrate_safety_core::{Config, Dialect, MigrationSet};
use migrate_safety_testkit::{Product, mysql_for_test};
use sqlx::{Connection, MySqlConnection, SqliteConnection};
use std::path::Path;

#[test]
fn histories_that_are_named() {
    let Ok(named) = std::env::var("HISTORIES") else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut differing = 0;
    for directory in named.split(':').map(Path::new) {
        let set = MigrationSet::from_dir(directory).unwrap();
        let (Choice::One(target, _) | Choice::Named(target)) = dialect::of(directory) else {
            println!("{}: for which server is not told", directory.display());
            continue;
        };
        if target.dialect == Dialect::Sqlite {
            let empty = runtime.block_on(SqliteConnection::connect("sqlite::memory:")).unwrap();
            differing += runtime.block_on(compare("SQLite", directory, set, Database::Sqlite(empty)));
            continue;
        }
        for product in [Product::MySql9, Product::MariaDb1011] {
            let Some(server) = mysql_for_test(product) else { continue };
            let connection = runtime.block_on(MySqlConnection::connect(&server.url(""))).unwrap();
            differing += runtime.block_on(compare(product.name(), directory, set.clone(), Database::MySql(connection)));
        }
    }
    assert_eq!(differing, 0, "differences");
}

/// Runs a history, without the migrations that the server refuses, and says how the replay differs.
async fn compare(name: &str, directory: &Path, mut set: MigrationSet, mut database: Database) -> usize {
    database.clear().await;
    let target = database.read().await.target;
    if target.dialect == Dialect::Sqlite {
        database.run("PRAGMA foreign_keys = OFF").await;
    }
    let all = set.migrations.len();
    let mut taken = Vec::new();
    let mut run = 0;
    for mut migration in std::mem::take(&mut set.migrations) {
        let text = migration.up.text.to_string();
        let together = migration.transaction && target.dialect == Dialect::Sqlite;
        if together {
            database.run("BEGIN").await;
        }
        let mut ran = Ok(());
        let mut end = 0;
        for statement in parse(target, &text).statements {
            ran = database.try_run(text.get(statement.span.range()).unwrap_or_default()).await;
            if ran.is_err() {
                break;
            }
            end = statement.span.range().end;
        }
        if together {
            let _ = database.try_run(if ran.is_ok() { "COMMIT" } else { "ROLLBACK" }).await;
        }
        match ran {
            Ok(()) => {
                run += 1;
                taken.push(migration);
            }
            Err(error) => {
                println!("  {} {}: {error}", migration.id, migration.name);
                // What was done before it stays, where nothing takes it back.
                if !together {
                    migration.up.text = format!("{};", text.get(..end).unwrap_or_default()).into();
                    taken.push(migration);
                }
            }
        }
    }
    set.migrations = taken;
    set.complete = true;
    let live = database.read().await;
    let drift = drift_of_database(&set, &Config { target, ..Config::default() }, &live, &migrate_safety_sqlx::checksum);
    println!(
        "{} on {name}: {run} of {all} migrations run, {} differences, {} unread",
        directory.display(),
        drift.objects.len(),
        live.unread.len()
    );
    drift.objects.iter().for_each(|object| println!("  {object}"));
    drift.objects.len() + live.unread.len()
}
