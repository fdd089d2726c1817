//! Descriptions held against schemas.

use super::*;
use crate::catalog::testing::catalog_of;
use crate::layout::{Layout, MigrationSet};
use crate::{Config, Status, check};

const TABLES: &str = "CREATE TYPE mood AS ENUM ('a', 'b');
CREATE DOMAIN score AS numeric(10, 2) CHECK (VALUE > 0);
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, email_lower text, points int, score score, mood mood,
    doc json, tenant int NOT NULL, code varchar(20) NOT NULL, twice int GENERATED ALWAYS AS (points * 2) STORED,
    number bigint GENERATED ALWAYS AS IDENTITY, UNIQUE (tenant, code));
CREATE TABLE archive (user_id bigint PRIMARY KEY, email text, at timestamptz);
CREATE TABLE keyless (a int, b int);
CREATE TABLE nullable (a int UNIQUE, b float8 NOT NULL UNIQUE);
CREATE TABLE events (at timestamptz NOT NULL, id uuid NOT NULL, kind text, PRIMARY KEY (at, id)) PARTITION BY RANGE (at);
CREATE VIEW people AS SELECT id, email FROM users;
CREATE FUNCTION dice() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 4; END';";

fn refused(backfill: &Backfill) -> String {
    backfill.prepare(&catalog_of(TABLES)).expect_err("it should be refused").to_string()
}

fn prepared(backfill: &Backfill) -> Prepared {
    backfill.prepare(&catalog_of(TABLES)).expect("it should be taken")
}

#[test]
fn what_cannot_be_done_is_refused_with_the_remedy() {
    let users = || Backfill::new("public.users");
    let lower = || users().set("email_lower", "lower(email)");
    for (backfill, said) in [
        (Backfill::new("nothing").set("a", "1"), "there is no table nothing; check"),
        (Backfill::new("drop table users; --").set("a", "1"), "is not the name of a table; write"),
        (Backfill::new("people").set("email", "1"), "public.people is a view, not a table; backfill public.users"),
        (Backfill::new("pg_class").set("relname", "'a'"), "a relation of the server itself"),
        (users().set("email_lowre", "1"), "public.users has no column email_lowre; did you mean email_lower?"),
        (users().set("email_lower", "lower(emial)"), "public.users has no column emial; did you mean email?"),
        (users(), "set at least one column"),
        (lower().set("email_lower", "''"), "email_lower is set twice"),
        (users().set("twice", "1"), "it is generated"),
        (users().set("number", "1"), "GENERATED ALWAYS AS IDENTITY"),
        (users().set("id", "id + 1"), "the batches follow it"),
        (users().set("points", "points * 100"), "`points * 100` is computed from points itself"),
        (users().set("points", "dice()"), "`dice()` can differ each time"),
        (users().set("points", "1 WHERE true; DROP TABLE users"), "is not one expression"),
        (users().set("points", "1, tenant = 2"), "is not one expression"),
        (users().set("points", "(SELECT 1"), "is not one expression"),
        (users().set("points", "nofunction(1)"), "function nofunction(integer) does not exist"),
        (lower().only("random() < 0.5"), "can differ each time"),
        (lower().only("points + 1"), "a condition is true or false"),
        (lower().key(["email"]), "no unique index is on these columns"),
        (lower().key(["code", "tenant"]), "in this order"),
        (
            Backfill::new("keyless").set("b", "a"),
            "no index of it is unique; add a unique index on NOT NULL columns, or go by",
        ),
        (
            Backfill::new("nullable").set("a", "1"),
            "nullable_a_key holds a, which can be NULL, nullable_b_key holds b of type",
        ),
        (Backfill::new("events").set("kind", "'x'").key(["ctid"]), "backfill each partition by itself"),
        (Backfill::new("events").set("at", "now()").key(["at", "id"]), "the batches follow it"),
        (
            Backfill::copy("users", "archive").set("email", "email"),
            "public.archive has no unique key among the columns",
        ),
        (Backfill::delete("users").archive("archive"), "public.archive has no column id"),
        (Backfill::delete("users").set("points", "1"), "rows that are deleted get no values"),
        (Backfill::delete("users").only("random() < 0.5"), "can differ each time"),
    ] {
        let message = refused(&backfill);
        assert!(message.contains(said), "{backfill}: {message}");
    }
}

#[test]
fn batches_compare_in_the_type_of_the_column() {
    let users = || Backfill::new("users");
    for (backfill, sql) in [
        (
            users().set("email_lower", "lower(email) -- folded").only("email <> ''"),
            "UPDATE public.users\nSET email_lower = lower(email)\nWHERE id > $1 AND id <= $2 AND (email <> '') AND \
             email_lower IS DISTINCT FROM (lower(email))",
        ),
        (
            users().set("score", "points / 3.0").fill("mood", "'a'"),
            "UPDATE public.users\nSET score = points / 3.0, mood = coalesce(mood, ('a')::public.mood)\nWHERE id > $1 AND \
             id <= $2 AND (score IS DISTINCT FROM (points / 3.0)::numeric(10,2) OR mood IS NULL)",
        ),
        (
            users().set("doc", "to_json(points)").key(["tenant", "code"]),
            "UPDATE public.users\nSET doc = to_json(points)\nWHERE (tenant, code) > ($1, $2) AND tenant >= $1 AND \
             (tenant, code) <= ($3, $4) AND tenant <= $3 AND doc::text IS DISTINCT FROM (to_json(points))::text",
        ),
        (
            users().set("points", "(SELECT a FROM keyless forest WHERE b = id\nfor share OF forest)"),
            "UPDATE public.users\nSET points = (SELECT a FROM keyless forest WHERE b = id\nfor share OF forest)\nWHERE id > \
             $1 AND id <= $2 AND points IS DISTINCT FROM ((SELECT a FROM keyless forest WHERE b = id))::integer",
        ),
        (
            users().fill("points", "dice()"),
            "UPDATE public.users\nSET points = dice()\nWHERE id > $1 AND id <= $2 AND points IS NULL",
        ),
        (
            Backfill::copy("users", "archive")
                .set("user_id", "id")
                .set("email", "email")
                .fill("at", "clock_timestamp()"),
            "INSERT INTO public.archive (user_id, email, at)\nSELECT id, email, clock_timestamp()\nFROM public.users\nWHERE \
             id > $1 AND id <= $2\nFOR KEY SHARE\nON CONFLICT DO NOTHING",
        ),
        (
            Backfill::delete("keyless").archive("keyless").only("a > 3").key(["ctid"]),
            "WITH migrate_safety_gone AS (DELETE FROM public.keyless\nWHERE ctid > $1 AND ctid <= $2 AND (a > 3)\nRETURNING a, \
             b)\nINSERT INTO public.keyless (a, b)\nSELECT a, b\nFROM migrate_safety_gone",
        ),
    ] {
        assert_eq!(prepared(&backfill).batch_sql(), sql);
    }
}

#[test]
fn values_of_their_own_column_are_taken_where_a_changed_row_is_told() {
    let users = || Backfill::new("users");
    for backfill in [
        users().set("email", "lower(btrim(email))"),
        users().set("points", "coalesce(points, 0)"),
        users().set("points", "points * 100").set("mood", "'b'").only("mood = 'a'"),
        users().fill("email_lower", "lower(coalesce(email_lower, email))"),
    ] {
        prepared(&backfill);
    }
}

#[test]
fn the_loop_passes_the_check() {
    let of = |table: &str| Backfill::new(table);
    for backfill in [
        of("users").set("email_lower", "lower(email)"),
        of("users").set("email_lower", "'$backfill$' || email").key(["tenant", "code"]),
        of("users").fill("points", "dice()"),
        of("keyless").set("b", "a").key(["ctid"]),
        of("events").set("kind", "'x'"),
        Backfill::copy("users", "archive").set("user_id", "id").set("email", "email").only("email <> ''"),
        Backfill::delete("users").only("email = ''"),
    ] {
        let text = format!("-- no-transaction\n{};\n", prepared(&backfill).loop_sql());
        let mut set = MigrationSet::from_text("0001_schema.sql", TABLES, Layout::Sqlx);
        set.append(MigrationSet::from_text("0002_backfill.sql", text.as_str(), Layout::Sqlx));
        set.complete = true;
        let report = check(&set, &Config::default());
        let findings: Vec<_> =
            report.migrations[1].all_findings().map(|f| (f.rule, f.status, f.message.clone())).collect();
        assert!(findings.iter().all(|(_, status, _)| *status != Status::Block), "{text}\n{findings:?}");
        assert!(report.migrations[1].statements.iter().all(|s| s.understood), "{text}");
    }
}

#[test]
fn warnings_name_what_fires_and_what_is_not_steady() {
    let schema = format!(
        "{TABLES} CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
         CREATE TRIGGER audit AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f(); \
         CREATE INDEX ON users (email_lower);"
    );
    let backfill = Backfill::new("users").set("email_lower", "to_char(now(), 'YYYY')");
    let prepared = backfill.prepare(&catalog_of(&schema)).expect("it should be taken");
    let warnings: Vec<String> = prepared.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    assert!(warnings[0].contains("depends on the time"), "{warnings:?}");
    assert!(warnings[1].contains("audit"), "{warnings:?}");
    assert!(warnings[2].contains("email_lower"), "{warnings:?}");
}

#[test]
fn the_rust_code_says_the_same() {
    let backfill = Backfill::new("users").set("email_lower", "lower(\"email\")").only("id > 0");
    let code = prepared(&backfill).rust_code("lower", Layout::Sqlx).expect("sqlx is a host");
    assert!(code.contains("Backfill::new(\"users\")\n    .set(\"email_lower\", \"lower(\\\"email\\\")\")"), "{code}");
    assert!(prepared(&backfill).rust_code("lower", Layout::Plain).is_none());
}
