use super::{read, read_for, show};
use crate::sql::grammar::{dml, query};
use crate::sql::operation::{Operation, Persistence};

#[test]
fn every_form_of_a_query() {
    for (text, expected) in CASES {
        let found = read(text, query).unwrap_or_else(|p| panic!("{text}: {}", p.message));
        assert_eq!(show::query(&found), *expected, "{text}");
    }
}

/// What is written, and what is understood.
const CASES: &[(&str, &str)] = &[
    ("SELECT", "select "),
    ("SELECT 1", "select 1"),
    ("SELECT a, b AS x, c y, t.*, *", "select a, b as x, c as y, t.*, *"),
    ("SELECT a value", "select a as value"),
    ("SELECT DISTINCT a", "select a"),
    ("SELECT DISTINCT ON (a, f(b)) c", "select c also a, f(b)"),
    ("SELECT a FROM s.t WHERE a > 1", "select a from s.t where (a > 1)"),
    ("SELECT FROM ONLY t AS x (c), u *", "select  from only t as x, u"),
    ("SELECT 1 FROM a JOIN b ON a.i = b.i", "select 1 from a, b on (a.i = b.i)"),
    ("SELECT 1 FROM a LEFT JOIN b USING (i, j)", "select 1 from a, b on and((i = i), (j = j))"),
    ("SELECT 1 FROM a NATURAL JOIN b CROSS JOIN c x", "select 1 from a, b, c as x"),
    ("SELECT 1 FROM a JOIN b JOIN c ON x ON y", "select 1 from a, b on y, c on x"),
    ("SELECT 1 FROM (a JOIN b ON x) JOIN c ON y", "select 1 from a, b on x, c on y"),
    ("SELECT 1 FROM ((SELECT 2) x JOIN b ON y)", "select 1 from <select 2> as x, b on y"),
    ("SELECT 1 FROM (SELECT 2) AS x", "select 1 from <select 2> as x"),
    ("SELECT 1 FROM ((SELECT 2) UNION SELECT 3) x", "select 1 from <select 2 | select 3> as x"),
    ("SELECT 1 FROM LATERAL (VALUES (1)) v(a)", "select 1 from <select  also {1}> as v"),
    ("SELECT 1 FROM f(a) WITH ORDINALITY AS t(b, n)", "select 1 from f(a) as t"),
    ("SELECT 1 FROM f() AS (a int, b text)", "select 1 from f()"),
    ("SELECT 1 FROM f() AS t(a int)", "select 1 from f() as t"),
    ("SELECT 1 FROM ROWS FROM (f(), g(1)) x", "select 1 from {f(), g(1)} as x"),
    ("SELECT 1 FROM current_date d", "select 1 from current_date() as d"),
    ("SELECT 1 FROM t TABLESAMPLE system (f(1))", "select 1 from t also f(1)"),
    ("SELECT 1 FROM xmltable('/a' PASSING d COLUMNS b int PATH 'c') x", "select 1 from xmltable('/a', d, 'c') as x"),
    ("SELECT 1 FROM json_table(d, '$' COLUMNS (a int PATH '$.a')) j", "select 1 from json_table(d, '$') as j"),
    ("SELECT a GROUP BY a, ROLLUP (b), () HAVING c", "select a also a, b, c"),
    ("SELECT a GROUP BY GROUPING SETS ((a), CUBE (b), ())", "select a also a, b"),
    ("SELECT a WINDOW w AS (PARTITION BY b)", "select a also b"),
    ("SELECT a ORDER BY a DESC, f(b) LIMIT 5 OFFSET 10", "select a order a, f(b) limit 5 offset 10"),
    ("SELECT a OFFSET 1 ROW FETCH FIRST ROW ONLY", "select a limit 1 offset 1"),
    ("SELECT a FETCH NEXT 3 ROWS ONLY", "select a limit 3"),
    ("SELECT a LIMIT ALL", "select a"),
    ("SELECT a FROM t FOR UPDATE OF t SKIP LOCKED", "select a from t lock exclusive t nonblocking"),
    ("SELECT a FOR NO KEY UPDATE NOWAIT LIMIT 1", "select a limit 1 lock exclusive nonblocking"),
    ("SELECT a FOR SHARE FOR KEY SHARE", "select a lock shared lock shared"),
    ("SELECT a UNION ALL SELECT b INTERSECT SELECT c ORDER BY 1", "select a | select b | select c order 1"),
    ("(SELECT a ORDER BY b LIMIT 1) UNION SELECT c", "select a also b, 1 | select c"),
    ("(SELECT a)", "select a"),
    ("((SELECT a) LIMIT 1)", "select a limit 1"),
    ("(SELECT a ORDER BY b) LIMIT 1", "select a order b limit 1"),
    ("VALUES (1, a), (DEFAULT, 2)", "select  also {1, a}, {DEFAULT, 2}"),
    ("TABLE ONLY s.t", "select * from only s.t"),
    (
        "WITH a AS (SELECT 1), b (x) AS MATERIALIZED (TABLE t) SELECT 2",
        "with a (select 1) with b (select * from t) select 2",
    ),
    (
        "WITH RECURSIVE a AS (SELECT 1 UNION SELECT 2) SEARCH DEPTH FIRST BY n SET o SELECT 3",
        "with a (select 1 | select 2) select 3",
    ),
    ("WITH recursive (a) AS (SELECT 1) SELECT 2", "with recursive (select 1) select 2"),
    ("WITH a AS (DELETE FROM t RETURNING *) SELECT 1", "with a (dml) select 1"),
    ("SELECT 1 UNION (WITH a AS (SELECT 2) SELECT 3)", "with a (select 2) select 1 | select 3"),
];

#[test]
fn a_walk_meets_every_expression() {
    let text = "WITH q AS (SELECT f1()) SELECT f2(), (SELECT f3() FROM f4() WHERE f5()) FROM t JOIN (SELECT f6()) x ON f7() \
                WHERE f8() IN (SELECT f9()) GROUP BY f10() HAVING f11() ORDER BY f12() LIMIT f13() OFFSET f14()";
    let found = read(text, query).unwrap();
    let mut names = Vec::new();
    found.walk_exprs(&mut |e| {
        if let crate::sql::Expr::Call { name, .. } = e {
            names.push(name.to_string());
        }
    });
    names.sort_by_key(|name| name[1..].parse::<u32>().unwrap());
    let expected: Vec<String> = (1..=14).map(|n| format!("f{n}")).collect();
    assert_eq!(names, expected);
}

#[test]
fn select_into_makes_a_table() {
    let cases = [
        ("SELECT 1 INTO x FROM t", "x", Persistence::Permanent),
        ("SELECT 1 INTO TEMP TABLE s.x", "s.x", Persistence::Temporary),
        ("SELECT 1 INTO UNLOGGED x", "x", Persistence::Unlogged),
        ("WITH q AS (SELECT 1) SELECT * INTO LOCAL TEMPORARY x FROM q", "x", Persistence::Temporary),
        ("SELECT 1 INTO x UNION SELECT 2", "x", Persistence::Permanent),
    ];
    for (text, expected, lifetime) in cases {
        match read(text, dml).unwrap() {
            Operation::CreateTableAs { name, persistence, .. } => {
                assert_eq!((name.to_string().as_str(), persistence), (expected, lifetime), "{text}");
            }
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn older_servers_lack_some_queries() {
    for (version, text) in
        [(15, "SELECT 1 FROM (SELECT 2)"), (16, "SELECT 1 FROM json_table(a, '$' COLUMNS (b int)) c")]
    {
        assert!(read_for(version, text, query).is_err(), "{text}");
        assert!(read_for(version + 1, text, query).is_ok(), "{text}");
    }
}
