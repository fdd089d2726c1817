//! Common table expressions, and the statements that can have them.

use super::{IntoTarget, prepend, without_ctes};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::{Cte, CteBody, Query};
use crate::sql::grammar::dml;
use crate::sql::grammar::expr::expr;
use crate::sql::operation::Operation;
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

/// A statement that can be prepared, explained, or stand in a common table expression.
pub(in crate::sql::grammar) enum Preparable {
    /// `SELECT … [INTO …]`.
    Query(Box<Query>, Option<Box<IntoTarget>>),
    /// `INSERT`, `UPDATE`, `DELETE`, `MERGE`.
    Dml(Box<Operation>),
}

/// `WITH [RECURSIVE] a AS (…), …`, or nothing.
pub(in crate::sql::grammar) fn with_clause(c: &mut Cursor<'_, '_>) -> Parse<Vec<Cte>> {
    if !c.eat("WITH") {
        return Ok(Vec::new());
    }
    // `WITH recursive (a) AS …` names one so.
    if !matches!(c.peek_nth(1), Token::LParen) && !c.is_nth(1, "AS") {
        c.eat("RECURSIVE");
    }
    let mut ctes = vec![cte(c)?];
    while c.eat_token(&Token::Comma) {
        ctes.push(cte(c)?);
    }
    Ok(ctes)
}

fn cte(c: &mut Cursor<'_, '_>) -> Parse<Cte> {
    let name = c.ident()?;
    let columns = if c.is_token(&Token::LParen) { c.ident_list()? } else { Vec::new() };
    c.expect("AS")?;
    let mark = c.mark();
    if c.eat_all("NOT MATERIALIZED") || c.eat("MATERIALIZED") {
        c.since(12, mark, "`[NOT] MATERIALIZED`");
    }
    c.expect_token(&Token::LParen)?;
    let body = cte_body(c)?;
    c.expect_token(&Token::RParen)?;
    search_and_cycle(c)?;
    Ok(Cte { name, columns, body })
}

fn cte_body(c: &mut Cursor<'_, '_>) -> Parse<CteBody> {
    match preparable(c)? {
        Preparable::Query(query, None) => Ok(CteBody::Query(query)),
        Preparable::Query(_, Some(_)) => {
            Err(c.problem(ProblemKind::Invalid, "`SELECT … INTO` is not allowed inside `WITH`"))
        }
        Preparable::Dml(operation) => Ok(CteBody::Dml(operation)),
    }
}

/// `SEARCH DEPTH FIRST BY … SET …`, `CYCLE … SET … USING …`.
fn search_and_cycle(c: &mut Cursor<'_, '_>) -> Parse<()> {
    let mark = c.mark();
    if c.eat("SEARCH") {
        if c.eat_one_of(&["DEPTH", "BREADTH"]).is_none() {
            return Err(c.expected("DEPTH or BREADTH"));
        }
        c.expect("FIRST BY")?;
        c.list(Cursor::ident)?;
        c.expect("SET")?;
        c.ident()?;
        c.since(14, mark, "`SEARCH`");
    }
    let mark = c.mark();
    if c.eat("CYCLE") {
        c.list(Cursor::ident)?;
        c.expect("SET")?;
        c.ident()?;
        if c.eat("TO") {
            expr(c)?;
            c.expect("DEFAULT")?;
            expr(c)?;
        }
        c.expect("USING")?;
        c.ident()?;
        c.since(14, mark, "`CYCLE`");
    }
    Ok(())
}

/// A query, `INSERT`, `UPDATE`, `DELETE` or `MERGE`, each with or without `WITH`.
pub(in crate::sql::grammar) fn preparable(c: &mut Cursor<'_, '_>) -> Parse<Preparable> {
    c.descend()?;
    let result = preparable_inside(c);
    c.ascend();
    result
}

fn preparable_inside(c: &mut Cursor<'_, '_>) -> Parse<Preparable> {
    let ctes = with_clause(c)?;
    let production = if c.is("INSERT") {
        dml::insert
    } else if c.is("UPDATE") {
        dml::update
    } else if c.is("DELETE") {
        dml::delete
    } else if c.is("MERGE") {
        dml::merge
    } else {
        return query_behind(c, ctes);
    };
    Ok(Preparable::Dml(production(c, ctes)?))
}

fn query_behind(c: &mut Cursor<'_, '_>, ctes: Vec<Cte>) -> Parse<Preparable> {
    let mut into = None;
    let mut query = without_ctes(c, &mut into)?;
    prepend(&mut query.ctes, ctes);
    Ok(Preparable::Query(query, into.map(Box::new)))
}
