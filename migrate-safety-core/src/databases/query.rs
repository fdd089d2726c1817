//! Queries, as far as anybody looks into them.

use super::expression::{parenthesis, problem, skip};
use super::name::Name;
use super::operation::Query;
use super::reader::{name, names};
use super::scan::{Mentions, Start, scan};
use crate::sql::cursor::{Cursor, Mark, Parse};
use crate::sql::token::Token;
use std::collections::HashSet;

/// Common table expressions before a statement.
#[derive(Debug, Default)]
pub(super) struct Common {
    /// What they are called.
    pub(super) names: HashSet<Name>,
    /// What they read, and what they are.
    pub(super) queries: Vec<Query>,
}

/// Whether a query begins here.
pub(super) fn begins_query(cursor: &Cursor<'_, '_>) -> bool {
    let mut depth = 0;
    while *cursor.peek_nth(depth) == Token::LParen {
        depth += 1;
    }
    ["SELECT", "WITH", "VALUES", "TABLE"].iter().any(|word| cursor.is_nth(depth, word))
}

/// Reads a query: `SELECT`, `VALUES`, `TABLE` or `WITH`. It ends before a closing parenthesis that it has not opened, one
/// of these words, or the end of the statement.
pub(super) fn query(cursor: &mut Cursor<'_, '_>, stops: &[&str]) -> Parse<Query> {
    if !begins_query(cursor) {
        return Err(cursor.expected("a query"));
    }
    let mark = cursor.mark();
    // The first word is no stop, whatever it is.
    if !cursor.is_token(&Token::LParen) {
        cursor.skip();
    }
    skip(cursor, stops, false)?;
    read(cursor, mark)
}

/// What the tokens from `mark` on are as a query.
pub(super) fn read(cursor: &Cursor<'_, '_>, mark: Mark) -> Parse<Query> {
    let tokens = cursor.tokens_from(mark);
    let found = scan(tokens, Start::Query).map_err(|fault| problem(cursor, tokens, &fault))?;
    let Mentions { columns, calls: _, reads, star, output, locks_rows, aliases: _ } = found;
    Ok(Query { sql: cursor.text_from(mark).into(), reads, columns, star, output, locks_rows })
}

/// `WITH a AS (…), b (c) AS (…)`, if it is next.
pub(super) fn common(cursor: &mut Cursor<'_, '_>) -> Parse<Common> {
    let mut common = Common::default();
    if !cursor.eat("WITH") {
        return Ok(common);
    }
    cursor.eat("RECURSIVE");
    cursor.list(|c| {
        common.names.insert(name(c)?);
        if c.is_token(&Token::LParen) {
            names(c)?;
        }
        c.expect("AS")?;
        c.eat("NOT");
        c.eat("MATERIALIZED");
        if !c.is_token(&Token::LParen) {
            return Err(c.expected("`(` and a query"));
        }
        let mark = c.mark();
        parenthesis(c)?;
        common.queries.push(read(c, mark)?);
        Ok(())
    })?;
    for query in &mut common.queries {
        query.reads.retain(|table| table.database.is_some() || !common.names.contains(&table.name));
    }
    Ok(common)
}
