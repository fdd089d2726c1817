//! The same catalog as over any other connection.

use diesel::{Connection, PgConnection};
use migrate_safety_core::catalog::diff::{Closeness, diff};
use migrate_safety_core::catalog::introspect::Limits;
use migrate_safety_testkit::server_for_test;

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
