//! Bad input: an error before the first row, or a stop that loses nothing.

use crate::common::{number, options, run, run_with};
use migrate_safety_sqlx::backfill::{Backfill, Options};
use migrate_safety_testkit::server_for_test;

#[test]
fn what_cannot_be_done_is_refused_before_the_first_row() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_refused").unwrap();
    let mut client = database.connect().unwrap();
    client
        .batch_execute(
            "CREATE TABLE t (id bigint PRIMARY KEY, old text, new int, day date);
             INSERT INTO t SELECT n, n::text, NULL FROM generate_series(1, 100) AS n;
             CREATE VIEW v AS SELECT * FROM t; CREATE TABLE keyless (a int);
             CREATE TABLE secret (id bigint PRIMARY KEY, new int); INSERT INTO secret VALUES (1, NULL);
             ALTER TABLE secret ENABLE ROW LEVEL SECURITY; CREATE POLICY nothing ON secret USING (false);
             DROP ROLE IF EXISTS backfill_guest; CREATE ROLE backfill_guest LOGIN;
             GRANT SELECT ON t TO backfill_guest; GRANT ALL ON secret TO backfill_guest",
        )
        .unwrap();
    let owner = database.url();
    let guest = owner.replace("postgres@", "backfill_guest@");
    for (url, backfill, said) in [
        (&owner, Backfill::new("absent").set("a", "1"), "there is no table absent"),
        (&owner, Backfill::new("t").set("nwe", "1"), "did you mean new?"),
        (&owner, Backfill::new("v").set("new", "1"), "backfill public.t"),
        (&owner, Backfill::new("keyless").set("a", "1"), "has no key to go by"),
        // Only the server knows what cannot be assigned.
        (
            &owner,
            Backfill::new("t").set("day", "old"),
            "42804: column \"day\" is of type date but expression is of type text",
        ),
        (&guest, Backfill::new("t").set("new", "id"), "42501: permission denied for table t; grant the role"),
        (&guest, Backfill::new("secret").set("new", "id"), "query would be affected by row-level security policy"),
    ] {
        let error = run(url, "refused", &backfill).unwrap_err().to_string();
        assert!(error.contains(said), "{backfill}: {error}");
    }
    // Rights on the table, none to keep a record.
    client.batch_execute("GRANT ALL ON t TO backfill_guest").unwrap();
    let error = run(&guest, "refused", &Backfill::new("t").set("new", "id")).unwrap_err().to_string();
    assert!(error.contains("permission denied for schema public; grant the role"), "{error}");
    let elsewhere = Options { schema: "nowhere".to_owned(), ..options() };
    let error =
        run_with(&owner, "refused", &Backfill::new("t").set("new", "id"), elsewhere, 1).0.unwrap_err().to_string();
    assert!(error.contains("3F000") && error.contains("name an existing schema"), "{error}");
    assert_eq!(number(&mut client, "SELECT count(*) FROM t WHERE new IS NOT NULL"), 0);
}

#[test]
fn a_definition_or_schema_that_has_changed_is_told() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_changed").unwrap();
    let url = database.url();
    let mut client = database.connect().unwrap();
    client
        .batch_execute(
            "CREATE TABLE t (id int PRIMARY KEY, new bigint); INSERT INTO t SELECT n FROM generate_series(1, 100) AS n",
        )
        .unwrap();
    let backfill = Backfill::new("t").set("new", "id");
    assert!(run(&url, "changed", &backfill).unwrap().is_verified());
    // Verified is verified: the same again does nothing.
    assert!(run(&url, "changed", &backfill).unwrap().is_verified());
    let other = Backfill::new("t").set("new", "id + 1");
    let error = run(&url, "changed", &other).unwrap_err().to_string();
    assert!(error.contains("another definition") && error.contains("--restart"), "{error}");
    client.batch_execute("ALTER TABLE t ALTER new TYPE numeric").unwrap();
    let error = run(&url, "changed", &backfill).unwrap_err().to_string();
    assert!(error.contains("then:") && error.contains("now:"), "{error}");
    let restart = Options { restart: true, ..options() };
    assert!(run_with(&url, "changed", &other, restart, 3).0.unwrap().is_verified());
    assert_eq!(number(&mut client, "SELECT count(*) FROM t WHERE new = id + 1"), 100);
}

#[test]
fn an_empty_table_is_done_at_once() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_empty").unwrap();
    database.connect().unwrap().batch_execute("CREATE TABLE t (id int PRIMARY KEY, new bigint)").unwrap();
    assert!(run(&database.url(), "empty", &Backfill::new("t").set("new", "id")).unwrap().is_verified());
}
