//! Nothing of a run stays on a connection that goes back to its pool; what is refused says what to do.

use super::project::{Project, Text};
use super::{connect, hasty, number, servers};
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text as SqlText;
use diesel::{PgConnection, RunQueryDsl};
use diesel_migrations::MigrationHarness;
use migrate_safety_diesel::{Guard, GuardError, GuardedHarness, guarded};

/// What a session can carry away.
fn state(connection: &mut PgConnection) -> String {
    let sql = "concat_ws(' ', pg_backend_pid(), current_setting('lock_timeout'), current_setting('search_path'),
                         current_setting('statement_timeout'), current_setting('role'),
                         current_setting('client_connection_check_interval'), current_setting('lc_messages'),
                         (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'),
                         pg_current_xact_id_if_assigned())";
    diesel::select(diesel::dsl::sql::<SqlText>(sql)).get_result(connection).unwrap()
}

/// A way to run migrations: whether it went well.
type Way = fn(&mut PgConnection, Project) -> bool;

const WAYS: [(&str, Way); 3] = [
    ("guard", |connection, project| Guard::new(&project).unwrap().settings(hasty()).run(connection).is_ok()),
    ("harness", |connection, project| {
        GuardedHarness::new(connection).settings(hasty()).run_pending_migrations(project).is_ok()
    }),
    ("source", |connection, project| connection.run_pending_migrations(guarded(project).settings(hasty())).is_ok()),
];

#[test]
fn a_run_that_succeeds_and_one_that_fails_leave_the_session_as_it_was() {
    let good = [
        Text("1_t", "CREATE SCHEMA app; SET search_path = app, public; CREATE TABLE t (a int)", None, true),
        Text("2_i", "SET statement_timeout = '1min'; CREATE INDEX CONCURRENTLY i ON app.t (a)", None, false),
    ];
    let bad = Text("3_t", "SET search_path = app, public; INSERT INTO t VALUES ('x')", None, true);
    let bad_alone = Text("3_v", "SET search_path = app, public; VACUUM nothing", None, false);
    for server in servers() {
        for (name, way) in WAYS {
            let database = server.database(&format!("session_{name}")).unwrap();
            let mut connection = connect(&database);
            connection.batch_execute("SET search_path = public, pg_catalog; SET lock_timeout = '7s'").unwrap();
            let before = state(&mut connection);
            for (more, succeeds) in [(&[][..], true), (&[bad][..], false), (&[bad_alone][..], false)] {
                let project = Project([&good[..], more].concat());
                assert_eq!(way(&mut connection, project), succeeds, "{name}");
                assert_eq!(state(&mut connection), before, "{name}");
            }
        }
    }
}

#[test]
fn what_is_refused_says_what_to_do() {
    let project = Project(vec![Text("1_t", "CREATE TABLE t (a int)", None, true)]);
    for server in servers() {
        let other = server.database("other").unwrap();
        let mut client = other.connect().unwrap();
        client.batch_execute(migrate_safety_core::Layout::Sqlx.bookkeeping().unwrap()).unwrap();
        client.batch_execute("INSERT INTO _sqlx_migrations VALUES (1, 'a', now(), true, '', 1)").unwrap();
        let refused = Guard::new(&project).unwrap().run(&mut connect(&other)).unwrap_err();
        assert!(matches!(refused, GuardError::Stopped(_)), "{refused}");
        assert!(refused.to_string().contains("is migrated by sqlx"), "{refused}");
        assert_eq!(number(&other, "SELECT count(*) FROM pg_class WHERE relname = '__diesel_schema_migrations'"), 0);
        client
            .batch_execute(
                "DROP TABLE _sqlx_migrations; DROP ROLE IF EXISTS reader; CREATE ROLE reader LOGIN; \
            ALTER ROLE reader SET default_transaction_read_only = on",
            )
            .unwrap();
        let url = other.url().replace("postgres@", "reader@");
        let mut reader = <diesel::PgConnection as diesel::Connection>::establish(&url).unwrap();
        let refused = Guard::new(&project).unwrap().run(&mut reader).unwrap_err().to_string();
        assert!(refused.contains("takes no writes"), "{refused}");
    }
}
