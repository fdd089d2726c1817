//! Pieces of SQL text.

use crate::sql::Ident;
use crate::sql::expr::{Expr, Expression};
use crate::sql::name::quote;

pub(in crate::catalog) use crate::sql::name::literal;

/// Names, quoted where they must be, with commas between.
pub(in crate::catalog) fn names<'n>(names: impl IntoIterator<Item = &'n Ident>) -> String {
    let names: Vec<String> = names.into_iter().map(Ident::sql).collect();
    names.join(", ")
}

/// The text of an expression without parentheses around all of it.
pub(crate) fn bare(expression: &Expression) -> &str {
    let mut text = expression.sql.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        if !balanced(inner) {
            break;
        }
        text = inner.trim();
    }
    text
}

/// The text of an expression as it can stand behind `DEFAULT`, where a condition needs parentheses.
pub(in crate::catalog) fn default_value(expression: &Expression) -> String {
    let bare = bare(expression);
    match expression.expr {
        Expr::Null
        | Expr::Bool(_)
        | Expr::Number(_)
        | Expr::String(_)
        | Expr::Cast { .. }
        | Expr::Array(_)
        | Expr::Column { .. } => bare.to_owned(),
        // `a AT TIME ZONE b` is a call too.
        Expr::Call { .. } if !has_outer_space(bare) => bare.to_owned(),
        _ => format!("({bare})"),
    }
}

/// Whether a text consists of several words, those in parentheses and constants apart.
fn has_outer_space(text: &str) -> bool {
    let (mut depth, mut quoted) = (0i32, false);
    text.chars().any(|c| {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        c == ' ' && depth == 0 && !quoted
    })
}

/// Whether every parenthesis of a text that is closed in it is opened in it before. Constants and comments are not
/// told apart: a text for which that matters keeps its parentheses, or is not balanced.
fn balanced(text: &str) -> bool {
    if text.contains(['\'', '"', '$']) || text.contains("--") || text.contains("/*") {
        return !text.contains([')', '(']);
    }
    let mut depth = 0i32;
    text.chars().all(|c| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth >= 0
    })
}

/// `WITH (name = value, …)` with a space before, or nothing.
pub(in crate::catalog) fn with_options(options: &[(Box<str>, Box<str>)]) -> String {
    if options.is_empty() {
        return String::new();
    }
    format!(" WITH ({})", option_list(options))
}

fn option_list(options: &[(Box<str>, Box<str>)]) -> String {
    let written = options.iter().map(|(name, value)| {
        let name: Vec<String> = name.split('.').map(quote).collect();
        let name = name.join(".");
        if value.is_empty() { name } else { format!("{name} = {}", option_value(value)) }
    });
    written.collect::<Vec<_>>().join(", ")
}

/// A value of an option: numbers and plain words need no quotes.
fn option_value(value: &str) -> String {
    let plain = value.parse::<f64>().is_ok() || matches!(value, "true" | "false" | "on" | "off");
    if plain { value.to_owned() } else { literal(value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outer_parentheses_are_dropped() {
        for (written, bare_text) in [
            ("a > 0", "a > 0"),
            ("(a > 0)", "a > 0"),
            ("((a) > (0))", "(a) > (0)"),
            ("(a) > (0)", "(a) > (0)"),
            ("(a = ')')", "(a = ')')"),
            ("(a = 'x')", "a = 'x'"),
        ] {
            let expression = Expression { sql: written.into(), expr: Expr::Null };
            assert_eq!(bare(&expression), bare_text);
        }
    }

    #[test]
    fn options_are_quoted_where_needed() {
        let option = |name: &str, value: &str| (Box::from(name), Box::from(value));
        let options = [
            option("fillfactor", "70"),
            option("toast.autovacuum_enabled", "off"),
            option("buffering", "auto"),
            option("security_barrier", ""),
        ];
        let written = " WITH (fillfactor = 70, toast.autovacuum_enabled = off, buffering = 'auto', security_barrier)";
        assert_eq!(with_options(&options), written);
    }
}
