//! Backfills.

use super::{Database, on_mariadb};
use migrate_safety_diesel::backfill::{
    Backfill, Control, Error, Options, Outcome, Runner, State, control_at, status_at,
};
use std::time::Duration;

#[test]
fn every_row_gets_its_value_once_and_rows_that_do_not_fit_are_left_out() {
    on_mariadb(|server| {
        let database = Database::new(server);
        database.execute(
            "CREATE TABLE t (a int NOT NULL, b varchar(40) NOT NULL, email varchar(60), lower_email varchar(60), n int, \
             PRIMARY KEY (b, a), CONSTRAINT small CHECK (n IS NULL OR n < 100000)); \
             CREATE TABLE log (a int, b varchar(40)); \
             INSERT INTO t (a, b, email) WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c WHERE n < 900) \
             SELECT n, IF(n % 2, 'It''s', 'b\\\\c'), 'Somebody@EXAMPLE.org' FROM c; \
             CREATE TRIGGER written AFTER UPDATE ON t FOR EACH ROW INSERT INTO log VALUES (NEW.a, NEW.b)",
        );
        let options = Options {
            rows: (10, 200),
            first_rows: 50,
            pause: 0.0,
            lease: Duration::from_millis(400),
            ..Options::default()
        };
        let lower = Backfill::new("t").set("lower_email", "lower(email)");
        let runner = Runner::new("lower", lower).options(options.clone()).workers(2);
        assert_eq!(runner.run(&database.url).unwrap(), Outcome::Verified { passes: 2, rejected: 0 });
        assert_eq!(database.ask("SELECT count(*) FROM t WHERE lower_email = 'somebody@example.org'"), "900");
        assert_eq!(database.ask("SELECT CONCAT(count(*), '|', count(DISTINCT a)) FROM log"), "900|900");
        let status = status_at(&database.url, "", "lower").unwrap();
        assert_eq!((status.state, status.changed), (State::Verified, 900));
        let paused = control_at(&database.url, "", "lower", Control::Pause);
        assert!(matches!(paused, Err(Error::NothingTo { .. })), "{paused:?}");

        let numbers = Backfill::new("t").set("n", "CASE WHEN a IN (7, 300) THEN 1000000 ELSE a END");
        let outcome = Runner::new("numbers", numbers).options(options).run(&database.url).unwrap();
        assert_eq!(outcome, Outcome::Verified { passes: 2, rejected: 2 });
        assert_eq!(database.ask("SELECT count(*) FROM t WHERE n = a"), "898");
    });
}
