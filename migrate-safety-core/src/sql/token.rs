//! Tokens: what is left of a text without its white space and comments. They borrow from the text, so that cutting it
//! up costs no allocation but where escapes have to be resolved.

use std::borrow::Cow;
use std::fmt;

/// A token, with the offsets of its first byte and of the byte behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LocatedToken<'t> {
    pub(crate) token: Token<'t>,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A token. Operators that the grammars know by themselves have a variant of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token<'t> {
    Word(Word<'t>),
    /// As written: `1`, `1.5e-3`, `0x1F`.
    Number(&'t str),
    /// As written: `$1`.
    Parameter(&'t str),
    /// A constant in quotes, escapes resolved.
    String(StringKind, Cow<'t, str>),
    /// `(`
    LParen,
    /// `)`
    RParen,
    /// `[`
    LBracket,
    /// `]`
    RBracket,
    /// `{`
    LBrace,
    /// `}`
    RBrace,
    /// `,`
    Comma,
    /// `;`
    SemiColon,
    /// `.`
    Period,
    /// `:`
    Colon,
    /// `::`
    DoubleColon,
    /// `:=`
    Assignment,
    /// `=>`
    RArrow,
    /// `=`
    Eq,
    /// `<>`, `!=`
    Neq,
    /// `<`
    Lt,
    /// `>`
    Gt,
    /// `<=`
    LtEq,
    /// `>=`
    GtEq,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Mod,
    /// `^`
    Caret,
    /// Any other operator: `->>`, `&&`.
    Operator(&'t str),
    /// What begins no token.
    Char(char),
    /// What stands behind the last token.
    End,
}

/// A key word or a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word<'t> {
    /// As written, but for the quotes.
    pub(crate) value: Cow<'t, str>,
    pub(crate) quoted: bool,
}

/// What a constant in quotes is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StringKind {
    /// `'…'`, `E'…'`, `U&'…'`
    Text,
    /// `$tag$…$tag$`
    Dollar,
    /// `N'…'`
    National,
    /// `B'…'`, `X'…'`
    Bits,
}

impl<'t> Token<'t> {
    /// The token that a run of operator characters is.
    pub(crate) fn of_operator(operator: &'t str) -> Self {
        match operator {
            "=" => Self::Eq,
            "<>" | "!=" => Self::Neq,
            "<" => Self::Lt,
            ">" => Self::Gt,
            "<=" => Self::LtEq,
            ">=" => Self::GtEq,
            "=>" => Self::RArrow,
            "+" => Self::Plus,
            "-" => Self::Minus,
            "*" => Self::Mul,
            "/" => Self::Div,
            "%" => Self::Mod,
            "^" => Self::Caret,
            other => Self::Operator(other),
        }
    }

    /// The symbol of an operator.
    pub(crate) fn operator(&self) -> Option<&str> {
        match self {
            Self::Operator(symbol) => Some(symbol),
            Self::Eq
            | Self::Neq
            | Self::Lt
            | Self::Gt
            | Self::LtEq
            | Self::GtEq
            | Self::Plus
            | Self::Minus
            | Self::Mul
            | Self::Div
            | Self::Mod
            | Self::Caret => Some(self.symbol()),
            _ => None,
        }
    }

    /// The value of a string constant of any quoting.
    pub(crate) fn string(&self) -> Option<&str> {
        match self {
            Self::String(StringKind::Text | StringKind::Dollar | StringKind::National, value) => Some(value),
            _ => None,
        }
    }

    /// Whether it is this unquoted word.
    pub(crate) fn is_word(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(Word { value, quoted: false }) if value.eq_ignore_ascii_case(keyword))
    }

    /// How a token that is always written alike is written.
    fn symbol(&self) -> &'static str {
        match self {
            Self::LParen => "(",
            Self::RParen => ")",
            Self::LBracket => "[",
            Self::RBracket => "]",
            Self::LBrace => "{",
            Self::RBrace => "}",
            Self::Comma => ",",
            Self::SemiColon => ";",
            Self::Period => ".",
            Self::Colon => ":",
            Self::DoubleColon => "::",
            Self::Assignment => ":=",
            Self::RArrow => "=>",
            Self::Eq => "=",
            Self::Neq => "<>",
            Self::Lt => "<",
            Self::Gt => ">",
            Self::LtEq => "<=",
            Self::GtEq => ">=",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Mod => "%",
            Self::Caret => "^",
            Self::Word(_)
            | Self::Number(_)
            | Self::Parameter(_)
            | Self::String(..)
            | Self::Operator(_)
            | Self::Char(_)
            | Self::End => "",
        }
    }
}

/// As it could be written.
impl fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(Word { value, quoted: true }) => write!(f, "\"{}\"", value.replace('"', "\"\"")),
            Self::Word(Word { value, quoted: false }) => f.write_str(value),
            Self::Number(text) | Self::Parameter(text) | Self::Operator(text) => f.write_str(text),
            Self::String(StringKind::Dollar, value) => write!(f, "$${value}$$"),
            Self::String(_, value) => write!(f, "'{}'", value.replace('\'', "''")),
            Self::Char(c) => write!(f, "{c}"),
            other => f.write_str(other.symbol()),
        }
    }
}
