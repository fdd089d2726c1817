//! Guarded runs.

use super::project::{Project, Text};
use super::{Database, hasty, on_mariadb, text};
use diesel::Connection;
use diesel::connection::{InstrumentationEvent, SimpleConnection};
use diesel_migrations::MigrationHarness;
use migrate_safety_core::guard::{Outcome, Reason, RunReport, Settings};
use migrate_safety_diesel::{Guard, GuardError, GuardedHarness};
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::time::Duration;

fn shop() -> Project {
    Project(vec![
        Text(
            "2024-01-01-000000_users",
            "CREATE TABLE users (id int PRIMARY KEY AUTO_INCREMENT, name varchar(50));\n\
             INSERT INTO users (name) VALUES ('a;b'), ('it''s');",
            Some("DROP TABLE users"),
            true,
        ),
        Text(
            "2024-01-02-000000_many",
            "/*!40101 SET NAMES utf8mb4 */;\nSET foreign_key_checks = 0;\nCREATE TABLE posts (id int PRIMARY KEY, user_id int, \
             FOREIGN KEY (user_id) REFERENCES users (id));\nINSERT INTO posts SELECT id, id FROM users;\n\
             ALTER TABLE users ADD COLUMN age int DEFAULT 3;\nSTART TRANSACTION;\nINSERT INTO users (name) VALUES ('c');\n\
             UPDATE users SET age = 4 WHERE name = 'c';\nCOMMIT;\nCREATE INDEX posts_user ON posts (user_id);\nANALYZE TABLE users;\n\
             CREATE TRIGGER stamp BEFORE INSERT ON users FOR EACH ROW SET NEW.age = 1;\nSET foreign_key_checks = 1",
            Some(
                "DROP TRIGGER stamp;\nDROP TABLE posts;\nALTER TABLE users DROP COLUMN age;\nDELETE FROM users WHERE name = 'c'",
            ),
            true,
        ),
        Text(
            "2024-01-03-000000_last",
            "INSERT INTO users (name) VALUES ('d');\nALTER TABLE users RENAME COLUMN name TO full_name;\n",
            Some("ALTER TABLE users RENAME COLUMN full_name TO name;\nDELETE FROM users WHERE name = 'd'"),
            false,
        ),
    ])
}

const USERS: &str = "SELECT GROUP_CONCAT(CONCAT_WS('|', full_name, age) ORDER BY full_name) FROM users";
const FIRST_USERS: &str = "SELECT GROUP_CONCAT(name ORDER BY name) FROM users";

fn run(database: &Database, project: &Project) -> RunReport {
    let mut connection = database.connect();
    let before = settings_of(&mut connection);
    let report = Guard::new(project).unwrap().settings(hasty()).run(&mut connection);
    assert_eq!(settings_of(&mut connection), before, "{}", database.server);
    report.unwrap_or_else(|stopped| panic!("{}: {stopped}", database.server))
}

fn settings_of(connection: &mut diesel::MysqlConnection) -> String {
    text(
        connection,
        "SELECT CONCAT_WS('|', @@lock_wait_timeout, @@innodb_lock_wait_timeout, @@foreign_key_checks, @@sql_mode, \
         COALESCE(IS_USED_LOCK(LOWER(HEX(0x3d32ad9e * CRC32(DATABASE())))) = CONNECTION_ID(), 0), @migrate_safety_number IS NULL)",
    )
}

#[test]
fn each_way_of_running_leaves_what_diesel_leaves() {
    on_mariadb(|server| {
        let databases = [(); 3].map(|()| Database::new(server));
        let [guard, harness, diesel] = &databases;
        let report = run(guard, &shop());
        assert_eq!(report.migrations.len(), 3, "{report}");
        GuardedHarness::new(&mut harness.connect()).settings(hasty()).run_pending_migrations(shop()).unwrap();
        diesel.connect().run_pending_migrations(shop()).unwrap();
        for database in &databases {
            assert_eq!(database.state(USERS), diesel.state(USERS), "{}", database.server);
            assert!(!database.connect().has_pending_migration(shop()).unwrap());
            assert!(run(database, &shop()).migrations.is_empty());
        }
        Guard::new(&shop()).unwrap().settings(hasty()).undo(&mut guard.connect(), "20240101000000").unwrap();
        let mut connection = diesel.connect();
        (0..2).for_each(|_| drop(connection.revert_last_migration(shop()).unwrap()));
        assert_eq!(guard.state(FIRST_USERS), diesel.state(FIRST_USERS), "{}", guard.server);
    });
}

#[test]
fn cut_off_before_every_statement() {
    struct Cut;

    let step = if std::env::var("GUARD_EVERY").is_ok() { 1 } else { 11 };
    on_mariadb(|server| {
        let whole = Database::new(server);
        run(&whole, &shop());
        let right = whole.state(USERS);
        let mut cuts = 0;
        for statements in (0..).step_by(step) {
            let database = Database::new(server);
            let (mut connection, mut left) = (database.connect(), statements);
            connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                    match usize::checked_sub(left, 1) {
                        Some(less) => left = less,
                        None if std::thread::panicking() => {}
                        None => panic_any(Cut),
                    }
                }
            });
            let (shop, mut connection) = (shop(), AssertUnwindSafe(connection));
            let ran = catch_unwind(move || {
                let guard = Guard::new(&shop).unwrap().settings(hasty());
                guard.run(&mut *connection).unwrap_or_else(|error| panic!("{error}"));
            });
            if ran.is_ok() {
                break;
            }
            assert!(ran.unwrap_err().is::<Cut>());
            run(&database, &self::shop());
            assert_eq!(database.state(USERS), right, "{}: cut off after {statements}", database.server);
            cuts += 1;
        }
        println!("{}: cut off {cuts} times", whole.server);
        assert!(cuts > 5, "{cuts}");
    });
}

const TABLE: Text = Text("1_t", "CREATE TABLE t (a int); INSERT INTO t VALUES (0)", None, true);

#[test]
fn a_migration_waits_for_its_lock_and_names_who_has_it() {
    on_mariadb(|server| {
        let database = Database::new(server);
        run(&database, &Project(vec![TABLE]));
        let both = Project(vec![TABLE, Text("2_b", "ALTER TABLE t ADD COLUMN b int", None, true)]);
        let (begun, has_begun) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            let database = &database;
            scope.spawn(move || {
                let mut connection = database.connect();
                connection.batch_execute("START TRANSACTION; SELECT * FROM t").unwrap();
                begun.send(()).unwrap();
                std::thread::sleep(Duration::from_millis(2500));
                connection.batch_execute("COMMIT").unwrap();
            });
            has_begun.recv().unwrap();
            let settings = Settings { patience: Duration::from_millis(100), ..hasty() };
            let stopped = Guard::new(&both).unwrap().settings(settings).run(&mut database.connect()).unwrap_err();
            let GuardError::Stopped(stopped) = stopped else { panic!("{stopped}") };
            assert!(matches!(stopped.reason, Reason::Blocked { .. }), "{}: {stopped}", database.server);
            let report = run(database, &both);
            let retries = &report.migrations[0].retries;
            assert!(retries.iter().any(|retry| !retry.blockers.is_empty()), "{}: {report}", database.server);
        });
    });
}

#[test]
fn of_several_at_once_each_migration_is_run_by_one() {
    let migrations = Project(vec![
        TABLE,
        Text("2_more", "UPDATE t SET a = a + 1;\nALTER TABLE t ADD COLUMN c int;\nUPDATE t SET a = a + 10", None, true),
    ]);
    on_mariadb(|server| {
        let database = Database::new(server);
        let reports: Vec<_> = std::thread::scope(|scope| {
            let runs: Vec<_> = (0..6).map(|_| scope.spawn(|| run(&database, &migrations))).collect();
            runs.into_iter().map(|run| run.join().unwrap()).collect()
        });
        assert_eq!(database.ask("SELECT a FROM t"), "11", "{}", database.server);
        let whole = reports.iter().flat_map(|report| &report.migrations);
        assert_eq!(whole.filter(|run| run.id == "2" && run.outcome == Outcome::Applied).count(), 1);
    });
}

#[test]
fn what_fails_is_told_with_the_servers_number_and_gone_on_with() {
    on_mariadb(|server| {
        let database = Database::new(server);
        let of = |last| Project(vec![Text("1_t", last, None, true)]);
        let stopped = of(
            "CREATE TABLE t (a int UNIQUE);\nINSERT INTO t VALUES (1);\nCREATE TABLE u (b int);\nINSERT INTO t VALUES (1)",
        );
        let stopped = Guard::new(&stopped).unwrap().settings(hasty()).run(&mut database.connect()).unwrap_err();
        let GuardError::Stopped(stopped) = stopped else { panic!("{stopped}") };
        let Reason::Failed { line: 4, failure, .. } = &stopped.reason else { panic!("{stopped}") };
        assert_eq!(failure.sqlstate.as_deref(), Some("1062"), "{stopped}");
        run(
            &database,
            &of(
                "CREATE TABLE t (a int UNIQUE);\nINSERT INTO t VALUES (1);\nCREATE TABLE u (b int);\nINSERT INTO t VALUES (2)",
            ),
        );
        assert_eq!(database.ask("SELECT GROUP_CONCAT(a ORDER BY a) FROM t"), "1,2");

        let signal = Text(
            "2_no",
            "CREATE TRIGGER never BEFORE INSERT ON u FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not yet';\nINSERT INTO u VALUES (1)",
            None,
            true,
        );
        let migrations = Project(vec![Text("1_t", "", None, true), signal]);
        let refused = Guard::new(&migrations).unwrap().settings(hasty()).run(&mut database.connect()).unwrap_err();
        assert!(refused.to_string().contains("refuses to run"), "{}: {refused}", database.server);
        let inside = database.connect().transaction(|connection| {
            diesel::QueryResult::Ok(Guard::new(&migrations).unwrap().run(connection).unwrap_err().to_string())
        });
        assert!(inside.unwrap().contains("the connection is in a transaction"));
    });
}

#[test]
fn what_diesel_cannot_read_is_refused() {
    let Some(server) = migrate_safety_testkit::mysql_for_test(migrate_safety_testkit::Product::MySql9) else { return };
    let mut connection = diesel::MysqlConnection::establish(&server.url("mysql")).unwrap();
    let refused = Guard::new(&shop()).unwrap().run(&mut connection).unwrap_err().to_string();
    assert!(refused.contains("`migrate-safety run`"), "{refused}");
}
