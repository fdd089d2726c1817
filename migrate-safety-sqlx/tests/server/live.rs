//! Reading servers that are well, busy, closed or gone.

use migrate_safety_core::catalog::introspect::{Limits, Live, Unreadable};
use migrate_safety_core::sql::ObjectName;
use migrate_safety_sqlx::{Error, checksum, connect, introspect};
use migrate_safety_testkit::{Moment, PostgresServer, Relay, Stop, server_for_test, stop_during};
use std::time::{Duration, Instant};

fn read(url: &str, limits: Limits) -> Result<Live, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { introspect(&mut connect(url).await?, limits).await })
}

#[test]
fn a_locked_table_is_named_and_the_rest_is_read() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("sqlx_locked").unwrap();
    let mut holder = database.connect().unwrap();
    holder
        .batch_execute(
            "CREATE TABLE held (a int CHECK (a > 0), b int GENERATED ALWAYS AS (a + 1) STORED);
             CREATE INDEX held_a ON held ((a + 1)) WHERE a > 1;
             CREATE VIEW over_held AS SELECT a FROM held;
             CREATE TABLE free (c int DEFAULT 1 CHECK (c > 0))",
        )
        .unwrap();
    holder.batch_execute("BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE").unwrap();
    let began = Instant::now();
    let limits = Limits { lock_timeout: Duration::from_secs(1), ..Limits::default() };
    let live = read(&database.url(), limits).unwrap();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let unread: Vec<&str> = live.unread.iter().map(|unread| unread.object.as_str()).collect();
    assert_eq!(unread, ["public.held", "public.over_held"]);
    assert!(live.unread.iter().all(|unread| unread.reason == Unreadable::Locked));
    let table = |name: &str| {
        let id = live.catalog.resolve(&ObjectName::qualified("public", name)).found().unwrap();
        live.catalog.table(id).unwrap()
    };
    assert_eq!(table("held").columns.len(), 2);
    assert_eq!(table("free").constraint("free_c_check").unwrap().name, "free_c_check");
    assert_eq!(&*table("free").columns[0].default.as_ref().unwrap().sql, "1");
}

#[test]
fn a_role_without_rights_sees_the_schema_and_is_told_what_it_may_not_read() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("sqlx_rights").unwrap();
    let mut owner = database.connect().unwrap();
    owner
        .batch_execute(
            "DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN;
             CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, checksum bytea, success boolean);
             CREATE TABLE t (a int DEFAULT 5 CHECK (a > 0))",
        )
        .unwrap();
    let live = read(&database.url().replace("postgres@", "guest@"), Limits::default()).unwrap();
    assert_eq!(live.unread.len(), 1);
    assert_eq!(live.unread[0].reason, Unreadable::Forbidden);
    assert!(live.applied.is_none());
    assert!(live.catalog.to_sql().contains("a integer DEFAULT 5"));
    owner.batch_execute("INSERT INTO _sqlx_migrations VALUES (7, '\\x0a', true)").unwrap();
    let applied = read(&database.url(), Limits::default()).unwrap().applied.unwrap();
    assert_eq!(applied.migrations.len(), 1);
    assert!(applied.has("7"));
    assert_eq!(applied.migrations[0].checksum.as_deref(), Some("0a"));
}

#[test]
fn errors_say_which_and_what_to_do() {
    let refused = read("postgres://postgres@127.0.0.1:1/app", Limits::default()).unwrap_err();
    assert!(matches!(refused, Error::Unreachable { .. }), "{refused}");
    assert!(refused.to_string().contains("127.0.0.1:1"), "{refused}");
    let wrong = read("mysql://root@localhost/app", Limits::default()).unwrap_err();
    assert!(matches!(wrong, Error::Url(_)), "{wrong}");

    // A server of its own: who may log in is about to change.
    if server_for_test(16).is_none() {
        return;
    }
    let server = PostgresServer::start(16).unwrap();
    let missing = read(&server.url("absent"), Limits::default()).unwrap_err();
    assert!(matches!(missing, Error::Database { .. }), "{missing}");
    let mut admin = server.connect("postgres").unwrap();
    let hba: String = admin.query_one("SHOW hba_file", &[]).unwrap().get(0);
    admin
        .batch_execute(&format!(
            "CREATE ROLE secret LOGIN PASSWORD 'right';
             COPY (VALUES ('host all secret 127.0.0.1/32 scram-sha-256'), ('host all all 127.0.0.1/32 trust'))
             TO '{hba}';
             SELECT pg_reload_conf()"
        ))
        .unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let login = |password: &str| {
        let url = server.url("postgres").replace("postgres@", &format!("secret:{password}@"));
        read(&url, Limits::default())
    };
    let wrong = login("wrong").unwrap_err();
    assert!(matches!(wrong, Error::Login { .. }), "{wrong}");
    login("right").unwrap();

    // A server that stops half-way.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut connection = runtime.block_on(connect(&server.url("postgres"))).unwrap();
    admin
        .batch_execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'migrate-safety'",
        )
        .unwrap();
    let gone = runtime.block_on(introspect(&mut connection, Limits::default())).unwrap_err();
    assert!(matches!(gone, Error::Interrupted(_)), "{gone}");
}

#[test]
fn a_database_that_stops_half_way_is_told() {
    if server_for_test(16).is_none() {
        return;
    }
    // One of its own, since it is stopped.
    let server = PostgresServer::start_synchronous(16).unwrap();
    let relay = Relay::start(&server).unwrap();
    let mut client = server.connect("postgres").unwrap();
    client.batch_execute("CREATE TABLE t (a int CHECK (a > 0)); CREATE VIEW v AS SELECT a FROM t").unwrap();
    relay.halt_at(usize::MAX, Moment::Before);
    read(&relay.url("postgres"), Limits::default()).unwrap();
    let messages = relay.messages();
    let points = [
        (1, Moment::Before, Stop::Immediate),
        (messages / 3, Moment::During, Stop::Immediate),
        (messages / 2, Moment::During, Stop::Fast),
        (messages * 2 / 3, Moment::After, Stop::Immediate),
        (messages - 1, Moment::After, Stop::Fast),
    ];
    for (message, moment, how) in points {
        let read_once = || read(&relay.url("postgres"), Limits::default());
        let (result, struck) = stop_during(&server, &relay, (message, moment), how, read_once).unwrap();
        assert!(struck, "message {message} of {messages}");
        let error = result.expect_err("the server was gone");
        assert!(matches!(error, Error::Interrupted(_)), "{message}, {moment:?}, {how:?}: {error:?}");
        assert!(error.to_string().ends_with("try again when it is back"), "{error}");
        read(&relay.url("postgres"), Limits::default()).unwrap();
    }

    // A server that says nothing more.
    relay.halt_at(messages / 2, Moment::During);
    let limits = Limits { statement_timeout: Duration::from_secs(1), ..Limits::default() };
    let began = Instant::now();
    let silent = read(&relay.url("postgres"), limits).unwrap_err();
    assert!(matches!(silent, Error::Silent(_)), "{silent:?}");
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[test]
fn the_checksum_is_the_one_sqlx_records() {
    let empty = "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b";
    assert_eq!(checksum(""), empty);
}
