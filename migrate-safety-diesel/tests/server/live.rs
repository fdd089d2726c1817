//! The same catalog as over any other connection.

use diesel::{Connection, PgConnection};
use migrate_safety_core::catalog::diff::{Closeness, diff};
use migrate_safety_core::catalog::introspect::Limits;
use migrate_safety_diesel::{Error, introspect, introspect_within};
use migrate_safety_testkit::{Moment, PostgresServer, Relay, Stop, server_for_test, stop_during};
use std::time::Duration;

#[test]
fn a_database_is_read_with_what_diesel_has_recorded() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("diesel_live").unwrap();
    let mut client = database.connect().unwrap();
    client
        .batch_execute(
            "CREATE TABLE users (id bigserial PRIMARY KEY, name text NOT NULL CHECK (name <> ''));
             CREATE VIEW names AS SELECT name FROM users;
             CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY NOT NULL,
                 run_on timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP);
             INSERT INTO __diesel_schema_migrations VALUES ('20240102030405')",
        )
        .unwrap();
    let mut connection = PgConnection::establish(&database.url()).unwrap();
    let live = migrate_safety_diesel::introspect(&mut connection, Limits::default()).unwrap();
    let other = migrate_safety_testkit::introspect(&mut client).unwrap();
    assert_eq!(diff(&other.catalog, &live.catalog, Closeness::Exact), []);
    assert_eq!(live.catalog.to_sql(), other.catalog.to_sql());
    assert!(live.applied.unwrap().has("2024-01-02-030405"));
    // The connection is as it was.
    migrate_safety_diesel::introspect(&mut connection, Limits::default()).unwrap();
}

#[test]
fn a_database_that_stops_half_way_is_told() {
    if server_for_test(16).is_none() {
        return;
    }
    // One of its own, since it is stopped.
    let server = PostgresServer::start_synchronous(16).unwrap();
    let relay = Relay::start(&server).unwrap();
    let establish = || PgConnection::establish(&relay.url("postgres")).unwrap();
    let mut connection = establish();
    relay.halt_at(usize::MAX, Moment::Before);
    introspect(&mut connection, Limits::default()).unwrap();
    let messages = relay.messages();
    let points = [
        (1, Moment::Before, Stop::Immediate),
        (messages / 3, Moment::During, Stop::Immediate),
        (messages / 2, Moment::During, Stop::Fast),
        (messages * 2 / 3, Moment::After, Stop::Immediate),
        (messages - 1, Moment::After, Stop::Fast),
    ];
    for (message, moment, how) in points {
        let mut connection = establish();
        let read = || introspect(&mut connection, Limits::default());
        let (result, struck) = stop_during(&server, &relay, (message, moment), how, read).unwrap();
        assert!(struck, "message {message} of {messages}");
        let error = result.expect_err("the server was gone");
        assert!(matches!(error, Error::Interrupted(_)), "{message}, {moment:?}, {how:?}: {error:?}");
        assert!(error.to_string().ends_with("try again when it is back"), "{error}");
        introspect(&mut establish(), Limits::default()).unwrap();
    }

    // A server that says nothing more; one that answers gives the connection back.
    relay.halt_at(usize::MAX, Moment::Before);
    introspect_within(establish(), Limits::default(), Duration::from_secs(60)).unwrap();
    let connection = establish();
    relay.halt_at(messages / 2, Moment::During);
    let silent = introspect_within(connection, Limits::default(), Duration::from_secs(1)).map(drop).unwrap_err();
    assert!(matches!(silent, Error::Silent(_)), "{silent:?}");
}
