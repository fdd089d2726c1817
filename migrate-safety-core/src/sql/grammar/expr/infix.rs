//! What stands behind an operand: operators with two operands, and those behind their one.

use super::{Grammar, Paren, call, operand, paren, power};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::datatype::DataType;
use crate::sql::expr::{Expr, Query};
use crate::sql::grammar::{array_literal, data_type};
use crate::sql::keyword;
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

/// An operator ahead, not yet consumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Infix {
    Symbol,
    NamedOperator,
    Cast,
    And,
    Or,
    Is,
    IsNull,
    NotNull,
    Like { negated: bool },
    Similar { negated: bool },
    Between { negated: bool },
    In { negated: bool },
    Collate,
    AtTimeZone,
    AtLocal,
}

impl Infix {
    fn ahead(c: &Cursor<'_, '_>, grammar: Grammar) -> Option<(Self, u8)> {
        match c.peek() {
            Token::Word(word) if !word.quoted => Self::word_ahead(c, &word.value, grammar),
            Token::DoubleColon => Some((Self::Cast, power::CAST)),
            Token::Eq | Token::Neq | Token::Lt | Token::Gt | Token::LtEq | Token::GtEq => {
                Some((Self::Symbol, power::COMPARISON))
            }
            Token::Plus | Token::Minus => Some((Self::Symbol, power::ADD)),
            Token::Mul | Token::Div | Token::Mod => Some((Self::Symbol, power::MULTIPLY)),
            Token::Caret => Some((Self::Symbol, power::RAISE)),
            other => other.operator().map(|_| (Self::Symbol, power::OTHER)),
        }
    }

    fn word_ahead(c: &Cursor<'_, '_>, word: &str, grammar: Grammar) -> Option<(Self, u8)> {
        let mut buffer = [0; 8];
        let word = keyword::lowered(word, &mut buffer)?;
        let restricted = grammar == Grammar::Restricted;
        Some(match word {
            b"operator" if matches!(c.peek_nth(1), Token::LParen) => (Self::NamedOperator, power::OTHER),
            b"is" if !restricted || is_distinct(c) => (Self::Is, power::IS),
            _ if restricted => return None,
            b"and" => (Self::And, power::AND),
            b"or" => (Self::Or, power::OR),
            b"isnull" => (Self::IsNull, power::IS),
            b"notnull" => (Self::NotNull, power::IS),
            b"collate" => (Self::Collate, power::COLLATE),
            b"at" if c.is_nth(1, "TIME") && c.is_nth(2, "ZONE") => (Self::AtTimeZone, power::AT),
            b"at" if c.is_nth(1, "LOCAL") => (Self::AtLocal, power::AT),
            b"not" => {
                let Token::Word(next) = c.peek_nth(1) else { return None };
                let mut buffer = [0; 8];
                (Self::negatable(c, keyword::lowered(&next.value, &mut buffer)?, true)?, power::LIKE)
            }
            word => (Self::negatable(c, word, false)?, power::LIKE),
        })
    }

    fn negatable(c: &Cursor<'_, '_>, word: &[u8], negated: bool) -> Option<Self> {
        Some(match word {
            b"like" | b"ilike" => Self::Like { negated },
            b"similar" if c.is_nth(if negated { 2 } else { 1 }, "TO") => Self::Similar { negated },
            b"between" => Self::Between { negated },
            b"in" => Self::In { negated },
            _ => return None,
        })
    }
}

fn is_distinct(c: &Cursor<'_, '_>) -> bool {
    let n = if c.is_nth(1, "NOT") { 2 } else { 1 };
    c.is_nth(n, "DISTINCT") || c.is_nth(n, "DOCUMENT")
}

/// An operator with its operands, and whether it ends with an operand that could go on.
type Applied = Parse<(Expr, bool)>;

/// The operators behind `first` that bind at least as strongly as `least`, with their operands.
pub(super) fn operators(c: &mut Cursor<'_, '_>, first: Expr, least: u8, grammar: Grammar) -> Parse<Expr> {
    let mut left = first;
    // The strength of the operator before, if a second one of it must not follow: `a < b < c`.
    let mut closed = 0;
    let mut links = 0;
    while let Some((infix, strength)) = Infix::ahead(c, grammar) {
        if strength < least {
            break;
        }
        if strength == closed {
            return Err(c.expected("parentheses around an operand that is itself a comparison"));
        }
        let applied = match infix {
            Infix::And | Infix::Or => junction(c, left, infix, grammar),
            Infix::Symbol | Infix::NamedOperator => binary(c, left, strength, grammar),
            Infix::Is => is(c, left, grammar),
            Infix::In { negated } => in_list(c, left, negated),
            Infix::Between { negated } => between(c, left, negated),
            Infix::Like { negated } | Infix::Similar { negated } => like(c, left, negated),
            Infix::AtTimeZone => at_time_zone(c, left, grammar),
            Infix::Cast | Infix::IsNull | Infix::NotNull | Infix::Collate | Infix::AtLocal => postfix(c, left, infix),
        };
        let open_ended;
        (left, open_ended) = applied?;
        let associates = !matches!(strength, power::IS | power::COMPARISON | power::LIKE);
        closed = if open_ended && !associates { strength } else { 0 };
        if !matches!(infix, Infix::And | Infix::Or) {
            links += 1;
            if links > longest_chain(c) {
                left = unchained(c, left)?;
            }
        }
    }
    Ok(left)
}

/// How many operators in a row are read as nested expressions; together with the depth of productions this bounds the
/// depth of the result, which everybody walks recursively.
fn longest_chain(c: &Cursor<'_, '_>) -> u16 {
    if c.depth() < 16 { 64 } else { 8 }
}

/// The last link of a chain that got too long, laid flat: the operands without the operators.
fn unchained(c: &Cursor<'_, '_>, chain: Expr) -> Parse<Expr> {
    Ok(match chain {
        Expr::Binary { left, right, .. } => match *left {
            Expr::Other(mut parts) => {
                parts.push(*right);
                Expr::Other(parts)
            }
            left => Expr::Other(vec![left, *right]),
        },
        Expr::Cast { expr, .. } | Expr::Collate { expr, .. } | Expr::IsNull { expr, .. } => *expr,
        _ => return Err(c.problem(ProblemKind::Unsupported, "too many operators in a row to be read")),
    })
}

/// `left AND …`, `left OR …`.
fn junction(c: &mut Cursor<'_, '_>, left: Expr, infix: Infix, grammar: Grammar) -> Applied {
    c.skip();
    if infix == Infix::And {
        let right = operand(c, power::AND + 1, grammar)?;
        Ok((and(left, right), true))
    } else {
        let right = operand(c, power::OR + 1, grammar)?;
        Ok((or(left, right), true))
    }
}

/// An operator without a second operand that is an expression.
fn postfix(c: &mut Cursor<'_, '_>, left: Expr, infix: Infix) -> Applied {
    let mark = c.mark();
    c.skip();
    let expr = Box::new(left);
    let applied = match infix {
        Infix::Cast => Expr::Cast { expr, to: data_type(c)? },
        Infix::Collate => Expr::Collate { expr, collation: c.object_name()? },
        Infix::AtLocal => {
            c.expect("LOCAL")?;
            c.since(17, mark, "`AT LOCAL`");
            call("timezone", vec![*expr])
        }
        _ => Expr::IsNull { expr, negated: infix == Infix::NotNull },
    };
    Ok((applied, false))
}

fn at_time_zone(c: &mut Cursor<'_, '_>, left: Expr, grammar: Grammar) -> Applied {
    c.expect("AT TIME ZONE")?;
    let zone = operand(c, power::AT + 1, grammar)?;
    Ok((call("timezone", vec![zone, left]), true))
}

fn skip_not(c: &mut Cursor<'_, '_>, negated: bool) {
    if negated {
        c.skip();
    }
}

/// `OPERATOR(schema.+)`; the server's own schema is left out of the result.
pub(super) fn named_operator(c: &mut Cursor<'_, '_>) -> Parse<Box<str>> {
    c.expect("OPERATOR")?;
    c.parens(|c| {
        let mut schema = String::new();
        while matches!(c.peek(), Token::Word(_)) {
            schema = format!("{schema}{}.", c.label()?);
            c.expect_token(&Token::Period)?;
        }
        let symbol = c.operator()?;
        Ok(if schema.is_empty() || schema == "pg_catalog." { symbol } else { format!("{schema}{symbol}").into() })
    })
}

fn and(left: Expr, right: Expr) -> Expr {
    Expr::And(flattened(left, right, |e| match e {
        Expr::And(parts) => Ok(parts),
        other => Err(other),
    }))
}

fn or(left: Expr, right: Expr) -> Expr {
    Expr::Or(flattened(left, right, |e| match e {
        Expr::Or(parts) => Ok(parts),
        other => Err(other),
    }))
}

fn flattened(left: Expr, right: Expr, parts: impl Fn(Expr) -> Result<Vec<Expr>, Expr>) -> Vec<Expr> {
    let mut all = parts(left).unwrap_or_else(|e| vec![e]);
    match parts(right) {
        Ok(more) => all.extend(more),
        Err(one) => all.push(one),
    }
    all
}

/// A symbol and its right operand, or `ANY (…)`.
fn binary(c: &mut Cursor<'_, '_>, left: Expr, strength: u8, grammar: Grammar) -> Applied {
    let op = if c.is("OPERATOR") { named_operator(c)? } else { c.operator()? };
    if let Some(all) = quantifier(c, grammar) {
        return Ok((quantified(left, &op, all, paren(c)?), false));
    }
    let right = Box::new(operand(c, strength + 1, grammar)?);
    Ok((Expr::Binary { op, left: Box::new(left), right }, true))
}

/// `ANY`, `SOME` (false) or `ALL`, if it is next.
fn quantifier(c: &mut Cursor<'_, '_>, grammar: Grammar) -> Option<bool> {
    if grammar == Grammar::Restricted {
        return None;
    }
    c.eat_one_of(&["ANY", "SOME", "ALL"]).map(|word| word == "ALL")
}

/// `left op ANY (…)`, `left op ALL (…)`.
fn quantified(left: Expr, op: &str, all: bool, operand: Paren) -> Expr {
    let list_like = match (op, all) {
        ("=", false) => Some(false),
        ("<>", true) => Some(true),
        _ => None,
    };
    let op = || format!("{op} {}", if all { "all" } else { "any" }).into();
    match operand {
        Paren::Query(query) => match list_like {
            Some(negated) => in_query(left, query, negated),
            None => {
                let right = Expr::Subquery { operand: None, exists: false, query };
                Expr::Binary { op: op(), left: Box::new(left), right: Box::new(right) }
            }
        },
        Paren::List(mut list) => {
            let array = match list.pop() {
                Some(only) if list.is_empty() => only,
                last => {
                    list.extend(last);
                    Expr::Other(list)
                }
            };
            match list_like {
                Some(negated) => match implied_list(array) {
                    Ok(list) => Expr::InList { expr: Box::new(left), list, negated },
                    Err(array) => Expr::Binary { op: op(), left: Box::new(left), right: Box::new(array) },
                },
                None => Expr::Binary { op: op(), left: Box::new(left), right: Box::new(array) },
            }
        }
    }
}

/// The elements of an array that is written out: `ARRAY[…]`, `'{…}'`, with or without a cast.
fn implied_list(array: Expr) -> Result<Vec<Expr>, Expr> {
    match array {
        Expr::Array(list) => Ok(list),
        Expr::String(text) => array_literal::elements(&text, false).ok_or(Expr::String(text)),
        Expr::Cast { expr, to } if to.array => match *expr {
            Expr::Array(list) => Ok(list),
            Expr::String(text) => {
                let list = array_literal::elements(&text, is_number(&to));
                list.ok_or_else(|| Expr::Cast { expr: Box::new(Expr::String(text)), to })
            }
            other => Err(Expr::Cast { expr: Box::new(other), to }),
        },
        other => Err(other),
    }
}

fn is_number(element: &DataType) -> bool {
    matches!(element.name.as_str(), "int2" | "int4" | "int8" | "numeric" | "float4" | "float8" | "oid")
}

fn in_query(left: Expr, query: Box<Query>, negated: bool) -> Expr {
    let found = Expr::Subquery { operand: Some(Box::new(left)), exists: false, query };
    if negated { Expr::Not(Box::new(found)) } else { found }
}

fn in_list(c: &mut Cursor<'_, '_>, left: Expr, negated: bool) -> Applied {
    skip_not(c, negated);
    c.expect("IN")?;
    let found = match paren(c)? {
        Paren::Query(query) => in_query(left, query, negated),
        Paren::List(list) => Expr::InList { expr: Box::new(left), list, negated },
    };
    Ok((found, false))
}

fn between(c: &mut Cursor<'_, '_>, left: Expr, negated: bool) -> Applied {
    skip_not(c, negated);
    c.expect("BETWEEN")?;
    let symmetric = c.eat("SYMMETRIC");
    if !symmetric {
        c.eat("ASYMMETRIC");
    }
    let low = Box::new(operand(c, power::OR, Grammar::Restricted)?);
    c.expect("AND")?;
    let high = Box::new(operand(c, power::LIKE + 1, Grammar::Full)?);
    let between = if symmetric {
        Expr::Other(vec![left, *low, *high])
    } else {
        Expr::Between { expr: Box::new(left), low, high, negated }
    };
    Ok((between, true))
}

/// `LIKE`, `ILIKE`, `SIMILAR TO`.
fn like(c: &mut Cursor<'_, '_>, left: Expr, negated: bool) -> Applied {
    skip_not(c, negated);
    let similar = c.is("SIMILAR");
    let op = match (c.eat_one_of(&["LIKE", "ILIKE", "SIMILAR"]), negated) {
        (Some("ILIKE"), false) => "ilike",
        (Some("ILIKE"), true) => "not ilike",
        (Some("SIMILAR"), false) => "similar to",
        (Some("SIMILAR"), true) => "not similar to",
        (_, false) => "like",
        (_, true) => "not like",
    };
    if similar {
        c.expect("TO")?;
    } else if let Some(all) = quantifier(c, Grammar::Full) {
        return Ok((quantified(left, op, all, paren(c)?), false));
    }
    let mut right = Box::new(operand(c, power::LIKE + 1, Grammar::Full)?);
    if c.eat("ESCAPE") {
        let escape = operand(c, power::LIKE + 1, Grammar::Full)?;
        let function = if similar { "similar_to_escape" } else { "like_escape" };
        right = Box::new(call(function, vec![*right, escape]));
    }
    Ok((Expr::Binary { op: op.into(), left: Box::new(left), right }, true))
}

/// `IS DISTINCT FROM`, `IS NOT NULL` and so on.
fn is(c: &mut Cursor<'_, '_>, left: Expr, grammar: Grammar) -> Applied {
    c.skip();
    let negated = c.eat("NOT");
    if c.eat_all("DISTINCT FROM") {
        let op = if negated { "is not distinct from" } else { "is distinct from" };
        let right = Box::new(operand(c, power::IS + 1, grammar)?);
        return Ok((Expr::Binary { op: op.into(), left: Box::new(left), right }, true));
    }
    if grammar == Grammar::Restricted {
        c.expect("DOCUMENT")?;
        return Ok((Expr::Other(vec![left]), false));
    }
    Ok((is_kind(c, left, negated)?, false))
}

/// What stands behind `IS [NOT]`, other than `DISTINCT FROM`.
fn is_kind(c: &mut Cursor<'_, '_>, left: Expr, negated: bool) -> Parse<Expr> {
    const ALONE: &[&str] = &["UNKNOWN", "DOCUMENT"];
    let mark = c.mark();
    let Some(word) = c.eat_one_of(&[
        "NULL",
        "TRUE",
        "FALSE",
        "UNKNOWN",
        "DOCUMENT",
        "NORMALIZED",
        "NFC",
        "NFD",
        "NFKC",
        "NFKD",
        "JSON",
    ]) else {
        return Err(c.expected("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM"));
    };
    match word {
        "NULL" => return Ok(Expr::IsNull { expr: Box::new(left), negated }),
        "TRUE" | "FALSE" => {
            let op = if negated { "is not" } else { "is" };
            let right = Box::new(Expr::Bool(word == "TRUE"));
            return Ok(Expr::Binary { op: op.into(), left: Box::new(left), right });
        }
        "JSON" => {
            c.eat_one_of(&["VALUE", "ARRAY", "OBJECT", "SCALAR"]);
            if (c.is("WITH") || c.is("WITHOUT")) && c.is_nth(1, "UNIQUE") {
                c.skip();
                c.skip();
                c.eat("KEYS");
            }
            c.since(16, mark, "`IS JSON`");
        }
        "NORMALIZED" => c.since(13, mark, "`IS NORMALIZED`"),
        word if ALONE.contains(&word) => {}
        _ => {
            c.expect("NORMALIZED")?;
            c.since(13, mark, "`IS NORMALIZED`");
        }
    }
    Ok(Expr::Other(vec![left]))
}
