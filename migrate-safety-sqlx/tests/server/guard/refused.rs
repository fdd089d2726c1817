//! What is refused says what to do, and nothing is half-done.

use super::{block_on, execute, hasty, migrator, number, own_tables, pool, reason, servers, text};
use migrate_safety_core::guard::{Policy, Reason, Settings};
use migrate_safety_core::rules::Status;
use migrate_safety_sqlx::{Guard, GuardedConnection};
use migrate_safety_testkit::Database;
use sqlx::PgPool;
use sqlx::migrate::Migrator;

const SIMPLE: &[(&str, &str)] = &[("1_a.sql", "CREATE TABLE a (id int)")];

fn run(
    database: &Database,
    migrator: &Migrator,
    settings: Settings,
) -> Result<migrate_safety_core::guard::RunReport, migrate_safety_core::guard::Stopped> {
    block_on(async { Guard::new(migrator).settings(settings).run(&pool(database, 1).await).await })
}

fn at(url: &str, migrator: &Migrator) -> String {
    reason(block_on(async {
        let pool = PgPool::connect_lazy(url).unwrap();
        Guard::new(migrator).run(&pool).await
    }))
}

#[test]
fn a_database_that_cannot_be_migrated_is_told() {
    let Some(server) = servers().pop() else { return };
    let simple = migrator(SIMPLE);

    // Nobody there, and no such database.
    let said = at("postgres://postgres@127.0.0.1:1/app", &simple);
    assert!(said.contains("cannot be reached"), "{said}");
    let said = at(&server.url("absent"), &simple);
    assert!(said.contains("\"absent\" does not exist"), "{said}");

    // A half-done migration of another tool.
    let database = server.database("refused").unwrap();
    let mut client = database.connect().unwrap();
    client.batch_execute(migrate_safety_core::Layout::Sqlx.bookkeeping().unwrap()).unwrap();
    client.batch_execute("INSERT INTO _sqlx_migrations VALUES (1, 'a', now(), false, '\\x00', 1)").unwrap();
    let said = reason(run(&database, &simple, hasty()));
    assert!(said.contains("migration 1 is recorded as failed half-way"), "{said}");

    // Applied ones that have changed or are gone.
    client.batch_execute("UPDATE _sqlx_migrations SET success = true").unwrap();
    let said = reason(run(&database, &simple, Settings { policy: Policy::Allow, ..hasty() }));
    assert!(said.contains("edited since: 1"), "{said}");
    client.batch_execute("UPDATE _sqlx_migrations SET version = 7").unwrap();
    let said = reason(run(&database, &simple, hasty()));
    assert!(said.contains("missing here: 7"), "{said}");

    // A session that may not write, and a role that has no right.
    client
        .batch_execute(
            "DELETE FROM _sqlx_migrations; DROP ROLE IF EXISTS reader, guest; CREATE ROLE reader LOGIN; \
        CREATE ROLE guest LOGIN; ALTER ROLE reader SET default_transaction_read_only = on; \
        GRANT SELECT ON _sqlx_migrations TO guest",
        )
        .unwrap();
    let said = at(&database.url().replace("postgres@", "reader@"), &simple);
    assert!(said.contains("takes no writes") && said.contains("primary"), "{said}");
    let said = at(&database.url().replace("postgres@", "guest@"), &simple);
    assert!(said.contains("lacks a right") && said.contains("INSERT"), "{said}");
    client.batch_execute("DROP TABLE _sqlx_migrations").unwrap();
    let said = at(&database.url().replace("postgres@", "guest@"), &simple);
    if server.major() >= 15 {
        assert!(said.contains("lacks a right") && said.contains("permission denied for schema public"), "{said}");
    }

    // Another runner's database.
    client.batch_execute("DROP TABLE IF EXISTS _sqlx_migrations, a").unwrap();
    client.batch_execute(migrate_safety_core::Layout::Diesel.bookkeeping().unwrap()).unwrap();
    client.batch_execute("INSERT INTO __diesel_schema_migrations VALUES ('20240101000000')").unwrap();
    let said = reason(run(&database, &simple, hasty()));
    assert!(said.contains("is migrated by diesel: __diesel_schema_migrations records 1 migrations"), "{said}");
    assert_eq!(number(&database, "SELECT count(*) FROM pg_class WHERE relname IN ('_sqlx_migrations', 'a')"), 0);
    run(&database, &simple, Settings { allow_other_host: true, ..hasty() }).unwrap();
    assert_eq!(number(&database, "SELECT count(*) FROM _sqlx_migrations"), 1);
}

#[test]
fn what_the_check_blocks_is_not_run_unless_the_policy_says_so() {
    for server in servers() {
        let database = server.database("denied").unwrap();
        database
            .connect()
            .unwrap()
            .batch_execute("CREATE TABLE big (id int); INSERT INTO big SELECT generate_series(1, 20000); ANALYZE big")
            .unwrap();
        let migrator = migrator(&[("1_a.sql", "CREATE TABLE b (id int)"), ("2_b.sql", "CREATE INDEX ON big (id)")]);
        let said = reason(run(&database, &migrator, Settings::default()));
        assert!(said.contains("nothing was run") && said.contains("index-not-concurrent"), "{said}");
        assert_eq!(number(&database, "SELECT count(*) FROM pg_class WHERE relname IN ('_sqlx_migrations', 'b')"), 0);
        let strict = Settings { policy: Policy::Deny(Status::Flag), ..hasty() };
        assert!(reason(run(&database, &migrator, strict)).contains("nothing was run"));
        let report = run(&database, &migrator, Settings { policy: Policy::Warn, ..hasty() }).unwrap();
        assert_eq!(report.migrations.len(), 2);
        assert!(report.check.unwrap().all_findings().any(|finding| finding.rule == "index-not-concurrent"));
    }
}

#[test]
fn what_a_run_makes_is_in_nobodys_way_until_it_ends() {
    for server in servers() {
        let database = server.database("fresh").unwrap();
        let files = [
            ("1_t.sql", "CREATE TABLE t (id int, a int)"),
            ("2_t.sql", "CREATE INDEX t_a ON t (a); ALTER TABLE t ALTER COLUMN a SET NOT NULL"),
            ("3_t.sql", "ALTER TABLE t RENAME TO u; ALTER TABLE u DROP COLUMN id"),
        ];
        // A whole history on an empty database, by the default policy.
        run(&database, &migrator(&files), Settings::default()).unwrap();
        // One by one, when each is there before the next is judged.
        let wrapped = server.database("fresh_wrapped").unwrap();
        block_on(async {
            let mut connection = pool(&wrapped, 1).await.acquire().await.unwrap();
            let over = &mut GuardedConnection::new(&mut connection);
            migrator(&files[..2]).run_direct(None, over, false).await.unwrap();
        });
        let more = [&files[..], &[("4_u.sql", "CREATE INDEX u_a ON u (a)"), ("5_u.sql", "DROP TABLE u")]].concat();
        execute(&database, "INSERT INTO u SELECT generate_series(1, 20000); ANALYZE u");
        let said = reason(run(&database, &migrator(&more), Settings::default()));
        assert!(said.contains("BLOCK[index-not-concurrent] migration 4, line 1: "), "{said}");
    }
}

#[test]
fn a_migration_that_refuses_itself_is_rolled_back() {
    let gate = "DO $$ BEGIN IF EXISTS (SELECT FROM t WHERE new IS NULL) THEN \
                RAISE EXCEPTION 'rows are not filled yet' USING HINT = 'finish the backfill'; END IF; END $$;";
    for server in servers() {
        let database = server.database("gate").unwrap();
        let files = |contract: &str| {
            migrator(&[
                ("1_t.sql", "CREATE TABLE t (old int, new int); INSERT INTO t VALUES (1)"),
                ("2_log.sql", "CREATE TABLE log (a int)"),
                ("3_contract.sql", contract),
            ])
        };
        let allow = Settings { policy: Policy::Allow, ..hasty() };
        let contract = format!("{gate}\nALTER TABLE t DROP COLUMN old;");
        let stopped = run(&database, &files(&contract), allow.clone()).unwrap_err();
        assert!(matches!(stopped.reason, Reason::Refused { line: 1, .. }), "{stopped}");
        let said = stopped.to_string();
        assert!(said.contains("migration 3 refuses to run") && said.contains("rows are not filled yet"), "{said}");
        assert!(said.contains("finish the backfill") && said.contains("rolled back"), "{said}");
        assert_eq!(number(&database, "SELECT count(*) FROM _sqlx_migrations"), 2);
        // Without a transaction as well.
        let alone = format!("-- no-transaction\n{gate}\nALTER TABLE t DROP COLUMN old;");
        let said = reason(run(&database, &files(&alone), allow.clone()));
        assert!(said.contains("refuses to run at line 2"), "{said}");
        assert_eq!(
            text(
                &database,
                "SELECT count(*)::text FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'old'"
            ),
            "1"
        );
        database.connect().unwrap().batch_execute("UPDATE t SET new = old").unwrap();
        run(&database, &files(&contract), allow).unwrap();
        assert_eq!(own_tables(&database), 0);
    }
}

#[test]
fn a_late_migration_is_named_and_run() {
    for server in servers() {
        let database = server.database("late").unwrap();
        run(&database, &migrator(&[("5_b.sql", "CREATE TABLE b (id int)")]), hasty()).unwrap();
        let both = migrator(&[("3_a.sql", "CREATE TABLE a (id int)"), ("5_b.sql", "CREATE TABLE b (id int)")]);
        let report = run(&database, &both, hasty()).unwrap();
        assert_eq!(report.history.out_of_order, ["3"]);
        assert!(report.to_string().contains("migration 3: runs out of order"), "{report}");
        assert_eq!(number(&database, "SELECT count(*) FROM _sqlx_migrations"), 2);
    }
}
