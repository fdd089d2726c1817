//! Whole histories, run guarded and by sqlx alone. `GUARD_HISTORIES=/a/migrations:/b/migrations` runs those as well.

use super::{BOOKS, block_on, pool, servers, text};
use migrate_safety_core::guard::{Policy, Settings};
use migrate_safety_sqlx::{Guard, GuardedConnection};
use migrate_safety_testkit::{Database, introspect};
use sqlx::migrate::Migrator;
use std::path::Path;
use std::time::Instant;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/embedded-sqlx/migrations");

#[test]
fn a_whole_history_leaves_what_sqlx_alone_leaves() {
    let more = std::env::var("GUARD_HISTORIES").unwrap_or_default();
    let allow = || Settings { policy: Policy::Allow, ..Settings::default() };
    for server in servers() {
        for path in more.split(':').filter(|path| !path.is_empty()).chain([EXAMPLE]) {
            let [alone, guard, wrapped] =
                ["alone", "guard", "wrapped"].map(|name| server.database(&format!("history_{name}")).unwrap());
            block_on(async {
                let migrator = Migrator::new(Path::new(path)).await.unwrap();
                let began = Instant::now();
                migrator.run(&pool(&alone, 1).await).await.unwrap();
                println!("PostgreSQL {}, {path}, sqlx: {:.1?}", server.major(), began.elapsed());
                let began = Instant::now();
                let over = pool(&guard, 1).await;
                let report = Guard::new(&migrator).settings(allow()).run(&over).await.unwrap();
                assert!(report.migrations.iter().all(|run| run.retries.is_empty()), "{report}");
                println!("PostgreSQL {}, {path}, guarded: {:.1?}", server.major(), began.elapsed());
                migrator.run(&over).await.unwrap();
                let mut connection = pool(&wrapped, 1).await.acquire().await.unwrap();
                let mut over = GuardedConnection::new(&mut connection).settings(allow());
                migrator.run_direct(None, &mut over, false).await.unwrap();
                migrator.run(&mut *connection).await.unwrap();
            });
            for database in [&guard, &wrapped] {
                assert_eq!(text(database, BOOKS), text(&alone, BOOKS), "{path}, {}", database.name());
                assert_eq!(schema(database), schema(&alone), "{path}, {}", database.name());
            }
        }
    }
}

fn schema(database: &Database) -> String {
    introspect(&mut database.connect().unwrap()).unwrap().catalog.to_sql()
}
