//! One `SELECT`, `VALUES` or `TABLE`.

use super::from::{From, from_list, relation};
use crate::sql::cursor::{Cursor, Mark, Parse};
use crate::sql::expr::{Expr, Place, Query, Select, SelectItem, TableRef, TableSource};
use crate::sql::grammar::expr::{expr, parenthesized_list, window_specification};
use crate::sql::keyword;
use crate::sql::name::{Ident, ObjectName};
use crate::sql::operation::{Operation, Persistence};
use crate::sql::token::Token;

/// `INTO t` of a `SELECT`: a new table.
#[derive(Debug)]
pub(in crate::sql::grammar) struct IntoTarget {
    name: ObjectName,
    persistence: Persistence,
}

impl IntoTarget {
    /// What `SELECT … INTO` does.
    pub(in crate::sql::grammar) fn create(self, query: Box<Query>) -> Operation {
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
pub(super) fn select(c: &mut Cursor<'_, '_>, into: &mut Option<IntoTarget>) -> Parse<Box<Query>> {
    let mut query = Box::new(Query { selects: vec![Select::default()], ..Query::default() });
    if let Some(select) = query.selects.first_mut() {
        output(c, select)?;
        if c.eat("INTO") {
            *into = Some(into_target(c)?);
        }
        source(c, select)?;
        groups(c, select)?;
    }
    Ok(query)
}

/// From `DISTINCT` to the last output column.
fn output(c: &mut Cursor<'_, '_>, select: &mut Select) -> Parse<()> {
    let distinct = c.eat("DISTINCT");
    if distinct && c.eat("ON") {
        select.others = parenthesized_list(c)?;
    } else if !distinct {
        c.eat("ALL");
    }
    if distinct || !ends_output(c) {
        select.items = output_list(c)?;
    }
    Ok(())
}

/// `FROM …`, `WHERE …`.
fn source(c: &mut Cursor<'_, '_>, select: &mut Select) -> Parse<()> {
    if c.eat("FROM") {
        let From { tables, others } = from_list(c)?;
        select.from = tables;
        select.others.extend(others);
    }
    if c.eat("WHERE") {
        select.filter = Some(expr(c)?);
    }
    Ok(())
}

/// `GROUP BY …`, `HAVING …`, `WINDOW …`.
fn groups(c: &mut Cursor<'_, '_>, select: &mut Select) -> Parse<()> {
    if c.eat_all("GROUP BY") {
        let mark = c.mark();
        if c.eat_one_of(&["DISTINCT", "ALL"]).is_some() {
            c.since(14, mark, "`GROUP BY DISTINCT` or `ALL`");
        }
        group_list(c, &mut select.others)?;
    }
    if c.eat("HAVING") {
        select.others.push(expr(c)?);
    }
    if c.eat("WINDOW") {
        loop {
            c.ident()?;
            c.expect("AS")?;
            select.others.extend(window_specification(c)?);
            if !c.eat_token(&Token::Comma) {
                break;
            }
        }
    }
    Ok(())
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
pub(in crate::sql::grammar) fn output_list(c: &mut Cursor<'_, '_>) -> Parse<Vec<SelectItem>> {
    // Most have one: room for four is room wasted.
    let mut items = Vec::with_capacity(1);
    loop {
        let mark = c.mark();
        if c.eat_token(&Token::Mul) {
            items.push(SelectItem { place: place(c, mark), ..star() });
        } else {
            let expr = expr(c)?;
            let place = if matches!(expr, Expr::Star(_)) { place(c, mark) } else { Place::default() };
            let sql = c.text_from(mark).into();
            items.push(SelectItem { expr, alias: output_label(c)?, sql, place });
        }
        if !c.eat_token(&Token::Comma) {
            return Ok(items);
        }
    }
}

fn place(c: &Cursor<'_, '_>, mark: Mark) -> Place {
    let part = c.range_from(mark);
    Place { end: part.end, part }
}

/// `AS label`, `label`.
fn output_label(c: &mut Cursor<'_, '_>) -> Parse<Option<Ident>> {
    let bare = matches!(c.peek(), Token::Word(word) if keyword::is_bare_label(word));
    if c.eat("AS") || bare { c.label().map(Some) } else { Ok(None) }
}

fn into_target(c: &mut Cursor<'_, '_>) -> Parse<IntoTarget> {
    if (c.is("LOCAL") || c.is("GLOBAL")) && (c.is_nth(1, "TEMPORARY") || c.is_nth(1, "TEMP")) {
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
    c.descend()?;
    let result = loop {
        match group(c, found) {
            Ok(()) if c.eat_token(&Token::Comma) => {}
            result => break result,
        }
    };
    c.ascend();
    result
}

fn group(c: &mut Cursor<'_, '_>, found: &mut Vec<Expr>) -> Parse<()> {
    if c.eat_all("GROUPING SETS") {
        c.expect_token(&Token::LParen)?;
        group_list(c, found)?;
        return c.expect_token(&Token::RParen);
    }
    if (c.is("ROLLUP") || c.is("CUBE")) && matches!(c.peek_nth(1), Token::LParen) {
        c.skip();
        found.extend(parenthesized_list(c)?);
    } else if c.is_token(&Token::LParen) && matches!(c.peek_nth(1), Token::RParen) {
        c.skip();
        c.skip();
    } else {
        found.push(expr(c)?);
    }
    Ok(())
}

/// `VALUES (1, 2), (3, 4)`, and the number of rows.
pub(in crate::sql::grammar) fn values(c: &mut Cursor<'_, '_>) -> Parse<(Box<Query>, usize)> {
    c.expect("VALUES")?;
    let mut rows = Vec::new();
    loop {
        rows.push(Expr::Other(parenthesized_list(c)?));
        if !c.eat_token(&Token::Comma) {
            break;
        }
    }
    let count = rows.len();
    Ok((of(Select { others: rows, ..Select::default() }), count))
}

/// What follows the word `TABLE`.
pub(super) fn table(c: &mut Cursor<'_, '_>) -> Parse<Box<Query>> {
    let (name, only) = relation(c)?;
    let source = TableSource::Relation { name, only };
    Ok(of(Select { items: vec![star()], from: vec![TableRef::new(source)], ..Select::default() }))
}

/// `*`.
fn star() -> SelectItem {
    SelectItem { expr: Expr::Star(None), alias: None, sql: "*".into(), place: Place::default() }
}

/// The query that is this alone.
fn of(select: Select) -> Box<Query> {
    Box::new(Query { selects: vec![select], ..Query::default() })
}
