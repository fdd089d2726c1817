use super::*;
use proptest::prelude::*;

/// The pieces of a script; trivia are left out. A statement is given without its semicolon.
fn pieces(text: &str) -> Vec<String> {
    let mut offset = 0;
    let mut found = Vec::new();
    for piece in Splitter::new(&LineIndex::new(text), 18) {
        assert_eq!(piece.span.start.offset, offset, "{text}");
        offset = piece.span.end.offset;
        let covered = &text[piece.span.range()];
        found.push(match piece.kind {
            PieceKind::Trivia => continue,
            PieceKind::Statement(_) => covered.strip_suffix(';').unwrap_or(covered).to_owned(),
            PieceKind::CopyData => format!("data:{covered}"),
            PieceKind::PsqlCommand => format!("psql:{covered}"),
        });
    }
    assert_eq!(offset, text.len(), "{text}");
    found
}

#[test]
fn statements_end_where_the_server_ends_them() {
    let cases: &[(&str, &[&str])] = &[
        ("", &[]),
        (" ; ;\n-- x\n", &[]),
        ("a", &["a"]),
        ("a; b ;c", &["a", "b ", "c"]),
        (
            "a /* ; */ ';' \";\" $$;$$ $x$;$$;$x$ E'\\';' -- ;\n b; c",
            &["a /* ; */ ';' \";\" $$;$$ $x$;$$;$x$ E'\\';' -- ;\n b", "c"],
        ),
        ("a -- b", &["a"]),
        ("-- a\nb /* c */; -- d", &["b /* c */"]),
        ("CREATE RULE r AS ON INSERT TO t DO (a; b); c", &["CREATE RULE r AS ON INSERT TO t DO (a; b)", "c"]),
        (
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN a THEN 1 END; END; b",
            &["CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN a THEN 1 END; END", "b"],
        ),
        (
            "create or replace procedure p() begin atomic a; case b end; end ; c",
            &["create or replace procedure p() begin atomic a; case b end; end ", "c"],
        ),
        (
            "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1 AS end; SELECT t.end; END; b",
            &["CREATE FUNCTION f() BEGIN ATOMIC SELECT 1 AS end; SELECT t.end; END", "b"],
        ),
        ("CREATE FUNCTION \"begin\"() AS 'x'; b", &["CREATE FUNCTION \"begin\"() AS 'x'", "b"]),
        ("CREATE FUNCTION begin() AS 'x'; b", &["CREATE FUNCTION begin() AS 'x'", "b"]),
        ("BEGIN; CREATE TABLE t (a int); END; b", &["BEGIN", "CREATE TABLE t (a int)", "END", "b"]),
        ("CREATE TABLE begin_atomic (a int); b", &["CREATE TABLE begin_atomic (a int)", "b"]),
        ("a (b; c", &["a (b; c"]),
        ("a ); b", &["a )", "b"]),
        ("a 'b; c", &["a 'b; c"]),
        ("a; $x$ b; c", &["a", "$x$ b; c"]),
        ("a; /* b; c", &["a", "/* b; c"]),
        ("\u{feff}a; b", &["a", "b"]),
        ("a\0b; c", &["a\0b", "c"]),
        ("a;\r\nb;\rc", &["a", "b", "c"]),
    ];
    for (text, expected) in cases {
        assert_eq!(pieces(text), *expected, "{text}");
    }
}

#[test]
fn data_of_copy_is_skipped() {
    let cases: &[(&str, &[&str])] = &[
        ("COPY t FROM stdin;\n1\t;'\n\\.\na; b", &["COPY t FROM stdin", "data:1\t;'\n\\.", "a", "b"]),
        (
            "copy s.t (a, \"from\") from STDIN with (format csv); -- x\r\n1\r\n\\.\r\na",
            &["copy s.t (a, \"from\") from STDIN with (format csv)", "data:1\r\n\\.", "a"],
        ),
        ("COPY t FROM stdin;\n\\.\n", &["COPY t FROM stdin", "data:\\."]),
        ("COPY t FROM stdin;\n1\n2", &["COPY t FROM stdin", "data:1\n2"]),
        ("COPY t FROM stdin; a;\n1\n\\.\nb", &["COPY t FROM stdin", "a", "data:1\n\\.", "b"]),
        ("COPY t FROM stdin", &["COPY t FROM stdin"]),
        ("COPY t FROM 'stdin';\na", &["COPY t FROM 'stdin'", "a"]),
        ("COPY t TO stdout;\na", &["COPY t TO stdout", "a"]),
        ("COPY (SELECT a FROM stdin) TO stdout;\nb", &["COPY (SELECT a FROM stdin) TO stdout", "b"]),
        ("SELECT 1 FROM stdin;\na", &["SELECT 1 FROM stdin", "a"]),
    ];
    for (text, expected) in cases {
        assert_eq!(pieces(text), *expected, "{text}");
    }
}

#[test]
fn commands_of_psql_end_with_their_line() {
    let cases: &[(&str, &[&str])] = &[
        ("\\connect x'y\na;", &["psql:\\connect x'y", "a"]),
        ("\\restrict abc\r\na; \\unrestrict abc", &["psql:\\restrict abc", "a", "psql:\\unrestrict abc"]),
        ("a \\g\nb;", &["a", "psql:\\g", "b"]),
        ("a \\; b;", &["a", "psql:\\;", "b"]),
        ("a \\echo x;\n b; c", &["a \\echo x;\n b", "c"]),
        ("\\x \\\\ a; b", &["psql:\\x \\\\", "a", "b"]),
        ("\\echo '\\\\' x\na", &["psql:\\echo '\\\\' x", "a"]),
        ("\\.\na", &["psql:\\.", "a"]),
        ("a '\\connect'; b", &["a '\\connect'", "b"]),
        ("\\", &["psql:\\"]),
    ];
    for (text, expected) in cases {
        assert_eq!(pieces(text), *expected, "{text}");
    }
}

/// The directives of each statement, then those that are left.
fn directives(text: &str) -> Vec<String> {
    let show = |found: &[Directive]| found.iter().map(|d| d.text.to_string()).collect::<Vec<_>>().join(" + ");
    let lines = LineIndex::new(text);
    let mut splitter = Splitter::new(&lines, 18);
    let mut found = Vec::new();
    for piece in splitter.by_ref() {
        if let PieceKind::Statement(tokens) = piece.kind {
            found.push(show(&tokens.directives));
        }
    }
    found.push(show(&splitter.into_directives()));
    found
}

#[test]
fn directives_belong_to_the_statement_behind_or_around_them() {
    let cases: &[(&str, &[&str])] = &[
        ("-- migrate-safety: allow(x) because \na; b", &["allow(x) because", "", ""]),
        ("a;\n/* migrate-safety: allow(x) */ -- migrate-safety:y\nb", &["", "allow(x) + y", ""]),
        ("a -- migrate-safety: x\n, b; c", &["x", "", ""]),
        ("a '-- migrate-safety: x' $$-- migrate-safety: y$$", &["", ""]),
        ("-- see migrate-safety: x\na", &["", ""]),
        ("a;\n-- migrate-safety: x", &["", "x"]),
        ("---- migrate-safety: x\na", &["x", ""]),
    ];
    for (text, expected) in cases {
        assert_eq!(directives(text), *expected, "{text}");
    }
}

#[test]
fn a_byte_order_mark_is_reported() {
    let problems = |text| {
        Splitter::new(&LineIndex::new(text), 18)
            .filter_map(|piece| match piece.kind {
                PieceKind::Statement(tokens) => Some(tokens.problems.len()),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(problems("\u{feff}-- x\na; b"), [1, 0]);
    assert_eq!(problems("a; b\u{feff}"), [0, 0]);
}

/// What makes a splitter err.
const SOUP: &[&str] = &[
    ";",
    "'",
    "\"",
    "$$",
    "$a$",
    "/*",
    "*/",
    "--",
    "\n",
    "\r\n",
    "\\",
    "\\.",
    "\\g",
    "(",
    ")",
    "CREATE",
    "FUNCTION",
    "BEGIN",
    "ATOMIC",
    "CASE",
    "END",
    "COPY t FROM stdin",
    "E'",
    "U&'",
    "U&\"",
    "UESCAPE '!'",
    "a",
    "1",
    "é",
    "\u{feff}",
    "\0",
    " ",
    "::",
    "migrate-safety: x",
];

proptest! {
    #[test]
    fn no_byte_is_lost_of_any_text(text in any::<String>()) {
        pieces(&text);
    }

    #[test]
    fn no_byte_is_lost_of_soup(words in prop::collection::vec(prop::sample::select(SOUP), 0..60)) {
        pieces(&words.concat());
    }

    #[test]
    fn positions_are_those_of_the_bytes(words in prop::collection::vec(prop::sample::select(SOUP), 0..60)) {
        let text = words.concat();
        for span in split(Target::default(), &text) {
            for position in [span.start, span.end] {
                let before = &text[..position.offset];
                let line = 1 + before.matches('\n').count();
                let column = 1 + before.rsplit('\n').next().unwrap_or_default().chars().count();
                prop_assert_eq!((position.line as usize, position.column as usize), (line, column));
            }
        }
    }

    #[test]
    fn any_soup_can_be_read(words in prop::collection::vec(prop::sample::select(SOUP), 0..60)) {
        crate::sql::parse(crate::dialect::Target::default(), &words.join(" "));
    }
}
