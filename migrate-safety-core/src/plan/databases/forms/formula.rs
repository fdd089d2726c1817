//! Expressions over columns of one row: rewritten for a trigger, and read as far as they can be undone.

use crate::Target;
use crate::databases::lexer::{Lexeme, Lexer};
use crate::databases::name::Name;
use crate::sql::LineIndex;
use crate::sql::token::{LocatedToken, StringKind, Token};

/// A part of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Column(Name),
    /// As written, with its sign.
    Number(String),
    /// Unescaped.
    Text(String),
    /// The function in lower case.
    Call(String, Vec<Self>),
    /// `CAST(… AS …)`
    Cast(Box<Self>),
    /// `+`, `-`, `*`, `/`, `||`
    Binary(&'static str, Box<Self>, Box<Self>),
}

/// An expression; none if it has anything else than these parts.
pub(super) fn read(target: Target, sql: &str) -> Option<Node> {
    let lines = LineIndex::new(sql);
    let tokens = tokens(&lines, target);
    let mut reader = Reader { tokens: &tokens, at: 0, concatenates: !target.dialect.is_mysql() };
    let node = reader.sum()?;
    (reader.at == tokens.len()).then_some(node)
}

/// The expression with these columns as those of a row: `NEW.price * 100`.
pub(super) fn of_row(target: Target, sql: &str, columns: &[&Name], row: &str) -> String {
    let lines = LineIndex::new(sql);
    let tokens = tokens(&lines, target);
    let mut text = String::new();
    let mut copied = 0;
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1).map(|token| &token.token);
        let behind_period = at.checked_sub(1).and_then(|at| tokens.get(at)).is_some_and(|t| t.token == Token::Period);
        let Token::Word(word) = &token.token else { continue };
        let is_column = columns.iter().any(|column| **column == *word.value);
        if is_column && !behind_period && !matches!(next, Some(Token::LParen | Token::Period)) {
            text.push_str(sql.get(copied..token.start).unwrap_or_default());
            text.push_str(row);
            copied = token.start;
        }
    }
    text.push_str(sql.get(copied..).unwrap_or_default());
    text
}

fn tokens<'t>(lines: &'t LineIndex<'t>, target: Target) -> Vec<LocatedToken<'t>> {
    let mut lexer = Lexer::new(lines, target);
    let mut tokens = Vec::new();
    loop {
        match lexer.next(&mut Vec::new()) {
            Lexeme::Token(token) => tokens.push(token),
            Lexeme::Comment(_) => {}
            Lexeme::End => return tokens,
        }
    }
}

struct Reader<'t> {
    tokens: &'t [LocatedToken<'t>],
    at: usize,
    /// Whether `||` puts texts together: in MySQL it is OR.
    concatenates: bool,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<&'t Token<'t>> {
        self.tokens.get(self.at).map(|token| &token.token)
    }

    fn eat(&mut self, token: &Token<'_>) -> bool {
        let is_it = self.peek() == Some(token);
        self.at += usize::from(is_it);
        is_it
    }

    fn sum(&mut self) -> Option<Node> {
        let mut left = self.product()?;
        loop {
            let op = if self.eat(&Token::Plus) {
                "+"
            } else if self.eat(&Token::Minus) {
                "-"
            } else {
                return Some(left);
            };
            left = Node::Binary(op, Box::new(left), Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Option<Node> {
        let mut left = self.joined()?;
        loop {
            let op = if self.eat(&Token::Mul) {
                "*"
            } else if self.eat(&Token::Div) {
                "/"
            } else {
                return Some(left);
            };
            left = Node::Binary(op, Box::new(left), Box::new(self.joined()?));
        }
    }

    fn joined(&mut self) -> Option<Node> {
        let mut left = self.operand()?;
        while self.concatenates && self.eat(&Token::Operator("||")) {
            left = Node::Binary("||", Box::new(left), Box::new(self.operand()?));
        }
        Some(left)
    }

    fn operand(&mut self) -> Option<Node> {
        let token = self.peek()?;
        self.at += 1;
        Some(match token {
            Token::LParen => {
                let inner = self.sum()?;
                self.eat(&Token::RParen).then_some(inner)?
            }
            Token::Minus => match self.operand()? {
                Node::Number(number) => Node::Number(format!("-{number}")),
                _ => return None,
            },
            Token::Number(number) => Node::Number((*number).to_owned()),
            Token::String(StringKind::Text, text) => Node::Text(text.to_string()),
            Token::Word(word) if self.peek() == Some(&Token::LParen) && !word.quoted => self.call(&word.value)?,
            Token::Word(word) => Node::Column(Name::new(&word.value)),
            _ => return None,
        })
    }

    fn call(&mut self, name: &str) -> Option<Node> {
        self.eat(&Token::LParen).then_some(())?;
        if name.eq_ignore_ascii_case("cast") {
            let inner = self.sum()?;
            self.peek()?.is_word("AS").then_some(())?;
            let mut depth = 1;
            while depth > 0 {
                match self.peek()? {
                    Token::LParen => depth += 1,
                    Token::RParen => depth -= 1,
                    _ => {}
                }
                self.at += 1;
            }
            return Some(Node::Cast(Box::new(inner)));
        }
        let mut arguments = Vec::new();
        while !self.eat(&Token::RParen) {
            arguments.push(self.sum()?);
            if !self.eat(&Token::Comma) {
                self.eat(&Token::RParen).then_some(())?;
                break;
            }
        }
        Some(Node::Call(name.to_ascii_lowercase(), arguments))
    }
}

#[cfg(test)]
mod tests {
    use super::{of_row, read};
    use crate::Target;
    use crate::databases::name::Name;

    #[test]
    fn a_row_stands_before_columns_alone() {
        let target = Target::mysql(900);
        for (sql, told) in [
            ("price * 100", "NEW.price * 100"),
            ("round(price, 2) + `price`", "round(NEW.price, 2) + NEW.`price`"),
            ("concat('price', t.price, price(1))", "concat('price', t.price, price(1))"),
        ] {
            assert_eq!(of_row(target, sql, &[&Name::new("price")], "NEW."), told);
        }
    }

    #[test]
    fn what_is_not_a_formula_is_not_read() {
        for sql in ["a = 1", "CASE WHEN a THEN 1 END", "a COLLATE nocase", "(SELECT 1)", "count(*)", "a +", ""] {
            assert_eq!(read(Target::sqlite(345), sql), None, "{sql}");
        }
        assert!(read(Target::sqlite(345), "CAST(round(a * -1.5, 2) AS DECIMAL(10, 2)) - (b || 'x')").is_some());
    }
}
