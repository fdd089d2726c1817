//! Constants of conditions and partition bounds, as far as their order is known.

use crate::sql::{DataType, Expr};
use std::cmp::Ordering;

/// How constants of a type are ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ConstantKind {
    /// Whole and decimal numbers.
    Number,
    /// `date`, `timestamp`, `timestamptz`: the digits of an ISO date, ordered as text.
    Date,
    /// `bool`.
    Bool,
    /// Text, `uuid` and what is not known: ordered by bytes.
    Text,
}

impl ConstantKind {
    /// How a type's values are ordered.
    pub(super) fn of(data_type: Option<&DataType>) -> Self {
        let Some(data_type) = data_type.filter(|data_type| data_type.schema.is_none() && !data_type.array) else {
            return Self::Text;
        };
        match &*data_type.name {
            "int2" | "int4" | "int8" | "oid" | "numeric" | "float4" | "float8" => Self::Number,
            "date" | "timestamp" | "timestamptz" => Self::Date,
            "bool" => Self::Bool,
            _ => Self::Text,
        }
    }
}

/// A constant that can be compared with others of its kind.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Constant {
    Number { negative: bool, whole: Box<str>, fraction: Box<str> },
    Date(Box<str>),
    Bool(bool),
    Text(Box<str>),
}

impl Constant {
    /// The constant that an expression is, casts aside.
    pub(super) fn read(expr: &Expr, kind: ConstantKind) -> Option<Self> {
        match expr {
            Expr::Number(digits) => Self::number(digits),
            Expr::Bool(value) => Some(Self::Bool(*value)),
            Expr::String(text) => match kind {
                ConstantKind::Number => Self::number(text.trim()),
                ConstantKind::Date => Self::date(text.trim()),
                ConstantKind::Bool => match &*text.trim().to_ascii_lowercase() {
                    "t" | "true" | "on" | "yes" | "1" => Some(Self::Bool(true)),
                    "f" | "false" | "off" | "no" | "0" => Some(Self::Bool(false)),
                    _ => None,
                },
                ConstantKind::Text => Some(Self::Text(text.clone())),
            },
            Expr::Cast { expr, to } => {
                let own = ConstantKind::of(Some(to));
                Self::read(expr, if own == ConstantKind::Text { kind } else { own })
            }
            _ => None,
        }
    }

    /// The order of two constants, if it is known.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number { .. }, Self::Number { .. }) => Some(self.compare_numbers(other)),
            (Self::Date(a), Self::Date(b)) | (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    fn number(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if digits.is_empty() || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit()) {
            return None;
        }
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let zero = whole.is_empty() && fraction.is_empty();
        Some(Self::Number { negative: negative && !zero, whole: whole.into(), fraction: fraction.into() })
    }

    /// `2024-01-01`, `2024-01-01 12:00:00`; a time of midnight and an offset of UTC are left out.
    fn date(text: &str) -> Option<Self> {
        let text = ["+00", "+00:00", "Z", "z"].iter().fold(text, |text, zone| text.strip_suffix(zone).unwrap_or(text));
        let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, ""));
        let mut parts = day.split('-').map(|part| (part.len(), part.bytes().all(|b| b.is_ascii_digit())));
        let iso = parts.next() == Some((4, true)) && parts.next() == Some((2, true)) && parts.next() == Some((2, true));
        if !iso || parts.next().is_some() || !time.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.')) {
            return None;
        }
        let time = time.trim_end_matches(['0', ':', '.']);
        let mut canonical = day.to_owned();
        if !time.is_empty() {
            canonical.push(' ');
            canonical.push_str(time);
        }
        Some(Self::Date(canonical.into()))
    }

    fn compare_numbers(&self, other: &Self) -> Ordering {
        let (
            Self::Number { negative: a_negative, whole: a_whole, fraction: a_fraction },
            Self::Number { negative: b_negative, whole: b_whole, fraction: b_fraction },
        ) = (self, other)
        else {
            return Ordering::Equal;
        };
        match (a_negative, b_negative) {
            (false, true) => return Ordering::Greater,
            (true, false) => return Ordering::Less,
            _ => {}
        }
        let magnitude = a_whole
            .len()
            .cmp(&b_whole.len())
            .then_with(|| a_whole.cmp(b_whole))
            .then_with(|| a_fraction.cmp(b_fraction));
        if *a_negative { magnitude.reverse() } else { magnitude }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_ordered() {
        for (a, b, kind, expected) in [
            ("1", "01.0", ConstantKind::Number, Some(Ordering::Equal)),
            ("9", "10", ConstantKind::Number, Some(Ordering::Less)),
            ("-9", "-10", ConstantKind::Number, Some(Ordering::Greater)),
            ("1.25", "1.3", ConstantKind::Number, Some(Ordering::Less)),
            ("2024-01-01", "2024-01-01 00:00:00", ConstantKind::Date, Some(Ordering::Equal)),
            ("2024-01-01", "2024-01-01 10:00", ConstantKind::Date, Some(Ordering::Less)),
            ("2024-01-01 00:00:00+00", "2024-01-01T00:00:00Z", ConstantKind::Date, Some(Ordering::Equal)),
            ("2024-01-31", "2024-02-01", ConstantKind::Date, Some(Ordering::Less)),
            ("yesterday", "2024-02-01", ConstantKind::Date, None),
            ("a", "b", ConstantKind::Text, Some(Ordering::Less)),
        ] {
            let read = |text: &str| Constant::read(&Expr::String(text.into()), kind);
            let found = read(a).zip(read(b)).and_then(|(a, b)| a.compare(&b));
            assert_eq!(found, expected, "{a} and {b}");
        }
    }
}
