use super::*;
use crate::sql::LocatedOperation;
use crate::sql::expr::Expr;

/// Texts that nest `n` levels deep.
fn nested(n: usize) -> Vec<String> {
    let wrap = |open: &str, inside: &str, close: &str| format!("{}{inside}{}", open.repeat(n), close.repeat(n));
    let select = |open: &str, close: &str| format!("SELECT {}", wrap(open, "1", close));
    vec![
        select("(", ")"),
        select("f(", ")"),
        select("1 + (", ")"),
        select("a AND (b OR ", ")"),
        select("NOT ", ""),
        select("- ", ""),
        select("@ ", ""),
        select("1 IN (", ")"),
        select("ARRAY[", "]"),
        select("a[", "]"),
        select("CASE WHEN a THEN ", " END"),
        select("CAST(", " AS int)"),
        select("coalesce(", ")"),
        select("extract(year FROM ", ")"),
        select("(SELECT ", ")"),
        select("EXISTS (SELECT ", ")"),
        select("1 = ANY (SELECT ", ")"),
        select("ARRAY(SELECT ", ")"),
        select("json_array(", ")"),
        select("xmlconcat(", ")"),
        select("f(a ORDER BY ", ")"),
        select("f() OVER (PARTITION BY ", ")"),
        wrap("SELECT 1 FROM (", "SELECT 1", ") x"),
        wrap("SELECT 1 FROM t WHERE a IN (", "SELECT 1", ")"),
        format!("SELECT 1 FROM {}", wrap("(", "a JOIN b ON true", ")")),
        format!("SELECT 1 FROM a {}", wrap("JOIN b ", "", "ON true ")),
        wrap("(", "SELECT 1", ")"),
        wrap("WITH x AS (", "SELECT 1", ") SELECT 1"),
        wrap("SELECT 1 UNION (", "SELECT 1", ")"),
        wrap("WITH x AS (DELETE FROM t WHERE a IN (", "SELECT 1", ")) SELECT 1"),
        format!("SELECT a GROUP BY {}", wrap("GROUPING SETS (", "a", ")")),
        format!("SELECT 1::{}", wrap("a(", "1", ")")),
    ]
}

#[test]
fn nesting_is_followed_so_far_and_then_reported() {
    for text in nested(40) {
        let script = parse(Target::default(), &text);
        assert_eq!(script.statements.iter().flat_map(|s| &s.problems).next(), None, "{text}");
    }
    for text in nested(1000).iter().chain(&nested(5_000)) {
        let script = parse(Target::default(), text);
        let problems: Vec<_> = script.statements.iter().flat_map(|s| &s.problems).collect();
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        assert_eq!((problem.kind, &*problem.message), (ProblemKind::Unsupported, "nested too deeply to be read"));
        let [LocatedOperation { operation: Operation::Opaque { .. }, .. }] = &*script.statements[0].operations else {
            panic!("{text}");
        };
    }
}

#[test]
fn the_deepest_result_can_be_walked_and_dropped() {
    // At every level a chain as long as it may be.
    let mut text = "a".to_owned();
    for _ in 0..66 {
        text = format!("({text}{})", " || b".repeat(64));
    }
    let script = parse(Target::default(), &format!("SELECT {text}"));
    let Operation::Select(query) = &script.statements[0].operations[0].operation else { panic!("{script:?}") };
    let mut columns = 0;
    query.walk_exprs(&mut |e| columns += usize::from(matches!(e, Expr::Column { .. })));
    assert_eq!(columns, 66 * 64 + 1);
    assert_eq!(script, script.clone());
}

#[test]
fn what_cannot_be_read_is_opaque_and_names_what_it_mentions() {
    let cases = [
        ("FROBNICATE app.users", ProblemKind::Invalid, "app.users"),
        ("UPDATE app.users SET x LIMIT 1", ProblemKind::Invalid, "app.users, set, x"),
        ("SELECT 'abc", ProblemKind::Invalid, ""),
        ("DELETE FROM \"T\" LIMIT 1", ProblemKind::Invalid, "T"),
        ("SELECT 1 FROM a.b.c LIMIT 1, 2", ProblemKind::Invalid, "b.c"),
    ];
    for (text, kind, expected) in cases {
        let script = parse(Target::default(), text);
        let statement = &script.statements[0];
        assert_eq!(statement.problems.iter().map(|p| p.kind).collect::<Vec<_>>(), [kind], "{text}");
        let Operation::Opaque { mentions, .. } = &statement.operations[0].operation else { panic!("{text}") };
        assert_eq!(mentions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "), expected, "{text}");
    }
}

#[test]
fn a_broken_statement_leaves_the_others_alone() {
    let text = "SELECT 1; SELEC 2; SELECT 3;\nCOPY t FROM stdin;\n1\t'\n\\.\n\\connect x'y\nSELECT 4; SELECT 'x";
    let script = parse(Target::default(), text);
    let found: Vec<_> = script
        .statements
        .iter()
        .map(|s| (&text[s.span.range()], s.problems.iter().map(|p| p.kind).collect::<Vec<_>>()))
        .collect();
    let expected = [
        ("SELECT 1", vec![]),
        ("SELEC 2", vec![ProblemKind::Invalid]),
        ("SELECT 3", vec![]),
        ("COPY t FROM stdin", vec![]),
        ("1\t'\n\\.", vec![ProblemKind::CopyData]),
        ("\\connect x'y", vec![ProblemKind::PsqlCommand]),
        ("SELECT 4", vec![]),
        ("SELECT 'x", vec![ProblemKind::Invalid]),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_scanners_complaint_comes_alone() {
    let script = parse(Target::default(), "SELECT 1 + 'abc");
    assert_eq!(script.statements[0].problems.len(), 1);
    assert_eq!(&*script.statements[0].problems[0].message, "unterminated string");
    assert_eq!(script.statements[0].problems[0].span.start.offset, 11);
}
