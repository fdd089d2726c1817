//! Awkward histories of our own: after each migration the replay holds what the server does.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use migrate_safety_core::catalog::diff::{Closeness, diff};
use migrate_safety_core::layout::{Layout, MigrationSet};
use migrate_safety_core::{Config, Target, replay_each};
use migrate_safety_testkit::{MAJORS, introspect, replay_on_server, server_for_test};

/// A view that reads itself cannot be created in one go.
const OF_ITSELF: &str = "a view of itself";

/// Histories by name: each migration is a text.
const HISTORIES: &[(&str, &[&str])] = &[
    (
        "names",
        &[
            "CREATE TABLE t (a int PRIMARY KEY, c int UNIQUE, d int REFERENCES t, e int CHECK (e > 0), CHECK (e < c));
             CREATE INDEX ON t (c); CREATE INDEX ON t (c); CREATE INDEX ON t (lower(d::text), (e + 1));",
            "ALTER TABLE t RENAME TO u; ALTER TABLE u RENAME c TO renamed; CREATE INDEX ON u (renamed);",
            "CREATE TABLE a_table_with_a_name_that_is_far_too_long_to_be_kept_whole_in (
                 a_column_with_a_name_that_is_far_too_long_to_be_kept_whole_too int UNIQUE REFERENCES u);",
            "CREATE TABLE \"Odd Name\" (\"Column\" serial, \"select\" text DEFAULT 'it''s'); ALTER TABLE \"Odd Name\" RENAME TO plain;",
        ],
    ),
    (
        "defaults",
        &[
            "CREATE TABLE d (a text DEFAULT 'x', b varchar(5) DEFAULT 'y', c bool DEFAULT 't', d numeric DEFAULT -1,
                 e timestamptz DEFAULT CURRENT_TIMESTAMP, f interval DEFAULT '24 hours', g jsonb DEFAULT '{\"a\": [1]}',
                 h int[] DEFAULT '{1,2}', i text[] DEFAULT ARRAY['a', 'b'], j date DEFAULT '2024-01-02',
                 k timestamp DEFAULT (now() AT TIME ZONE 'utc'), l float8 DEFAULT 0, m bigint DEFAULT 1 + 1,
                 n text DEFAULT upper('a') || 'b', o uuid DEFAULT gen_random_uuid(), p text DEFAULT NULL)",
            "ALTER TABLE d ALTER a TYPE varchar(10), ALTER l SET DEFAULT 1.5, ALTER b DROP DEFAULT, ALTER m SET DEFAULT 7;
             ALTER TABLE d ADD q smallint NOT NULL DEFAULT 3, DROP c",
        ],
    ),
    (
        "conditions",
        &[
            "CREATE TABLE c (a int, b text, c numeric, d date, e bool,
                 CHECK (a IN (1, 2, 3)), CHECK (a BETWEEN 1 AND 10), CHECK (b LIKE 'x%' AND b <> 'xy'),
                 CHECK (b != 'z' OR c IS NOT NULL), CHECK (NOT e), CHECK (length(b) < 10 AND (a > 0 AND c > 0)),
                 CHECK (b = ANY ('{a,b}')), CHECK (b NOT IN ('p', 'q')), CHECK (d > '2000-01-01'),
                 CHECK (c >= 1 AND c < 1.5 + a), CHECK (coalesce(a, 0) = 0), CHECK (b ~ '^a' AND b ILIKE 'a%'))",
            "CREATE INDEX ON c (a) WHERE b IS NULL AND a > 5; CREATE UNIQUE INDEX ON c (lower(b), a DESC NULLS LAST) INCLUDE (c);
             ALTER TABLE c RENAME a TO z; ALTER TABLE c ALTER b TYPE varchar(20)",
            "ALTER TABLE c ADD CONSTRAINT later CHECK (z < 100) NOT VALID; ALTER TABLE c VALIDATE CONSTRAINT later;
             ALTER TABLE c ADD CONSTRAINT open CHECK (z < 99) NOT VALID",
        ],
    ),
    (
        "partitions",
        &[
            "CREATE TABLE p (id int NOT NULL, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
             CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
             CREATE TABLE p2 (id int NOT NULL, at date NOT NULL); CREATE INDEX ON p (at)",
            "ALTER TABLE p ATTACH PARTITION p2 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
             CREATE TABLE p3 PARTITION OF p DEFAULT; ALTER TABLE p ADD note text DEFAULT 'n'",
            "ALTER TABLE p DETACH PARTITION p1; CREATE TABLE r (id int, at date, FOREIGN KEY (id, at) REFERENCES p)",
            "CREATE TABLE l (k text, v int) PARTITION BY LIST (k); CREATE TABLE l1 PARTITION OF l FOR VALUES IN ('a', 'b') PARTITION BY HASH (v);
             CREATE TABLE l11 PARTITION OF l1 FOR VALUES WITH (MODULUS 2, REMAINDER 0); CREATE UNIQUE INDEX ON l (k, v)",
        ],
    ),
    (
        "objects",
        &[
            "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN positive AS int CHECK (VALUE > 0) DEFAULT 1;
             CREATE TYPE pair AS (a int, b mood); CREATE TABLE o (id int GENERATED ALWAYS AS IDENTITY, m mood DEFAULT 'ok', n positive, q pair)",
            "ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'; ALTER TABLE o RENAME m TO feeling;
             CREATE VIEW v AS SELECT *, feeling = 'sad' AS low FROM o; CREATE VIEW w AS SELECT v.id FROM v JOIN o USING (id) WHERE v.low",
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER tr BEFORE INSERT OR UPDATE OF n ON o FOR EACH ROW WHEN (NEW.n > 1) EXECUTE FUNCTION f('x');
             ALTER TABLE o DISABLE TRIGGER tr; ALTER FUNCTION f() RENAME TO g",
            "CREATE MATERIALIZED VIEW mv AS SELECT id, count(*) AS c FROM o GROUP BY id WITH NO DATA; CREATE UNIQUE INDEX ON mv (id);
             ALTER TABLE o ENABLE ROW LEVEL SECURITY; CREATE POLICY pol ON o FOR SELECT USING (id > 0 AND n IN (1, 2)); COMMENT ON COLUMN o.id IS 'number'",
            "CREATE SCHEMA app; ALTER TABLE o SET SCHEMA app; CREATE TABLE child () INHERITS (app.o); ALTER TABLE app.o ADD x text; DROP VIEW w",
        ],
    ),
    (
        "kept",
        &[
            "CREATE TABLE n (a numeric(8), b bytea DEFAULT '' NOT NULL, PRIMARY KEY (a)); CREATE UNIQUE INDEX i ON n (b);
             ALTER TABLE n REPLICA IDENTITY USING INDEX i; ALTER INDEX i RENAME TO j; CREATE DOMAIN d AS numeric(8, 2) DEFAULT NULL",
            "DROP INDEX j; ALTER TABLE n ADD c numeric(20), ADD d date; ALTER TABLE n ALTER d TYPE text USING 'x' || d",
            "CREATE MATERIALIZED VIEW per_day AS SELECT d::date AS day, count(*)::int AS amount FROM n GROUP BY day ORDER BY day DESC, amount;
             CREATE VIEW other AS SELECT 1 AS one; CREATE OR REPLACE VIEW other AS SELECT 2 AS one",
            "CREATE TABLE user_email_authentication_codes (user_email_authentication_code_id uuid PRIMARY KEY,
                 user_email_authentication_id uuid NOT NULL, other serial, CHECK (other > 0), UNIQUE (other));
             ALTER TABLE user_email_authentication_codes ADD CONSTRAINT self FOREIGN KEY (other)
                 REFERENCES user_email_authentication_codes (other) DEFERRABLE INITIALLY DEFERRED;
             ALTER TABLE user_email_authentication_codes ALTER CONSTRAINT self DEFERRABLE",
            "CREATE TABLE r (a int, b int, c int); CREATE RULE log AS ON INSERT TO r DO ALSO INSERT INTO r (b) SELECT NEW.c FROM n WHERE n.c > 0;
             CREATE RULE keep AS ON DELETE TO r WHERE OLD.a > 1 DO INSTEAD UPDATE n SET d = 'x' WHERE n.a = OLD.a;
             ALTER TABLE n DROP c CASCADE; ALTER TABLE r DROP a CASCADE",
        ],
    ),
    (
        "followed names",
        &[
            "CREATE SCHEMA s; CREATE SCHEMA u; COMMENT ON SCHEMA s IS 'a'; CREATE COLLATION c (locale = 'C'); CREATE COLLATION s.d FROM \"C\";
             CREATE TABLE t (a int, b text COLLATE c, d int); CREATE INDEX ON t (b COLLATE s.d, lower(b));
             CREATE STATISTICS st ON a, d FROM t; CREATE STATISTICS s.of (mcv, ndistinct, dependencies) ON a, (d + 1) FROM t",
            "ALTER STATISTICS st RENAME TO other; ALTER STATISTICS other SET SCHEMA u; ALTER COLLATION c RENAME TO e; ALTER COLLATION e SET SCHEMA u;
             ALTER SCHEMA s RENAME TO r",
            "CREATE TYPE p AS (x int, y text); CREATE TABLE typed OF p (PRIMARY KEY (x)); ALTER TYPE p ADD ATTRIBUTE z bool CASCADE;
             ALTER TYPE p RENAME ATTRIBUTE y TO w CASCADE; ALTER TYPE p ALTER ATTRIBUTE x TYPE bigint CASCADE; ALTER TYPE p SET SCHEMA u;
             ALTER TYPE u.p DROP ATTRIBUTE z CASCADE",
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TYPE mood AS ENUM ('sad', 'ok'); ALTER TABLE t ADD m mood;
             CREATE TRIGGER one BEFORE UPDATE ON t FOR EACH ROW WHEN (NEW.m = 'ok') EXECUTE FUNCTION f(a, 'b', 7); COMMENT ON TRIGGER one ON t IS 'x';
             CREATE POLICY two ON t USING (m <> 'sad'); COMMENT ON POLICY two ON t IS 'y'; ALTER TRIGGER one ON t RENAME TO three;
             ALTER POLICY two ON t RENAME TO four; ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'; ALTER TYPE mood RENAME VALUE 'sad' TO 'low'",
            "DROP TABLE typed; DROP STATISTICS u.other; DROP INDEX t_b_lower_idx; DROP SCHEMA r CASCADE",
        ],
    ),
    (
        "self-referencing partitions",
        &[
            "CREATE TABLE a (k int NOT NULL, m int, UNIQUE (k, m)) PARTITION BY LIST (k);
             CREATE TABLE b PARTITION OF a FOR VALUES IN (1); CREATE TABLE c PARTITION OF a FOR VALUES IN (2);
             ALTER TABLE b ADD FOREIGN KEY (m, m) REFERENCES a (k, m); ALTER TABLE a ADD FOREIGN KEY (k, m) REFERENCES a (k, m)",
            "ALTER TABLE a DETACH PARTITION b",
            "ALTER TABLE a DETACH PARTITION c",
        ],
    ),
    (
        OF_ITSELF,
        &["CREATE VIEW itself AS SELECT 1 AS one; CREATE OR REPLACE VIEW itself AS SELECT one FROM itself"],
    ),
    (
        "texts of views",
        &[
            "CREATE SCHEMA s; CREATE TABLE t (z int, a int, b int, k int, dead int); CREATE TABLE o (a int, b text, k int); CREATE TABLE p (k int, c int);
             CREATE VIEW v1 AS SELECT a FROM t WHERE t.a > 0; CREATE VIEW v2 AS SELECT x.a, t.b, \"t\".k AS a1 FROM t JOIN o AS x ON x.k = t.b;
             CREATE VIEW v3 AS SELECT *, 1 AS one FROM o; CREATE VIEW v4 AS SELECT count(*) FROM ONLY t WHERE a IN (SELECT a FROM o);
             CREATE VIEW v5 AS WITH t AS (SELECT 1 AS a), o AS (SELECT a, b FROM public.t) SELECT t.a, o.b FROM t, o;
             CREATE VIEW v6 AS SELECT v1.* FROM v1 LEFT JOIN t AS x (y) ON x.y = v1.a; CREATE VIEW v7 AS SELECT t FROM t;
             CREATE MATERIALIZED VIEW m AS SELECT p.*, t.a FROM p JOIN t USING (k) UNION ALL SELECT k, c, NULL FROM p;
             CREATE VIEW v8 AS SELECT k, o.a, t.a AS ta FROM t JOIN p USING (k) JOIN o USING (k);
             CREATE VIEW v9 AS SELECT z, dead AS c FROM t ORDER BY a; CREATE VIEW v10 AS SELECT a, p.c AS pc FROM t, p",
            "ALTER TABLE t RENAME a TO c; ALTER TABLE o ADD c int; ALTER TABLE t RENAME TO u",
            "ALTER TABLE p ADD d int; ALTER TABLE u ADD e int; ALTER TABLE o RENAME b TO \"B b\"; ALTER VIEW v1 RENAME a TO first; ALTER VIEW v1 RENAME TO w1",
            "ALTER TABLE o SET SCHEMA s; ALTER SCHEMA s RENAME TO \"S s\"; ALTER TABLE \"S s\".o RENAME TO t; ALTER TABLE u RENAME b TO bb",
            "DROP VIEW v7, v9; ALTER TABLE u DROP COLUMN dead; DROP VIEW v6; ALTER TABLE u DROP COLUMN z; ALTER TABLE u RENAME bb TO b",
        ],
    ),
    (
        "names found by a path",
        &[
            "CREATE SCHEMA app; SET search_path = app, public; CREATE TYPE mood AS ENUM ('a', 'b'); CREATE SEQUENCE ids; CREATE TABLE public.open (a int);
             CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + 1'; CREATE FUNCTION public.g(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a';
             CREATE TABLE t (a int DEFAULT f(1), b mood DEFAULT 'a'::mood, c bigint DEFAULT nextval('ids'), d int GENERATED ALWAYS AS (f(2) + g(3)) STORED,
                 CHECK (f(a) > 0 AND b <> 'b'::mood AND CAST(b AS text) <> 'x'));
             CREATE INDEX i ON t (f(a), (b = mood 'a')) WHERE f(a) < 9; CREATE VIEW v AS SELECT t.a, open.a AS b, f(t.a) AS c FROM t, open;
             ALTER TABLE t ADD e int DEFAULT f(g(2)), ADD CHECK (e > f(0)); CREATE DOMAIN d AS int DEFAULT 3 CHECK (f(VALUE) > 1);
             CREATE POLICY p ON t USING (a IN (SELECT a FROM open WHERE f(a) > 0) OR EXISTS (SELECT FROM t AS other WHERE other.b = 'a'::mood))",
            "RESET search_path; CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a * 2'; CREATE TABLE after (a int DEFAULT f(1), b app.mood DEFAULT 'b'::app.mood)",
            "ALTER FUNCTION app.f(int) RENAME TO h; ALTER FUNCTION g(int) SET SCHEMA app; ALTER TYPE app.mood RENAME TO feeling; ALTER TYPE app.feeling SET SCHEMA public",
            "ALTER SCHEMA app RENAME TO core; ALTER FUNCTION core.h(int) SET SCHEMA public",
        ],
    ),
];

fn set(texts: &[&str]) -> MigrationSet {
    let mut set = MigrationSet { layout: Layout::Plain, complete: true, ..MigrationSet::default() };
    for (at, text) in texts.iter().enumerate() {
        let path = format!("{}_m.sql", at + 1);
        set.migrations.extend(MigrationSet::from_text(path, *text, Layout::Plain).migrations);
    }
    set
}

#[test]
fn the_replay_is_the_server() {
    let mut wrong = Vec::new();
    for major in MAJORS {
        let Some(server) = server_for_test(major) else { return };
        for (name, texts) in HISTORIES {
            let outcomes = replay_on_server(&server, &format!("history_{name}"), &set(texts)).unwrap();
            assert_eq!(outcomes.len(), texts.len(), "{name} on {major} ended early: {outcomes:#?}");
            for outcome in outcomes {
                let place = format!("{name} on {major}, migration {}", outcome.migration);
                assert_eq!(outcome.error, None, "{place}");
                wrong.extend(outcome.unread.iter().map(|unread| format!("{place}: {unread}")));
                wrong.extend(outcome.differences.iter().map(|difference| format!("{place}: {difference}")));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
}

/// After each migration, the schema that the replay holds, written as SQL, makes the one of the server.
#[test]
fn the_replay_as_sql_makes_the_schema() {
    let major = MAJORS[MAJORS.len() / 2];
    let Some(server) = server_for_test(major) else { return };
    let config = Config { target: Target::postgres(major), ..Config::default() };
    let mut wrong = Vec::new();
    for (name, texts) in HISTORIES.iter().filter(|(name, _)| *name != OF_ITSELF) {
        let migrated = server.database("migrated").unwrap();
        let mut client = migrated.connect().unwrap();
        replay_each(&set(texts), &config, &mut |migration, catalog| {
            let place = format!("{name}, migration {}", migration.id);
            client.batch_execute(&format!("RESET ALL; {}", migration.up.text)).unwrap();
            let sql = catalog.to_sql();
            let written = server.database("written").unwrap();
            let mut other = written.connect().unwrap();
            if let Err(error) = other.batch_execute(&sql) {
                wrong.push(format!("{place}: {error:?}\n{sql}"));
                return;
            }
            let [wanted, found] = [&mut client, &mut other].map(|client| introspect(client).unwrap().catalog);
            let differences = diff(&wanted, &found, Closeness::Meaning);
            wrong.extend(differences.iter().map(|difference| format!("{place}: {difference}\n{sql}")));
        });
    }
    assert!(wrong.is_empty(), "{} differences\n{}", wrong.len(), wrong.join("\n"));
}
