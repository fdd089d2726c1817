//! Cuts a script into statements where the servers do, losing no byte.
//!
//! Hosts send a file as it is: MySQL's server cuts it where a statement ends that its parser has read, SQLite's library
//! likewise. Semicolons inside the body of a routine or trigger do not end it.

use super::lexer::{Lexeme, Lexer};
use crate::dialect::Target;
use crate::sql::statement::{Directive, Problem, ProblemKind};
use crate::sql::token::{LocatedToken, Token};
use crate::sql::{LineIndex, Span};
use std::ops::Range;

/// A statement, cut out.
#[derive(Debug, Default)]
pub(super) struct Piece<'t> {
    /// Its tokens, without the semicolon that ends it: one at least, but for a command of a client.
    pub(super) tokens: Vec<LocatedToken<'t>>,
    /// The bytes it covers, the semicolon included; a command of a client's, to the end of its line.
    pub(super) range: Range<usize>,
    /// What the server's scanner would reject, and commands of clients.
    pub(super) problems: Vec<Problem>,
    /// The directives before and in it.
    pub(super) directives: Vec<Directive>,
}

/// Cuts a script into its statements; the directives behind the last one come with them.
pub(super) fn pieces<'t>(lines: &LineIndex<'t>, target: Target) -> (Vec<Piece<'t>>, Vec<Directive>) {
    let mut splitter = Splitter {
        text: lines.text(),
        lines,
        lexer: Lexer::new(lines, target),
        mysql: target.dialect.is_mysql(),
        delimiter: None,
        next: Piece::default(),
    };
    let mut pieces = Vec::new();
    if splitter.text.starts_with('\u{feff}') {
        splitter.byte_order_mark(target);
    }
    while let Some(piece) = splitter.piece() {
        pieces.push(piece);
    }
    (pieces, splitter.next.directives)
}

struct Splitter<'s, 't> {
    text: &'t str,
    lines: &'s LineIndex<'t>,
    lexer: Lexer<'s, 't>,
    mysql: bool,
    /// What `DELIMITER` says ends a statement.
    delimiter: Option<&'t str>,
    /// What has been found of the next piece.
    next: Piece<'t>,
}

impl<'t> Splitter<'_, 't> {
    /// SQLite skips it; MySQL takes it for a part of the first word.
    fn byte_order_mark(&mut self, target: Target) {
        let length = '\u{feff}'.len_utf8();
        self.lexer.jump(length);
        if target.dialect.is_mysql() {
            self.next.problems.push(Problem {
                kind: ProblemKind::Invalid,
                span: self.lines.span(0..length),
                message: "a byte order mark: the server takes it for a part of the first word".into(),
            });
        }
    }

    fn piece(&mut self) -> Option<Piece<'t>> {
        let mut nesting = Nesting::new(self.mysql);
        loop {
            if self.next.tokens.is_empty() && self.client_command() {
                return Some(std::mem::take(&mut self.next));
            }
            if let Some(end) = self.at_delimiter() {
                self.lexer.jump(end);
                if let Some(piece) = self.take(end) {
                    return Some(piece);
                }
                continue;
            }
            match self.lexer.next(&mut self.next.problems) {
                Lexeme::Comment(range) => self.comment(range),
                Lexeme::End => return self.take(self.text.len()),
                Lexeme::Token(token) => {
                    let ends = token.token == Token::SemiColon && self.delimiter.is_none() && !nesting.is_inside();
                    if ends {
                        nesting = Nesting::new(self.mysql);
                        if let Some(piece) = self.take(token.end) {
                            return Some(piece);
                        }
                    } else {
                        nesting.see(&token.token);
                        self.next.tokens.push(token);
                    }
                }
            }
        }
    }

    /// Ends the piece, if it has tokens.
    fn take(&mut self, end: usize) -> Option<Piece<'t>> {
        let start = self.next.tokens.first()?.start;
        self.next.range = start..end;
        Some(std::mem::take(&mut self.next))
    }

    /// Where the delimiter ends that stands here, if the script has set one and it does.
    fn at_delimiter(&self) -> Option<usize> {
        let delimiter = self.delimiter?;
        let rest = self.text.get(self.lexer.offset()..)?;
        let at = self.lexer.offset() + (rest.len() - rest.trim_start().len());
        self.text.get(at..)?.starts_with(delimiter).then(|| at + delimiter.len())
    }

    /// Reads `DELIMITER …` and `SOURCE …`, commands of the `mysql` client, and `.read …`, of the `sqlite3` shell, at the
    /// begin of a line.
    fn client_command(&mut self) -> bool {
        let offset = self.lexer.offset();
        let rest = self.text.get(offset..).unwrap_or_default();
        let start = offset + (rest.len() - rest.trim_start().len());
        let word = rest.split_whitespace().next().unwrap_or_default();
        let is_command = if self.mysql {
            word.eq_ignore_ascii_case("delimiter") || word.eq_ignore_ascii_case("source")
        } else {
            word.strip_prefix('.').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))
        };
        if !is_command {
            return false;
        }
        let begins_line = start == 0
            || self.text.get(..start).is_some_and(|before| {
                before.rsplit('\n').next().unwrap_or_default().trim_start_matches('\u{feff}').trim().is_empty()
            });
        if !begins_line {
            return false;
        }
        let line = self.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let end = start + line.len();
        let argument = line.get(word.len()..).unwrap_or_default().trim();
        if self.mysql && word.eq_ignore_ascii_case("delimiter") && !argument.is_empty() {
            self.delimiter = (argument != ";").then_some(argument);
        }
        let (command, client, knower) = if self.mysql {
            (word.to_uppercase(), "mysql client", "server")
        } else {
            (word.to_owned(), "sqlite3 shell", "library")
        };
        self.lexer.jump(end);
        self.next.range = start..end;
        self.next.problems.push(Problem {
            kind: ProblemKind::PsqlCommand,
            span: self.lines.span(start..end),
            message: format!("`{command}` is a command of the {client}: the {knower} does not know it").into(),
        });
        true
    }

    /// Notes a comment that is a directive.
    fn comment(&mut self, range: Range<usize>) {
        const MARKER: &str = "migrate-safety:";
        let comment = self.text.get(range.clone()).unwrap_or_default();
        let inside = match comment.strip_prefix("/*") {
            Some(block) => block.strip_suffix("*/").unwrap_or(block),
            None => comment.trim_start_matches(['-', '#']),
        };
        if let Some(text) = inside.trim_start().strip_prefix(MARKER) {
            let span: Span = self.lines.span(range);
            self.next.directives.push(Directive { span, text: text.trim().into() });
        }
    }
}

/// How deep in the body of a routine or trigger a token stands.
struct Nesting {
    mysql: bool,
    /// The first words of the statement, until it is known whether it has a body.
    words: usize,
    creates: bool,
    /// Whether it makes something that has a body.
    has_body: bool,
    /// What is open, the innermost last.
    open: Vec<Open>,
    /// The word before, in upper case, or a sign.
    before: String,
}

/// What a word in a body opens, until its `END`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    /// Statements: a block, `IF`, a loop, a `CASE` that stands for a statement.
    Statements,
    /// A `CASE` within an expression.
    Expression,
}

impl Nesting {
    /// Words behind `CREATE` that do not say what is made, nor end the search for it.
    const FURTHEST: usize = 24;

    fn new(mysql: bool) -> Self {
        Self { mysql, words: 0, creates: false, has_body: false, open: Vec::new(), before: String::new() }
    }

    fn is_inside(&self) -> bool {
        !self.open.is_empty()
    }

    fn see(&mut self, token: &Token<'_>) {
        let word = match token {
            Token::Word(word) if !word.quoted => word.value.to_ascii_uppercase(),
            _ => String::new(),
        };
        self.words += 1;
        if self.words == 1 {
            self.creates = matches!(word.as_str(), "CREATE" | "ALTER");
            // MariaDB runs blocks outside of routines.
            self.has_body = self.mysql && word == "BEGIN";
        } else if self.words == 2 && self.has_body {
            self.has_body = word == "NOT";
            self.open.extend(self.has_body.then_some(Open::Statements));
        } else if self.has_body {
            self.see_in_body(&word);
        } else if self.creates && self.words < Self::FURTHEST {
            let routines: &[&str] =
                if self.mysql { &["TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE"] } else { &["TRIGGER"] };
            // `CREATE TABLE trigger (…)`
            self.creates = !matches!(word.as_str(), "TABLE" | "INDEX" | "VIEW" | "DATABASE" | "SCHEMA" | "USER");
            self.has_body = self.creates && routines.contains(&word.as_str());
        }
        self.before = if word.is_empty() { token.to_string() } else { word };
    }

    fn see_in_body(&mut self, word: &str) {
        const LOOPS: [&str; 5] = ["IF", "LOOP", "REPEAT", "WHILE", "FOR"];
        let before = self.before.as_str();
        let starts = match before {
            ";" | "BEGIN" | "DO" | "LOOP" | "REPEAT" | "ROW" | ":" => true,
            "THEN" | "ELSE" => self.open.last() != Some(&Open::Expression),
            // The head of a routine without a block.
            ")" => self.open.is_empty(),
            _ => false,
        };
        match word {
            // `END IF` closes what `IF` has opened.
            _ if before == "END" && (word == "CASE" || LOOPS.contains(&word)) => {}
            "BEGIN" => self.open.push(Open::Statements),
            "CASE" => self.open.push(if starts && self.mysql { Open::Statements } else { Open::Expression }),
            "END" => _ = self.open.pop(),
            _ if self.mysql && starts && LOOPS.contains(&word) => self.open.push(Open::Statements),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_where_the_server_ends_them() {
        let (my, maria, lite) = (Target::mysql(800), Target::mariadb(1011), Target::sqlite(345));
        let cases: &[(Target, &str, usize)] = &[
            (my, "SELECT 1; ; SELECT ';' -- ;\n; # ;\n/* ; */", 2),
            (my, "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.b = 1; SELECT 1", 2),
            (my, "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW IF NEW.b THEN SET NEW.b = 1; END IF; SELECT 1", 2),
            (my, "CREATE PROCEDURE p() BEGIN IF a THEN SELECT 1; ELSE SELECT 2; END IF; END; SELECT 1", 2),
            (
                my,
                "CREATE PROCEDURE p() BEGIN SET a = CASE WHEN b THEN IF(c, 1, 2) ELSE REPEAT('x', 3) END; END; SELECT 1",
                2,
            ),
            (
                my,
                "CREATE PROCEDURE p() BEGIN CASE a WHEN 1 THEN IF b THEN SELECT 1; END IF; END CASE; END; SELECT 1",
                2,
            ),
            (
                my,
                "CREATE PROCEDURE p() BEGIN l: LOOP LEAVE l; END LOOP; WHILE a DO SELECT 1; END WHILE; END; SELECT 1",
                2,
            ),
            (
                my,
                "CREATE PROCEDURE p() BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN END; SELECT 1; END; SELECT 2",
                2,
            ),
            (my, "CREATE TABLE trigger_log (begin int); SELECT 1", 2),
            (my, "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\nDELIMITER ;\nSELECT 1;", 4),
            (maria, "CREATE PROCEDURE p() BEGIN FOR i IN 1..3 DO SELECT i; END FOR; SELECT 1; END; SELECT 2", 2),
            (maria, "BEGIN NOT ATOMIC SELECT 1; SELECT 2; END; SELECT 3", 2),
            (
                lite,
                "CREATE TRIGGER t AFTER UPDATE ON a BEGIN UPDATE b SET c = CASE WHEN d THEN 1 END; END; SELECT 1",
                2,
            ),
            (lite, "BEGIN; SELECT 1; END; SELECT [a;b]", 4),
        ];
        for (target, script, count) in cases {
            let lines = LineIndex::new(script);
            let found: Vec<&str> = pieces(&lines, *target).0.into_iter().map(|piece| &script[piece.range]).collect();
            assert_eq!(found.len(), *count, "{target}: {script}: {found:#?}");
        }
    }
}
