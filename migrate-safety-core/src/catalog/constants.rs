//! String constants that a type does not take: the server reads them when the statement is parsed.

mod json;

use super::types::FoundType;
use super::{Catalog, Conflict, TypeDefKind};
use crate::sql::DataType;

impl Catalog {
    /// The error of writing `text` where a value of a type is wanted, for types whose values are simple to check.
    pub fn constant_problem(&self, text: &str, data_type: &DataType) -> Option<Conflict> {
        let invalid = |name: &str| Conflict::new("22P02", format!("invalid input syntax for type {name}: \"{text}\""));
        let unreadable = |name: &str| {
            let message = format!("invalid input syntax for type {name}: \"{text}\"");
            Conflict::new("22007", message)
        };
        if data_type.array {
            let array = text.trim_start().starts_with(['{', '[']);
            return (!array).then(|| Conflict::new("22P02", format!("malformed array literal: \"{text}\"")));
        }
        match self.find_type(data_type.schema.as_ref(), &data_type.name) {
            FoundType::Builtin => {}
            FoundType::Defined(id) => {
                let row = matches!(self.types.get(&id)?.kind, TypeDefKind::Composite(_));
                if row && !text.trim_start().starts_with('(') {
                    return Some(Conflict::new("22P02", format!("malformed record literal: \"{text}\"")));
                }
                return match &self.types.get(&id)?.kind {
                    TypeDefKind::Enum(labels) => {
                        let known = labels.iter().any(|(label, _)| **label == *text);
                        let name = self.type_name(id);
                        let message = format!("invalid input value for enum {name}: \"{text}\"");
                        (!known).then(|| Conflict::new("22P02", message))
                    }
                    TypeDefKind::Domain(domain) => self.constant_problem(text, &domain.base),
                    _ => None,
                };
            }
            FoundType::Row(_) => {
                let row = text.trim_start().starts_with('(');
                let message = format!("malformed record literal: \"{text}\"");
                return (!row).then(|| Conflict::new("22P02", message));
            }
            _ => return None,
        }
        match data_type.name.as_str() {
            "int2" => self.integer_problem(text, "smallint", i128::from(i16::MIN), i128::from(i16::MAX)),
            "int4" => self.integer_problem(text, "integer", i128::from(i32::MIN), i128::from(i32::MAX)),
            "int8" => self.integer_problem(text, "bigint", i128::from(i64::MIN), i128::from(i64::MAX)),
            "bool" => (!is_bool(text)).then(|| invalid("boolean")),
            "uuid" => (!is_uuid(text)).then(|| invalid("uuid")),
            "numeric" => (!self.is_number(text)).then(|| invalid("numeric")),
            "float4" => (!self.is_number(text)).then(|| invalid("real")),
            "float8" => (!self.is_number(text)).then(|| invalid("double precision")),
            "date" => (!is_time(text)).then(|| unreadable("date")),
            "timestamp" => (!is_time(text)).then(|| unreadable("timestamp")),
            "timestamptz" => (!is_time(text)).then(|| unreadable("timestamp with time zone")),
            "interval" => (!is_interval(text)).then(|| unreadable("interval")),
            "json" | "jsonb" => {
                (!json::is_json(text)).then(|| Conflict::new("22P02", "invalid input syntax for type json"))
            }
            _ => None,
        }
    }

    fn integer_problem(&self, text: &str, name: &str, lowest: i128, highest: i128) -> Option<Conflict> {
        let invalid = || Some(Conflict::new("22P02", format!("invalid input syntax for type {name}: \"{text}\"")));
        let trimmed = text.trim_matches(is_space);
        let (negative, digits) = match trimmed.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, trimmed.strip_prefix('+').unwrap_or(trimmed)),
        };
        if !digits.bytes().all(|b| b.is_ascii_digit()) || digits.is_empty() {
            // Other bases and separators are new in 16.
            let newer = self.target().version >= 16 && is_newer_integer(digits);
            return if newer { None } else { invalid() };
        }
        let value = digits.parse::<i128>().ok().map(|value| if negative { -value } else { value });
        let fits = value.is_some_and(|value| (lowest..=highest).contains(&value));
        let message = format!("value \"{text}\" is out of range for type {name}");
        (!fits).then(|| Conflict::new("22003", message))
    }

    /// Whether this can be a number; how large it is, is not looked at.
    fn is_number(&self, text: &str) -> bool {
        let trimmed = text.trim_matches(is_space);
        let unsigned = trimmed.strip_prefix(['-', '+']).unwrap_or(trimmed);
        if ["nan", "inf", "infinity"].iter().any(|word| unsigned.eq_ignore_ascii_case(word)) {
            return true;
        }
        let newer = self.target().version >= 16 && is_newer_integer(unsigned);
        let plain = unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'-' | b'+'));
        newer || (plain && unsigned.parse::<f64>().is_ok())
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

/// `0x1F`, `0o7`, `0b1`, `1_000`.
fn is_newer_integer(digits: &str) -> bool {
    let prefix = digits.get(..2).map(str::to_ascii_lowercase);
    let based = prefix.is_some_and(|p| matches!(p.as_str(), "0x" | "0o" | "0b")) && digits.len() > 2;
    based
        || (digits.starts_with(|c: char| c.is_ascii_digit()) && digits.bytes().all(|b| b.is_ascii_digit() || b == b'_'))
}

/// Unique beginnings of `true`, `false`, `yes`, `no`, `on`, `off`, and 1 and 0.
fn is_bool(text: &str) -> bool {
    let word = text.trim_matches(is_space).to_ascii_lowercase();
    let begins = |whole: &str| !word.is_empty() && whole.starts_with(&word);
    begins("true")
        || begins("false")
        || begins("yes")
        || begins("no")
        || word == "on"
        || (begins("off") && word != "o")
        || word == "1"
        || word == "0"
}

/// Whether this may be a time: it has a digit, or a word for one.
fn is_time(text: &str) -> bool {
    const WORDS: &[&str] = &["now", "today", "tomorrow", "yesterday", "epoch", "infinity", "allballs"];
    let mut words = text.split(|c: char| !c.is_ascii_alphabetic());
    text.bytes().any(|b| b.is_ascii_digit()) || words.any(|word| WORDS.iter().any(|w| w.eq_ignore_ascii_case(word)))
}

/// Whether this may be an interval.
fn is_interval(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit()) || text.to_ascii_lowercase().contains("infinity")
}

/// 32 hexadecimal digits, with a hyphen allowed behind any group of four, in braces or not.
fn is_uuid(text: &str) -> bool {
    let inside = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')).unwrap_or(text);
    let mut digits = 0;
    let mut hyphen = true;
    for byte in inside.bytes() {
        match byte {
            b'-' if !hyphen && digits % 4 == 0 && digits < 32 => hyphen = true,
            byte if byte.is_ascii_hexdigit() => {
                digits += 1;
                hyphen = false;
            }
            _ => return false,
        }
    }
    digits == 32 && !hyphen
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::catalog_on;
    use crate::sql::DataType;

    #[test]
    fn constants_are_read_as_the_server_does() {
        let catalog = catalog_on(15, "CREATE TYPE mood AS ENUM ('a', 'B'); CREATE DOMAIN d AS int");
        let cases = [
            ("int2", "a", Some("22P02 invalid input syntax for type smallint: \"a\"")),
            ("int4", " 12 ", None),
            ("int4", "-2147483648", None),
            ("int4", "1_000", Some("22P02 invalid input syntax for type integer: \"1_000\"")),
            ("int4", "99999999999", Some("22003 value \"99999999999\" is out of range for type integer")),
            ("int4", "- 5", Some("22P02 invalid input syntax for type integer: \"- 5\"")),
            ("int4", "", Some("22P02 invalid input syntax for type integer: \"\"")),
            ("d", "x", Some("22P02 invalid input syntax for type integer: \"x\"")),
            ("bool", "tru", None),
            ("bool", "o", Some("22P02 invalid input syntax for type boolean: \"o\"")),
            ("bool", "of", None),
            ("bool", " YES ", None),
            ("bool", "10", Some("22P02 invalid input syntax for type boolean: \"10\"")),
            ("uuid", "{a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11}", None),
            ("uuid", "a0ee-bc99-9c0b-4ef8-bb6d-6bb9-bd38-0a11", None),
            ("uuid", "a0e", Some("22P02 invalid input syntax for type uuid: \"a0e\"")),
            ("numeric", "NaN", None),
            ("numeric", ".5", None),
            ("numeric", "5.", None),
            ("numeric", "1e", Some("22P02 invalid input syntax for type numeric: \"1e\"")),
            ("mood", "B", None),
            ("mood", "b", Some("22P02 invalid input value for enum mood: \"b\"")),
            ("jsonb", "{\"a\": [1, 2.5e3, null, \"\\u00e4\"]}", None),
            ("jsonb", "{", Some("22P02 invalid input syntax for type json")),
            ("json", "", Some("22P02 invalid input syntax for type json")),
            ("date", "x", Some("22007 invalid input syntax for type date: \"x\"")),
            ("timestamptz", "now", None),
            ("timestamptz", "2020-01-01", None),
            ("interval", "1 day", None),
            ("interval", "day", Some("22007 invalid input syntax for type interval: \"day\"")),
            ("text", "anything", None),
        ];
        for (name, text, expected) in cases {
            let problem = catalog.constant_problem(text, &DataType::builtin(name));
            let problem = problem.map(|p| format!("{} {}", p.sqlstate, p.message));
            assert_eq!(problem.as_deref(), expected, "{text:?} as {name}");
        }
        let array = DataType { array: true, ..DataType::builtin("int4") };
        assert!(catalog.constant_problem("{1}", &array).is_none() && catalog.constant_problem("1", &array).is_some());
    }
}
