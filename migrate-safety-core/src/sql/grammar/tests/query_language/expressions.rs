use super::{read, read_for, show};
use crate::sql::grammar::{expression, operand_expression, restricted_expression};
use crate::sql::statement::ProblemKind;

#[test]
fn every_form_of_an_expression() {
    for (text, expected) in CASES {
        let found = read(text, expression).unwrap_or_else(|p| panic!("{text}: {}", p.message));
        assert_eq!(show::expr(&found.expr), *expected, "{text}");
        assert_eq!(&*found.sql, *text);
    }
}

/// What is written, and what is understood.
const CASES: &[(&str, &str)] = &[
    // Constants
    ("NULL", "NULL"),
    ("TRUE", "true"),
    ("1.5e3", "1.5e3"),
    ("-1", "-1"),
    ("- -1", "1"),
    ("+1", "1"),
    ("-1::int", "-1::integer"),
    ("-a", "{a}"),
    ("'it''s'", "'it's'"),
    ("E'a\\tb'", "'a\tb'"),
    ("U&'d!0061t' UESCAPE '!'", "'dat'"),
    ("$$a'b$$", "'a'b'"),
    ("'a'\n  'b'", "'ab'"),
    ("B'01'", "'01'::bit"),
    ("X'1F'", "'1F'::bit"),
    ("N'a'", "'a'::character"),
    ("$1", "$"),
    ("DEFAULT", "DEFAULT"),
    ("date '2020-01-01'", "'2020-01-01'::date"),
    ("interval '1 day'", "'1 day'::interval"),
    ("interval '1' year to month", "'1'::interval year to month"),
    ("INTERVAL(3) '1 s'", "'1 s'::interval(3)"),
    ("timestamp(3) with time zone 'now'", "'now'::timestamp(3) with time zone"),
    ("char 'abc'", "'abc'::character"),
    ("char(2) 'abc'", "'abc'::character(2)"),
    ("bit '101'", "'101'::bit"),
    ("double precision '1'", "'1'::double precision"),
    ("s.mood 'sad'", "'sad'::s.mood"),
    ("geometry(Point, 4326) 'x'", "'x'::geometry(point,4326)"),
    // Names
    ("a", "a"),
    ("T.\"B\"", "t.B"),
    ("s.t.c", "t.c"),
    ("t.*", "t.*"),
    ("s.t.*", "t.*"),
    ("interval", "interval"),
    ("a[1]", "{a, 1}"),
    ("a[1:b]", "{a, 1, b}"),
    ("(a).b", "{a}"),
    ("(f(x)).*", "{f(x)}"),
    // Precedence
    ("a OR b AND c", "or(a, and(b, c))"),
    ("a AND b AND (c AND d)", "and(a, b, c, d)"),
    ("(a OR b) OR c", "or(a, b, c)"),
    ("NOT a = b", "not((a = b))"),
    ("NOT NOT a", "not(not(a))"),
    ("a + b * c ^ d", "(a + (b * (c ^ d)))"),
    ("a - b - c", "((a - b) - c)"),
    ("a || b = c", "((a || b) = c)"),
    ("a -> 'x' ->> 'y'", "((a -> 'x') ->> 'y')"),
    ("a < b IS NULL", "null((a < b))"),
    ("a IS NULL = b", "(null(a) = b)"),
    ("a IS NOT NULL AND b", "and(not-null(a), b)"),
    ("a NOTNULL", "not-null(a)"),
    ("a ISNULL", "null(a)"),
    ("a <-1", "(a < -1)"),
    ("a*-2", "(a * -2)"),
    ("a@-2", "(a @- 2)"),
    ("~ a", "{a}"),
    ("a != b", "(a <> b)"),
    ("a OPERATOR(pg_catalog.+) b", "(a + b)"),
    ("a OPERATOR(s.<) b", "(a s.< b)"),
    ("a COLLATE \"C\" < b", "(collate(a, C) < b)"),
    ("a::text COLLATE pg_catalog.\"C\"", "collate(a::text, pg_catalog.C)"),
    ("a::int::text", "a::integer::text"),
    ("CAST(a AS numeric(10,2))", "a::numeric(10,2)"),
    ("a AT TIME ZONE 'utc'", "timezone('utc', a)"),
    ("a AT LOCAL", "timezone(a)"),
    // Conditions
    ("a IN (1, 2)", "in(a; 1, 2)"),
    ("a NOT IN (1)", "not-in(a; 1)"),
    ("a = ANY(ARRAY[1, 2])", "in(a; 1, 2)"),
    ("a = SOME('{1,2}'::int[])", "in(a; 1, 2)"),
    ("a = ANY('{x,y}')", "in(a; 'x', 'y')"),
    ("a <> ALL(ARRAY['x']::text[])", "not-in(a; 'x')"),
    ("a = ANY(b)", "(a = any b)"),
    ("a > ALL(ARRAY[1])", "(a > all [1])"),
    ("a IN (SELECT b FROM t)", "<a in select b from t>"),
    ("a NOT IN (SELECT 1)", "not(<a in select 1>)"),
    ("a = ANY (SELECT 1)", "<a in select 1>"),
    ("a <> ALL (SELECT 1)", "not(<a in select 1>)"),
    ("a < ANY (SELECT 1)", "(a < any <select 1>)"),
    ("(a, b) IN ((1, 2), (3, 4))", "in({a, b}; {1, 2}, {3, 4})"),
    ("a BETWEEN 1 AND 2 AND b", "and(between(a, 1, 2), b)"),
    ("a NOT BETWEEN 1 AND 2", "not-between(a, 1, 2)"),
    ("a BETWEEN SYMMETRIC 1 AND 2", "{a, 1, 2}"),
    ("a LIKE b", "(a like b)"),
    ("a NOT ILIKE b", "(a not ilike b)"),
    ("a LIKE b ESCAPE '!' AND c", "and((a like like_escape(b, '!')), c)"),
    ("a SIMILAR TO b", "(a similar to b)"),
    ("a LIKE ANY (b)", "(a like any b)"),
    ("a ~* 'x'", "(a ~* 'x')"),
    ("a IS TRUE", "(a is true)"),
    ("a IS NOT FALSE", "(a is not false)"),
    ("a IS UNKNOWN", "{a}"),
    ("a IS DISTINCT FROM b", "(a is distinct from b)"),
    ("a IS NOT DISTINCT FROM NULL", "(a is not distinct from NULL)"),
    ("a IS JSON OBJECT", "{a}"),
    ("a IS NOT NFC NORMALIZED", "{a}"),
    ("(a, b) < (1, 2)", "({a, b} < {1, 2})"),
    ("ROW(a) = ROW(1)", "({a} = {1})"),
    ("(a, b) OVERLAPS (c, d)", "({a, b} overlaps {c, d})"),
    ("EXISTS (SELECT FROM t)", "exists<select  from t>"),
    ("(SELECT 1)", "<select 1>"),
    ("((SELECT 1) + 1)", "(<select 1> + 1)"),
    ("((SELECT 1) UNION SELECT 2)", "<select 1 | select 2>"),
    ("(((SELECT 1)) LIMIT 1)", "<select 1 limit 1>"),
    ("((SELECT 1), 2)", "{<select 1>, 2}"),
    ("((a OR b) AND c)", "and(or(a, b), c)"),
    // Calls
    ("f()", "f()"),
    ("s.f(a, 'b')", "s.f(a, 'b')"),
    ("count(*)", "count(*)"),
    ("count(DISTINCT a)", "count(a)"),
    ("f(VARIADIC a)", "f(a)"),
    ("f(x => 1, y := g(2))", "f(('x' => 1), ('y' => g(2)))"),
    ("array_agg(a ORDER BY b DESC)", "{array_agg(a), b}"),
    ("sum(a) FILTER (WHERE b)", "{sum(a), b}"),
    ("rank() OVER (PARTITION BY a ORDER BY b)", "{rank(), a, b}"),
    ("sum(a) OVER w", "sum(a)"),
    ("percentile_cont(0.5) WITHIN GROUP (ORDER BY a)", "{percentile_cont(0.5), a}"),
    ("now()", "now()"),
    ("CURRENT_TIMESTAMP", "current_timestamp()"),
    ("current_timestamp(3)", "current_timestamp(3)"),
    ("Current_Date", "current_date()"),
    ("user", "user()"),
    ("current_schema", "current_schema()"),
    ("coalesce(a, b, 1)", "coalesce(a, b, 1)"),
    ("NULLIF(a, b)", "nullif(a, b)"),
    ("GREATEST(a, b)", "greatest(a, b)"),
    ("EXTRACT(year FROM a)", "extract('year', a)"),
    ("EXTRACT('Epoch' FROM a - b)", "extract('epoch', (a - b))"),
    ("POSITION('a' IN b)", "position(b, 'a')"),
    ("SUBSTRING(a FROM 2 FOR 3)", "substring(a, 2, 3)"),
    ("SUBSTRING(a FOR 3)", "substring(a, 1, 3)"),
    ("substring(a, 2)", "substring(a, 2)"),
    ("SUBSTRING(a SIMILAR b ESCAPE '#')", "substring(a, b, '#')"),
    ("OVERLAY(a PLACING b FROM 1)", "overlay(a, b, 1)"),
    ("TRIM(a)", "btrim(a)"),
    ("TRIM(LEADING 'x' FROM a)", "ltrim(a, 'x')"),
    ("TRIM(TRAILING FROM a)", "rtrim(a)"),
    ("trim(a, 'x')", "btrim(a, 'x')"),
    ("COLLATION FOR (a)", "pg_collation_for(a)"),
    ("left(a, 1)", "left(a, 1)"),
    ("CASE WHEN a THEN b ELSE f(c) END", "{a, b, f(c)}"),
    ("CASE a WHEN 1 THEN b END", "{a, 1, b, NULL}"),
    ("ARRAY[a, 1]", "[a, 1]"),
    ("ARRAY[[1], [2]]", "[[1], [2]]"),
    ("ARRAY(SELECT a FROM t)", "{<select a from t>}"),
    ("'{}'::text[]", "'{}'::text[]"),
    ("nextval('s'::regclass)", "nextval('s'::regclass)"),
    ("xmlelement(NAME a, xmlattributes(b AS c), f(d))", "xmlelement(b, f(d))"),
    ("json_object('a': f(b) ABSENT ON NULL)", "json_object('a', f(b))"),
    ("json_value(a, '$.x' RETURNING int DEFAULT f() ON EMPTY)", "json_value(a, '$.x', f())"),
    ("json_arrayagg(a ORDER BY b) FILTER (WHERE c)", "{json_arrayagg(a, b), c}"),
];

#[test]
fn a_column_default_ends_where_the_next_clause_begins() {
    // What is written, what is understood, and what is left.
    let cases = [
        ("0 NOT NULL", "0", "NOT"),
        ("'x' COLLATE \"C\"", "'x'", "COLLATE"),
        ("now() CHECK (a)", "now()", "CHECK"),
        ("a::text NOT NULL", "a::text", "NOT"),
        ("1 + 2 * 3 GENERATED", "(1 + (2 * 3))", "GENERATED"),
        ("(now() AT TIME ZONE 'utc') UNIQUE", "timezone('utc', now())", "UNIQUE"),
        ("now() AT TIME ZONE 'utc'", "now()", "AT"),
        ("true AND false", "true", "AND"),
        ("'a' || 'b' PRIMARY KEY", "('a' || 'b')", "PRIMARY"),
        ("-1 CONSTRAINT c", "-1", "CONSTRAINT"),
        ("NULL NULL", "NULL", "NULL"),
        ("CURRENT_TIMESTAMP(3) REFERENCES t", "current_timestamp(3)", "REFERENCES"),
        ("a IS DISTINCT FROM b NOT NULL", "(a is distinct from b)", "NOT"),
        ("interval '1' day NOT NULL", "'1'::interval day", "NOT"),
        ("'{}'::jsonb[] NOT NULL", "'{}'::jsonb[]", "NOT"),
        ("ARRAY[]::text[] NOT NULL", "[]::text[]", "NOT"),
        ("a IN (1)", "a", "IN"),
    ];
    for (text, expected, left) in cases {
        let found = read(text, |c| {
            let found = restricted_expression(c)?;
            assert!(c.is(left), "{text}");
            c.skip_rest();
            Ok(found)
        });
        assert_eq!(show::expr(&found.unwrap().expr), expected, "{text}");
    }
}

#[test]
fn an_operand_ends_before_any_operator() {
    let found = read("lower(a) COLLATE \"C\"", |c| {
        let found = operand_expression(c)?;
        c.skip_rest();
        Ok(found)
    });
    assert_eq!(&*found.unwrap().sql, "lower(a)");
}

#[test]
fn words_of_newer_servers_are_names_for_older_ones() {
    let cases = [
        (14, "json_object(a, b)", "json_object(a, b)"),
        (16, "json_value(a, b)", "json_value(a, b)"),
        (16, "json(a)", "json(a)"),
        (17, "json_scalar(a)", "json_scalar(a)"),
    ];
    for (version, text, expected) in cases {
        let found = read_for(version, text, expression).unwrap_or_else(|p| panic!("{text}: {}", p.message));
        assert_eq!(show::expr(&found.expr), expected, "{text}");
    }
    for (version, text) in
        [(15, "a IS JSON"), (16, "a AT LOCAL"), (15, "json_object('a': 1)"), (15, "1_000"), (15, "0x1F")]
    {
        assert!(read_for(version, text, expression).is_err(), "{text}");
        assert!(read_for(version + 2, text, expression).is_ok(), "{text}");
    }
}

#[test]
fn a_long_chain_keeps_its_parts_but_not_its_depth() {
    for operator in [" AND ", " OR ", " || ", " + ", "::text || "] {
        let text = vec!["a"; 5000].join(operator);
        let found = read(&text, expression).unwrap().expr;
        assert_eq!(found.columns().len(), 5000, "{operator}");
        assert_eq!(found.conjuncts().len(), if operator == " AND " { 5000 } else { 1 });
    }
    for postfix in ["::text", " IS NULL", " COLLATE x"] {
        let text = format!("a{}", postfix.repeat(5000));
        assert_eq!(read(&text, expression).unwrap().expr.columns().len(), 1, "{postfix}");
    }
    let lists = format!("a{}", " IN (1)".repeat(5000));
    assert_eq!(read(&lists, expression).unwrap_err().kind, ProblemKind::Unsupported);
}
