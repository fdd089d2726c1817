//! `DO` and `CALL`.

use super::common::{function_name, word_or_string};
use super::{Start, one};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::Expr;
use crate::sql::fragment;
use crate::sql::grammar::Reading;
use crate::sql::operation::Operation;
use crate::sql::plpgsql::{self, Frame, scope::Signature};
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

/// `DO [LANGUAGE l] $$ … $$`: the operations of the block follow.
pub(super) fn do_block(c: &mut Cursor<'_, '_>, start: Start) -> Parse<Reading> {
    let (mut language, mut body) = (None, None);
    while !c.at_end() {
        let again = c.problem(ProblemKind::Invalid, "conflicting or redundant options");
        let repeated = if c.eat("LANGUAGE") {
            language.replace(word_or_string(c)?).is_some()
        } else if c.peek().string().is_some() {
            body.replace(fragment::literal(c)?).is_some()
        } else {
            return Err(c.expected("`LANGUAGE` or a string with the code"));
        };
        if repeated {
            return Err(again);
        }
    }
    let Some(body) = body else { return Err(c.problem(ProblemKind::Invalid, "no inline code specified")) };
    let language = language.unwrap_or_else(|| "plpgsql".into());
    let signature = Signature::of_block();
    let inside = plpgsql::read(c, &language, &body, c.span_from(start.mark), Frame::of(&signature));
    let mut reading = one(c, start, Operation::Do { language });
    reading.operations.extend(inside.operations);
    reading.problems.extend(inside.problems);
    Ok(reading)
}

/// `CALL procedure(…)`.
pub(super) fn call(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let mark = c.mark();
    function_name(c)?;
    if !c.is_token(&Token::LParen) {
        return Err(c.expected("`(`"));
    }
    c.rewind(mark);
    let wrong = c.expected("a procedure call");
    let mark = c.mark();
    let called = c.expression()?.expr;
    c.since(11, mark, "`CALL`");
    match called {
        Expr::Call { name, args } => Ok(Operation::Call { name, args }),
        _ => Err(wrong),
    }
}
