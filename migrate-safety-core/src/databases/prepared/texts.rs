//! Texts that a script puts together of constants and of variables whose texts are known.

use super::slice;
use crate::sql::token::{LocatedToken, Token, Word};
use std::collections::BTreeMap;

/// The texts of variables and parameters, by their names as written, in lower case.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts(BTreeMap<String, String>);

impl Texts {
    /// Notes what a variable holds from now on; nothing, if that is not known.
    pub(super) fn set(&mut self, variable: &str, text: Option<String>) {
        match text {
            Some(text) => _ = self.0.insert(variable.to_ascii_lowercase(), text),
            None => _ = self.0.remove(&variable.to_ascii_lowercase()),
        }
    }

    /// Notes what `SET variable = …` puts into it.
    pub(super) fn assign(&mut self, sql: &str, tokens: &[LocatedToken<'_>]) {
        let [set, variable, sign, value @ ..] = tokens else { return };
        let assigns = matches!(sign.token, Token::Eq | Token::Assignment);
        if set.token.is_word("SET") && assigns {
            let text = self.one(value);
            self.set(slice(sql, variable), text);
        }
    }

    /// The text of an expression, if it has one whatever is in the database.
    pub(super) fn one(&self, tokens: &[LocatedToken<'_>]) -> Option<String> {
        match <[String; 1]>::try_from(self.either(tokens)?) {
            Ok([text]) => Some(text),
            Err(_) => None,
        }
    }

    /// The texts of an expression, one for each branch of its `IF`s.
    pub(super) fn either(&self, tokens: &[LocatedToken<'_>]) -> Option<Vec<String>> {
        match tokens {
            [LocatedToken { token: Token::String(_, text), .. }] => Some(vec![text.to_string()]),
            [LocatedToken { token: Token::Number(text), .. }] => Some(vec![(*text).to_owned()]),
            [LocatedToken { token: Token::Parameter(name), .. }] => self.known(name),
            [LocatedToken { token: Token::Word(Word { value, .. }), .. }] => self.known(value),
            [open, inner @ .., close] if open.token == Token::LParen && close.token == Token::RParen => {
                self.either(inner)
            }
            [call, open, inner @ .., close] if open.token == Token::LParen && close.token == Token::RParen => {
                let arguments = arguments(inner);
                if call.token.is_word("CONCAT") {
                    let parts: Option<String> = arguments.iter().map(|part| self.one(part)).collect();
                    return parts.map(|text| vec![text]);
                }
                let [_, yes, no] = arguments.as_slice() else { return None };
                let (mut yes, no) = (self.either(yes)?, self.either(no)?);
                yes.extend(no);
                call.token.is_word("IF").then_some(yes)
            }
            _ => None,
        }
    }

    fn known(&self, name: &str) -> Option<Vec<String>> {
        self.0.get(&name.to_ascii_lowercase()).map(|text| vec![text.clone()])
    }
}

/// What stands between the commas of a list.
pub(super) fn arguments<'s, 't>(tokens: &'s [LocatedToken<'t>]) -> Vec<&'s [LocatedToken<'t>]> {
    let mut depth = 0usize;
    tokens
        .split(|token| {
            match token.token {
                Token::LParen => depth += 1,
                Token::RParen => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && token.token == Token::Comma
        })
        .filter(|argument| !argument.is_empty())
        .collect()
}
