//! The token stream of one statement, as the grammar reads it.

use super::datatype::DataType;
use super::expr::{Expression, Query};
use super::keyword::{self, Category};
use super::name::{Ident, ObjectName};
use super::source::SourceText;
use super::span::Span;
use super::statement::{Problem, ProblemKind};
use super::token::{LocatedToken, Token, Word};
use crate::dialect::Target;
use std::ops::Range;

/// What a production returns.
pub(crate) type Parse<T> = Result<T, Problem>;

/// A place in the token stream to come back to, or to measure a span from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Index of the next token.
    next: usize,
}

/// Reads the tokens of one statement (white space and comments taken out, no semicolon).
///
/// Keywords are compared by text, case-insensitively, and only unquoted: any word can be asked for.
pub(crate) struct Cursor<'s, 't> {
    tokens: Vec<LocatedToken<'t>>,
    /// Index of the next token.
    next: usize,
    pub(crate) source: &'s SourceText<'t>,
    /// Where the statement ends, for errors at the end.
    end: usize,
    /// How many productions that can contain themselves are open.
    depth: u16,
    /// The server's major version, for what older servers do not know.
    version: u16,
    /// Problems that do not keep the rest from being read.
    problems: Vec<Problem>,
}

/// What stands behind the last token.
static END: LocatedToken<'static> = LocatedToken { token: Token::End, start: 0, end: 0 };

impl<'s, 't> Cursor<'s, 't> {
    /// How deep productions may be nested. A statement nested deeper is reported, not followed: the stack of a thread
    /// with 2 MB must do, in a build without optimisation too.
    const MAX_DEPTH: u16 = 200;

    pub(crate) fn new(tokens: Vec<LocatedToken<'t>>, source: &'s SourceText<'t>) -> Self {
        let end = tokens.last().map_or(0, |t| t.end);
        let version = Target::default().version;
        Self { tokens, next: 0, source, end, depth: 0, version, problems: Vec::new() }
    }

    /// For a server of this major version.
    pub(crate) fn for_version(self, version: u16) -> Self {
        Self { version, ..self }
    }

    /// For tokens that stand inside what `self` reads, in the same text or in one of their own.
    pub(crate) fn inside<'a, 'b>(&self, tokens: Vec<LocatedToken<'b>>, source: &'a SourceText<'b>) -> Cursor<'a, 'b> {
        let mut inside = Cursor::new(tokens, source).for_version(self.version);
        inside.depth = self.depth;
        inside
    }

    // Looking

    pub(crate) fn peek(&self) -> &Token<'t> {
        &self.next_token().token
    }

    pub(crate) fn peek_nth(&self, n: usize) -> &Token<'t> {
        &self.tokens.get(self.next + n).unwrap_or(&END).token
    }

    pub(crate) fn at_end(&self) -> bool {
        matches!(self.peek(), Token::End)
    }

    /// Whether the next token is this unquoted word.
    pub(crate) fn is(&self, keyword: &str) -> bool {
        self.peek().is_word(keyword)
    }

    /// Whether the token `n` ahead is this unquoted word.
    pub(crate) fn is_nth(&self, n: usize, keyword: &str) -> bool {
        self.peek_nth(n).is_word(keyword)
    }

    /// Whether the next tokens are these words (separated by spaces in `keywords`).
    pub(crate) fn is_all(&self, keywords: &str) -> bool {
        // A statement is asked for many words before its own are found: most differ in the first letter.
        let mut rest = keywords.as_bytes();
        for token in self.tokens.get(self.next..).unwrap_or_default() {
            let Token::Word(Word { value, quoted: false }) = &token.token else { return false };
            let Some((word, behind)) = rest.split_at_checked(value.len()) else { return false };
            if !word.eq_ignore_ascii_case(value.as_bytes()) {
                return false;
            }
            match behind {
                [] => return true,
                [b' ', more @ ..] => rest = more,
                _ => return false,
            }
        }
        false
    }

    pub(crate) fn is_token(&self, token: &Token<'_>) -> bool {
        self.peek() == token
    }

    /// Where we are.
    pub(crate) fn mark(&self) -> Mark {
        Mark { next: self.next }
    }

    /// Goes back to an earlier mark.
    pub(crate) fn rewind(&mut self, mark: Mark) {
        self.next = mark.next;
    }

    /// The span from `mark` to the last token consumed.
    pub(crate) fn span_from(&self, mark: Mark) -> Span {
        let start = self.source.position(self.tokens.get(mark.next).map_or(self.end, |t| t.start));
        let last = self.next.checked_sub(1).and_then(|n| self.tokens.get(n));
        let end = self.source.position(last.map_or(self.end, |t| t.end));
        Span { start, end: if end.offset < start.offset { start } else { end } }
    }

    /// The text from `mark` to the last token consumed.
    pub(crate) fn text_from(&self, mark: Mark) -> &'t str {
        self.source.text.get(self.range_from(mark)).unwrap_or_default()
    }

    /// Where in the text that stands.
    pub(crate) fn range_from(&self, mark: Mark) -> Range<usize> {
        let start = self.tokens.get(mark.next).map_or(self.end, |t| t.start);
        let last = self.next.checked_sub(1).and_then(|n| self.tokens.get(n));
        start..last.map_or(self.end, |t| t.end)
    }

    /// The tokens from `mark` to the last one consumed.
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    pub(crate) fn tokens_from(&self, mark: Mark) -> &[LocatedToken<'t>] {
        self.tokens.get(mark.next..self.next).unwrap_or_default()
    }

    /// The span of the whole statement.
    pub(crate) fn whole_span(&self) -> Span {
        let start = self.tokens.first().map_or(self.end, |t| t.start);
        Span { start: self.source.position(start), end: self.source.position(self.end) }
    }

    /// All tokens of the statement.
    pub(crate) fn tokens(&self) -> &[LocatedToken<'t>] {
        &self.tokens
    }

    /// The span of the next token.
    pub(crate) fn next_span(&self) -> Span {
        match self.tokens.get(self.next) {
            Some(next) => self.source.span(next.start..next.end),
            None => {
                let end = self.source.position(self.end);
                Span { start: end, end }
            }
        }
    }

    fn next_token(&self) -> &LocatedToken<'t> {
        self.tokens.get(self.next).unwrap_or(&END)
    }

    // Consuming

    /// Consumes the next token and returns a copy.
    pub(crate) fn advance(&mut self) -> LocatedToken<'t> {
        let token = self.next_token().clone();
        self.skip();
        token
    }

    /// Consumes the next token.
    pub(crate) fn skip(&mut self) {
        self.next = self.tokens.len().min(self.next + 1);
    }

    /// Consumes this unquoted word, if it is next.
    pub(crate) fn eat(&mut self, keyword: &str) -> bool {
        let found = self.is(keyword);
        if found {
            self.skip();
        }
        found
    }

    /// Consumes these words (separated by spaces), if they are all next.
    pub(crate) fn eat_all(&mut self, keywords: &str) -> bool {
        let found = self.is_all(keywords);
        if found {
            for _ in keywords.split(' ') {
                self.skip();
            }
        }
        found
    }

    pub(crate) fn eat_token(&mut self, token: &Token<'_>) -> bool {
        let found = self.is_token(token);
        if found {
            self.skip();
        }
        found
    }

    /// Consumes one of these words, if one is next, and returns it.
    pub(crate) fn eat_one_of(&mut self, keywords: &[&'static str]) -> Option<&'static str> {
        let found = keywords.iter().copied().find(|k| self.is(k))?;
        self.skip();
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

    pub(crate) fn expect_token(&mut self, token: &Token<'_>) -> Parse<()> {
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
            Token::Word(word) if word.quoted || !is_reserved(word) => {
                let ident = ident_of(word);
                self.skip();
                Ok(ident)
            }
            _ => Err(self.expected("a name")),
        }
    }

    /// A name where the words go too that only functions can have: roles, values of settings, functions.
    pub(crate) fn non_reserved(&mut self) -> Parse<Ident> {
        match self.peek() {
            Token::Word(word) if keyword::category(word) != Category::Reserved => {
                let ident = ident_of(word);
                self.skip();
                Ok(ident)
            }
            _ => Err(self.expected("a name")),
        }
    }

    /// An operator of whatever symbols: `+`, `->>`, `&&`.
    pub(crate) fn operator(&mut self) -> Parse<Box<str>> {
        match self.peek().operator() {
            Some(symbol) => {
                let symbol = Box::from(symbol);
                self.skip();
                Ok(symbol)
            }
            None => Err(self.expected("an operator")),
        }
    }

    /// A name where every word goes, reserved ones too (after `AS`, behind a dot).
    pub(crate) fn label(&mut self) -> Parse<Ident> {
        match self.peek() {
            Token::Word(word) => {
                let ident = ident_of(word);
                self.skip();
                Ok(ident)
            }
            _ => Err(self.expected("a name")),
        }
    }

    /// `name`, `schema.name`, `database.schema.name`.
    pub(crate) fn object_name(&mut self) -> Parse<ObjectName> {
        let place = self.next_span();
        let mut parts = vec![self.ident()?];
        while self.eat_token(&Token::Period) {
            parts.push(self.label()?);
        }
        if parts.len() > 3 {
            let message = "improper qualified name (too many dotted names)".into();
            return Err(Problem { kind: ProblemKind::Invalid, span: place, message });
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
        let text = self.peek().string().map(Box::from);
        match text {
            Some(text) => {
                self.skip();
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
            Token::Number(digits) => format!("{}{digits}", if negative { "-" } else { "" }).parse().ok(),
            _ => None,
        };
        match value {
            Some(value) => {
                self.skip();
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
            self.skip();
        }
    }

    /// Consumes the rest of the statement.
    pub(crate) fn skip_rest(&mut self) {
        self.skip_until(|_| false);
    }

    /// `production`, one level deeper.
    pub(crate) fn nested<T>(&mut self, production: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        self.descend()?;
        let result = production(self);
        self.ascend();
        result
    }

    /// Goes one level deeper. What follows must come to [`Cursor::ascend`], errors included; see [`Cursor::nested`], of
    /// which this spares the stack.
    pub(crate) fn descend(&mut self) -> Parse<()> {
        if self.depth >= Self::MAX_DEPTH {
            return Err(self.problem(ProblemKind::Unsupported, "nested too deeply to be read"));
        }
        self.depth += 1;
        Ok(())
    }

    /// Comes back from where [`Cursor::descend`] went.
    pub(crate) fn ascend(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// How many productions are open.
    pub(crate) fn depth(&self) -> u16 {
        self.depth
    }

    // Server versions

    /// The server's major version.
    pub(crate) fn version(&self) -> u16 {
        self.version
    }

    /// Notes that servers before major version `since` reject what stands from `mark` to here, if this is one.
    pub(crate) fn since(&mut self, since: u16, mark: Mark, what: &str) {
        if self.version < since {
            let message = format!("{what} needs PostgreSQL {since}; the target is {}", self.version);
            let span = self.span_from(mark);
            self.note(Problem { kind: ProblemKind::Invalid, span, message: message.into() });
        }
    }

    /// Notes that servers from major version `since` on reject what stands from `mark` to here, if this is one.
    pub(crate) fn no_longer(&mut self, since: u16, mark: Mark, what: &str) {
        if self.version >= since {
            let message = format!("{what} is an error since PostgreSQL {since}; this is {}", self.version);
            let span = self.span_from(mark);
            self.note(Problem { kind: ProblemKind::Invalid, span, message: message.into() });
        }
    }

    /// Notes a problem that does not keep the rest from being read.
    pub(crate) fn note(&mut self, problem: Problem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// The problems noted so far.
    pub(crate) fn take_problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }

    // Types, expressions and queries (see `grammar`)

    /// A type: `numeric(10,2)[]`, `timestamp(3) with time zone`, `app.mood`.
    pub(crate) fn data_type(&mut self) -> Parse<DataType> {
        super::grammar::data_type(self)
    }

    /// An expression with its text.
    pub(crate) fn expression(&mut self) -> Parse<Expression> {
        super::grammar::expression(self)
    }

    /// The expression of a column's `DEFAULT`: one that ends before `NOT NULL`, `COLLATE`, `CHECK` and the like.
    pub(crate) fn default_expression(&mut self) -> Parse<Expression> {
        super::grammar::restricted_expression(self)
    }

    /// `( expression )`.
    pub(crate) fn paren_expression(&mut self) -> Parse<Expression> {
        self.parens(Self::expression)
    }

    /// A query: `SELECT`, `VALUES`, `WITH`, `TABLE`, in parentheses or not.
    pub(crate) fn query(&mut self) -> Parse<Query> {
        super::grammar::query(self)
    }

    // Complaining

    /// A syntax error at the next token.
    pub(crate) fn expected(&self, what: &str) -> Problem {
        let found = match self.peek() {
            Token::End => "the end of the statement".to_owned(),
            token => format!("`{}`", abridged(&token.to_string())),
        };
        self.problem(ProblemKind::Invalid, format!("expected {what}, found {found}"))
    }

    /// A problem at the next token.
    pub(crate) fn problem(&self, kind: ProblemKind, message: impl Into<Box<str>>) -> Problem {
        Problem { kind, span: self.next_span(), message: message.into() }
    }
}

/// The first line of a text, and not too much of it.
fn abridged(text: &str) -> String {
    const MOST: usize = 40;
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(MOST) {
        Some((cut, _)) => format!("{}…", line.get(..cut).unwrap_or_default()),
        None if line.len() < text.len() => format!("{line}…"),
        None => line.to_owned(),
    }
}

/// The stored name of a word.
pub(crate) fn ident_of(word: &Word<'_>) -> Ident {
    if word.quoted { Ident::exact(&word.value) } else { Ident::folded(&word.value) }
}

/// Whether an unquoted word cannot be the name of a column or a relation.
fn is_reserved(word: &Word<'_>) -> bool {
    matches!(keyword::category(word), Category::Reserved | Category::FunctionName)
}
