use super::read;
use crate::sql::grammar::dml;
use crate::sql::statement::ProblemKind;

/// What the server rejects, and where and why we do.
const CASES: &[(&str, &str)] = &[
    ("SELECT a = b = c", "expected parentheses around an operand that is itself a comparison, found `=`"),
    ("SELECT a LIKE b LIKE c", "expected parentheses around an operand that is itself a comparison, found `LIKE`"),
    ("SELECT a IS 5", "expected NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM, found `5`"),
    ("SELECT f(x)[1]", "expected the end of the statement, found `[`"),
    ("SELECT 5 !", "expected an expression, found the end of the statement"),
    ("SELECT a, FROM t", "expected an expression, found `FROM`"),
    ("SELECT f(a,)", "expected an expression, found `)`"),
    ("SELECT f(VARIADIC a, b)", "expected `)`, found `,`"),
    ("SELECT int(5)", "expected an expression, found `int`"),
    ("SELECT (1", "expected `)`, found the end of the statement"),
    ("SELECT 1)", "expected the end of the statement, found `)`"),
    ("SELECT @@x y z", "expected the end of the statement, found `z`"),
    ("SELECT a IN ()", "expected an expression, found `)`"),
    ("SELECT a = ANY b", "expected `(`, found `b`"),
    ("SELECT CASE END", "expected an expression, found `END`"),
    ("SELECT EXISTS (1)", "expected a query, found `1`"),
    ("SELECT current_date()", "expected the end of the statement, found `(`"),
    ("SELECT DISTINCT FROM t", "expected an expression, found `FROM`"),
    ("SELECT a FROM t LIMIT 5, 10", "`LIMIT #, #` is not known to the server: use `LIMIT # OFFSET #`"),
    ("SELECT a LIMIT 1 LIMIT 2", "a second LIMIT clause"),
    ("SELECT a ORDER BY a ORDER BY b", "expected the end of the statement, found `ORDER`"),
    ("SELECT a FETCH FIRST ROW WITH TIES", "WITH TIES needs an ORDER BY clause"),
    ("SELECT a FROM (t)", "expected a join, found `)`"),
    ("SELECT a FROM t JOIN u", "expected `USING`, found the end of the statement"),
    ("SELECT a FROM rank() OVER (PARTITION BY b)", "expected `)`, found `b`"),
    ("SELECT a FROM a.b.c.d", "improper qualified name (too many dotted names)"),
    ("SELECT 1 AS 'b'", "expected a name, found `'b'`"),
    ("SELECT a = = b", "expected an expression, found `=`"),
    ("WITH a AS SELECT 1 SELECT 2", "expected `(`, found `SELECT`"),
    ("WITH a AS (SELECT 1 INTO b) SELECT 2", "`SELECT … INTO` is not allowed inside `WITH`"),
    ("VALUES 1", "expected `(`, found `1`"),
    ("INSERT t VALUES (1)", "expected `INTO`, found `t`"),
    ("INSERT INTO t () VALUES ()", "expected a name, found `)`"),
    ("INSERT INTO t SET a = 1", "expected a query, found `SET`"),
    ("INSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE a = 1", "expected the end of the statement, found `ON`"),
    ("INSERT INTO t VALUES (1) LIMIT", "expected an expression, found the end of the statement"),
    ("UPDATE t JOIN u ON x SET a = 1", "expected `SET`, found `JOIN`"),
    ("UPDATE t SET a = 1 LIMIT 1", "UPDATE has no ORDER BY or LIMIT: choose the rows by a subquery in WHERE"),
    (
        "UPDATE t SET a = 1 WHERE b ORDER BY c",
        "UPDATE has no ORDER BY or LIMIT: choose the rows by a subquery in WHERE",
    ),
    ("DELETE t WHERE a", "expected `FROM`, found `t`"),
    ("DELETE FROM t WHERE a LIMIT 1", "DELETE has no ORDER BY or LIMIT: choose the rows by a subquery in WHERE"),
    ("MERGE INTO t USING s ON x", "expected `WHEN`, found the end of the statement"),
    ("MERGE INTO t USING s ON x WHEN MATCHED THEN INSERT VALUES (1)", "expected `UPDATE`, found `INSERT`"),
    ("COPY (SELECT 1) FROM 'x'", "expected `TO`, found `FROM`"),
    ("COPY t TO f", "expected a string, found `f`"),
    ("EXPLAIN EXPLAIN SELECT 1", "expected a query, found `EXPLAIN`"),
    ("DECLARE c CURSOR FOR DELETE FROM t", "expected a query, found `DELETE`"),
];

#[test]
fn what_the_server_rejects() {
    for (text, message) in CASES {
        let problem = read(text, dml).expect_err(text);
        assert_eq!((problem.kind, &*problem.message), (ProblemKind::Invalid, *message), "{text}");
    }
}

#[test]
fn a_problem_stands_at_the_word_that_does_not_fit() {
    let problem = read("SELECT 'é',\r\n  a,\r\n  FROM t", dml).unwrap_err();
    assert_eq!((problem.span.start.line, problem.span.start.column), (3, 3));
    assert_eq!((problem.span.end.line, problem.span.end.column), (3, 7));
}
