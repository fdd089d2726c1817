//! One `SELECT`, `VALUES` or `TABLE`.

use super::super::super::cursor::{Cursor, Parse};
use super::super::super::expr::{Expr, Query, Select, SelectItem, TableRef, TableSource};
use super::super::super::keyword;
use super::super::super::name::ObjectName;
use super::super::super::operation::{Operation, Persistence};
use super::super::expr::{expr, window_specification};
use super::from::{From, from_list, relation};
use sqlparser::tokenizer::Token;

/// `INTO t` of a `SELECT`: a new table.
#[derive(Debug)]
pub(in super::super) struct IntoTarget {
    name: ObjectName,
    persistence: Persistence,
}

impl IntoTarget {
    /// What `SELECT … INTO` does.
    pub(in super::super) fn create(self, query: Box<Query>) -> Operation {
        Operation::CreateTableAs {
            name: self.name,
            columns: Vec::new(),
            query,
            if_not_exists: false,
            persistence: self.persistence,
            with_data: true,
        }
    }
}

/// What follows the word `SELECT`.
pub(super) fn select(c: &mut Cursor<'_, '_>, into: &mut Option<IntoTarget>) -> Parse<Select> {
    let mut select = Select::default();
    let distinct = c.eat("DISTINCT");
    if distinct {
        if c.eat("ON") {
            select.others = c.parens(|c| c.list(expr))?;
        }
    } else {
        c.eat("ALL");
    }
    if distinct || !ends_output(c) {
        select.items = output_list(c)?;
    }
    if c.eat("INTO") {
        *into = Some(into_target(c)?);
    }
    if c.eat("FROM") {
        let From { tables, others } = from_list(c)?;
        select.from = tables;
        select.others.extend(others);
    }
    if c.eat("WHERE") {
        select.filter = Some(expr(c)?);
    }
    if c.eat_all("GROUP BY") {
        if !c.eat("DISTINCT") {
            c.eat("ALL");
        }
        group_list(c, &mut select.others)?;
    }
    if c.eat("HAVING") {
        select.others.push(expr(c)?);
    }
    if c.eat("WINDOW") {
        c.list(|c| {
            c.ident()?;
            c.expect("AS")?;
            select.others.extend(window_specification(c)?);
            Ok(())
        })?;
    }
    Ok(select)
}

/// Whether an output list that can be empty ends here.
fn ends_output(c: &Cursor<'_, '_>) -> bool {
    const ENDS: &[&str] = &[
        "FROM",
        "INTO",
        "WHERE",
        "GROUP",
        "HAVING",
        "WINDOW",
        "UNION",
        "INTERSECT",
        "EXCEPT",
        "ORDER",
        "LIMIT",
        "OFFSET",
        "FETCH",
        "FOR",
        "ON",
        "RETURNING",
    ];
    c.at_end() || c.is_token(&Token::RParen) || ENDS.iter().any(|w| c.is(w))
}

/// `a, b AS c, t.*`.
pub(in super::super) fn output_list(c: &mut Cursor<'_, '_>) -> Parse<Vec<SelectItem>> {
    c.list(|c| {
        if c.eat_token(&Token::Mul) {
            return Ok(SelectItem { expr: Expr::Star(None), alias: None, sql: "*".into() });
        }
        let mark = c.mark();
        let expr = expr(c)?;
        let sql = c.text_from(mark).into();
        let bare = matches!(c.peek(), Token::Word(word) if keyword::is_bare_label(word));
        let alias = if c.eat("AS") || bare { Some(c.label()?) } else { None };
        Ok(SelectItem { expr, alias, sql })
    })
}

fn into_target(c: &mut Cursor<'_, '_>) -> Parse<IntoTarget> {
    if c.is("LOCAL") || c.is("GLOBAL") {
        c.skip();
    }
    let persistence = if c.eat("TEMPORARY") || c.eat("TEMP") {
        Persistence::Temporary
    } else if c.eat("UNLOGGED") {
        Persistence::Unlogged
    } else {
        Persistence::Permanent
    };
    c.eat("TABLE");
    Ok(IntoTarget { name: c.object_name()?, persistence })
}

/// `a, (b, c), ROLLUP (a, b), GROUPING SETS ((a), ())`.
fn group_list(c: &mut Cursor<'_, '_>, found: &mut Vec<Expr>) -> Parse<()> {
    c.nested(|c| {
        c.list(|c| {
            if c.eat_all("GROUPING SETS") {
                return c.parens(|c| group_list(c, found));
            }
            if (c.is("ROLLUP") || c.is("CUBE")) && matches!(c.peek_nth(1), Token::LParen) {
                c.skip();
                found.extend(c.parens(|c| c.list(expr))?);
            } else if c.is_token(&Token::LParen) && matches!(c.peek_nth(1), Token::RParen) {
                c.skip();
                c.skip();
            } else {
                found.push(expr(c)?);
            }
            Ok(())
        })?;
        Ok(())
    })
}

/// `VALUES (1, 2), (3, 4)`, and the number of rows.
pub(in super::super) fn values(c: &mut Cursor<'_, '_>) -> Parse<(Select, usize)> {
    c.expect("VALUES")?;
    let rows = c.list(|c| Ok(Expr::Other(c.parens(|c| c.list(expr))?)))?;
    let count = rows.len();
    Ok((Select { others: rows, ..Select::default() }, count))
}

/// What follows the word `TABLE`.
pub(super) fn table(c: &mut Cursor<'_, '_>) -> Parse<Select> {
    let (name, only) = relation(c)?;
    let source = TableSource::Relation { name, only };
    let items = vec![SelectItem { expr: Expr::Star(None), alias: None, sql: "*".into() }];
    Ok(Select { items, from: vec![TableRef::new(source)], ..Select::default() })
}
