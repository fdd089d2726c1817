//! Calls of routines, and bodies that are not PL/pgSQL.

use super::{exact, shown_all};
use crate::dialect::Target;
use crate::sql::name::{Ident, ObjectName};
use crate::sql::operation::{Operation, RoutineBody};
use crate::sql::plpgsql::{read_body, read_call};
use crate::sql::span::Position;
use crate::sql::{called_routines, parse, routine_calls};

fn operation(sql: &str) -> Operation {
    let mut script = parse(Target::default(), sql);
    let mut statement = script.statements.remove(0);
    assert_eq!(statement.problems, [], "{sql}");
    statement.operations.remove(0).operation
}

#[test]
fn operations_call_routines() {
    for (sql, called) in [
        ("SELECT f(), app.g(h(1)) FROM i(2), t JOIN u ON j() WHERE k() ORDER BY l() LIMIT m()", "f app.g h i j k l m"),
        ("WITH x AS (SELECT f()), y AS (DELETE FROM t WHERE g() RETURNING h()) SELECT i()", "f g h i"),
        (
            "SELECT (SELECT f()), EXISTS (SELECT 1 WHERE g()), 1 IN (SELECT h()), CASE WHEN i() THEN j() END",
            "f g h i j",
        ),
        ("INSERT INTO t SELECT f() ON CONFLICT (a) DO UPDATE SET a = g() WHERE h() RETURNING i()", "f g h i"),
        ("INSERT INTO t VALUES (f(), (SELECT g()))", "f g"),
        ("UPDATE t SET a = f() FROM g() WHERE h() RETURNING i()", "g f h i"),
        ("DELETE FROM t USING f() WHERE g()", "f g"),
        ("MERGE INTO t USING f() AS s ON g() WHEN MATCHED AND h() THEN UPDATE SET a = i()", "f g h i"),
        ("CALL app.p(f())", "app.p f"),
        ("CREATE TABLE t AS SELECT f()", "f"),
        ("CREATE MATERIALIZED VIEW v AS SELECT f()", "f"),
        ("CREATE MATERIALIZED VIEW v AS SELECT f() WITH NO DATA", ""),
        ("CREATE VIEW v AS SELECT f()", ""),
        ("ALTER TABLE t ADD a int DEFAULT f() CHECK (g())", "f g"),
        ("ALTER TABLE t ALTER a TYPE int USING f(a)", "f"),
        ("ALTER TABLE t ADD CHECK (f(a)) NOT VALID", ""),
        ("CREATE INDEX ON t (f(a)) WHERE g()", "f g"),
        ("COPY (SELECT f()) TO STDOUT", "f"),
        ("DROP TABLE t", ""),
    ] {
        let names: Vec<String> = called_routines(&operation(sql)).iter().map(ObjectName::to_string).collect();
        assert_eq!(names.join(" "), called, "{sql}");
    }
}

#[test]
fn calls_differ_by_their_arguments() {
    let calls = routine_calls(&operation("SELECT f('a'), f('b'), f('a')"));
    assert_eq!(calls.len(), 2);
}

#[test]
fn calls_give_parameters_their_values() {
    let names = |names: &[&str]| -> Vec<Option<Ident>> { names.iter().map(|n| Some(Ident::exact(n))).collect() };
    for (parameters, body, call, expected) in [
        (names(&["_tbl"]), "BEGIN EXECUTE format('DROP TABLE %s', _tbl); END", "f('users')", "drop-table!@1:7"),
        (names(&["a", "b"]), "BEGIN EXECUTE 'DROP TABLE ' || b; END", "f(1, b => 'users')", "drop-table!@1:7"),
        (names(&["a", "b"]), "BEGIN EXECUTE 'DROP TABLE ' || b; END", "f(b := 'users')", "drop-table!@1:7"),
        (names(&["a"]), "BEGIN EXECUTE 'DROP TABLE ' || a; END", "f('users'::regclass)", "drop-table!@1:7"),
        (vec![None], "BEGIN EXECUTE 'DROP TABLE ' || $1; END", "f('users')", "drop-table!@1:7"),
        (vec![None], "DECLARE t ALIAS FOR $1; BEGIN EXECUTE 'DROP TABLE ' || t; END", "f('users')", "drop-table!@1:31"),
        (
            names(&["ts"]),
            "DECLARE t text; BEGIN FOREACH t IN ARRAY ts LOOP EXECUTE 'DROP TABLE ' || t; END LOOP; END",
            "f(ARRAY['a', 'b'])",
            "drop-table![]@1:50 drop-table![]@1:50",
        ),
    ] {
        let Some(call) = routine_calls(&operation(&format!("SELECT {call}"))).pop() else { panic!("{call}") };
        let read = read_call(Target::default(), "plpgsql", &exact(body), &call.name, &parameters, &call.args);
        assert_eq!(shown_all(&read), expected, "{body}");
    }
}

#[test]
fn bodies_in_sql_are_statements() {
    for (body, expected) in [
        ("DROP TABLE t; UPDATE u SET a = 1; SELECT f();", "drop-table@1:1 update@1:15 select@1:35"),
        ("BEGIN ATOMIC DELETE FROM t;\n SELECT CASE WHEN a THEN 1 END; END", "delete@1:14 select@2:2"),
        ("RETURN (SELECT a FROM t)", "select@1:1"),
        ("", ""),
    ] {
        assert_eq!(shown_all(&read_body(Target::default(), "sql", &exact(body), None)), expected, "{body}");
    }
}

#[test]
fn other_languages_are_unknown() {
    let read = read_body(Target::default(), "plpython3u", &exact("pass"), None);
    assert_eq!(shown_all(&read), "opaque@1:1 Dynamic(cannot be read: language plpython3u)");
}

#[test]
fn places_are_those_of_the_file() {
    let base = Position { offset: 100, line: 7, column: 20 };
    let text = "BEGIN DROP TABLE t;\nEXECUTE 'DROP TABLE u'; EXECUTE 'COMMENT ON TABLE v IS ''x'''; END";
    let of = |exact| {
        let body = RoutineBody { text: text.into(), base, exact };
        let routine = ObjectName::bare("f");
        let read = read_body(Target::default(), "plpgsql", &body, Some(&routine));
        assert!(read.operations.iter().all(|o| o.routine.as_ref().and_then(|r| r.routine.as_ref()) == Some(&routine)));
        shown_all(&read)
    };
    assert_eq!(of(true), "drop-table@7:26 drop-table!@8:10 comment!@8:25");
    assert_eq!(of(false), "drop-table@7:20 drop-table!@7:20 comment!@7:20");
}
