//! SQL inside PL/pgSQL: expressions and statements, cut out of the body's tokens.

use super::reader::Reader;
use super::tree::{Kind, Statement, Value};
use crate::sql::cursor::{Cursor, Mark, Parse};
use crate::sql::expr::{Expr, Query};
use crate::sql::fragment;
use crate::sql::grammar;
use crate::sql::name::Ident;
use crate::sql::operation::{LocatedOperation, Operation};
use crate::sql::span::Span;
use crate::sql::statement::ProblemKind;
use crate::sql::token::{LocatedToken, Token, Word};

/// An expression that has been read.
pub(super) struct Evaluated {
    /// The query that it is, if that reads or calls anything.
    pub(super) operations: Vec<LocatedOperation>,
    pub(super) value: Value,
    /// The query `SELECT expression`.
    pub(super) query: Option<Query>,
}

impl Evaluated {
    fn unknown() -> Self {
        Self { operations: Vec::new(), value: Value { expr: None, literal: None }, query: None }
    }
}

impl<'t> Reader<'_, 't> {
    /// The tokens up to what stops them, outside of any parentheses, or to a semicolon.
    pub(super) fn gather(&mut self, stop: impl Fn(&Cursor<'_, '_>) -> bool) -> Parse<Vec<LocatedToken<'t>>> {
        let mut tokens = Vec::new();
        let mut depth = 0usize;
        loop {
            match self.c.peek() {
                Token::End => break,
                _ if depth == 0 && stop(&self.c) => break,
                Token::SemiColon if depth == 0 => break,
                Token::SemiColon => return Err(self.c.problem(ProblemKind::Invalid, "mismatched parentheses")),
                Token::LParen | Token::LBracket => depth += 1,
                Token::RParen | Token::RBracket => match depth.checked_sub(1) {
                    Some(outer) => depth = outer,
                    None => return Err(self.c.problem(ProblemKind::Invalid, "mismatched parentheses")),
                },
                _ => {}
            }
            tokens.push(self.c.advance());
        }
        if depth > 0 {
            return Err(self.c.problem(ProblemKind::Invalid, "mismatched parentheses"));
        }
        Ok(tokens)
    }

    /// An expression up to one of these words or a semicolon, which is not consumed.
    pub(super) fn expression_until(&mut self, words: &[&str]) -> Parse<Evaluated> {
        let tokens = self.gather(|c| words.iter().any(|word| c.is(word)))?;
        self.expression(tokens)
    }

    /// Expressions separated by commas, up to one of these words or a semicolon.
    pub(super) fn expressions_until(&mut self, words: &[&str]) -> Parse<Vec<Evaluated>> {
        let mut found = Vec::new();
        loop {
            let tokens = self.gather(|c| c.is_token(&Token::Comma) || words.iter().any(|word| c.is(word)))?;
            found.push(self.expression(tokens)?);
            if !self.c.eat_token(&Token::Comma) {
                return Ok(found);
            }
        }
    }

    /// An expression of these tokens: to the server what follows the word `SELECT`.
    pub(super) fn expression(&mut self, tokens: Vec<LocatedToken<'_>>) -> Parse<Evaluated> {
        let Some(first) = tokens.first() else { return Err(self.c.expected("an expression")) };
        let literal = match (first.token.string(), tokens.len()) {
            (Some(_), 1) => fragment::literal(&mut self.c.inside(tokens.clone(), self.c.source)).ok(),
            _ => None,
        };
        let span = self.span_of(&tokens);
        let mut select = Vec::with_capacity(tokens.len() + 1);
        select.push(word("SELECT", first));
        select.extend(tokens);
        let mut c = self.c.inside(select, self.c.source);
        let query = c.query().and_then(|query| c.expect_end().map(|()| query));
        self.problems.extend(c.take_problems());
        let query = match query {
            Ok(query) => query,
            Err(problem) => {
                self.problems.push(problem);
                return Ok(Evaluated::unknown());
            }
        };
        let operations = match does_something(&query) {
            true => vec![located(Operation::Select(Box::new(query.clone())), span)],
            false => Vec::new(),
        };
        let value = Value { expr: lone_expression(&query).cloned(), literal };
        Ok(Evaluated { operations, value, query: Some(query) })
    }

    /// A static statement up to its semicolon, `INTO` taken out.
    pub(super) fn sql_statement(&mut self, mark: Mark) -> Parse<Statement> {
        let tokens = self.gather_statement()?;
        let (tokens, targets) = self.without_into(tokens)?;
        let operations = self.embedded(tokens);
        let mut statement = self.finish(mark, operations, Kind::Plain)?;
        statement.assigns = targets;
        Ok(statement)
    }

    /// The tokens of a statement; semicolons in parentheses and inside the body of a routine that it creates belong to
    /// it.
    pub(super) fn gather_statement(&mut self) -> Parse<Vec<LocatedToken<'t>>> {
        let creates_routine =
            self.c.is("CREATE") && (1..4).any(|n| self.c.is_nth(n, "FUNCTION") || self.c.is_nth(n, "PROCEDURE"));
        let mut tokens = Vec::new();
        // Blocks and `CASE`s open inside `BEGIN ATOMIC … END`.
        let (mut blocks, mut parentheses) = (0usize, 0usize);
        loop {
            match self.c.peek() {
                Token::End => break,
                Token::SemiColon if blocks == 0 && parentheses == 0 => break,
                Token::LParen => parentheses += 1,
                Token::RParen => match parentheses.checked_sub(1) {
                    Some(outer) => parentheses = outer,
                    None => return Err(self.c.problem(ProblemKind::Invalid, "mismatched parentheses")),
                },
                _ if creates_routine && (self.c.is_all("BEGIN ATOMIC") || (blocks > 0 && self.c.is("CASE"))) => {
                    blocks += 1;
                }
                _ if blocks > 0 && self.c.is("END") => blocks -= 1,
                _ => {}
            }
            tokens.push(self.c.advance());
        }
        Ok(tokens)
    }

    /// Takes `INTO [STRICT] targets` out of a statement.
    fn without_into(&mut self, tokens: Vec<LocatedToken<'t>>) -> Parse<(Vec<LocatedToken<'t>>, Vec<Ident>)> {
        // `IMPORT FOREIGN SCHEMA … INTO` is no target, nor is `INSERT INTO`, `MERGE INTO`.
        let no_targets = tokens.first().is_none_or(|first| first.token.is_word("IMPORT"));
        let is_target = |at: usize, tokens: &[LocatedToken<'_>]| {
            let before = at.checked_sub(1).and_then(|at| tokens.get(at));
            let takes_table = before.is_some_and(|t| t.token.is_word("INSERT") || t.token.is_word("MERGE"));
            !no_targets && !takes_table && tokens.get(at).is_some_and(|t| t.token.is_word("INTO"))
        };
        let Some(at) = (0..tokens.len()).find(|at| is_target(*at, &tokens)) else { return Ok((tokens, Vec::new())) };
        let (before, behind) = tokens.split_at_checked(at).unwrap_or((&tokens, &[]));
        let mut reader = Reader::new(self.c.inside(behind.to_vec(), self.c.source));
        reader.c.expect("INTO")?;
        std::mem::swap(&mut reader.scope, &mut self.scope);
        let targets = reader.targets_of_into();
        std::mem::swap(&mut reader.scope, &mut self.scope);
        let targets = targets?;
        let mut kept = before.to_vec();
        while !reader.c.at_end() {
            kept.push(reader.c.advance());
        }
        if (at..kept.len()).any(|at| is_target(at, &kept)) {
            return Err(self.c.problem(ProblemKind::Invalid, "INTO specified more than once"));
        }
        Ok((kept, targets))
    }

    /// A statement of these tokens. One that cannot be read is noted, and stands as opaque.
    pub(super) fn embedded(&mut self, tokens: Vec<LocatedToken<'_>>) -> Vec<LocatedOperation> {
        if tokens.is_empty() {
            let missing = self.c.expected("a statement");
            self.problems.push(missing);
            return Vec::new();
        }
        let span = self.span_of(&tokens);
        let mut c = self.c.inside(tokens, self.c.source);
        let reading = grammar::statement(&mut c);
        self.problems.extend(c.take_problems());
        match reading {
            Ok(reading) => {
                self.problems.extend(reading.problems);
                reading.operations
            }
            Err(problem) => {
                let reason = problem.message.clone();
                self.problems.push(problem);
                vec![located(Operation::Opaque { reason, mentions: Vec::new(), like: None }, span)]
            }
        }
    }

    /// From the first of some tokens to the last.
    pub(super) fn span_of(&self, tokens: &[LocatedToken<'_>]) -> Span {
        match (tokens.first(), tokens.last()) {
            (Some(first), Some(last)) => self.c.source.span(first.start..last.end),
            _ => self.c.next_span(),
        }
    }
}

pub(super) fn located(operation: Operation, span: Span) -> LocatedOperation {
    LocatedOperation { operation, span, routine: None }
}

/// A word that is not written, at the place of the token that it goes before.
fn word<'t>(value: &'t str, before: &LocatedToken<'t>) -> LocatedToken<'t> {
    let token = Token::Word(Word { value: value.into(), quoted: false });
    LocatedToken { token, start: before.start, end: before.start }
}

/// Functions that do nothing but compute, and that procedural code is full of.
const COMPUTES: &[&str] = &[
    "abs",
    "array_append",
    "array_length",
    "array_to_string",
    "array_upper",
    "btrim",
    "cardinality",
    "chr",
    "clock_timestamp",
    "coalesce",
    "concat",
    "concat_ws",
    "current_database",
    "current_date",
    "current_role",
    "current_schema",
    "current_setting",
    "current_timestamp",
    "current_user",
    "date_trunc",
    "format",
    "greatest",
    "least",
    "left",
    "length",
    "lower",
    "ltrim",
    "now",
    "nullif",
    "quote_ident",
    "quote_literal",
    "quote_nullable",
    "regexp_replace",
    "replace",
    "right",
    "rtrim",
    "session_user",
    "split_part",
    "statement_timestamp",
    "string_to_array",
    "substr",
    "substring",
    "to_char",
    "to_date",
    "upper",
    "version",
];

/// Whether a query reads a relation or calls a function that may do more than compute.
fn does_something(query: &Query) -> bool {
    let reads = query.selects.iter().any(|select| !select.from.is_empty()) || !query.ctes.is_empty();
    let mut found = reads;
    query.walk_exprs(&mut |e| {
        found |= match e {
            Expr::Subquery { .. } => true,
            Expr::Call { name, .. } => {
                let of_server = name.schema.as_ref().is_none_or(|schema| *schema == "pg_catalog");
                !of_server || COMPUTES.binary_search(&name.name.as_str()).is_err()
            }
            _ => false,
        };
    });
    found
}

/// The expression of a query that is nothing but `SELECT expression`.
fn lone_expression(query: &Query) -> Option<&Expr> {
    let [select] = query.selects.as_slice() else { return None };
    let [item] = select.items.as_slice() else { return None };
    let bare = select.from.is_empty() && select.filter.is_none() && select.others.is_empty();
    let plain = query.ctes.is_empty() && query.order_by.is_empty() && query.limit.is_none() && query.offset.is_none();
    (bare && plain).then_some(&item.expr)
}
