//! Statements about data, and those that carry one of them inside.

#[cfg(feature = "plan")]
mod change_text;
mod copy;
mod insert;
mod merge;
mod session;
mod update;

use super::expr::expr;
use super::query::{operation, output_list};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::{Expr, SelectItem};
use crate::sql::name::Ident;
use crate::sql::operation::{Operation, TableTarget};
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

#[cfg(feature = "plan")]
pub(crate) use change_text::{ChangeText, change_text};
pub(super) use insert::insert;
pub(super) use merge::merge;
pub(super) use update::{delete, update};

/// First words of the statements that [`dml`] reads; a parenthesis is one too.
pub(crate) const DML_WORDS: &[&str] = &[
    "SELECT",
    "WITH",
    "VALUES",
    "TABLE",
    "INSERT",
    "UPDATE",
    "DELETE",
    "MERGE",
    "COPY",
    "EXPLAIN",
    "PREPARE",
    "EXECUTE",
    "DEALLOCATE",
    "DECLARE",
    "FETCH",
    "MOVE",
    "CLOSE",
];

/// A statement that begins with one of [`DML_WORDS`] or a parenthesis. (`PREPARE TRANSACTION` is not among them.)
pub(crate) fn dml(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let word = DML_WORDS.iter().copied().find(|w| c.is(w));
    match word {
        Some("COPY") => copy::copy(c),
        Some("EXPLAIN") => session::explain(c),
        Some("PREPARE") => session::prepare(c),
        Some("EXECUTE") => session::execute(c),
        Some("DEALLOCATE") => session::deallocate(c),
        Some("DECLARE") => session::declare(c),
        Some("FETCH" | "MOVE") => session::fetch(c),
        Some("CLOSE") => session::close(c),
        Some(_) => operation(c),
        None if c.is_token(&Token::LParen) => operation(c),
        None => Err(c.expected("a statement about data")),
    }
}

/// `[ONLY] t [*] [[AS] alias]` of `UPDATE`, `DELETE` and `MERGE`.
fn target(c: &mut Cursor<'_, '_>) -> Parse<(TableTarget, Option<Ident>)> {
    let (name, only) = super::query::relation(c)?;
    let alias = if c.is("SET") { None } else { super::query::bare_alias(c)? };
    Ok((TableTarget { name, only }, alias))
}

/// `a = 1, (b, c) = (2, 3)` behind `SET`.
fn assignments(c: &mut Cursor<'_, '_>) -> Parse<Vec<(Ident, Expr)>> {
    let mut all = Vec::new();
    c.list(|c| {
        if !c.is_token(&Token::LParen) {
            let (column, partly) = assigned_column(c)?;
            c.expect_token(&Token::Eq)?;
            let value = expr(c)?;
            all.push((column, if partly { Expr::Other(vec![value]) } else { value }));
            return Ok(());
        }
        let columns = c.parens(|c| c.list(assigned_column))?;
        c.expect_token(&Token::Eq)?;
        match expr(c)? {
            Expr::Other(values) if values.len() == columns.len() => {
                all.extend(columns.into_iter().map(|(column, _)| column).zip(values));
            }
            value => all.extend(columns.into_iter().map(|(column, _)| (column, value.clone()))),
        }
        Ok(())
    })?;
    Ok(all)
}

/// `a`, `a[1]`, `a.field`: the column, and whether only a part of it is assigned.
fn assigned_column(c: &mut Cursor<'_, '_>) -> Parse<(Ident, bool)> {
    let column = c.ident()?;
    let mut partly = false;
    loop {
        if c.eat_token(&Token::Period) {
            c.label()?;
        } else if c.eat_token(&Token::LBracket) {
            if !c.is_token(&Token::Colon) {
                expr(c)?;
            }
            if c.eat_token(&Token::Colon) && !c.is_token(&Token::RBracket) {
                expr(c)?;
            }
            c.expect_token(&Token::RBracket)?;
        } else {
            return Ok((column, partly));
        }
        partly = true;
    }
}

/// `WHERE …`, `WHERE CURRENT OF cursor`.
fn filter(c: &mut Cursor<'_, '_>) -> Parse<Option<Expr>> {
    if !c.eat("WHERE") {
        return Ok(None);
    }
    if c.is_all("CURRENT OF") {
        c.eat_all("CURRENT OF");
        c.ident()?;
        return Ok(Some(Expr::Other(Vec::new())));
    }
    expr(c).map(Some)
}

/// `RETURNING [WITH (OLD AS o, NEW AS n)] a, b`.
fn returning(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
    if !c.eat("RETURNING") {
        return Ok(Vec::new());
    }
    let mark = c.mark();
    if c.is("WITH") {
        c.skip();
        c.parens(|c| {
            c.list(|c| {
                if c.eat_one_of(&["OLD", "NEW"]).is_none() {
                    return Err(c.expected("OLD or NEW"));
                }
                c.expect("AS")?;
                c.ident()
            })
        })?;
        c.since(18, mark, "`RETURNING WITH`");
    }
    Ok(output_list(c)?.into_iter().map(|SelectItem { expr, .. }| expr).collect())
}

/// What other databases allow at the end of `UPDATE` and `DELETE`.
fn no_order_or_limit(c: &Cursor<'_, '_>, statement: &str) -> Parse<()> {
    if c.is("ORDER") || c.is("LIMIT") {
        let message = format!("{statement} has no ORDER BY or LIMIT: choose the rows by a subquery in WHERE");
        return Err(c.problem(ProblemKind::Invalid, message));
    }
    Ok(())
}
