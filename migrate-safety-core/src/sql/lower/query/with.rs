//! Common table expressions, and the statements that can have them.

use super::super::super::cursor::{Cursor, Parse};
use super::super::super::expr::{Cte, CteBody, Query};
use super::super::super::operation::Operation;
use super::super::super::statement::ProblemKind;
use super::super::dml;
use super::super::expr::expr;
use super::{IntoTarget, prepend, without_ctes};
use sqlparser::tokenizer::Token;

/// A statement that can be prepared, explained, or stand in a common table expression.
pub(in super::super) enum Preparable {
    /// `SELECT … [INTO …]`.
    Query(Box<Query>, Option<IntoTarget>),
    /// `INSERT`, `UPDATE`, `DELETE`, `MERGE`.
    Dml(Box<Operation>),
}

/// `WITH [RECURSIVE] a AS (…), …`, or nothing.
pub(in super::super) fn with_clause(c: &mut Cursor<'_, '_>) -> Parse<Vec<Cte>> {
    if !c.eat("WITH") {
        return Ok(Vec::new());
    }
    c.eat("RECURSIVE");
    c.list(cte)
}

fn cte(c: &mut Cursor<'_, '_>) -> Parse<Cte> {
    let name = c.ident()?;
    let columns = if c.is_token(&Token::LParen) { c.ident_list()? } else { Vec::new() };
    c.expect("AS")?;
    if !c.eat_all("NOT MATERIALIZED") {
        c.eat("MATERIALIZED");
    }
    let body = c.parens(preparable)?;
    if c.eat("SEARCH") {
        if c.eat_one_of(&["DEPTH", "BREADTH"]).is_none() {
            return Err(c.expected("DEPTH or BREADTH"));
        }
        c.expect("FIRST BY")?;
        c.list(Cursor::ident)?;
        c.expect("SET")?;
        c.ident()?;
    }
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
    }
    let body = match body {
        Preparable::Query(query, None) => CteBody::Query(query),
        Preparable::Query(_, Some(_)) => {
            return Err(c.problem(ProblemKind::Invalid, "`SELECT … INTO` is not allowed inside `WITH`"));
        }
        Preparable::Dml(operation) => CteBody::Dml(operation),
    };
    Ok(Cte { name, columns, body })
}

/// A query, `INSERT`, `UPDATE`, `DELETE` or `MERGE`, each with or without `WITH`.
pub(in super::super) fn preparable(c: &mut Cursor<'_, '_>) -> Parse<Preparable> {
    c.nested(|c| {
        let ctes = with_clause(c)?;
        let operation = if c.is("INSERT") {
            dml::insert(c, ctes)?
        } else if c.is("UPDATE") {
            dml::update(c, ctes)?
        } else if c.is("DELETE") {
            dml::delete(c, ctes)?
        } else if c.is("MERGE") {
            dml::merge(c, ctes)?
        } else {
            let mut into = None;
            let mut query = without_ctes(c, &mut into)?;
            prepend(&mut query.ctes, ctes);
            return Ok(Preparable::Query(Box::new(query), into));
        };
        Ok(Preparable::Dml(Box::new(operation)))
    })
}
