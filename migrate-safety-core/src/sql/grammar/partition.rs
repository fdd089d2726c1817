//! `PARTITION BY` and the bounds of partitions.

use super::common::key_expression;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::{Expr, Expression};
use crate::sql::operation::{PartitionBound, PartitionBy, PartitionStrategy};
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

/// `PARTITION BY strategy (key)`, if there is one.
pub(super) fn partition_by(c: &mut Cursor<'_, '_>) -> Parse<Option<PartitionBy>> {
    let start = c.mark();
    if !c.eat("PARTITION") {
        return Ok(None);
    }
    c.expect("BY")?;
    let place = c.next_span();
    let strategy = match c.ident()?.as_str() {
        "range" => PartitionStrategy::Range,
        "list" => PartitionStrategy::List,
        "hash" => PartitionStrategy::Hash,
        other => {
            let message = format!("unrecognized partitioning strategy `{other}`");
            let mut problem = c.problem(ProblemKind::Invalid, message);
            problem.span = place;
            return Err(problem);
        }
    };
    let key = c.parens(|c| c.list(key_element))?;
    match strategy {
        PartitionStrategy::Hash => c.since(11, start, "`PARTITION BY HASH`"),
        _ => c.since(10, start, "`PARTITION BY`"),
    }
    Ok(Some(PartitionBy { strategy, key }))
}

/// `a COLLATE "C" text_ops`.
fn key_element(c: &mut Cursor<'_, '_>) -> Parse<Expression> {
    let expression = key_expression(c)?;
    if c.eat("COLLATE") {
        c.object_name()?;
    }
    if matches!(c.peek(), Token::Word(_)) {
        c.object_name()?;
    }
    Ok(expression)
}

/// `FOR VALUES …` or `DEFAULT`.
pub(super) fn partition_bound(c: &mut Cursor<'_, '_>) -> Parse<PartitionBound> {
    let mark = c.mark();
    if c.eat("DEFAULT") {
        c.since(11, mark, "a default partition");
        return Ok(PartitionBound::Default);
    }
    if !c.is("FOR") {
        return Err(c.expected("`FOR VALUES` or `DEFAULT`"));
    }
    c.expect("FOR VALUES")?;
    if c.eat("IN") {
        Ok(PartitionBound::In(values(c)?))
    } else if c.eat("FROM") {
        let from = values(c)?;
        c.expect("TO")?;
        Ok(PartitionBound::Range { from, to: values(c)? })
    } else if c.eat("WITH") {
        let bound = c.parens(hash_bound)?;
        c.since(11, mark, "a bound of a hash partition");
        Ok(bound)
    } else {
        Err(c.expected("`IN`, `FROM` or `WITH`"))
    }
}

fn values(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
    c.parens(|c| c.list(|c| Ok(c.expression()?.expr)))
}

/// `MODULUS m, REMAINDER r`, in any order.
fn hash_bound(c: &mut Cursor<'_, '_>) -> Parse<PartitionBound> {
    let (mut modulus, mut remainder) = (None, None);
    c.list(|c| {
        let slot = if c.is("MODULUS") {
            &mut modulus
        } else if c.is("REMAINDER") {
            &mut remainder
        } else {
            return Err(c.expected("`MODULUS` or `REMAINDER`"));
        };
        if slot.is_some() {
            return Err(c.problem(ProblemKind::Invalid, "hash bound given more than once"));
        }
        c.advance();
        let Token::Number(digits) = c.peek() else { return Err(c.expected("an integer")) };
        let Ok(number) = digits.parse::<u32>() else { return Err(c.expected("an integer")) };
        c.advance();
        *slot = Some(number);
        Ok(())
    })?;
    match (modulus, remainder) {
        (Some(modulus), Some(remainder)) => Ok(PartitionBound::Hash { modulus, remainder }),
        (None, _) => Err(c.expected("`MODULUS`")),
        (_, None) => Err(c.expected("`REMAINDER`")),
    }
}
