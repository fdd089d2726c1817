//! `catalog`.

#![allow(clippy::unwrap_used, unreachable_pub, dead_code, reason = "a test fails by panicking and shares helpers")]

mod common;

use common::Dir;

#[test]
fn it_prints_sql_that_gives_the_same_catalog() {
    let dir = Dir::with(&[
        ("migrations/1_a.sql", "CREATE TABLE users (id bigserial PRIMARY KEY, name varchar(50) NOT NULL DEFAULT '');"),
        ("migrations/2_b.sql", "CREATE INDEX users_name ON users (lower(name)); ALTER TABLE users RENAME TO people;"),
        (
            "migrations/3_c.sql",
            "CREATE COLLATION german (provider = icu, locale = 'de', deterministic = false);
             CREATE STATISTICS pair (mcv) ON id, lower(name) FROM people;
             ALTER TABLE people RENAME COLUMN id TO number;
             ALTER TABLE people RENAME COLUMN name TO called;",
        ),
    ]);
    let sql = dir.run(&["catalog"]).expect(0).out;
    assert!(sql.contains("CREATE TABLE public.people (\n    number bigint"), "{sql}");
    assert!(sql.contains("CREATE INDEX users_name ON public.people ((lower(called)));"), "{sql}");
    let collation = "CREATE COLLATION public.german (provider = icu, locale = 'de', deterministic = false);";
    assert!(sql.contains(collation), "{sql}");
    let statistics = "CREATE STATISTICS public.pair (mcv) ON number, (lower(called)) FROM public.people;";
    assert!(sql.contains(statistics), "{sql}");
    dir.write("again.sql", sql.as_bytes());
    let again = dir.run(&["catalog", "again.sql"]).expect(0).out;
    assert_eq!(again, sql);
    let [json, json_again] = [&["catalog", "--format", "json"][..], &["catalog", "again.sql", "--format", "json"]]
        .map(|args| dir.run(args).expect(0).json());
    assert_eq!(json, json_again);
    assert_eq!(json["tables"][0]["name"], "public.people");
}

#[test]
fn it_fails_as_check_does() {
    let dir = Dir::with(&[("migrations/1_a.sql", "CREATE TABLE a (id int);")]);
    assert!(dir.run(&["catalog", "absent"]).expect(2).err.contains("absent: no such file"));
    assert!(dir.run(&["catalog", "migrations", "absent"]).expect(2).out.contains("CREATE TABLE public.a"));
    dir.write("schema.sql", b"CREATE TABLE s (id int);");
    assert!(dir.run(&["catalog", "--schema", "schema.sql"]).expect(0).out.contains("CREATE TABLE public.s"));
}

/// Schemas of the other servers have a JSON form too.
#[test]
fn schemas_of_other_servers_are_json() {
    const MYSQL: &str =
        "CREATE TABLE t (id int PRIMARY KEY, n int DEFAULT 5, KEY by_n (n)); CREATE VIEW v AS SELECT id FROM t;";
    const SQLITE: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, n INT DEFAULT 5); CREATE INDEX by_n ON t (n); \
                          CREATE VIEW v AS SELECT id FROM t;";
    let dir = Dir::with(&[("mysql.sql", MYSQL), ("sqlite.sql", SQLITE)]);
    for (file, dialect) in [("mysql.sql", "mysql:9.0"), ("sqlite.sql", "sqlite:3.45")] {
        let json = dir.run(&["catalog", file, "--dialect", dialect, "--format", "json"]).expect(0).json();
        assert_eq!((json["version"].as_u64(), json["dialect"].as_str()), (Some(1), Some(dialect)));
        assert_eq!(json["views"][0]["name"], "v");
        let table = &json["tables"][0];
        assert_eq!((table["name"].as_str(), table["columns"][1]["default"].as_str()), (Some("t"), Some("5")));
        assert!(table["indexes"].as_array().unwrap().iter().any(|index| index["name"] == "by_n"), "{table:#}");
    }
}
