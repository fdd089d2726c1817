//! The same backfills, driven by diesel.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use diesel::{Connection, PgConnection};
use migrate_safety_diesel::backfill::{Backfill, Control, Error, Options, Outcome, Runner, State, control, status};
use migrate_safety_testkit::server_for_test;
use std::time::Duration;

#[test]
fn workers_share_the_rows_and_skip_what_does_not_fit() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill").unwrap();
    let mut client = database.connect().unwrap();
    client
        .batch_execute(
            "CREATE TABLE t (id bigint PRIMARY KEY, old text, new int, writes int NOT NULL DEFAULT 0);
             INSERT INTO t (id, old) SELECT n, n::text FROM generate_series(1, 40000) AS n;
             UPDATE t SET old = 'x' WHERE id = 12345;
             CREATE FUNCTION counted() RETURNS trigger LANGUAGE plpgsql AS
                 'BEGIN NEW.writes := OLD.writes + 1; RETURN NEW; END';
             CREATE TRIGGER counted BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION counted()",
        )
        .unwrap();
    let backfill = Backfill::new("t").set("new", "old::int");
    let options = Options { pause: 0.0, lease: Duration::from_secs(2), ..Options::default() };
    let outcome = Runner::new("diesel", backfill).options(options).workers(3).run(&database.url()).unwrap();
    assert_eq!(outcome, Outcome::Verified { passes: 2, rejected: 1 });
    let done: i64 = client.query_one("SELECT count(*) FROM t WHERE new = id AND writes = 1", &[]).unwrap().get(0);
    assert_eq!(done, 39_999);

    let mut connection = PgConnection::establish(&database.url()).unwrap();
    let now = status(&mut connection, "public", "diesel").unwrap();
    assert_eq!((now.state, now.rejected, now.changed), (State::Verified, 1, 39_999));
    let paused = control(&mut connection, "public", "diesel", Control::Pause);
    assert!(matches!(paused, Err(Error::NothingTo { state: State::Verified, .. })), "{paused:?}");
    assert!(matches!(status(&mut connection, "public", "other"), Err(Error::Unknown(_))));
}

#[test]
fn what_the_server_refuses_is_told_before_the_first_row() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_refused").unwrap();
    database.connect().unwrap().batch_execute("CREATE TABLE t (id bigint PRIMARY KEY, new date)").unwrap();
    let run = |backfill| Runner::new("refused", backfill).run(&database.url()).unwrap_err().to_string();
    let error = run(Backfill::new("t").set("new", "id::text"));
    assert!(error.contains("column \"new\" is of type date"), "{error}");
    let error = run(Backfill::new("absent").set("new", "1"));
    assert!(error.contains("there is no table absent"), "{error}");
}
