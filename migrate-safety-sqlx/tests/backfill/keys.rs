//! Every kind of key: the result is that of one plain `UPDATE`.

use crate::common::{differences, number, options, run, run_with};
use migrate_safety_sqlx::backfill::{Backfill, Options, Outcome};
use migrate_safety_testkit::server_for_test;

/// The name, the key of the table `t`, and an expression that makes one from the numbers 1 to 3,000.
const KEYS: [(&str, &str, &str); 12] = [
    ("negative", "k bigint PRIMARY KEY", "n - 1500"),
    ("identity", "k int GENERATED ALWAYS AS IDENTITY PRIMARY KEY", ""),
    ("numeric", "k numeric PRIMARY KEY", "n / 7.0"),
    ("uuid", "k uuid PRIMARY KEY", "md5(n::text)::uuid"),
    (
        "text",
        "k text COLLATE \"en-x-icu\" PRIMARY KEY",
        "CASE n % 3 WHEN 0 THEN 'É' WHEN 1 THEN 'e''\\' ELSE 'F ' END || n",
    ),
    ("empty_text", "k text PRIMARY KEY", "CASE WHEN n = 1 THEN '' ELSE n::text END"),
    ("character", "k character(8) PRIMARY KEY", "n::text"),
    (
        "microseconds",
        "k timestamptz PRIMARY KEY",
        "'2020-01-01 00:00:00.000001Z'::timestamptz + n * interval '1 microsecond'",
    ),
    ("date", "k date PRIMARY KEY", "CASE n WHEN 1 THEN '-infinity' ELSE '0044-03-15 BC'::date + n END"),
    ("mood", "k mood NOT NULL, l int NOT NULL, UNIQUE (k, l)", "(ARRAY['sad', 'ok', 'glad'])[1 + n % 3]::mood, n"),
    ("composite", "k int NOT NULL, l text NOT NULL, PRIMARY KEY (l, k)", "n % 50, md5((n % 70)::text) || n"),
    ("bytes", "k bytea PRIMARY KEY", "decode(md5(n::text), 'hex')"),
];

#[test]
fn any_key_is_followed_to_its_end() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_keys").unwrap();
    let mut client = database.connect().unwrap();
    client.batch_execute("CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad')").unwrap();
    for (name, key, value) in KEYS {
        let columns = if key.contains(" l ") {
            "k, l, "
        } else if value.is_empty() {
            ""
        } else {
            "k, "
        };
        let values = if value.is_empty() { String::new() } else { format!("{value}, ") };
        client
            .batch_execute(&format!(
                "CREATE TABLE t (v int, {key}, new text);
                 INSERT INTO t ({columns}v, new) SELECT {values}n, CASE n % 5 WHEN 0 THEN 'v' || n WHEN 1 THEN 'old' END
                 FROM generate_series(1, 3000) AS n"
            ))
            .unwrap();
        let backfill = Backfill::new("t").set("new", "'v' || v");
        let outcome = run_with(&database.url(), name, &backfill, Options { first_rows: 100, ..options() }, 1).0;
        let outcome = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(outcome, Outcome::Verified { passes: 2, rejected: 0 }, "{name}");
        let wrong = number(&mut client, "SELECT count(*) FROM t WHERE new IS DISTINCT FROM 'v' || v");
        assert_eq!(wrong, 0, "{name}");
        let written =
            format!("SELECT changed FROM public.migrate_safety_backfill_ranges WHERE name = '{name}' AND pass = 1");
        assert_eq!(number(&mut client, &format!("SELECT sum(changed)::bigint FROM ({written}) AS r")), 2_400, "{name}");
        client.batch_execute("DROP TABLE t").unwrap();
    }
}

/// Keys of which the server has a sample: many at the beginning and few behind, in any order, and some that came later.
const SAMPLED: [(&str, &str, &str); 3] = [
    ("sparse", "bigint", "CASE WHEN n <= 30000 THEN n ELSE n::bigint * n END"),
    ("random", "uuid", "md5(n::text)::uuid"),
    ("small", "smallint", "n - 32768"),
];

#[test]
fn ranges_are_cut_where_the_sample_of_the_keys_or_the_pass_before_says() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_sampled").unwrap();
    let mut client = database.connect().unwrap();
    for (name, data_type, value) in SAMPLED {
        let fill = |from: u32, to: u32| {
            format!("INSERT INTO t SELECT ({value})::{data_type}, n FROM generate_series({from}, {to}) AS n")
        };
        let (analysed, later) = (fill(1, 50_000), fill(50_001, 65_000));
        client
            .batch_execute(&format!(
                "CREATE TABLE t (k {data_type} PRIMARY KEY, v int, new text); {analysed}; ANALYZE t; {later}"
            ))
            .unwrap();
        let backfill = Backfill::new("t").set("new", "'v' || v");
        let verified = |passes| Outcome::Verified { passes, rejected: 0 };
        assert_eq!(run_with(&database.url(), name, &backfill, options(), 1).0.unwrap(), verified(2), "{name}");
        let mut count = |sql: &str| number(&mut client, &sql.replace("$name", name));
        assert_eq!(count("SELECT count(*) FROM t WHERE new IS DISTINCT FROM 'v' || v"), 0, "{name}");
        let ranges = "migrate_safety_backfill_ranges WHERE name = '$name' AND pass";
        assert_eq!(count(&format!("SELECT sum(visited)::bigint FROM {ranges} = 1")), 65_000, "{name}");
        let sampled = format!(
            "SELECT count(*) FROM {ranges} = 1 AND upper ->> 0 IN (SELECT unnest(histogram_bounds::text::text[]) FROM \
             pg_stats WHERE tablename = 't' AND attname = 'k')"
        );
        assert!(count(&sampled) >= 2, "{name}");
        let shared = format!(
            "SELECT count(*) FROM (SELECT lower, upper FROM {ranges} = 1 INTERSECT SELECT lower, upper FROM {ranges} = 2) AS r"
        );
        assert_eq!(count(&shared), count(&format!("SELECT count(*) FROM {ranges} = 1")), "{name}");
        // Where the pass before has cut, no key is any more, and the last one comes before.
        client
            .batch_execute(
                "DELETE FROM t WHERE v % 1000 = 0 OR k > (SELECT k FROM t ORDER BY k OFFSET 100 LIMIT 1);
                 UPDATE t SET new = NULL; UPDATE migrate_safety_backfills SET state = 'failed'",
            )
            .unwrap();
        assert_eq!(run_with(&database.url(), name, &backfill, options(), 1).0.unwrap(), verified(4), "{name}");
        assert_eq!(number(&mut client, "SELECT count(*) FROM t WHERE new IS DISTINCT FROM 'v' || v"), 0, "{name}");
        client.batch_execute("DROP TABLE t").unwrap();
    }
}

#[test]
fn without_a_key_the_place_of_the_rows_is_followed() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_place").unwrap();
    let mut client = database.connect().unwrap();
    client
        .batch_execute("CREATE TABLE t AS SELECT n AS v, NULL::int AS new FROM generate_series(1, 20000) AS n")
        .unwrap();
    let refused = run(&database.url(), "no key", &Backfill::new("t").set("new", "v * 2")).unwrap_err().to_string();
    assert!(refused.contains("or go by the place of its rows with the key `ctid`"), "{refused}");
    let outcome = run(&database.url(), "place", &Backfill::new("t").set("new", "v * 2").key(["ctid"])).unwrap();
    assert!(outcome.is_verified(), "{outcome}");
    assert_eq!(number(&mut client, "SELECT count(*) FROM t WHERE new = v * 2"), 20_000);
}

#[test]
fn a_partitioned_table_is_followed_by_the_key_of_its_parent() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_partitions").unwrap();
    let mut client = database.connect().unwrap();
    client
        .batch_execute(
            "CREATE TABLE t (id bigint, day date, new text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
             CREATE TABLE t1 PARTITION OF t FOR VALUES FROM ('2020-01-01') TO ('2020-02-01');
             CREATE TABLE t2 PARTITION OF t FOR VALUES FROM ('2020-02-01') TO ('2021-01-01');
             INSERT INTO t SELECT n, '2020-01-01'::date + n % 200, NULL FROM generate_series(1, 5000) AS n",
        )
        .unwrap();
    let outcome = run(&database.url(), "partitions", &Backfill::new("t").set("new", "'x' || id")).unwrap();
    assert!(outcome.is_verified(), "{outcome}");
    assert_eq!(number(&mut client, "SELECT count(*) FROM t WHERE new = 'x' || id"), 5_000);
}

#[test]
fn rows_are_copied_once_and_compared() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_copy").unwrap();
    let mut client = database.connect().unwrap();
    client
        .batch_execute(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text, at text);
             CREATE TABLE people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL, at timestamptz,
                 made timestamptz);
             INSERT INTO users SELECT n, CASE WHEN n % 10 > 0 THEN 'A' || n END, '2020-01-01' FROM generate_series(1, 5000) AS n",
        )
        .unwrap();
    let copy = Backfill::copy("users", "people")
        .set("id", "id")
        .set("email", "lower(email)")
        .set("at", "at::timestamptz")
        .fill("made", "clock_timestamp()")
        .only("email IS NOT NULL");
    let outcome = run(&database.url(), "copy", &copy).unwrap();
    assert!(outcome.is_verified(), "{outcome}");
    let expected = "SELECT id, lower(email), '2020-01-01'::timestamptz FROM users WHERE email IS NOT NULL";
    assert_eq!(differences(&mut client, "SELECT id, email, at FROM people", expected), 0);

    // A row that is there already, and different, is not overwritten; that is said, with its key.
    client.batch_execute("UPDATE people SET email = 'else' WHERE id = 4321").unwrap();
    let again = Options { restart: true, ..options() };
    let error = run_with(&database.url(), "copy", &copy, again, 1).0.unwrap_err().to_string();
    assert!(error.contains("1 rows still do not have their value, with the keys 4321"), "{error}");
}

#[test]
fn rows_that_are_deleted_go_into_the_archive_once() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_delete").unwrap();
    let mut client = database.connect().unwrap();
    client
        .batch_execute(
            "CREATE TABLE logs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int, \"Twice\" int GENERATED ALWAYS AS (n * 2) STORED);
             INSERT INTO logs (n) SELECT n FROM generate_series(1, 5000) AS n;
             CREATE TABLE kept AS SELECT * FROM logs; CREATE TABLE gone (LIKE logs)",
        )
        .unwrap();
    let old = Backfill::delete("logs").archive("gone").only("n % 3 = 0");
    let outcome = run_with(&database.url(), "old", &old, Options { first_rows: 100, ..options() }, 2).0.unwrap();
    assert_eq!(outcome, Outcome::Verified { passes: 2, rejected: 0 });
    assert_eq!(differences(&mut client, "SELECT * FROM gone", "SELECT * FROM kept WHERE n % 3 = 0"), 0);
    assert_eq!(differences(&mut client, "SELECT * FROM logs", "SELECT * FROM kept WHERE n % 3 <> 0"), 0);

    let rest = Backfill::delete("logs");
    assert!(run(&database.url(), "rest", &rest).unwrap().is_verified());
    assert_eq!(number(&mut client, "SELECT count(*) FROM logs"), 0);
    assert_eq!(number(&mut client, "SELECT count(*) FROM gone"), 1666);
}

#[test]
fn the_rendered_loop_and_gates_run_on_every_server() {
    use migrate_safety_core::sql::split;
    for major in [14, 18] {
        let Some(server) = server_for_test(major) else { return };
        let database = server.database("backfill_loop").unwrap();
        let mut client = database.connect().unwrap();
        client
            .batch_execute(
                "CREATE TABLE t (a int, b text COLLATE \"en-x-icu\", v int, new text, PRIMARY KEY (a, b));
                 INSERT INTO t SELECT n % 3, 'É' || n, n, NULL FROM generate_series(1, 2500) AS n;
                 CREATE TABLE copied (v int PRIMARY KEY, b text);
                 CREATE TABLE keyless (v int, new int);
                 INSERT INTO keyless SELECT n, NULL FROM generate_series(1, 20000) AS n",
            )
            .unwrap();
        let live = migrate_safety_testkit::introspect(&mut client).unwrap();
        for backfill in [
            Backfill::new("t").set("new", "b || v"),
            Backfill::copy("t", "copied").set("v", "v").set("b", "b"),
            Backfill::new("keyless").set("new", "v + 1").key(["ctid"]),
        ] {
            let prepared = backfill.prepare(&live.catalog).unwrap();
            assert!(number(&mut client, &prepared.mismatches_sql()) > 0, "{backfill}");
            let text = prepared.loop_sql();
            assert_eq!(split(live.catalog.target(), &text).len(), 1, "{text}");
            client.batch_execute(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            assert_eq!(number(&mut client, &prepared.mismatches_sql()), 0, "{backfill}");
        }
        let backfill = Backfill::new("t").set("new", "b || v");
        assert!(run(&database.url(), "it's", &backfill).unwrap().is_verified());
        let gate = backfill.prepare(&live.catalog).unwrap().verified_sql("it's");
        assert_eq!(number(&mut client, &gate), 1);
    }
}
