//! What many statements share: relations, parameters, options, operators.

use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::{Expr, Expression};
use crate::sql::name::{Ident, ObjectName};
use crate::sql::operation::{Persistence, TableTarget};
use crate::sql::statement::Problem;
use crate::sql::token::Token;

/// A parameter of a list such as `WITH (fillfactor = 70)`; one without a value has none.
pub(super) type Parameter = (Box<str>, Option<Box<str>>);

/// Complains that none of `phrases` (words separated by spaces) is next: at the first word that does not fit. If not
/// even a first word does, what was expected is `what`.
pub(super) fn none_of<'p>(
    c: &mut Cursor<'_, '_>,
    phrases: impl Iterator<Item = &'p str> + Clone,
    what: &str,
) -> Problem {
    let fitting = |phrase: &str| phrase.split(' ').enumerate().take_while(|(n, word)| c.is_nth(*n, word)).count();
    let most = phrases.clone().map(fitting).max().unwrap_or_default();
    if most == 0 {
        return c.expected(what);
    }
    let mut words: Vec<String> = Vec::new();
    for phrase in phrases.filter(|phrase| fitting(phrase) == most) {
        let word = format!("`{}`", phrase.split(' ').nth(most).unwrap_or_default());
        if !words.contains(&word) {
            words.push(word);
        }
    }
    for _ in 0..most {
        c.skip();
    }
    let last = words.pop().unwrap_or_default();
    c.expected(&if words.is_empty() { last } else { format!("{} or {last}", words.join(", ")) })
}

/// A relation with or without its descendants: `ONLY t`, `ONLY (t)`, `t *`, `t`.
pub(super) fn target(c: &mut Cursor<'_, '_>) -> Parse<TableTarget> {
    if c.eat("ONLY") {
        let name = if c.is_token(&Token::LParen) { c.parens(Cursor::object_name)? } else { c.object_name()? };
        Ok(TableTarget { name, only: true })
    } else {
        let name = c.object_name()?;
        c.eat_token(&Token::Mul);
        Ok(TableTarget { name, only: false })
    }
}

/// The words before `TABLE`, `VIEW`, `SEQUENCE` that say how long it lives.
pub(super) fn persistence(c: &mut Cursor<'_, '_>) -> Parse<Persistence> {
    if c.eat("UNLOGGED") {
        return Ok(Persistence::Unlogged);
    }
    let scoped = c.eat_one_of(&["LOCAL", "GLOBAL"]).is_some();
    if c.eat_one_of(&["TEMPORARY", "TEMP"]).is_some() {
        Ok(Persistence::Temporary)
    } else if scoped {
        Err(c.expected("`TEMPORARY`"))
    } else {
        Ok(Persistence::Permanent)
    }
}

/// `(a, b)`, if there is one.
pub(super) fn optional_idents(c: &mut Cursor<'_, '_>) -> Parse<Vec<Ident>> {
    if c.is_token(&Token::LParen) { c.ident_list() } else { Ok(Vec::new()) }
}

/// `TABLESPACE name`.
pub(super) fn tablespace(c: &mut Cursor<'_, '_>) -> Parse<Option<Ident>> {
    if c.eat("TABLESPACE") { c.ident().map(Some) } else { Ok(None) }
}

/// `USING method`.
pub(super) fn using_method(c: &mut Cursor<'_, '_>) -> Parse<Option<Ident>> {
    if c.eat("USING") { c.ident().map(Some) } else { Ok(None) }
}

/// A role, or a word that stands for one.
pub(super) fn role(c: &mut Cursor<'_, '_>) -> Parse<Ident> {
    const STANDING_FOR_ONE: &[&str] = &["CURRENT_ROLE", "CURRENT_USER", "SESSION_USER"];
    let mark = c.mark();
    match c.eat_one_of(STANDING_FOR_ONE) {
        Some(word) => {
            if word == "CURRENT_ROLE" {
                c.since(14, mark, "`CURRENT_ROLE` for a role");
            }
            Ok(Ident::folded(word))
        }
        None => c.non_reserved(),
    }
}

/// `(name [= value], …)` where names may have a namespace: `toast.autovacuum_enabled`.
pub(super) fn storage_parameters(c: &mut Cursor<'_, '_>) -> Parse<Vec<Parameter>> {
    c.parens(|c| {
        c.list(|c| {
            let mut name = c.label()?.to_string();
            if c.eat_token(&Token::Period) {
                name = format!("{name}.{}", c.label()?);
            }
            let value = if c.eat_token(&Token::Eq) { Some(parameter_value(c)?) } else { None };
            Ok((name.into(), value))
        })
    })
}

/// `WITH (…)`, if there is one; a parameter without a value means `true`.
pub(super) fn with_parameters(c: &mut Cursor<'_, '_>) -> Parse<Vec<(Box<str>, Box<str>)>> {
    if !c.eat("WITH") {
        return Ok(Vec::new());
    }
    let parameters = storage_parameters(c)?;
    Ok(parameters.into_iter().map(|(name, value)| (name, value.unwrap_or_else(|| "true".into()))).collect())
}

/// The value of a parameter: a string, a number, an operator, a type or any word.
fn parameter_value(c: &mut Cursor<'_, '_>) -> Parse<Box<str>> {
    if c.peek().string().is_some() {
        return c.string();
    }
    if let Some(number) = number(c) {
        return Ok(number);
    }
    let start = c.mark();
    if is_operator(c.peek()) || (c.is("OPERATOR") && c.peek_nth(1) == &Token::LParen) {
        operator(c)?;
    } else if matches!(c.peek(), Token::Word(_)) && matches!(c.peek_nth(1), Token::Comma | Token::RParen) {
        // Also the reserved words, which no type begins with.
        return Ok(c.label()?.as_str().into());
    } else {
        c.data_type()?;
    }
    Ok(c.text_from(start).to_ascii_lowercase().into())
}

/// A number with an optional sign, if one is next.
pub(super) fn number(c: &mut Cursor<'_, '_>) -> Option<Box<str>> {
    let signed = matches!(c.peek(), Token::Minus | Token::Plus);
    let Token::Number(digits) = c.peek_nth(usize::from(signed)) else { return None };
    let digits = *digits;
    let negative = c.eat_token(&Token::Minus);
    c.eat_token(&Token::Plus);
    c.advance();
    Some(if negative { format!("-{digits}").into() } else { digits.into() })
}

/// `OPTIONS (name 'value', …)` where an object is made.
pub(super) fn create_options(c: &mut Cursor<'_, '_>) -> Parse<()> {
    if c.eat("OPTIONS") {
        c.parens(|c| c.list(option))?;
    }
    Ok(())
}

/// `OPTIONS ([ADD | SET | DROP] name ['value'], …)` where an object is changed.
pub(super) fn alter_options(c: &mut Cursor<'_, '_>) -> Parse<()> {
    c.expect("OPTIONS")?;
    c.parens(|c| {
        c.list(|c| {
            // The words are no keywords here if the value follows at once.
            let is_name = c.peek_nth(1).string().is_some();
            if !is_name && c.eat("DROP") {
                c.label()?;
                return Ok(());
            }
            if !is_name {
                c.eat_one_of(&["ADD", "SET"]);
            }
            option(c)
        })
    })?;
    Ok(())
}

fn option(c: &mut Cursor<'_, '_>) -> Parse<()> {
    c.label()?;
    c.string()?;
    Ok(())
}

/// Whether a token is an operator.
pub(super) fn is_operator(token: &Token<'_>) -> bool {
    token.operator().is_some()
}

/// `=`, `-|-`, `OPERATOR(pg_catalog.&&)`.
pub(super) fn operator(c: &mut Cursor<'_, '_>) -> Parse<Box<str>> {
    let start = c.mark();
    if c.eat("OPERATOR") {
        c.parens(bare_operator)?;
    } else {
        c.operator()?;
    }
    Ok(c.text_from(start).into())
}

/// An operator that may have a schema: `pg_catalog.=`.
pub(super) fn bare_operator(c: &mut Cursor<'_, '_>) -> Parse<ObjectName> {
    let mut schema = None;
    while matches!(c.peek(), Token::Word(_)) {
        schema = Some(if schema.is_none() { c.ident()? } else { c.label()? });
        c.expect_token(&Token::Period)?;
    }
    Ok(ObjectName { schema, name: Ident::exact(&c.operator()?) })
}

/// Whether `NULLS FIRST` or `NULLS LAST` is next, which no name can begin.
pub(super) fn nulls_order(c: &Cursor<'_, '_>) -> bool {
    c.is_all("NULLS FIRST") || c.is_all("NULLS LAST")
}

/// What stands in an index or partition key: a column, a function call, or an expression in parentheses.
pub(super) fn key_expression(c: &mut Cursor<'_, '_>) -> Parse<Expression> {
    /// Calls that need no parentheses.
    const BARE_CALLS: &[&str] = &[
        "CURRENT_CATALOG",
        "CURRENT_DATE",
        "CURRENT_ROLE",
        "CURRENT_SCHEMA",
        "CURRENT_TIME",
        "CURRENT_TIMESTAMP",
        "CURRENT_USER",
        "LOCALTIME",
        "LOCALTIMESTAMP",
        "SESSION_USER",
        "USER",
    ];
    if c.is_token(&Token::LParen) {
        return c.paren_expression();
    }
    if !matches!(c.peek(), Token::Word(_)) || nulls_order(c) {
        return Err(c.expected("a column or an expression"));
    }
    let mut behind = if c.is_all("COLLATION FOR") { 2 } else { 1 };
    while matches!(c.peek_nth(behind), Token::Period) {
        behind += 2;
    }
    if c.peek_nth(behind) == &Token::LParen || BARE_CALLS.iter().any(|word| c.is(word)) {
        return super::operand_expression(c);
    }
    let start = c.mark();
    let name = c.ident()?;
    Ok(Expression { sql: c.text_from(start).into(), expr: Expr::Column { qualifier: None, name } })
}
