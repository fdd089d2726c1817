//! A standby: what it lags behind is seen, and nothing is run on it.

use super::{block_on, execute, hasty, migrator, pool, reason, servers};
use migrate_safety_core::guard::{Event, Settings};
use migrate_safety_sqlx::Guard;
use migrate_safety_testkit::PostgresServer;
use sqlx::PgPool;
use std::sync::Mutex;
use std::time::Duration;

/// For how long the standby stands still.
const STANDSTILL: Duration = Duration::from_secs(1);

#[test]
fn a_standby_takes_no_migrations_and_its_lag_is_reported() {
    for server in servers() {
        // One of its own: a standby is a copy of all there is. What it commits is written at once, as in production.
        let primary = PostgresServer::start_synchronous(server.major()).unwrap();
        let database = primary.database("replicated").unwrap();
        execute(&database, "ALTER SYSTEM SET wal_keep_size = '1GB'");
        execute(&database, "SELECT pg_reload_conf()");
        let standby = primary.standby().unwrap();
        let migrator = migrator(&[
            ("1_t.sql", "CREATE TABLE t AS SELECT generate_series(1, 1000) AS id"),
            ("2_a.sql", "ALTER TABLE t ADD COLUMN a int"),
        ]);
        let said = reason(block_on(async {
            let pool = PgPool::connect(&standby.url(database.name())).await.unwrap();
            Guard::new(&migrator).settings(hasty()).run(&pool).await
        }));
        assert!(said.contains("takes no writes (it is a standby): connect to the primary"), "{said}");

        let mut behind = standby.connect("postgres").unwrap();
        behind.batch_execute("SELECT pg_wal_replay_pause()").unwrap();
        let behind = Mutex::new(Some(behind));
        // It stands still for a while after the last migration.
        let resume = move |event: &Event| {
            if matches!(event, Event::Finished { migration, .. } if migration == "2") {
                let mut behind = behind.lock().unwrap().take().unwrap();
                std::thread::spawn(move || {
                    std::thread::sleep(STANDSTILL);
                    // The run may have ended, and the servers with it.
                    let _ = behind.batch_execute("SELECT pg_wal_replay_resume()");
                });
            }
        };
        let settings = Settings { threshold: STANDSTILL / 2, ..hasty() };
        let guard = Guard::new(&migrator).settings(settings).on_event(resume);
        let report = block_on(async { guard.run(&pool(&database, 1).await).await }).unwrap();
        let lag = report.replica_lag.unwrap();
        assert!(lag > STANDSTILL / 2 && lag < Duration::from_secs(10), "{report}");
        println!("PostgreSQL {}: {report}", server.major());
        assert!(report.to_string().contains("FLAG: a replica lagged"), "{report}");
        assert_eq!(report.migrations.len(), 2);
    }
}
