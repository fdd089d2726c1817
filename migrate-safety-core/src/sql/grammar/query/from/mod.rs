//! What a query reads: tables, subqueries, functions, joins.

mod table_function;

use super::{boxed, goes_on, rest, starts};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::datatype::DataType;
use crate::sql::expr::{Expr, Place, Query, TableRef, TableSource};
use crate::sql::grammar::data_type;
use crate::sql::grammar::expr::{call_only, expr, operand_only, parenthesized_list};
use crate::sql::keyword::{self, Category};
use crate::sql::name::{Ident, ObjectName};
use crate::sql::token::Token;

/// A `FROM` list.
#[derive(Debug, Default)]
pub(in crate::sql::grammar) struct From {
    /// What is read, joins flattened.
    pub(in crate::sql::grammar) tables: Vec<TableRef>,
    /// Other expressions in it: of `TABLESAMPLE`.
    pub(in crate::sql::grammar) others: Vec<Expr>,
}

/// `a, b JOIN c ON …`.
pub(in crate::sql::grammar) fn from_list(c: &mut Cursor<'_, '_>) -> Parse<From> {
    // Most have one: room for four is room wasted.
    let mut from = From { tables: Vec::with_capacity(1), others: Vec::new() };
    loop {
        table_ref(c, &mut from)?;
        if !c.eat_token(&Token::Comma) {
            return Ok(from);
        }
    }
}

/// One item of a `FROM` list with its joins.
pub(in crate::sql::grammar) fn table_ref(c: &mut Cursor<'_, '_>, from: &mut From) -> Parse<()> {
    primary(c, from)?;
    joins(c, from)?;
    Ok(())
}

/// The joins with what has been read; whether there are any.
fn joins(c: &mut Cursor<'_, '_>, from: &mut From) -> Parse<bool> {
    let mut any = false;
    while at_join(c) {
        join(c, from)?;
        any = true;
    }
    Ok(any)
}

fn at_join(c: &Cursor<'_, '_>) -> bool {
    ["JOIN", "LEFT", "INNER", "CROSS", "RIGHT", "FULL", "NATURAL"].iter().any(|w| c.is(w))
}

/// One join, from its key words to its condition.
fn join(c: &mut Cursor<'_, '_>, from: &mut From) -> Parse<()> {
    let right = from.tables.len();
    if c.eat("CROSS") {
        c.expect("JOIN")?;
        primary(c, from)?;
        mark_joined(from, right, false);
        return Ok(());
    }
    let natural = c.eat("NATURAL");
    let outer = c.eat_one_of(&["LEFT", "RIGHT", "FULL"]);
    c.eat(if outer.is_some() { "OUTER" } else { "INNER" });
    c.expect("JOIN")?;
    primary(c, from)?;
    mark_joined(from, right, natural);
    if let Some(table) = from.tables.get_mut(right) {
        table.optional = outer == Some("LEFT");
    }
    if natural {
        return Ok(());
    }
    // `a JOIN b JOIN c ON … ON …`: the condition of the inner join comes first.
    while !c.is("ON") && !c.is("USING") && at_join(c) {
        c.descend()?;
        let result = join(c, from);
        c.ascend();
        result?;
    }
    let mut using = Vec::new();
    let on = if c.eat("ON") {
        expr(c)?
    } else {
        c.expect("USING")?;
        using = c.ident_list()?;
        let mark = c.mark();
        if c.eat("AS") {
            c.ident()?;
            c.since(14, mark, "an alias of `USING`");
        }
        equal_columns(using.clone())
    };
    if let Some(table) = from.tables.get_mut(right) {
        table.using.extend(using);
        table.on = Some(match table.on.take() {
            None => on,
            Some(inner) => Expr::And(vec![inner, on]),
        });
    }
    Ok(())
}

fn mark_joined(from: &mut From, right: usize, natural: bool) {
    if let Some(table) = from.tables.get_mut(right) {
        table.joined = true;
        table.natural = natural;
    }
}

/// `USING (a, b)` as `a = a AND b = b`.
fn equal_columns(columns: Vec<Ident>) -> Expr {
    let equal = |name: Ident| {
        let side = Box::new(Expr::Column { qualifier: None, name });
        Expr::Binary { op: "=".into(), left: side.clone(), right: side }
    };
    let mut parts: Vec<Expr> = columns.into_iter().map(equal).collect();
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            Expr::And(parts)
        }
    }
}

fn primary(c: &mut Cursor<'_, '_>, from: &mut From) -> Parse<()> {
    let lateral = c.eat("LATERAL");
    if c.is_token(&Token::LParen) {
        return in_parentheses(c, from, lateral);
    }
    if let Some(function) = table_function::special(c)? {
        return push_function(c, function, from);
    }
    if let Some(function) = function(c)? {
        return push_function(c, function, from);
    }
    if lateral {
        return Err(c.expected("a subquery or function behind LATERAL"));
    }
    push_relation(c, from)
}

fn push_function(c: &mut Cursor<'_, '_>, function: Expr, from: &mut From) -> Parse<()> {
    let ordinality = c.eat_all("WITH ORDINALITY");
    let (alias, columns) = table_function::alias(c)?;
    from.tables.push(TableRef { alias, columns, ordinality, ..TableRef::new(TableSource::Expr(function)) });
    Ok(())
}

fn push_relation(c: &mut Cursor<'_, '_>, from: &mut From) -> Parse<()> {
    let mark = c.mark();
    let (name, only) = relation(c)?;
    let part = c.range_from(mark);
    let (alias, columns) = relation_alias(c)?;
    let place = Place { part, end: c.range_from(mark).end };
    if c.eat("TABLESAMPLE") {
        c.object_name()?;
        from.others.extend(parenthesized_list(c)?);
        if c.eat("REPEATABLE") {
            from.others.push(c.parens(expr)?);
        }
    }
    from.tables.push(TableRef { alias, columns, place, ..TableRef::new(TableSource::Relation { name, only }) });
    Ok(())
}

fn push_query(c: &mut Cursor<'_, '_>, query: Box<Query>, from: &mut From) -> Parse<()> {
    let mark = c.mark();
    let (alias, columns) = relation_alias(c)?;
    if alias.is_none() {
        c.since(16, mark, "a subquery in FROM without an alias");
    }
    from.tables.push(TableRef { alias, columns, ..TableRef::new(TableSource::Query(query)) });
    Ok(())
}

/// `( query ) alias`, `( a JOIN b … ) alias`.
fn in_parentheses(c: &mut Cursor<'_, '_>, from: &mut From, lateral: bool) -> Parse<()> {
    match parentheses(c, from)? {
        Some(query) => push_query(c, query, from),
        None if lateral => Err(c.expected("a subquery or function behind LATERAL")),
        None => {
            relation_alias(c)?;
            Ok(())
        }
    }
}

/// `( query )`, which is returned, or `( a JOIN b … )`, which goes to `from`.
fn parentheses(c: &mut Cursor<'_, '_>, from: &mut From) -> Parse<Option<Box<Query>>> {
    c.expect_token(&Token::LParen)?;
    c.descend()?;
    let found = if starts(c) {
        boxed(c).map(Some)
    } else if c.is_token(&Token::LParen) {
        match parentheses(c, from) {
            Ok(inner) => behind_inner(c, inner, from),
            Err(problem) => Err(problem),
        }
    } else {
        match primary(c, from) {
            Ok(()) => inner_joins(c, from, false),
            Err(problem) => Err(problem),
        }
    };
    c.ascend();
    let found = found?;
    c.expect_token(&Token::RParen)?;
    Ok(found)
}

/// The rest of parentheses that begin with inner ones.
fn behind_inner(c: &mut Cursor<'_, '_>, inner: Option<Box<Query>>, from: &mut From) -> Parse<Option<Box<Query>>> {
    match inner {
        Some(inner) if c.is_token(&Token::RParen) => Ok(Some(inner)),
        Some(inner) if goes_on(c) => rest(c, inner).map(Some),
        Some(inner) => {
            push_query(c, inner, from)?;
            inner_joins(c, from, false)
        }
        None => {
            let unnamed = relation_alias(c)?.0.is_none();
            inner_joins(c, from, unnamed)
        }
    }
}

/// The joins in parentheses: there must be some, unless inner parentheses have had them.
fn inner_joins(c: &mut Cursor<'_, '_>, from: &mut From, had: bool) -> Parse<Option<Box<Query>>> {
    if joins(c, from)? || had { Ok(None) } else { Err(c.expected("a join")) }
}

/// `name`, `name *`, `ONLY name`, `ONLY (name)`; and whether it is `ONLY`.
pub(in crate::sql::grammar) fn relation(c: &mut Cursor<'_, '_>) -> Parse<(ObjectName, bool)> {
    if c.eat("ONLY") {
        let parens = c.is_token(&Token::LParen);
        return Ok((if parens { c.parens(Cursor::object_name)? } else { c.object_name()? }, true));
    }
    let name = c.object_name()?;
    c.eat_token(&Token::Mul);
    Ok((name, false))
}

/// An alias and what stands behind it in parentheses.
type Alias = (Option<Ident>, Vec<(Ident, Option<DataType>)>);

/// `[AS] alias [(columns)]` of a table.
fn relation_alias(c: &mut Cursor<'_, '_>) -> Parse<Alias> {
    let alias = bare_alias(c)?;
    let columns = if alias.is_some() && c.is_token(&Token::LParen) { untyped(c)? } else { Vec::new() };
    Ok((alias, columns))
}

/// `(a, b)`: names of columns.
fn untyped(c: &mut Cursor<'_, '_>) -> Parse<Vec<(Ident, Option<DataType>)>> {
    Ok(c.ident_list()?.into_iter().map(|name| (name, None)).collect())
}

/// `[AS] alias`.
pub(in crate::sql::grammar) fn bare_alias(c: &mut Cursor<'_, '_>) -> Parse<Option<Ident>> {
    if c.eat("AS") || is_alias(c) { c.ident().map(Some) } else { Ok(None) }
}

/// Whether the next word can be an alias without `AS`.
fn is_alias(c: &Cursor<'_, '_>) -> bool {
    match c.peek() {
        Token::Word(word) => matches!(keyword::category(word), Category::Free | Category::ColumnName),
        _ => false,
    }
}

/// Reserved words that call a function.
const FUNCTIONS_BY_KEY_WORD: &[&str] = &[
    "CAST",
    "CURRENT_CATALOG",
    "CURRENT_DATE",
    "CURRENT_ROLE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "CURRENT_USER",
    "LOCALTIME",
    "LOCALTIMESTAMP",
    "SESSION_USER",
    "SYSTEM_USER",
    "USER",
];

/// A call, if one stands here.
pub(in crate::sql::grammar) fn function(c: &mut Cursor<'_, '_>) -> Parse<Option<Expr>> {
    let Token::Word(word) = c.peek() else { return Ok(None) };
    let category = keyword::category(word);
    let mut n = 1;
    while matches!(c.peek_nth(n), Token::Period) {
        n += 2;
    }
    let called = matches!(c.peek_nth(n), Token::LParen);
    let by_key_word = match category {
        Category::Reserved => FUNCTIONS_BY_KEY_WORD.iter().any(|w| c.is(w)),
        Category::ColumnName if c.is("ROW") || c.is("EXISTS") || c.is("GROUPING") => false,
        Category::FunctionName => c.is("CURRENT_SCHEMA") && !called || c.is_all("COLLATION FOR"),
        Category::ColumnName => called && n == 1,
        Category::Free => false,
    };
    if by_key_word {
        operand_only(c).map(Some)
    } else if called && matches!(category, Category::Free | Category::FunctionName) {
        call_only(c).map(Some)
    } else {
        Ok(None)
    }
}

/// `a int COLLATE "C", b text`: columns of a function that returns records.
fn column_definitions(c: &mut Cursor<'_, '_>) -> Parse<Vec<(Ident, Option<DataType>)>> {
    c.list(|c| {
        let name = c.ident()?;
        let data_type = data_type(c)?;
        if c.eat("COLLATE") {
            c.object_name()?;
        }
        Ok((name, Some(data_type)))
    })
}
