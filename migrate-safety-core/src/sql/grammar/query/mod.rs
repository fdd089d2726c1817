//! Queries: `WITH`, `SELECT`, `VALUES`, `TABLE`, set operations.

mod from;
mod select;
mod with;

use super::expr::{expr, operand_only, sort_list};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::{Expr, Query, RowLock};
use crate::sql::operation::Operation;
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

pub(super) use from::{From, bare_alias, from_list, function, relation, table_ref};
pub(super) use select::{IntoTarget, output_list, values};
pub(super) use with::{Preparable, preparable, with_clause};

/// A query, where `INTO` is not allowed.
pub(crate) fn query(c: &mut Cursor<'_, '_>) -> Parse<Query> {
    boxed(c).map(|query| *query)
}

/// A query. Those in this module are boxed all the way, to keep the stack small.
pub(super) fn boxed(c: &mut Cursor<'_, '_>) -> Parse<Box<Query>> {
    c.descend()?;
    let result = inside(c);
    c.ascend();
    result
}

fn inside(c: &mut Cursor<'_, '_>) -> Parse<Box<Query>> {
    if !c.is("WITH") {
        return without_ctes(c, &mut None);
    }
    let ctes = with_clause(c)?;
    let mut query = without_ctes(c, &mut None)?;
    prepend(&mut query.ctes, ctes);
    Ok(query)
}

/// Puts `first` before what `all` has.
pub(super) fn prepend<T>(all: &mut Vec<T>, first: Vec<T>) {
    if !first.is_empty() {
        let rest = std::mem::replace(all, first);
        all.extend(rest);
    }
}

/// Whether a query starts here, other than with a parenthesis.
pub(super) fn starts(c: &Cursor<'_, '_>) -> bool {
    c.is("SELECT") || c.is("WITH") || c.is("TABLE") || (c.is("VALUES") && matches!(c.peek_nth(1), Token::LParen))
}

/// Whether something follows that makes more of a query in parentheses than an expression.
pub(super) fn goes_on(c: &Cursor<'_, '_>) -> bool {
    const WORDS: &[&str] = &["UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR"];
    WORDS.iter().any(|w| c.is(w))
}

/// What follows a first arm: set operations, `ORDER BY`, `LIMIT`.
pub(super) fn rest(c: &mut Cursor<'_, '_>, first: Box<Query>) -> Parse<Box<Query>> {
    let mut query = first;
    while c.eat_one_of(&["UNION", "INTERSECT", "EXCEPT"]).is_some() {
        if !c.eat("ALL") {
            c.eat("DISTINCT");
        }
        let arm = arm(c, &mut None)?;
        append_arm(&mut query, *arm);
    }
    tail(c, &mut query)?;
    Ok(query)
}

/// A query behind its `WITH`; `INTO` goes to `into`.
pub(super) fn without_ctes(c: &mut Cursor<'_, '_>, into: &mut Option<IntoTarget>) -> Parse<Box<Query>> {
    let first = arm(c, into)?;
    rest(c, first)
}

/// One arm of a set operation.
fn arm(c: &mut Cursor<'_, '_>, into: &mut Option<IntoTarget>) -> Parse<Box<Query>> {
    if c.is_token(&Token::LParen) {
        return parenthesized(c);
    }
    if c.eat("SELECT") {
        return select::select(c, into);
    }
    if c.is("VALUES") {
        return Ok(values(c)?.0);
    }
    if c.eat("TABLE") {
        return select::table(c);
    }
    Err(c.expected("a query"))
}

/// `( query )`.
fn parenthesized(c: &mut Cursor<'_, '_>) -> Parse<Box<Query>> {
    c.expect_token(&Token::LParen)?;
    c.descend()?;
    let query = if c.is_token(&Token::LParen) {
        match parenthesized(c) {
            Ok(first) => rest(c, first),
            Err(problem) => Err(problem),
        }
    } else {
        inside(c)
    };
    c.ascend();
    let query = query?;
    c.expect_token(&Token::RParen)?;
    Ok(query)
}

/// Adds an arm of a set operation.
fn append_arm(query: &mut Query, mut arm: Query) {
    demote(query);
    demote(&mut arm);
    query.ctes.append(&mut arm.ctes);
    query.selects.append(&mut arm.selects);
    query.row_locks.append(&mut arm.row_locks);
}

/// Order and limit of an arm in parentheses are no more those of the whole.
fn demote(arm: &mut Query) {
    if let Some(select) = arm.selects.last_mut() {
        select.others.append(&mut arm.order_by);
        select.others.extend(arm.limit.take());
        select.others.extend(arm.offset.take());
    }
}

/// `ORDER BY`, `LIMIT`, `OFFSET`, `FETCH`, `FOR UPDATE`.
fn tail(c: &mut Cursor<'_, '_>, query: &mut Query) -> Parse<()> {
    if c.is_all("ORDER BY") {
        once(c, query.order_by.is_empty(), "ORDER BY")?;
        c.eat_all("ORDER BY");
        query.order_by = sort_list(c)?;
    }
    let mut skips = false;
    let locks_first = c.is("FOR");
    while c.is("FOR") {
        skips |= row_lock(c, query)?;
    }
    let ties = limits(c, query)?;
    while !locks_first && c.is("FOR") {
        skips |= row_lock(c, query)?;
    }
    if ties && skips {
        return Err(c.problem(ProblemKind::Invalid, "SKIP LOCKED does not go with WITH TIES"));
    }
    Ok(())
}

/// What may stand once only.
fn once(c: &Cursor<'_, '_>, first: bool, what: &str) -> Parse<()> {
    if first { Ok(()) } else { Err(c.problem(ProblemKind::Invalid, format!("a second {what} clause"))) }
}

/// `LIMIT`, `OFFSET`, `FETCH`; whether it is `WITH TIES`.
fn limits(c: &mut Cursor<'_, '_>, query: &mut Query) -> Parse<bool> {
    let mut ties = false;
    loop {
        if c.is("LIMIT") {
            once(c, query.limit.is_none(), "LIMIT")?;
            c.skip();
            if !c.eat("ALL") {
                query.limit = Some(expr(c)?);
            }
            if c.is_token(&Token::Comma) {
                return Err(
                    c.problem(ProblemKind::Invalid, "`LIMIT #, #` is not known to the server: use `LIMIT # OFFSET #`")
                );
            }
        } else if c.is("OFFSET") {
            once(c, query.offset.is_none(), "OFFSET")?;
            c.skip();
            query.offset = Some(expr(c)?);
            if !c.eat("ROWS") {
                c.eat("ROW");
            }
        } else if c.is("FETCH") {
            once(c, query.limit.is_none(), "LIMIT")?;
            c.skip();
            query.limit = Some(fetch(c)?);
            ties = c.is("WITH");
            if ties && query.order_by.is_empty() {
                return Err(c.problem(ProblemKind::Invalid, "WITH TIES needs an ORDER BY clause"));
            }
            let mark = c.mark();
            if c.eat_all("WITH TIES") {
                c.since(13, mark, "`WITH TIES`");
            } else {
                c.expect("ONLY")?;
            }
        } else {
            return Ok(ties);
        }
    }
}

/// `FIRST 5 ROWS`.
fn fetch(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    if c.eat_one_of(&["FIRST", "NEXT"]).is_none() {
        return Err(c.expected("FIRST or NEXT"));
    }
    let limit = if c.is("ROW") || c.is("ROWS") {
        Expr::Number("1".into())
    } else if matches!(c.peek(), Token::Plus | Token::Minus) {
        Expr::Number(c.integer()?.to_string().into())
    } else {
        operand_only(c)?
    };
    if c.eat_one_of(&["ROW", "ROWS"]).is_none() {
        return Err(c.expected("ROWS"));
    }
    Ok(limit)
}

/// `FOR UPDATE OF a, b SKIP LOCKED`; whether it is the last.
fn row_lock(c: &mut Cursor<'_, '_>, query: &mut Query) -> Parse<bool> {
    c.expect("FOR")?;
    if c.eat_all("READ ONLY") {
        return Ok(false);
    }
    let exclusive = if c.eat("UPDATE") || c.eat_all("NO KEY UPDATE") {
        true
    } else if c.eat("SHARE") || c.eat_all("KEY SHARE") {
        false
    } else {
        return Err(c.expected("UPDATE, NO KEY UPDATE, SHARE or KEY SHARE"));
    };
    let of = if c.eat("OF") { c.list(Cursor::object_name)? } else { Vec::new() };
    let of = of.into_iter().map(|name| name.name).collect();
    let skips = c.eat_all("SKIP LOCKED");
    let nonblocking = skips || c.eat("NOWAIT");
    query.row_locks.push(RowLock { exclusive, of, nonblocking });
    Ok(skips)
}

/// A statement that begins with `WITH`, `SELECT`, `VALUES`, `TABLE` or a parenthesis, as an operation.
pub(super) fn operation(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    Ok(match preparable(c)? {
        Preparable::Query(query, None) => Operation::Select(query),
        Preparable::Query(query, Some(into)) => into.create(query),
        Preparable::Dml(operation) => *operation,
    })
}
