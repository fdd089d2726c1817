//! A standby: what it lags behind is seen, and nothing is run on it.

use super::{block_on, execute, hasty, migrator, reason, servers};
use migrate_safety_core::guard::Settings;
use migrate_safety_sqlx::Guard;
use migrate_safety_testkit::PostgresServer;
use sqlx::PgPool;
use std::time::Duration;

/// For how long the standby stands still.
const STANDSTILL: Duration = Duration::from_secs(1);

#[test]
fn a_standby_takes_no_migrations_and_its_lag_is_reported() {
    for server in servers() {
        // One of its own: a standby is a copy of all there is.
        let primary = PostgresServer::start(server.major()).unwrap();
        let database = primary.database("replicated").unwrap();
        execute(&database, "ALTER SYSTEM SET wal_keep_size = '1GB'");
        execute(&database, "SELECT pg_reload_conf()");
        let standby = primary.standby().unwrap();
        let migrator = migrator(&[
            ("1_t.sql", "CREATE TABLE t AS SELECT generate_series(1, 1000) AS id"),
            ("2_a.sql", "ALTER TABLE t ADD COLUMN a int"),
        ]);
        let at = |server: &PostgresServer, settings: Settings| {
            let url = server.url(database.name());
            block_on(async {
                Guard::new(&migrator).settings(settings).run(&PgPool::connect(&url).await.unwrap()).await
            })
        };
        let said = reason(at(&standby, hasty()));
        assert!(said.contains("takes no writes (it is a standby): connect to the primary"), "{said}");

        let mut behind = standby.connect("postgres").unwrap();
        behind.batch_execute("SELECT pg_wal_replay_pause()").unwrap();
        let resume = std::thread::spawn(move || {
            std::thread::sleep(STANDSTILL + Duration::from_millis(500));
            behind.batch_execute("SELECT pg_wal_replay_resume()").unwrap();
        });
        let report = at(&primary, Settings { threshold: STANDSTILL / 2, ..hasty() }).unwrap();
        resume.join().unwrap();
        let lag = report.replica_lag.unwrap();
        assert!(lag > STANDSTILL / 2 && lag < Duration::from_secs(10), "{report}");
        println!("PostgreSQL {}: {report}", server.major());
        assert!(report.to_string().contains("FLAG: a replica lagged"), "{report}");
        assert_eq!(report.migrations.len(), 2);
    }
}
