//! The probe against facts that are known from the documentation, on every version.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use migrate_safety_testkit::{Case, MAJORS, Measurement, Probe, run_cases, server_for_test};

const TABLES: &str = "
    CREATE TABLE parent (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
    CREATE TABLE t (id bigserial PRIMARY KEY, parent_id bigint, v varchar(20), n int);
    CREATE INDEX t_v ON t (v)";

const PARTITIONS: &str = "
    CREATE TABLE m (id int, at date) PARTITION BY RANGE (at);
    CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')";

/// A statement and what it does on every version.
struct Fact {
    case: Case<'static>,
    locks: &'static [(&'static str, &'static str)],
    rewrites: &'static [&'static str],
    scans: &'static [&'static str],
    rebuilds_indexes: &'static [&'static str],
    requires_no_transaction: bool,
}

fn fact(setup: &'static str, sql: &'static str, locks: &'static [(&'static str, &'static str)]) -> Fact {
    Fact {
        case: Case::new(sql, setup, sql),
        locks,
        rewrites: &[],
        scans: &[],
        rebuilds_indexes: &[],
        requires_no_transaction: false,
    }
}

impl Fact {
    fn rewrites(mut self, tables: &'static [&'static str]) -> Self {
        self.rewrites = tables;
        self
    }

    fn scans(mut self, tables: &'static [&'static str]) -> Self {
        self.scans = tables;
        self
    }

    fn rebuilds(mut self, indexes: &'static [&'static str]) -> Self {
        self.rebuilds_indexes = indexes;
        self
    }

    fn alone(mut self) -> Self {
        self.requires_no_transaction = true;
        self
    }

    fn measurement(&self) -> Measurement {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let lock = |(relation, mode): &(&str, &str)| ((*relation).to_owned(), (*mode).to_owned());
        Measurement {
            locks: self.locks.iter().map(lock).collect(),
            rewrites: owned(self.rewrites),
            scans: owned(self.scans),
            rebuilds_indexes: owned(self.rebuilds_indexes),
            requires_no_transaction: self.requires_no_transaction,
            ..Measurement::default()
        }
    }
}

fn facts() -> Vec<Fact> {
    const ALL: [(&str, &str); 3] =
        [("public.t", "ACCESS EXCLUSIVE"), ("public.t_pkey", "ACCESS EXCLUSIVE"), ("public.t_v", "ACCESS EXCLUSIVE")];
    const WRITES: [(&str, &str); 3] =
        [("public.t", "ROW EXCLUSIVE"), ("public.t_pkey", "ROW EXCLUSIVE"), ("public.t_v", "ROW EXCLUSIVE")];

    let on = |sql, locks| fact(TABLES, sql, locks);
    let mut facts = vec![
        on("ALTER TABLE t ADD COLUMN c int DEFAULT 1", &ALL[..1]),
        on("ALTER TABLE t ADD COLUMN c float8 DEFAULT random()", &ALL).rewrites(&["public.t"]).scans(&["public.t"]),
        on("ALTER TABLE t RENAME TO u", &ALL[..1]),
        on("ALTER TABLE t ALTER v TYPE varchar(40)", &[ALL[0], ALL[2]]),
        on("ALTER TABLE t ALTER v TYPE varchar(40) COLLATE \"C\"", &[ALL[0], ALL[2]])
            .scans(&["public.t"])
            .rebuilds(&["public.t_v"]),
        on("CREATE INDEX ON t (n)", &[("public.t", "SHARE")]).scans(&["public.t"]),
        on(
            "ALTER TABLE t ADD FOREIGN KEY (parent_id) REFERENCES parent",
            &[("public.parent", "SHARE ROW EXCLUSIVE"), ("public.t", "SHARE ROW EXCLUSIVE")],
        )
        .scans(&["public.parent", "public.t"]),
        on("TRUNCATE t", &ALL).rewrites(&["public.t"]),
        on("UPDATE t SET n = 1", &WRITES).scans(&["public.t"]),
        on("UPDATE t SET n = 1 WHERE id = 7", &WRITES),
        on("SELECT FROM t FOR UPDATE", &[]).scans(&["public.t"]),
        on("CLUSTER t USING t_v", &ALL).rewrites(&["public.t"]).scans(&["public.t"]),
        on("CREATE INDEX CONCURRENTLY ON t (n)", &[("public.t", "SHARE UPDATE EXCLUSIVE")])
            .scans(&["public.t"])
            .alone(),
        on("VACUUM FULL t", &ALL).rewrites(&["public.t"]).scans(&["public.t"]).alone(),
        on(
            "VACUUM t",
            &[
                ("public.t", "SHARE UPDATE EXCLUSIVE"),
                ("public.t_pkey", "ROW EXCLUSIVE"),
                ("public.t_v", "ROW EXCLUSIVE"),
            ],
        )
        .alone(),
        on(
            "DROP INDEX CONCURRENTLY t_v",
            &[("public.t", "SHARE UPDATE EXCLUSIVE"), ("public.t_v", "ACCESS EXCLUSIVE")],
        )
        .alone(),
        fact(
            PARTITIONS,
            "ALTER TABLE m DETACH PARTITION m1 CONCURRENTLY",
            &[("public.m", "SHARE UPDATE EXCLUSIVE"), ("public.m1", "ACCESS EXCLUSIVE")],
        )
        .alone(),
    ];
    for (zone, fact) in [("UTC", &[][..]), ("Europe/Berlin", &["public.z"][..])] {
        let mut moved = self::fact(
            "CREATE TABLE z (at timestamp)",
            "ALTER TABLE z ALTER at TYPE timestamptz",
            &[("public.z", "ACCESS EXCLUSIVE")],
        )
        .rewrites(fact)
        .scans(fact);
        moved.case.session = if zone == "UTC" { "SET TimeZone = 'UTC'" } else { "SET TimeZone = 'Europe/Berlin'" };
        facts.push(moved);
    }
    let mut held = fact(TABLES, "UPDATE t SET n = 2 WHERE id = 7", &[]);
    held.case.before = "LOCK TABLE t; UPDATE t SET n = 1 WHERE id = 7";
    facts.push(held);
    facts
}

fn confirm(major: u16) {
    if server_for_test(major).is_none() {
        return;
    }
    let facts = facts();
    let cases: Vec<Case<'_>> = facts.iter().map(|fact| fact.case.clone()).collect();
    let results = run_cases(major, &cases).unwrap();
    assert_eq!(results.len(), facts.len());
    for (fact, measured) in facts.iter().zip(results) {
        let measured = measured.result.unwrap_or_else(|error| panic!("{}: {error}", measured.name));
        assert_eq!(measured, fact.measurement(), "{} on {major}", fact.case.sql);
    }
}

#[test]
fn facts_on_14() {
    confirm(14);
}

#[test]
fn facts_on_15() {
    confirm(15);
}

#[test]
fn facts_on_16() {
    confirm(16);
}

#[test]
fn facts_on_17() {
    confirm(17);
}

#[test]
fn facts_on_18() {
    confirm(18);
}

#[test]
fn errors_are_part_of_the_measurement() {
    let Some(server) = server_for_test(18) else {
        return;
    };
    let mut probe = Probe::new(&server).unwrap();

    let refused = probe.measure("CREATE TABLE t (id int)", "ALTER TABLE t ALTER id TYPE nothing").unwrap();
    assert_eq!(refused.error.unwrap().sqlstate, "42704");
    let outside = probe.measure("", "VACUUM nowhere").unwrap();
    assert!(outside.requires_no_transaction);
    assert_eq!(outside.error.unwrap().sqlstate, "42P01");
    let setup = probe.measure("CREATE TABLE", "SELECT 1").unwrap_err();
    assert!(setup.to_string().contains("setup"), "{setup}");
    assert_eq!(probe.measure("", "SELECT 1").unwrap(), Measurement::default());
}

#[test]
fn a_case_leaves_nothing_for_the_next() {
    let Some(server) = server_for_test(MAJORS[0]) else {
        return;
    };
    let mut probe = Probe::new(&server).unwrap();

    let setup =
        "CREATE ROLE someone; CREATE SCHEMA app; CREATE TABLE app.t (id int); CREATE EXTENSION IF NOT EXISTS plpgsql;
        CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; SET search_path = app";
    for sql in ["COMMIT", "CREATE DATABASE another", "TRUNCATE t"] {
        assert_eq!(probe.measure(setup, sql).unwrap().error, None, "{sql}");
    }
    let find = "DO $$ BEGIN ASSERT to_regclass('app.t') IS NULL AND to_regproc('f') IS NULL AND
        NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'someone') AND
        NOT EXISTS (SELECT FROM pg_database WHERE datname = 'another') AND
        current_setting('search_path') <> 'app'; END $$";
    assert_eq!(probe.measure("", find).unwrap().error, None);
}

#[test]
fn tables_without_possible_rows_are_named() {
    let Some(server) = server_for_test(17) else {
        return;
    };
    let mut probe = Probe::new(&server).unwrap();

    let setup = "CREATE TABLE never (n int NOT NULL CHECK (n > 5 AND n < 3)); CREATE TABLE few (n int CHECK (n < 50))";
    let measured = probe.measure(setup, "DO $$ BEGIN ASSERT (SELECT count(*) FROM few) = 49; END $$").unwrap();
    assert_eq!(measured.error, None);
    assert_eq!(measured.unfilled, ["public.never"]);
}
