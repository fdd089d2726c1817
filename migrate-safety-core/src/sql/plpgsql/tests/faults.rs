//! Faults that keep a server from creating a routine with the body, or from running it. `‸` stands before each.

use super::{exact, read};
use crate::dialect::Target;
use crate::sql::plpgsql::read_body;
use crate::sql::statement::ProblemKind;

/// With the body and what is said of it.
#[rustfmt::skip] // one line a body
const FAULTS: &[(&str, &str)] = &[
    ("BEGIN RETURN 1‸", "expected `;`, found the end of the statement"),
    ("BEGIN‸", "expected `END` or `EXCEPTION`, found the end of the statement"),
    ("‸SELECT 1;", "expected `BEGIN`, found `SELECT`"),
    ("BEGIN IF a THEN NULL; END‸;", "expected `IF`, found `;`"),
    ("BEGIN IF a NULL‸; END IF; END", "expected `THEN`, found `;`"),
    ("BEGIN IF ‸THEN NULL; END IF; END", "expected an expression, found `THEN`"),
    ("BEGIN LOOP NULL; END‸; END", "expected `LOOP`, found `;`"),
    ("BEGIN FOR i IN 1..2 NULL‸; END LOOP; END", "expected `LOOP`, found `;`"),
    ("BEGIN FOR i ‸1..2 LOOP NULL; END LOOP; END", "expected `IN`, found `1`"),
    ("BEGIN WHILE ‸LOOP NULL; END LOOP; END", "expected an expression, found `LOOP`"),
    ("BEGIN CASE a THEN ‸NULL; END CASE; END", "expected the end of the statement, found `NULL`"),
    ("BEGIN CASE a WHEN 1 THEN NULL; END‸; END", "expected `CASE`, found `;`"),
    ("BEGIN EXIT‸; END", "EXIT cannot be used outside a loop, unless it has a label"),
    ("BEGIN CONTINUE ‸WHEN a; END", "CONTINUE cannot be used outside a loop"),
    ("BEGIN LOOP EXIT ‸nowhere; END LOOP; END", "there is no label `nowhere` attached to any block or loop enclosing this statement"),
    ("BEGIN <<b>> BEGIN LOOP CONTINUE ‸b; END LOOP; END b; END", "block label `b` cannot be used in CONTINUE"),
    ("BEGIN <<b>> LOOP NULL; END LOOP ‸c; END", "end label `c` differs from the block's label `b`"),
    ("BEGIN LOOP NULL; END LOOP ‸c; END", "end label `c` specified for an unlabeled block"),
    ("BEGIN NULL; EXCEPTION WHEN others ‸NULL; END", "expected `THEN`, found `NULL`"),
    ("BEGIN NULL; EXCEPTION ‸THEN NULL; END", "expected `WHEN`, found `THEN`"),
    ("BEGIN NULL; EXCEPTION WHEN SQLSTATE ‸'abc' THEN NULL; END", "invalid SQLSTATE code"),
    ("DECLARE a‸; BEGIN END", "expected a type, found `;`"),
    ("DECLARE a int ‸BEGIN END", "expected `;`, found `BEGIN`"),
    ("DECLARE a int NOT NULL‸; BEGIN END", "variable `a` must have a default value, since it's declared NOT NULL"),
    ("DECLARE select int; begin ‸int; BEGIN END", "expected a statement, found `int`"),
    ("DECLARE ‸<<b>> a int; BEGIN END", "block label must be placed before DECLARE, not after"),
    ("DECLARE a int := ‸; BEGIN END", "expected an expression, found `;`"),
    ("DECLARE c CURSOR ‸SELECT 1; BEGIN END", "expected `FOR` or `IS`, found `SELECT`"),
    ("DECLARE c CURSOR (x int) FOR SELECT 1; BEGIN OPEN c‸; END", "not enough arguments for cursor `c`"),
    ("DECLARE c CURSOR (x int) FOR SELECT 1; BEGIN OPEN c‸(1, 2); END", "cursor `c` has no such argument"),
    ("DECLARE c CURSOR (x int) FOR SELECT 1; BEGIN OPEN c‸(y := 1); END", "cursor `c` has no such argument"),
    ("BEGIN a := (1‸; END", "mismatched parentheses"),
    ("BEGIN a := 1‸); END", "mismatched parentheses"),
    ("BEGIN a := 1 +‸; END", "expected an expression, found the end of the statement"),
    ("BEGIN SELECT 1 FROM‸; END", "expected a name, found the end of the statement"),
    ("BEGIN SELECT 1 INTO a INTO b‸; END", "INTO specified more than once"),
    ("BEGIN ‸foo bar; END", "expected a statement, found `foo`"),
    ("BEGIN CREATE TABLE t (a‸); END", "expected a type, found `)`"),
    ("BEGIN RAISE NOTICE ‸'a %'; END", "too few parameters specified for RAISE"),
    ("BEGIN RAISE NOTICE ‸'a', 1; END", "too many parameters specified for RAISE"),
    ("BEGIN RAISE NOTICE a‸, 1; END", "expected `;`, found `,`"),
    ("BEGIN RAISE NOTICE 'a' USING ‸COLOUR = 'b'; END", "expected an option of RAISE, found `COLOUR`"),
    ("BEGIN GET DIAGNOSTICS a = ‸MESSAGE_TEXT; END", "expected an item of GET DIAGNOSTICS, found `MESSAGE_TEXT`"),
    ("BEGIN GET STACKED DIAGNOSTICS a = ‸ROW_COUNT; END", "expected an item of GET DIAGNOSTICS, found `ROW_COUNT`"),
    ("BEGIN FETCH ‸ALL FROM c INTO a; END", "FETCH statement cannot return multiple rows"),
    ("BEGIN FETCH c‸; END", "expected `INTO`, found `;`"),
    ("BEGIN EXECUTE‸; END", "expected an expression, found `;`"),
    ("BEGIN EXECUTE 'x' INTO a ‸INTO b; END", "specified more than once"),
    ("BEGIN COMMIT ‸WORK; END", "expected `;`, found `WORK`"),
    ("BEGIN RETURN QUERY‸; END", "expected a statement, found `;`"),
    ("#variable_conflict ‸none\nBEGIN END", "expected a value of the option, found `none`"),
    ("BEGIN NULL; END; ‸SELECT 1", "expected the end of the statement, found `SELECT`"),
    ("BEGIN ‸$1; END", "expected a statement, found `$1`"),
    ("BEGIN SELECT ‸\\\\d; END", "syntax error at `\\`"),
];

#[test]
fn faults_are_pointed_at() {
    let mut wrong = Vec::new();
    for (marked, message) in FAULTS {
        let at = marked.find('‸').expect(marked);
        let body = read(&marked.replace('‸', ""));
        match body.problems.first() {
            Some(p) if p.span.start.offset == at && *p.message == **message && p.kind == ProblemKind::Invalid => {}
            other => wrong.push(format!("{marked}\n    {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nesting_has_a_limit() {
    for (open, close) in
        [("BEGIN ", " END;"), ("IF a THEN ", " END IF;"), ("LOOP ", " END LOOP;"), ("CASE WHEN a THEN ", " END CASE;")]
    {
        for depth in [20, 80, 5000] {
            let body = format!("BEGIN {} NULL; {} END", open.repeat(depth), close.repeat(depth));
            let problems = read(&body).problems;
            match depth {
                5000 => assert!(problems.iter().any(|p| p.kind == ProblemKind::Unsupported), "{open}"),
                _ => assert_eq!(problems, [], "{open}"),
            }
        }
    }
}

#[test]
fn bodies_inside_bodies_have_a_limit() {
    for depth in [3, 100] {
        let opening: String = (0..depth).map(|n| format!("BEGIN DO $a{n}$ ")).collect();
        let closing: String = (0..depth).rev().map(|n| format!(" $a{n}$; END")).collect();
        let body = format!("{opening}BEGIN DROP TABLE t; END{closing}");
        let read = read(&body);
        assert_eq!(read.problems.len(), usize::from(depth > 3), "{depth}: {:?}", read.problems);
    }
}

#[test]
fn any_text_is_read() {
    let texts =
        ["", ";", "\0", "BEGIN", "'", "$$", "BEGIN '", "DECLARE", "<<", "BEGIN <<a", "ü BEGIN END", "BEGIN a..b; END"];
    for text in texts {
        for language in ["plpgsql", "sql", "c", "plperl"] {
            read_body(Target::default(), language, &exact(text), None);
        }
    }
}
