//! What an expression demands of single columns.

use super::name::Name;
use super::operation::{Condition, Test};
use super::scan::{Start, scan};
use crate::sql::token::{LocatedToken, Token, Word};

/// The conditions that are joined by `AND`. None, if others stand beside them with `OR`.
pub(super) fn conditions(tokens: &[LocatedToken<'_>]) -> Vec<Condition> {
    let partners = partners(tokens);
    let mut found = Vec::new();
    let mut open = vec![(0, tokens.len())];
    while let Some((mut start, mut end)) = open.pop() {
        while start + 1 < end && partners.get(start) == Some(&(end - 1)) {
            (start, end) = (start + 1, end - 1);
        }
        match conjuncts(tokens, &partners, start, end) {
            Some(parts) if parts.len() > 1 => open.extend(parts.into_iter().rev()),
            Some(_) => found.extend(single(tokens.get(start..end).unwrap_or_default())),
            None => {}
        }
    }
    found
}

/// For each opening parenthesis the place of the one that closes it; for all other tokens their own place.
fn partners(tokens: &[LocatedToken<'_>]) -> Vec<usize> {
    let mut partners: Vec<usize> = (0..tokens.len()).collect();
    let mut open = Vec::new();
    for (n, token) in tokens.iter().enumerate() {
        match token.token {
            Token::LParen => open.push(n),
            Token::RParen => {
                if let Some(partner) = open.pop().and_then(|first: usize| partners.get_mut(first)) {
                    *partner = n;
                }
            }
            _ => {}
        }
    }
    partners
}

/// The parts between the `AND`s of the outermost level, unless there is another connective.
fn conjuncts(tokens: &[LocatedToken<'_>], partners: &[usize], start: usize, end: usize) -> Option<Vec<(usize, usize)>> {
    let (mut parts, mut part) = (Vec::new(), start);
    let (mut cases, mut between) = (0usize, false);
    let mut at = start;
    while at < end {
        match &tokens.get(at)?.token {
            Token::Operator("||" | "&&") => return None,
            Token::Word(Word { quoted: false, value }) => match value.to_ascii_uppercase().as_str() {
                "OR" | "XOR" if cases == 0 => return None,
                "CASE" => cases += 1,
                "END" => cases = cases.saturating_sub(1),
                "BETWEEN" if cases == 0 => between = true,
                "AND" if cases == 0 && !std::mem::take(&mut between) => {
                    parts.push((part, at));
                    part = at + 1;
                }
                _ => {}
            },
            _ => {}
        }
        at = partners.get(at).copied().unwrap_or(at).max(at) + 1;
    }
    parts.push((part, end));
    Some(parts)
}

/// What one condition demands.
fn single(tokens: &[LocatedToken<'_>]) -> Vec<Condition> {
    if let Some((qualifier, column, rest)) = leading_column(tokens) {
        return vec![Condition { qualifier, column, test: test(rest) }];
    }
    // `5 < column`
    let operator = tokens.iter().position(|token| comparison(&token.token).is_some());
    if let Some((left, [operator, right @ ..])) = operator.and_then(|at| tokens.split_at_checked(at))
        && let Some((qualifier, column, [])) = leading_column(right)
        && let Some(test) = comparison(&operator.token)
        && is_same_for_all(left)
    {
        let test = match test {
            Test::Below => Test::Above,
            Test::Above => Test::Below,
            other => other,
        };
        return vec![Condition { qualifier, column, test }];
    }
    let mentioned = scan(tokens, Start::Expression).map(|found| found.columns).unwrap_or_default();
    match mentioned.as_slice() {
        [(qualifier, column)] => {
            vec![Condition { qualifier: qualifier.clone(), column: column.clone(), test: Test::Other }]
        }
        _ => Vec::new(),
    }
}

/// The column that the tokens begin with, and what is behind it.
fn leading_column<'a, 't>(tokens: &'a [LocatedToken<'t>]) -> Option<(Option<Name>, Name, &'a [LocatedToken<'t>])> {
    let (mut qualifier, mut rest) = (None, tokens);
    loop {
        let (first, behind) = rest.split_first()?;
        let Token::Word(word) = &first.token else { return None };
        match behind {
            [dot, more @ ..] if dot.token == Token::Period => {
                (qualifier, rest) = (Some(Name::new(&word.value)), more);
            }
            [open, ..] if open.token == Token::LParen => return None,
            _ => {
                let alone = tokens.get(..tokens.len() - behind.len())?;
                let is_column = scan(alone, Start::Expression).is_ok_and(|found| found.columns.len() == 1);
                return is_column.then(|| (qualifier, Name::new(&word.value), behind));
            }
        }
    }
}

/// How the column is compared that stands before these tokens.
fn test(tokens: &[LocatedToken<'_>]) -> Test {
    let Some((first, rest)) = tokens.split_first() else { return Test::Other };
    let words = |words: &[&str]| {
        tokens.len() == words.len() && tokens.iter().zip(words).all(|(token, word)| token.token.is_word(word))
    };
    if words(&["IS", "NULL"]) || words(&["ISNULL"]) {
        return Test::IsNull;
    }
    if words(&["IS", "NOT", "NULL"]) || words(&["NOTNULL"]) || words(&["NOT", "NULL"]) {
        return Test::IsNotNull;
    }
    if let Some(test) = comparison(&first.token) {
        return if is_same_for_all(rest) { test } else { Test::Other };
    }
    if first.token.is_word("IS") && !rest.first().is_some_and(|next| next.token.is_word("NOT")) {
        return if is_same_for_all(rest) { Test::Equal } else { Test::Other };
    }
    if first.token.is_word("BETWEEN") && is_same_for_all(rest) {
        return Test::Between;
    }
    match rest {
        [open, values @ .., _]
            if first.token.is_word("IN") && open.token == Token::LParen && is_same_for_all(values) =>
        {
            Test::In(1 + values.iter().filter(|token| token.token == Token::Comma).count())
        }
        _ => Test::Other,
    }
}

/// How an operator compares.
fn comparison(token: &Token<'_>) -> Option<Test> {
    match token {
        Token::Eq | Token::Operator("<=>") => Some(Test::Equal),
        Token::Lt | Token::LtEq => Some(Test::Below),
        Token::Gt | Token::GtEq => Some(Test::Above),
        _ => None,
    }
}

/// Whether these tokens have one value for all rows.
fn is_same_for_all(tokens: &[LocatedToken<'_>]) -> bool {
    scan(tokens, Start::Expression).is_ok_and(|found| found.columns.is_empty() && found.reads.is_empty())
}
