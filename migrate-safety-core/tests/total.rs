//! `check` is total: whatever the texts hold, it returns, and what it found can be shown in every form.
//!
//! `PROPTEST_CASES=20000` asks for more cases than the usual 256.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use migrate_safety_core::effects::postgres::facts;
use migrate_safety_core::layout::Source;
use migrate_safety_core::report::{Colour, MigrationReport};
use migrate_safety_core::rules::all;
use migrate_safety_core::sql::{Position, Span};
use migrate_safety_core::{Config, Dialect, Layout, MigrationSet, Target, check, databases, replay};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use std::sync::LazyLock;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn of_any_text(history in history(any_text())) {
        history.is_judged();
    }

    #[test]
    fn of_any_words(history in history(soup())) {
        history.is_judged();
    }

    #[test]
    fn of_statements_gone_wrong(history in history(mutated())) {
        history.is_judged();
    }
}

/// The body stands in another file than its call.
#[test]
fn of_a_body_that_cannot_be_read() {
    let body =
        "CREATE LANGUAGE c;\nCREATE FUNCTION f() RETURNS int LANGUAGE c AS 'there is a lot of text before the end';";
    History {
        target: Target::default(),
        layout: Layout::Sqlx,
        transaction: true,
        complete: true,
        schema: None,
        migrations: vec![(body.to_owned(), None), ("\n\nSELECT f();".to_owned(), None)],
    }
    .is_judged();
}

/// Migrations, and how they are to be read.
#[derive(Debug)]
struct History {
    target: Target,
    layout: Layout,
    transaction: bool,
    complete: bool,
    schema: Option<String>,
    /// The way there, and the way back.
    migrations: Vec<(String, Option<String>)>,
}

fn history(text: impl Strategy<Value = String> + Clone) -> impl Strategy<Value = History> {
    let migration = (text.clone(), proptest::option::of(text.clone()));
    let target = prop_oneof![
        3 => (Target::OLDEST_POSTGRES..=Target::NEWEST_POSTGRES).prop_map(Target::postgres),
        1 => select(vec![Target::mysql(800), Target::mysql(900), Target::mariadb(1011), Target::mariadb(1108)]),
        1 => select(vec![Target::sqlite(325), Target::sqlite(345), Target::sqlite(353)]),
    ];
    let layout = select(&[Layout::Sqlx, Layout::Diesel, Layout::Plain][..]);
    let schema = proptest::option::of(text);
    (target, layout, any::<bool>(), any::<bool>(), schema, vec(migration, 1..4)).prop_map(
        |(target, layout, transaction, complete, schema, migrations)| History {
            target,
            layout,
            transaction,
            complete,
            schema,
            migrations,
        },
    )
}

impl History {
    fn is_judged(&self) {
        let (set, config) = self.load();
        let report = check(&set, &config);
        assert_eq!(report.migrations.len(), set.migrations.len());
        for migration in &report.migrations {
            has_its_places(migration);
        }
        let _ = (report.to_json().to_string(), report.to_sarif().to_string());
        let _ = (report.to_text(Colour::Never), report.to_text(Colour::Always));
        let _ = (report.to_markdown(), report.to_github());
        if self.target.dialect != Dialect::Postgres {
            let _ = databases::replay(&set, &config);
            return;
        }
        let printed = replay(&set, &config).to_sql();
        let _ = check(&MigrationSet::from_text("catalog.sql", printed, Layout::Plain), &config);
    }

    fn load(&self) -> (MigrationSet, Config) {
        let source = |path: String, text: &str| Source { path: path.into(), text: text.into() };
        let mut set = MigrationSet { layout: self.layout, ..MigrationSet::default() };
        for (number, (up, down)) in self.migrations.iter().enumerate() {
            let mut one = MigrationSet::from_text(format!("{number}_x.sql"), up.as_str(), self.layout);
            for migration in &mut one.migrations {
                migration.down = down.as_ref().map(|down| source(format!("{number}_x.down.sql"), down));
                migration.transaction &= self.transaction;
            }
            set.append(one);
        }
        set.complete = self.complete;
        let schema = self.schema.as_ref().map(|text| source("schema.sql".to_owned(), text));
        (set, Config { target: self.target, schema, ..Config::default() })
    }
}

/// All that was found in a migration stands inside its text, between characters.
fn has_its_places(migration: &MigrationReport) {
    let mut end = 0;
    for statement in &migration.statements {
        assert!(statement.span.start.offset >= end, "statements overlap");
        end = statement.span.end.offset;
        stands_in(&migration.text, statement.span);
        assert_eq!(migration.text[statement.span.range()], statement.sql);
    }
    for finding in migration.all_findings() {
        assert!(!finding.message.is_empty());
        finding.span.into_iter().for_each(|span| stands_in(&migration.text, span));
    }
}

fn stands_in(text: &str, span: Span) {
    assert!(text.get(span.range()).is_some(), "{span:?} is not in the text");
    for place in [span.start, span.end] {
        let before = &text[..place.offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = 1 + before.matches('\n').count();
        let column = 1 + before[line_start..].chars().count();
        let expected =
            Position { offset: place.offset, line: line.try_into().unwrap(), column: column.try_into().unwrap() };
        assert_eq!(place, expected);
    }
}

/// Bytes that a careless reader took for text, and characters of all kinds.
fn any_text() -> impl Strategy<Value = String> + Clone {
    prop_oneof![
        vec(any::<u8>(), 0..200).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned()),
        vec(any::<char>(), 0..100).prop_map(String::from_iter),
        vec(select(PUNCTUATION.chars().collect::<Vec<char>>()), 0..60).prop_map(String::from_iter),
    ]
}

/// Words of SQL in any order.
fn soup() -> impl Strategy<Value = String> + Clone {
    let separator = select(&["", " ", "\n"][..]);
    (vec(select(WORDS), 0..60), separator).prop_map(|(words, separator)| words.join(separator))
}

/// Statements that somebody wrote, with some mistakes made in them.
fn mutated() -> impl Strategy<Value = String> + Clone {
    (vec(select(&**WRITTEN), 1..4), vec(mistake(), 0..6)).prop_map(|(statements, mistakes)| {
        let mut text = statements.join(";\n");
        for mistake in &mistakes {
            text = mistake.made_in(&text);
        }
        text
    })
}

/// A slip of the editor; what stands between two boundaries is what it is about.
#[derive(Clone, Debug)]
struct Mistake {
    what: Slip,
    /// Whether it is about whole words, or any characters.
    words: bool,
    from: Index,
    /// How many boundaries further on.
    length: usize,
    to: Index,
}

#[derive(Clone, Copy, Debug)]
enum Slip {
    Delete,
    Duplicate,
    /// Two stretches change places.
    Swap,
    Truncate,
    Put(&'static str),
}

fn mistake() -> impl Strategy<Value = Mistake> + Clone {
    let what = prop_oneof![
        Just(Slip::Delete),
        Just(Slip::Duplicate),
        Just(Slip::Swap),
        Just(Slip::Truncate),
        select(WORDS).prop_map(Slip::Put),
        select(&**WRITTEN).prop_map(Slip::Put),
    ];
    (what, any::<bool>(), any::<Index>(), 1..8usize, any::<Index>())
        .prop_map(|(what, words, from, length, to)| Mistake { what, words, from, length, to })
}

impl Mistake {
    fn made_in(&self, text: &str) -> String {
        let boundaries = self.boundaries(text);
        let stretch = |at: &Index| {
            let at = at.index(boundaries.len());
            (boundaries[at], boundaries[(at + self.length).min(boundaries.len() - 1)])
        };
        let ((from, end), (other, other_end)) = (stretch(&self.from), stretch(&self.to));
        let part = &text[from..end];
        match self.what {
            Slip::Delete => format!("{}{}", &text[..from], &text[end..]),
            Slip::Duplicate => format!("{}{part}{}", &text[..other], &text[other..]),
            Slip::Swap if end <= other => {
                let between = &text[end..other];
                format!("{}{}{between}{part}{}", &text[..from], &text[other..other_end], &text[other_end..])
            }
            Slip::Swap => format!("{}{part}", text.replacen(part, "", 1)),
            Slip::Truncate => text[..from].to_owned(),
            Slip::Put(word) => format!("{}{word}{}", &text[..from], &text[end..]),
        }
    }

    /// Where characters or words begin; the end of the text, too.
    fn boundaries(&self, text: &str) -> Vec<usize> {
        let mut word = false;
        let mut starts: Vec<usize> = Vec::new();
        for (at, c) in text.char_indices() {
            let continues = word && (c.is_alphanumeric() || c == '_');
            word = c.is_alphanumeric() || c == '_';
            if !self.words || !continues {
                starts.push(at);
            }
        }
        starts.push(text.len());
        starts
    }
}

/// What the rules show, good and bad, and what shows the facts.
static WRITTEN: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let samples = all().flat_map(|rule| rule.bad.iter().chain(rule.good));
    let samples = samples.flat_map(|sample| [Some(sample.before), Some(sample.sql), sample.down]).flatten();
    let examples = facts().flat_map(|fact| fact.examples).flat_map(|example| [example.setup, example.sql]);
    samples.chain(examples).filter(|text| !text.is_empty()).collect()
});

const PUNCTUATION: &str = "();,.:'\"$$-/*\\\n\r\t EeUuxXbB&@#<>=!~^|%+[]{}_01é\u{feff}\0\u{a0}\u{1d11e}";

#[rustfmt::skip] // a table
const WORDS: &[&str] = &[
    // Of other databases.
    "PRAGMA",
    "RENAME TABLE",
    "CREATE VIRTUAL TABLE",
    "AUTO_INCREMENT",
    "MODIFY",
    "CHANGE COLUMN",
    "FULLTEXT KEY",
    "ALGORITHM=INPLACE",
    "LOCK=NONE",
    "CONVERT TO CHARACTER SET",
    "PARTITION BY",
    "ON DUPLICATE KEY UPDATE",
    "WITHOUT ROWID",
    "DELIMITER //\n",
    "/*!80000",
    "*/",
    "`",
    "# ",
    // Statements.
    "ALTER TABLE",
    "CREATE TABLE",
    "CREATE UNIQUE INDEX",
    "CREATE INDEX CONCURRENTLY",
    "CREATE VIEW",
    "CREATE TYPE",
    "CREATE DOMAIN",
    "CREATE FUNCTION",
    "CREATE PROCEDURE",
    "CREATE TRIGGER",
    "CREATE RULE",
    "CREATE SEQUENCE",
    "CREATE SCHEMA",
    "CREATE POLICY",
    "CREATE MATERIALIZED VIEW",
    "DROP",
    "DROP TABLE",
    "DROP COLUMN",
    "DROP INDEX",
    "TRUNCATE",
    "SELECT",
    "INSERT INTO",
    "UPDATE",
    "DELETE FROM",
    "MERGE INTO",
    "WITH RECURSIVE",
    "COPY",
    "DO",
    "CALL",
    "BEGIN",
    "COMMIT",
    "ROLLBACK TO",
    "SAVEPOINT",
    "VACUUM FULL",
    "CLUSTER",
    "REINDEX TABLE",
    "LOCK TABLE",
    "ANALYZE",
    "SET",
    "RESET",
    "GRANT",
    "REVOKE",
    "COMMENT ON",
    "REFRESH MATERIALIZED VIEW",
    "EXPLAIN",
    "PREPARE",
    "EXECUTE",
    // Their parts.
    "ADD COLUMN",
    "ADD CONSTRAINT",
    "ALTER COLUMN",
    "SET NOT NULL",
    "SET DEFAULT",
    "TYPE",
    "USING",
    "RENAME",
    "TO",
    "PRIMARY KEY",
    "FOREIGN KEY",
    "REFERENCES",
    "UNIQUE",
    "CHECK",
    "EXCLUDE",
    "NOT VALID",
    "VALIDATE CONSTRAINT",
    "IF EXISTS",
    "IF NOT EXISTS",
    "CASCADE",
    "ON",
    "ON CONFLICT",
    "DEFAULT",
    "GENERATED ALWAYS AS",
    "IDENTITY",
    "STORED",
    "PARTITION OF",
    "PARTITION BY RANGE",
    "FOR VALUES FROM",
    "ATTACH PARTITION",
    "DETACH PARTITION",
    "CONCURRENTLY",
    "INHERITS",
    "LIKE",
    "INCLUDING ALL",
    "OWNED BY",
    "AS",
    "AS ENUM",
    "ADD VALUE",
    "AS $$",
    "LANGUAGE plpgsql",
    "LANGUAGE sql",
    "RETURNS",
    "RETURNS TABLE",
    "BEGIN ATOMIC",
    "END",
    "FROM",
    "FROM stdin;",
    "\\.",
    "\\connect",
    "WHERE",
    "GROUP BY",
    "ORDER BY",
    "LIMIT",
    "UNION ALL",
    "JOIN",
    "LATERAL",
    "VALUES",
    "RETURNING",
    "CASE WHEN",
    "THEN",
    "ELSE",
    "BETWEEN",
    "IN",
    "IS DISTINCT FROM",
    "OVER",
    "FILTER",
    "WITHIN GROUP",
    "ARRAY[",
    "ROW(",
    "CAST(",
    "NULL",
    "NOT",
    // PL/pgSQL.
    "DECLARE",
    "IF",
    "ELSIF",
    "END IF;",
    "LOOP",
    "END LOOP;",
    "WHILE",
    "FOR i IN 1..3",
    "FOREACH",
    "EXIT WHEN",
    "RAISE",
    "EXCEPTION WHEN OTHERS",
    "PERFORM",
    "EXECUTE format('%I',",
    "GET DIAGNOSTICS n = ROW_COUNT;",
    "RETURN QUERY",
    ":=",
    // Names, types and literals.
    "t",
    "u",
    "public.t",
    "\"T\"",
    "\"a b\"",
    "\"\"",
    "a",
    "b",
    "t.a",
    "*",
    "f()",
    "now()",
    "int",
    "bigint",
    "varchar(10)",
    "numeric(5,2)",
    "text[]",
    "timestamptz",
    "interval day to second(3)",
    "int[][3]",
    "serial",
    "0",
    "1",
    "-1",
    "1e400",
    "99999999999999999999",
    "0x1F",
    "1_000",
    ".5",
    "'x'",
    "''",
    "'it''s'",
    "E'\\x41\\'",
    "E'\\uD83D'",
    "U&'\\0061'",
    "U&\"d!0061\" UESCAPE '!'",
    "B'01'",
    "X'1F'",
    "N'n'",
    "'2020-01-01'",
    "TRUE",
    "$1",
    "$2147483648",
    "é",
    "\u{1d11e}",
    // Quotes, comments and punctuation, whole and halved.
    "'",
    "\"",
    "$$",
    "$x$",
    "$x",
    "/*",
    "*/",
    "/* /* */",
    "--",
    "-- no-transaction\n",
    "-- migrate-safety: allow(",
    "\r\n",
    "-- migrate-safety: allow(drop-column) why\n",
    "\u{feff}",
    "\0",
    "\t",
    ";",
    ";;",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ".",
    "..",
    ":",
    "::",
    "=",
    "=>",
    "->",
    "->>",
    "@>",
    "||",
    "&&",
    "<>",
    "!=",
    "~~*",
    "%",
    "^",
    "|/",
    "OPERATOR(pg_catalog.+)",
];
