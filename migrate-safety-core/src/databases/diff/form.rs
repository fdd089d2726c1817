//! Types, defaults and expressions in a form in which two spellings of one thing are alike.

use crate::databases::lexer::{Lexeme, Lexer};
use crate::databases::operation::{ColumnDef, Expression};
use crate::databases::schema::Table;
use crate::dialect::Target;
use crate::sql::LineIndex;
use crate::sql::token::{LocatedToken, Token};

/// The type of a column.
pub(crate) fn data_type(target: Target, column: &ColumnDef) -> String {
    let data_type = &column.data_type;
    let mut name = data_type.name.to_string();
    let mut arguments: Vec<String> = data_type.arguments.iter().map(ToString::to_string).collect();
    if target.dialect.is_mysql() {
        match name.as_str() {
            // How many digits are shown.
            "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year" => arguments.clear(),
            "decimal" => {
                let usual = ["10", "0"].iter().skip(arguments.len()).map(ToString::to_string);
                arguments.extend(usual.collect::<Vec<_>>());
            }
            "char" | "binary" | "bit" if arguments.is_empty() => arguments.push("1".to_owned()),
            "datetime" | "timestamp" | "time" => arguments.retain(|digits| digits != "0"),
            // A length chooses the smallest of these that holds it.
            #[cfg(feature = "mysql")]
            "text" | "blob" => {
                if let Some(length) = arguments.pop().and_then(|length| length.parse::<u32>().ok()) {
                    let usual = if name == "text" { 4 } else { 1 };
                    let bytes = column.charset.as_ref().map_or(usual, crate::databases::mysql::bytes_of_char);
                    name = format!("{}{name}", size_of(length.saturating_mul(bytes)));
                }
            }
            _ => {}
        }
    } else {
        name = name.to_ascii_lowercase();
    }
    if !arguments.is_empty() {
        name = format!("{name}({})", arguments.join(","));
    }
    if data_type.unsigned { format!("{name} unsigned") } else { name }
}

/// What stands before `text` and `blob` of so many bytes.
#[cfg(feature = "mysql")]
fn size_of(bytes: u32) -> &'static str {
    match bytes {
        0..=0xFF => "tiny",
        0x100..=0xFFFF => "",
        0x1_0000..=0xFF_FFFF => "medium",
        _ => "long",
    }
}

/// The default of a column, if it has one that is not NULL.
pub(super) fn default(target: Target, column: &ColumnDef) -> Option<String> {
    let written = column.default.as_ref()?;
    // A sign belongs to its number.
    let mut text = tokens(target, &written.sql).join(" ").replace("- ", "-");
    if let Some(number) = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')) {
        // MySQL tells numbers in quotes.
        if target.dialect.is_mysql() && number.parse::<f64>().is_ok() {
            text = number.to_owned();
        }
    }
    if target.dialect.is_mysql() {
        if let Ok(number) = text.parse::<f64>() {
            text = number.to_string();
        }
        text = without_fraction(column, text);
        const NOW: [&str; 4] = ["now", "localtime", "localtimestamp", "current_timestamp"];
        let mut words = text.split(' ');
        if words.next().is_some_and(|word| NOW.contains(&word)) {
            let digits = words.next().filter(|digits| *digits != "0").unwrap_or_default();
            text = format!("current_timestamp {digits}");
        }
        text = match text.as_str() {
            "true" => "1".to_owned(),
            "false" => "0".to_owned(),
            _ => text,
        };
    }
    (text != "null").then(|| text.trim_end().to_owned())
}

/// A time as a default, without what its column rounds off; times that are rounded up are left as they are.
fn without_fraction(column: &ColumnDef, text: String) -> String {
    let data_type = &column.data_type;
    if !matches!(&*data_type.name, "datetime" | "timestamp" | "time") {
        return text;
    }
    let digits = data_type.arguments.first().and_then(|digits| digits.parse().ok()).unwrap_or(0);
    let Some((time, fraction)) = text.strip_suffix('\'').and_then(|time| time.split_once('.')) else { return text };
    match (fraction.get(..digits), fraction.as_bytes().get(digits)) {
        (Some(""), Some(b'0'..=b'4')) => format!("{time}'"),
        (Some(kept), Some(b'0'..=b'4')) => format!("{time}.{kept}'"),
        _ => text,
    }
}

/// An expression: what it names, compares and computes with. MySQL tells expressions with parentheses and in an order of
/// words of its own, so that they are taken for a set of words there.
pub(super) fn expression(target: Target, expression: &Expression) -> String {
    let mut tokens = tokens(target, &expression.sql);
    if target.dialect.is_mysql() {
        const ORDER: [&str; 7] = ["and", "or", "not", "in", "is", "between", "null"];
        tokens.retain(|token| !ORDER.contains(&token.as_str()));
        tokens.sort_unstable();
    }
    tokens.join(" ")
}

/// Character set and collation of a column with text, as far as they are known.
pub(super) fn charset(
    target: Target,
    column: &ColumnDef,
    table: &Table,
    usual: Option<(&str, &str)>,
) -> Option<(String, Option<String>)> {
    #[cfg(feature = "mysql")]
    if target.dialect.is_mysql() {
        use crate::databases::mysql::{charset as of_column, is_text};
        use crate::databases::operation::BINARY;
        if !is_text(&column.data_type) {
            return None;
        }
        let written = [&column.charset, &column.collation, &table.options.charset, &table.options.collation];
        if written.iter().all(|written| written.is_none()) {
            return usual.map(|(charset, collation)| (charset.to_owned(), Some(collation.to_owned())));
        }
        if column.collation.as_ref().is_some_and(|collation| *collation == *BINARY) {
            let is_written =
                column.charset.is_some() || table.options.charset.is_some() || table.options.collation.is_some();
            let usual = usual.filter(|_| !is_written).map(|(charset, _)| charset.to_owned());
            let name = usual.unwrap_or_else(|| of_column(column, table).as_str().to_ascii_lowercase());
            let collation = format!("{name}{BINARY}");
            return Some((name, Some(collation)));
        }
        let collation = column.collation.as_ref().or(match column.charset {
            Some(_) => None,
            None => table.options.collation.as_ref(),
        });
        let name = of_column(column, table).as_str().to_ascii_lowercase();
        return Some((name, collation.map(|collation| collation.as_str().to_ascii_lowercase())));
    }
    let _ = (target, column, table, usual);
    None
}

/// Functions that MySQL and MariaDB know by two names, of which each tells one.
const NAMES: [(&str, &str); 10] = [
    ("lcase", "lower"),
    ("ucase", "upper"),
    ("substr", "substring"),
    ("mid", "substring"),
    ("ceil", "ceiling"),
    ("pow", "power"),
    ("character_length", "char_length"),
    ("octet_length", "length"),
    ("day", "dayofmonth"),
    ("sha1", "sha"),
];

/// The words and signs of an expression, without parentheses, commas, comments and quotes of names.
pub(super) fn tokens(target: Target, sql: &str) -> Vec<String> {
    let lines = LineIndex::new(sql);
    let mut lexer = Lexer::new(&lines, target);
    let mut found: Vec<String> = Vec::new();
    loop {
        let LocatedToken { token, start, end } = match lexer.next(&mut Vec::new()) {
            Lexeme::Token(located) => located,
            Lexeme::Comment(_) => continue,
            Lexeme::End => return found,
        };
        match token {
            Token::LParen | Token::RParen | Token::Comma => {}
            Token::Word(word) => {
                let word = word.value.to_ascii_lowercase();
                let signs = [("date_add", "+"), ("adddate", "+"), ("date_sub", "-"), ("subdate", "-")];
                let names = signs.iter().chain(&NAMES);
                let other = names.into_iter().find(|(call, _)| target.dialect.is_mysql() && *call == word);
                found.push(other.map_or(word.clone(), |(_, other)| (*other).to_owned()));
            }
            Token::String(_, value) => {
                // MySQL tells the character set before a string.
                if target.dialect.is_mysql() && found.last().is_some_and(|last| last.starts_with('_')) {
                    found.pop();
                }
                found.push(format!("'{value}'"));
            }
            _ => match sql.get(start..end).unwrap_or_default() {
                "!=" => found.push("<>".to_owned()),
                // What MySQL writes for them.
                "->" if target.dialect.is_mysql() => found.push("json_extract".to_owned()),
                "->>" if target.dialect.is_mysql() => {
                    found.extend(["json_extract".to_owned(), "json_unquote".to_owned()]);
                }
                sign => found.push(sign.to_ascii_lowercase()),
            },
        }
    }
}
