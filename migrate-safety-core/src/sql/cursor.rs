//! The token stream of one statement, as the grammar reads it.

use super::datatype::DataType;
use super::expr::{Expression, Query};
use super::name::{Ident, ObjectName};
use super::source::SourceText;
use super::span::Span;
use super::statement::{Problem, ProblemKind};
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Word};

/// What a production returns.
pub(crate) type Parse<T> = Result<T, Problem>;

/// A place in the token stream to come back to, or to measure a span from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Start of the next token; `None` at the end.
    next: Option<Location>,
}

/// Reads the tokens of one statement (white space and comments taken out, no semicolon).
///
/// Keywords are compared by text, case-insensitively, and only unquoted: any word can be asked for, whether sqlparser
/// knows it as a keyword or not.
pub(crate) struct Cursor<'s, 't> {
    pub(crate) parser: Parser<'static>,
    pub(crate) source: &'s SourceText<'t>,
    /// Where the statement ends, for errors at the end.
    end: Location,
}

impl<'s, 't> Cursor<'s, 't> {
    pub(crate) fn new(tokens: Vec<TokenWithSpan>, source: &'s SourceText<'t>) -> Self {
        static DIALECT: sqlparser::dialect::PostgreSqlDialect = sqlparser::dialect::PostgreSqlDialect {};
        let end = tokens.last().map_or(Location::new(1, 1), |t| t.span.end);
        Self { parser: Parser::new(&DIALECT).with_tokens_with_locations(tokens), source, end }
    }

    // Looking

    pub(crate) fn peek(&self) -> &Token {
        &self.parser.peek_token_ref().token
    }

    pub(crate) fn peek_nth(&self, n: usize) -> &Token {
        &self.parser.peek_nth_token_ref(n).token
    }

    pub(crate) fn at_end(&self) -> bool {
        matches!(self.peek(), Token::EOF)
    }

    /// Whether the next token is this unquoted word.
    pub(crate) fn is(&self, keyword: &str) -> bool {
        is_word(self.peek(), keyword)
    }

    /// Whether the token `n` ahead is this unquoted word.
    pub(crate) fn is_nth(&self, n: usize, keyword: &str) -> bool {
        is_word(self.peek_nth(n), keyword)
    }

    /// Whether the next tokens are these words (separated by spaces in `keywords`).
    pub(crate) fn is_all(&self, keywords: &str) -> bool {
        keywords.split(' ').enumerate().all(|(n, keyword)| self.is_nth(n, keyword))
    }

    pub(crate) fn is_token(&self, token: &Token) -> bool {
        self.peek() == token
    }

    /// Where we are.
    pub(crate) fn mark(&self) -> Mark {
        let next = self.parser.peek_token_ref();
        Mark { next: (next.token != Token::EOF).then_some(next.span.start) }
    }

    /// Goes back to an earlier mark.
    pub(crate) fn rewind(&mut self, mark: Mark) {
        while self.mark() != mark {
            self.parser.prev_token();
        }
    }

    /// The span from `mark` to the last token consumed.
    pub(crate) fn span_from(&self, mark: Mark) -> Span {
        let start = self.source.position(mark.next.unwrap_or(self.end));
        let last = self.parser.get_current_token();
        let end = if last.token == Token::EOF { self.end } else { last.span.end };
        let end = self.source.position(end);
        Span { start, end: if end < start { start } else { end } }
    }

    /// The text from `mark` to the last token consumed.
    pub(crate) fn text_from(&self, mark: Mark) -> &'t str {
        self.source.slice(self.span_from(mark))
    }

    /// The span of the next token.
    pub(crate) fn next_span(&self) -> Span {
        let next = self.parser.peek_token_ref();
        if next.token == Token::EOF {
            let end = self.source.position(self.end);
            Span { start: end, end }
        } else {
            self.source.span(next.span)
        }
    }

    // Consuming

    /// Consumes the next token and returns a copy.
    pub(crate) fn advance(&mut self) -> TokenWithSpan {
        self.parser.next_token()
    }

    /// Consumes this unquoted word, if it is next.
    pub(crate) fn eat(&mut self, keyword: &str) -> bool {
        let found = self.is(keyword);
        if found {
            self.parser.advance_token();
        }
        found
    }

    /// Consumes these words (separated by spaces), if they are all next.
    pub(crate) fn eat_all(&mut self, keywords: &str) -> bool {
        let found = self.is_all(keywords);
        if found {
            for _ in keywords.split(' ') {
                self.parser.advance_token();
            }
        }
        found
    }

    pub(crate) fn eat_token(&mut self, token: &Token) -> bool {
        let found = self.is_token(token);
        if found {
            self.parser.advance_token();
        }
        found
    }

    /// Consumes one of these words, if one is next, and returns it.
    pub(crate) fn eat_one_of(&mut self, keywords: &[&'static str]) -> Option<&'static str> {
        let found = keywords.iter().copied().find(|k| self.is(k))?;
        self.parser.advance_token();
        Some(found)
    }

    /// Consumes these words (separated by spaces) or reports what stands there.
    pub(crate) fn expect(&mut self, keywords: &str) -> Parse<()> {
        for keyword in keywords.split(' ') {
            if !self.eat(keyword) {
                return Err(self.expected(&format!("`{keyword}`")));
            }
        }
        Ok(())
    }

    pub(crate) fn expect_token(&mut self, token: &Token) -> Parse<()> {
        if self.eat_token(token) { Ok(()) } else { Err(self.expected(&format!("`{token}`"))) }
    }

    pub(crate) fn expect_end(&self) -> Parse<()> {
        if self.at_end() { Ok(()) } else { Err(self.expected("the end of the statement")) }
    }

    /// `IF EXISTS`.
    pub(crate) fn if_exists(&mut self) -> bool {
        self.eat_all("IF EXISTS")
    }

    /// `IF NOT EXISTS`.
    pub(crate) fn if_not_exists(&mut self) -> bool {
        self.eat_all("IF NOT EXISTS")
    }

    /// `CASCADE` (true), `RESTRICT` or nothing.
    pub(crate) fn cascade(&mut self) -> bool {
        !self.eat("RESTRICT") && self.eat("CASCADE")
    }

    /// A name: any word that is not reserved, or a quoted one.
    pub(crate) fn ident(&mut self) -> Parse<Ident> {
        match self.peek() {
            Token::Word(word) if word.quote_style.is_some() || !is_reserved(word) => {
                let ident = ident_of(word);
                self.parser.advance_token();
                Ok(ident)
            }
            _ => Err(self.expected("a name")),
        }
    }

    /// A name where every word goes, reserved ones too (after `AS`, behind a dot).
    pub(crate) fn label(&mut self) -> Parse<Ident> {
        match self.peek() {
            Token::Word(word) => {
                let ident = ident_of(word);
                self.parser.advance_token();
                Ok(ident)
            }
            _ => Err(self.expected("a name")),
        }
    }

    /// `name`, `schema.name`, `database.schema.name`.
    pub(crate) fn object_name(&mut self) -> Parse<ObjectName> {
        let mut parts = vec![self.ident()?];
        while self.eat_token(&Token::Period) {
            parts.push(self.label()?);
        }
        let name = parts.remove(parts.len() - 1);
        Ok(ObjectName { schema: parts.pop(), name })
    }

    /// `schema.table.column` or `table.column`.
    pub(crate) fn column_of(&mut self) -> Parse<(ObjectName, Ident)> {
        let mut parts = vec![self.ident()?];
        while self.eat_token(&Token::Period) {
            parts.push(self.label()?);
        }
        let (Some(column), Some(name)) = (parts.pop(), parts.pop()) else {
            return Err(self.expected("`.` and a column"));
        };
        Ok((ObjectName { schema: parts.pop(), name }, column))
    }

    /// One or more, separated by commas.
    pub(crate) fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Parse<T>) -> Parse<Vec<T>> {
        let mut items = vec![item(self)?];
        while self.eat_token(&Token::Comma) {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// `( … )`.
    pub(crate) fn parens<T>(&mut self, inner: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        self.expect_token(&Token::LParen)?;
        let inner = inner(self)?;
        self.expect_token(&Token::RParen)?;
        Ok(inner)
    }

    /// `(a, b, c)`: names.
    pub(crate) fn ident_list(&mut self) -> Parse<Vec<Ident>> {
        self.parens(|c| c.list(Self::ident))
    }

    /// A string constant of any quoting, unescaped.
    pub(crate) fn string(&mut self) -> Parse<Box<str>> {
        let text = string_value(self.peek()).map(Box::from);
        match text {
            Some(text) => {
                self.parser.advance_token();
                Ok(text)
            }
            None => Err(self.expected("a string")),
        }
    }

    /// An integer with an optional sign.
    pub(crate) fn integer(&mut self) -> Parse<i64> {
        let negative = self.eat_token(&Token::Minus);
        if !negative {
            self.eat_token(&Token::Plus);
        }
        let value = match self.peek() {
            Token::Number(digits, _) => format!("{}{digits}", if negative { "-" } else { "" }).parse().ok(),
            _ => None,
        };
        match value {
            Some(value) => {
                self.parser.advance_token();
                Ok(value)
            }
            None => Err(self.expected("an integer")),
        }
    }

    /// Consumes tokens up to (not including) the next top-level token for which `stop` holds, or the end.
    pub(crate) fn skip_until(&mut self, stop: impl Fn(&Self) -> bool) {
        let mut depth = 0usize;
        while !self.at_end() {
            if depth == 0 && stop(self) {
                return;
            }
            match self.peek() {
                Token::LParen | Token::LBracket => depth += 1,
                Token::RParen | Token::RBracket => depth = depth.saturating_sub(1),
                _ => {}
            }
            self.parser.advance_token();
        }
    }

    /// Consumes the rest of the statement.
    pub(crate) fn skip_rest(&mut self) {
        self.skip_until(|_| false);
    }

    /// `production`, or nothing consumed.
    pub(crate) fn maybe<T>(&mut self, production: impl FnOnce(&mut Self) -> Parse<T>) -> Option<T> {
        let mark = self.mark();
        match production(self) {
            Ok(value) => Some(value),
            Err(_) => {
                self.rewind(mark);
                None
            }
        }
    }

    // What sqlparser's helper parsers read (see `lower`)

    /// A type: `numeric(10,2)[]`, `timestamp(3) with time zone`, `app.mood`.
    pub(crate) fn data_type(&mut self) -> Parse<DataType> {
        super::lower::data_type(self)
    }

    /// An expression with its text.
    pub(crate) fn expression(&mut self) -> Parse<Expression> {
        super::lower::expression(self)
    }

    /// The expression behind `DEFAULT` of a column.
    pub(crate) fn default_expression(&mut self) -> Parse<Expression> {
        super::lower::expression(self)
    }

    /// `( expression )`.
    pub(crate) fn paren_expression(&mut self) -> Parse<Expression> {
        self.parens(Self::expression)
    }

    /// A query: `SELECT`, `VALUES`, `WITH`, `TABLE`, in parentheses or not.
    pub(crate) fn query(&mut self) -> Parse<Query> {
        super::lower::query(self)
    }

    // Complaining

    /// A syntax error at the next token.
    pub(crate) fn expected(&self, what: &str) -> Problem {
        let found = match self.peek() {
            Token::EOF => "the end of the statement".to_owned(),
            token => format!("`{token}`"),
        };
        self.problem(ProblemKind::Invalid, format!("expected {what}, found {found}"))
    }

    /// A problem at the next token.
    pub(crate) fn problem(&self, kind: ProblemKind, message: impl Into<Box<str>>) -> Problem {
        Problem { kind, span: self.next_span(), message: message.into() }
    }
}

/// Whether a token is this unquoted word.
pub(crate) fn is_word(token: &Token, keyword: &str) -> bool {
    matches!(token, Token::Word(Word { value, quote_style: None, .. }) if value.eq_ignore_ascii_case(keyword))
}

/// The stored name of a word.
pub(crate) fn ident_of(word: &Word) -> Ident {
    if word.quote_style.is_some() { Ident::exact(&word.value) } else { Ident::folded(&word.value) }
}

/// The value of a string constant of any quoting.
pub(crate) fn string_value(token: &Token) -> Option<&str> {
    Some(match token {
        Token::SingleQuotedString(s)
        | Token::EscapedStringLiteral(s)
        | Token::UnicodeStringLiteral(s)
        | Token::NationalStringLiteral(s) => s,
        Token::DollarQuotedString(s) => &s.value,
        _ => return None,
    })
}

/// Whether an unquoted word cannot be a name (SQL Key Words appendix: "reserved").
fn is_reserved(word: &Word) -> bool {
    const RESERVED: &[&str] = &[
        "ALL",
        "ANALYSE",
        "ANALYZE",
        "AND",
        "ANY",
        "ARRAY",
        "AS",
        "ASC",
        "ASYMMETRIC",
        "BOTH",
        "CASE",
        "CAST",
        "CHECK",
        "COLLATE",
        "COLUMN",
        "CONSTRAINT",
        "CREATE",
        "CURRENT_DATE",
        "CURRENT_TIME",
        "CURRENT_TIMESTAMP",
        "DEFAULT",
        "DEFERRABLE",
        "DESC",
        "DISTINCT",
        "DO",
        "ELSE",
        "END",
        "EXCEPT",
        "FALSE",
        "FETCH",
        "FOR",
        "FOREIGN",
        "FROM",
        "GRANT",
        "GROUP",
        "HAVING",
        "IN",
        "INITIALLY",
        "INTERSECT",
        "INTO",
        "LATERAL",
        "LEADING",
        "LIMIT",
        "LOCALTIME",
        "LOCALTIMESTAMP",
        "NOT",
        "NULL",
        "OFFSET",
        "ON",
        "ONLY",
        "OR",
        "ORDER",
        "PLACING",
        "PRIMARY",
        "REFERENCES",
        "RETURNING",
        "SELECT",
        "SOME",
        "SYMMETRIC",
        "TABLE",
        "THEN",
        "TO",
        "TRAILING",
        "TRUE",
        "UNION",
        "UNIQUE",
        "USING",
        "VARIADIC",
        "WHEN",
        "WHERE",
        "WINDOW",
        "WITH",
    ];
    let mut upper = [0u8; 20];
    let Some(upper) = upper.get_mut(..word.value.len()) else { return false };
    upper.copy_from_slice(word.value.as_bytes());
    upper.make_ascii_uppercase();
    RESERVED.binary_search_by(|r| r.as_bytes().cmp(upper)).is_ok()
}
