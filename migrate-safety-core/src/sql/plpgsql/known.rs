//! What is known beforehand of the values that procedural code computes.

use crate::sql::expr::Expr;
use crate::sql::grammar::array_elements;
use crate::sql::name::Ident;
use crate::sql::span::Position;
use std::collections::{HashMap, HashSet};

/// A value as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Known {
    Null,
    /// A text, or the text form of anything else.
    Text(Text),
    Array(Vec<Known>),
    /// A row by its columns; a column without a name answers to any.
    Row(Vec<Column>),
    Unknown,
}

/// A column of a row: its name, its value.
pub(super) type Column = (Option<Ident>, Known);

/// A text as far as it is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Text {
    pub(super) parts: Vec<Part>,
    /// Where it stands in the file, if it stands there as it is.
    pub(super) at: Option<Position>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Known(String),
    Hole(Hole),
}

/// What is known of a part that nobody can foresee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hole {
    /// It is one name, quoted if it has to be.
    Name,
    /// It is one constant, quoted.
    Constant,
    /// Nothing.
    Anything,
}

impl Text {
    pub(super) fn known(text: impl Into<String>) -> Self {
        Self { parts: vec![Part::Known(text.into())], at: None }
    }

    pub(super) fn hole(hole: Hole) -> Self {
        Self { parts: vec![Part::Hole(hole)], at: None }
    }

    /// No text longer than this is computed: code can double one at every line.
    pub(super) const LONGEST: usize = 1 << 16;

    /// Puts `more` behind; what is put together stands nowhere.
    pub(super) fn push(&mut self, more: Self) {
        self.at = None;
        if self.length() + more.length() > Self::LONGEST {
            self.parts = vec![Part::Hole(Hole::Anything)];
            return;
        }
        for part in more.parts {
            match (self.parts.last_mut(), part) {
                (Some(Part::Known(last)), Part::Known(text)) => last.push_str(&text),
                (_, part) => self.parts.push(part),
            }
        }
    }

    fn length(&self) -> usize {
        let length = |part: &Part| match part {
            Part::Known(text) => text.len(),
            Part::Hole(_) => 1,
        };
        self.parts.iter().map(length).sum()
    }

    /// The text, if all of it is known.
    pub(super) fn as_known(&self) -> Option<&str> {
        match self.parts.as_slice() {
            [] => Some(""),
            [Part::Known(text)] => Some(text),
            _ => None,
        }
    }

    /// The text with something for each hole.
    pub(super) fn with_holes(&self, fill: impl Fn(Hole) -> &'static str) -> String {
        self.parts
            .iter()
            .map(|part| match part {
                Part::Known(text) => text.as_str(),
                Part::Hole(hole) => fill(*hole),
            })
            .collect()
    }

    pub(super) fn holes(&self) -> impl Iterator<Item = Hole> {
        self.parts.iter().filter_map(|part| match part {
            Part::Known(_) => None,
            Part::Hole(hole) => Some(*hole),
        })
    }
}

impl Known {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(Text::known(text))
    }

    /// A constant.
    pub(super) fn of_constant(expr: &Expr) -> Self {
        match expr {
            Expr::Null => Self::Null,
            Expr::Bool(value) => Self::text(value.to_string()),
            Expr::Number(text) | Expr::String(text) => Self::text(&**text),
            _ => Self::Unknown,
        }
    }

    /// The text form; nothing for NULL.
    pub(super) fn into_text(self) -> Option<Text> {
        match self {
            Self::Null => None,
            Self::Text(text) => Some(text),
            Self::Array(_) | Self::Row(_) | Self::Unknown => Some(Text::hole(Hole::Anything)),
        }
    }

    /// The text, if all of it is known.
    pub(super) fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => text.as_known(),
            _ => None,
        }
    }

    pub(super) fn as_integer(&self) -> Option<i64> {
        self.as_str()?.parse().ok()
    }
}

/// The values of the variables at one point of the code.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables {
    values: HashMap<Ident, Known>,
    /// Which of them are arrays.
    arrays: HashSet<Ident>,
    /// `$1` of a routine with one parameter: of more, expressions do not tell which one they mean.
    only_parameter: Option<Known>,
}

impl Variables {
    pub(super) fn set(&mut self, name: &Ident, value: Known) {
        match value {
            Known::Unknown => self.values.remove(name),
            value => self.values.insert(name.clone(), value),
        };
    }

    /// Makes a variable known with its type.
    pub(super) fn declare(&mut self, name: &Ident, array: bool) {
        if array {
            self.arrays.insert(name.clone());
        } else {
            self.arrays.remove(name);
        }
    }

    /// Sets a declared variable: an array takes the text of one.
    pub(super) fn assign(&mut self, name: &Ident, value: Known) {
        let elements = match value.as_str() {
            Some(text) if self.arrays.contains(name) => array_elements(text, false),
            _ => None,
        };
        let value = match elements {
            Some(elements) => Known::Array(elements.iter().map(Known::of_constant).collect()),
            None => value,
        };
        self.set(name, value);
    }

    pub(super) fn forget<'n>(&mut self, names: impl IntoIterator<Item = &'n Ident>) {
        for name in names {
            self.values.remove(name);
        }
    }

    pub(super) fn get(&self, name: &Ident) -> Option<&Known> {
        self.values.get(name)
    }

    /// Sets `$n` (0-based), of a routine with `count` parameters.
    pub(super) fn set_parameter(&mut self, n: usize, value: Known, count: usize) {
        self.set(&Ident::exact(&format!("${}", n + 1)), value.clone());
        if count == 1 {
            self.only_parameter = Some(value);
        }
    }

    pub(super) fn only_parameter(&self) -> Option<&Known> {
        self.only_parameter.as_ref()
    }

    /// Keeps what is the same in `other`: for where two ways meet.
    pub(super) fn meet(&mut self, other: &Self) {
        self.values.retain(|name, value| other.values.get(name) == Some(value));
    }
}
