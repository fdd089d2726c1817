//! What `EXECUTE` runs.

use super::{check, read};
use crate::sql::name::ObjectName;
use crate::sql::operation::Operation;

#[test]
#[rustfmt::skip] // one line a body
fn constant_commands_are_read() {
    check(&[
        ("BEGIN EXECUTE 'DROP TABLE t'; END", "drop-table!@1:16"),
        ("BEGIN\n  EXECUTE $q$ALTER TABLE t\n    ADD COLUMN a int$q$; END", "add-column!@3:5"),
        ("BEGIN EXECUTE 'COMMENT ON TABLE t IS ''x'''; END", "comment!@1:7"),
        ("BEGIN EXECUTE 'CREATE TABLE t (a int); DROP TABLE u'; END", "create-table!@1:16 drop-table!@1:40"),
        ("BEGIN EXECUTE 'UPDATE t SET a = $1' USING 1; EXECUTE 'SELECT a FROM t' INTO x USING f(1); END", "update!@1:16 select@1:85 select!@1:55"),
        ("BEGIN EXECUTE 'DROP ' || 'TABLE ' || quote_ident('My T') || '; DROP TABLE ' || 'u'::text; END", "drop-table!@1:7 drop-table!@1:7"),
        ("BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN %s int DEFAULT %L', 'My T', 'a', 'it''s'); END", "add-column!@1:7"),
        ("BEGIN EXECUTE format('DROP TABLE %2$I.%1$I', 't', 'app'); EXECUTE format('SELECT 100 %% %s', 3); END", "drop-table!@1:7 select!@1:59"),
        ("DECLARE q CONSTANT text := 'DROP TABLE t'; BEGIN EXECUTE q; END", "drop-table!@1:29"),
        ("DECLARE q text; BEGIN q := 'DROP TABLE t'; EXECUTE q; q := q || ', u'; EXECUTE q; END", "drop-table!@1:29 drop-table!@1:72"),
        ("DECLARE t text := 'users'; q text; BEGIN q := format('DROP TABLE %I', t); EXECUTE q; END", "drop-table!@1:75"),
        ("BEGIN EXECUTE concat('DROP', ' TABLE ', lower('T'), NULL); EXECUTE replace('DROP TABLE X', 'X', 't'); END", "drop-table!@1:7 drop-table!@1:60"),
        ("BEGIN IF a THEN EXECUTE 'DROP TABLE t'; END IF; LOOP EXECUTE 'UPDATE t SET a = 1'; END LOOP; END", "drop-table?!@1:26 update![]@1:63"),
        ("BEGIN EXECUTE 'DO $d$ BEGIN EXECUTE ''DROP TABLE t''; END $d$'; END", "do!@1:7 drop-table!@1:7"),
        ("BEGIN EXECUTE NULL; END", ""),
    ]);
}

#[test]
#[rustfmt::skip] // one line a body
fn known_rounds_are_followed() {
    check(&[
        ("DECLARE t text; BEGIN FOREACH t IN ARRAY ARRAY['a', 'b'] LOOP EXECUTE format('DROP TABLE %I', t); END LOOP; END", "drop-table![]@1:63 drop-table![]@1:63"),
        ("DECLARE t text; ts text[] := '{a,\"B c\"}'; BEGIN FOREACH t IN ARRAY ts LOOP EXECUTE 'DROP TABLE ' || quote_ident(t); DROP TABLE u; END LOOP; END", "drop-table![]@1:76 drop-table[]@1:117 drop-table![]@1:76"),
        ("BEGIN FOR i IN 0..2 LOOP EXECUTE format('CREATE TABLE p%s PARTITION OF t FOR VALUES WITH (MODULUS 3, REMAINDER %s)', i, i); END LOOP; END", "create-table![]@1:26 create-table![]@1:26 create-table![]@1:26"),
        ("DECLARE r record; BEGIN FOR r IN SELECT unnest(ARRAY['a', 'b']) AS name LOOP EXECUTE format('DROP TABLE %I', r.name); END LOOP; END", "select@1:34 drop-table![]@1:78 drop-table![]@1:78"),
        ("DECLARE n text; BEGIN FOR n IN SELECT x FROM unnest(ARRAY['a', 'b']) AS x LOOP EXECUTE 'DROP TABLE ' || n; END LOOP; END", "select@1:32 drop-table![]@1:80 drop-table![]@1:80"),
        ("DECLARE r record; BEGIN FOR r IN SELECT * FROM (VALUES ('a', 'x'), ('b', 'y')) AS v(t, c) LOOP EXECUTE format('ALTER TABLE %I DROP COLUMN %I', r.t, r.c); END LOOP; END", "select@1:34 drop-column![]@1:96 drop-column![]@1:96"),
        ("DECLARE a text; b text; BEGIN FOR a, b IN VALUES ('a', 'x') LOOP EXECUTE format('ALTER TABLE %I DROP COLUMN %I', a, b); END LOOP; END", "select@1:43 drop-column![]@1:66"),
        ("BEGIN FOR i IN 1..2 LOOP FOR j IN 1..2 LOOP EXECUTE 'DROP TABLE t' || i || '_' || (i + j); END LOOP; END LOOP; END", "drop-table![]@1:45 drop-table![]@1:45 drop-table![]@1:45 drop-table![]@1:45"),
        ("DECLARE q text; BEGIN FOR i IN 1..3 LOOP q := 'DROP TABLE t'; EXECUTE q; END LOOP; END", "drop-table![]@1:48"),
    ]);
}

#[test]
#[rustfmt::skip] // one line a body
fn what_cannot_be_known_is_said() {
    check(&[
        ("BEGIN EXECUTE q; END", "opaque!@1:7 Dynamic(EXECUTE runs a statement that is put together at run time)"),
        ("DECLARE q text; BEGIN q := f(); EXECUTE q; END", "select@1:28 opaque!@1:33 Dynamic(EXECUTE runs a statement that is put together at run time)"),
        ("DECLARE r record; BEGIN FOR r IN SELECT tablename FROM pg_tables LOOP EXECUTE format('ALTER TABLE %I ADD COLUMN x int', r.tablename); END LOOP; END", "select@1:34 opaque?![]@1:71 Dynamic(EXECUTE builds its statement at run time: ALTER TABLE <…> ADD COLUMN x int)"),
        ("BEGIN EXECUTE 'ALTER TABLE users ADD CONSTRAINT ' || f() || ' FOREIGN KEY (a) REFERENCES app.teams'; END", "select@1:15 opaque!@1:7 Dynamic(EXECUTE builds its statement at run time: ALTER TABLE users ADD CONSTRAINT <…> FOREIGN KEY (a) REFERENCES app.teams)"),
        ("DECLARE q text := 'DROP TABLE t'; BEGIN IF a THEN q := 'DROP TABLE u'; END IF; EXECUTE q; END", "opaque!@1:80 Dynamic(EXECUTE runs a statement that is put together at run time)"),
        ("DECLARE q text := 'DROP TABLE t'; BEGIN LOOP EXECUTE q; q := f(); END LOOP; END", "opaque![]@1:46 select[]@1:62 Dynamic(EXECUTE runs a statement that is put together at run time)"),
        ("DECLARE q text := 'DROP TABLE t'; BEGIN SELECT x INTO q FROM y; EXECUTE q; END", "select@1:41 opaque!@1:65 Dynamic(EXECUTE runs a statement that is put together at run time)"),
        ("DECLARE q text := 'DROP TABLE t'; BEGIN BEGIN q := 'x'; EXCEPTION WHEN others THEN EXECUTE q; END; END", "opaque?!@1:84 Dynamic(EXECUTE runs a statement that is put together at run time)"),
        ("BEGIN FOR r IN EXECUTE 'SELECT a FROM ' || f() LOOP NULL; END LOOP; END", "select@1:24 opaque!@1:7 Dynamic(EXECUTE builds its statement at run time: SELECT a FROM <…>)"),
    ]);
}

#[test]
#[rustfmt::skip] // one line a body
fn names_that_do_not_matter() {
    check(&[
        ("BEGIN EXECUTE format('ALTER DATABASE %I SET timezone TO %L', current_database(), 'UTC'); END", "alter-database!@1:7"),
        ("BEGIN EXECUTE 'GRANT USAGE ON SCHEMA app TO ' || quote_ident(current_user); END", "grant!@1:7"),
        ("BEGIN EXECUTE format('GRANT SELECT ON t TO %I', f()); EXECUTE format('GRANT SELECT ON %I TO joe', f()); END", "select@1:15 grant!@1:7 select@1:63 opaque!@1:55 Dynamic(EXECUTE builds its statement at run time: GRANT SELECT ON <…> TO joe)"),
        ("BEGIN EXECUTE format('UPDATE t SET a = %L', f()); EXECUTE format('ALTER TABLE t ALTER a SET DEFAULT %L', f()); END", "select@1:15 update!@1:7 select@1:59 set-default!@1:51"),
        ("BEGIN EXECUTE format('CREATE ROLE %I LOGIN PASSWORD %L', f(), g()); END", "select@1:15 create-object!@1:7"),
    ]);
}

#[test]
#[rustfmt::skip] // one line a body
fn faults_of_commands() {
    check(&[
        ("BEGIN EXECUTE 'DROP TABEL t'; END", "opaque!@1:16 Invalid(expected a class of objects, such as `TABLE`, found `TABEL`)"),
        ("BEGIN EXECUTE 'COMMIT'; END", "commit!@1:16 Invalid(EXECUTE cannot run a transaction command)"),
    ]);
}

#[test]
#[rustfmt::skip] // one line a body
fn changes_in_loops_are_counted() {
    check(&[
        ("BEGIN LOOP EXECUTE 'DELETE FROM t WHERE ctid IN (SELECT ctid FROM t LIMIT 1000)'; EXIT WHEN NOT FOUND; COMMIT; END LOOP; END", "delete![cb]@1:21 commit?[cb]@1:104"),
        ("BEGIN LOOP EXECUTE 'DELETE FROM t WHERE ctid IN (SELECT ctid FROM t LIMIT 1000)'; UPDATE u SET a = 1; END LOOP; END", "delete![]@1:21 update[]@1:83"),
        ("BEGIN LOOP UPDATE u SET a = 1 WHERE id IN (SELECT 1 LIMIT 1); LOOP EXECUTE 'DELETE FROM t'; END LOOP; END LOOP; END", "update[]@1:12 delete![]@1:77"),
    ]);
}

#[test]
fn an_unreadable_command_mentions_what_it_names() {
    for (body, mentions) in [
        (
            "BEGIN EXECUTE 'ALTER TABLE IF EXISTS ONLY app.users ADD ' || f() || ' REFERENCES teams'; END",
            "app.users teams",
        ),
        ("BEGIN EXECUTE 'CREATE INDEX CONCURRENTLY ' || f() || ' ON \"Users\" (a)'; END", "Users"),
        ("BEGIN EXECUTE format('INSERT INTO %I SELECT a FROM t JOIN u USING (a) %s', f(), g()); END", "t u"),
        ("BEGIN EXECUTE f(); END", ""),
    ] {
        let read = read(body);
        match read.operations.last().map(|o| &o.operation) {
            Some(Operation::Opaque { mentions: found, .. }) => {
                let found: Vec<String> = found.iter().map(ObjectName::to_string).collect();
                assert_eq!(found.join(" "), mentions, "{body}");
            }
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn code_that_grows_is_not_followed_for_ever() {
    let bodies = [
        format!("DECLARE q text := 'x'; BEGIN {} EXECUTE q; END", "q := q || q;".repeat(200)),
        format!("DECLARE q text := 'x'; BEGIN {} EXECUTE q; END", "q := format('%s%1$s%1$s', q);".repeat(200)),
        format!("DECLARE q text := 'x'; BEGIN {} EXECUTE q; END", "q := replace(q, 'x', 'xxx');".repeat(200)),
        format!("DECLARE q text[] := '{{a}}'; BEGIN {} EXECUTE q; END", "q := q || q;".repeat(200)),
        format!("DECLARE q text[] := '{{a}}'; BEGIN {} EXECUTE q; END", "q := ARRAY[q, q];".repeat(200)),
        "DECLARE q text := 'x'; BEGIN FOR i IN 1..999 LOOP FOR j IN 1..999 LOOP FOR k IN 1..999 LOOP \
         q := q || i; EXECUTE q; END LOOP; END LOOP; END LOOP; END"
            .to_owned(),
    ];
    for body in bodies {
        assert!(read(&body).operations.len() < 5_000);
    }
}
