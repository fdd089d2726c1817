//! Types, defaults and expressions in a form in which two spellings of one thing are alike.

use crate::databases::operation::{ColumnDef, Expression};
use crate::databases::schema::Table;
use crate::dialect::Target;

/// The type of a column.
pub(super) fn data_type(target: Target, column: &ColumnDef) -> String {
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

/// The default of a column, if it has one that is not NULL.
pub(super) fn default(target: Target, column: &ColumnDef) -> Option<String> {
    let written = column.default.as_ref()?;
    let mut text = tokens(target, &written.sql).join(" ");
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
        if !is_text(&column.data_type) {
            return None;
        }
        let written = [&column.charset, &column.collation, &table.options.charset, &table.options.collation];
        if written.iter().all(|written| written.is_none()) {
            return usual.map(|(charset, collation)| (charset.to_owned(), Some(collation.to_owned())));
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

/// The words and signs of an expression, without parentheses, commas and quotes of names.
pub(super) fn tokens(target: Target, sql: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' => string_length(rest, '\''),
            '"' if target.dialect.is_mysql() => string_length(rest, '"'),
            '`' | '"' => string_length(rest, first),
            c if c.is_alphanumeric() || c == '_' || c == '@' || c == '.' => {
                rest.find(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '@' | '.' | '$')).unwrap_or(rest.len())
            }
            '<' | '>' | '=' | '!' | '|' | '&' => {
                rest.find(|c| !matches!(c, '<' | '>' | '=' | '!' | '|' | '&')).unwrap_or(rest.len())
            }
            c => c.len_utf8(),
        };
        let (token, behind) = rest.split_at(length);
        let token = match first {
            '\'' => Some(token.to_owned()),
            '"' if target.dialect.is_mysql() => Some(format!("'{}'", inside(token))),
            '`' | '"' => Some(inside(token).to_ascii_lowercase()),
            '(' | ')' | ',' => None,
            _ => Some(token.to_ascii_lowercase()),
        };
        // The character set before a string (MySQL).
        let introduces = token.as_ref().is_some_and(|token| token.starts_with('_')) && behind.starts_with('\'');
        found.extend(token.filter(|_| !introduces).map(|token| if token == "!=" { "<>".to_owned() } else { token }));
        rest = behind.trim_start();
    }
    found
}

fn inside(quoted: &str) -> &str {
    quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default()
}

/// The length of what stands in quotes at the begin of a text, the quotes included.
fn string_length(text: &str, quote: char) -> usize {
    let mut inner = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = inner.next() {
        if c == '\\' && quote == '\'' {
            inner.next();
        } else if c == quote {
            if inner.peek().is_none_or(|(_, next)| *next != quote) {
                return at + c.len_utf8();
            }
            inner.next();
        }
    }
    text.len()
}
