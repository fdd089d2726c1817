//! What the server calls the value of an expression (`FigureColname` there).

use crate::sql::Ident;
use crate::sql::expr::Expr;
use crate::sql::name::truncate;

/// The name of an expression with this text, and how sure it is: 2 for a column's or function's, 1 for that of a
/// type or of `CASE`, which a sure name inside beats.
pub(in crate::catalog) fn figure(expr: &Expr, sql: &str, version: u16) -> (Option<Ident>, u8) {
    let sure = |name: &str| (Some(Ident::exact(name)), 2);
    match expr {
        Expr::Column { name, .. } => (Some(name.clone()), 2),
        Expr::Call { name, .. } => sure(called(&name.name, version)),
        Expr::Array(_) => sure("array"),
        Expr::Bool(_) if version < 15 => (Some(Ident::exact("bool")), 1),
        Expr::Cast { expr, to } => match figure(expr, cast_text(sql), version) {
            (name, 2) => (name, 2),
            _ => (Some(to.name.clone()), 1),
        },
        Expr::Collate { expr, .. } => figure(expr, "", version),
        Expr::Subquery { exists: true, .. } => sure("exists"),
        Expr::Subquery { operand: None, query, .. } => match query.selects.first().and_then(|s| s.items.first()) {
            Some(item) => match &item.alias {
                Some(alias) => (Some(alias.clone()), 2),
                None => figure(&item.expr, &item.sql, version),
            },
            None => (None, 0),
        },
        Expr::Other(parts) => figure_other(parts, sql, version),
        _ => (None, 0),
    }
}

/// The name of an expression that has no variant of its own: told by its text.
fn figure_other(parts: &[Expr], sql: &str, version: u16) -> (Option<Ident>, u8) {
    let mut text = sql.trim();
    while let Some(inner) = within_parentheses(text) {
        if parts.len() > 1 && !is_word_ahead(inner, "case") && has_top_level_comma(inner) {
            return (Some(Ident::exact("row")), 2);
        }
        text = inner.trim();
    }
    if is_word_ahead(text, "case") {
        return match parts.last().map(|last| figure(last, "", version)) {
            Some((name, 2)) if words(text).any(|w| w.eq_ignore_ascii_case("else")) => (name, 2),
            _ => (Some(Ident::exact("case")), 1),
        };
    }
    if is_word_ahead(text, "array") {
        return (Some(Ident::exact("array")), 2);
    }
    if is_word_ahead(text, "row") {
        return (Some(Ident::exact("row")), 2);
    }
    if let Some(field) = field(text) {
        return (Some(field), 2);
    }
    match parts.first() {
        Some(first) if text.ends_with(']') => figure(first, "", version),
        _ => (None, 0),
    }
}

/// What is cast, of `e::type` and `CAST(e AS type)`.
fn cast_text(sql: &str) -> &str {
    let text = sql.trim();
    match text.rsplit_once("::") {
        Some((operand, _)) => operand,
        None => {
            let inner = text.split_once('(').filter(|(word, _)| word.trim().eq_ignore_ascii_case("cast"));
            let end = inner.and_then(|(_, inner)| inner.to_ascii_lowercase().rfind(" as "));
            inner.zip(end).and_then(|((_, inner), end)| inner.get(..end)).unwrap_or_default()
        }
    }
}

/// The text between parentheses that enclose all of it.
fn within_parentheses(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('(')?.strip_suffix(')')?;
    (lowest_depth(inner) >= 0).then_some(inner)
}

/// How far the closing parentheses of a text go below its start; strings are skipped.
fn lowest_depth(text: &str) -> i32 {
    depths(text).map(|(_, depth)| depth).min().unwrap_or_default().min(0)
}

fn has_top_level_comma(text: &str) -> bool {
    depths(text).any(|(c, depth)| c == ',' && depth == 0)
}

/// The characters outside quotes with the depth of parentheses behind each.
fn depths(text: &str) -> impl Iterator<Item = (char, i32)> {
    let (mut depth, mut quote) = (0i32, None);
    text.chars().filter_map(move |c| {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth -= 1,
            (None, _) => {}
        }
        quote.is_none().then_some((c, depth))
    })
}

/// The last field of `(row).field`.
fn field(text: &str) -> Option<Ident> {
    if text.ends_with('"') {
        let (before, name) = text.strip_suffix('"')?.rsplit_once(".\"")?;
        return before.trim_end().ends_with([')', ']']).then(|| Ident::exact(name));
    }
    let (before, name) = text.rsplit_once('.')?;
    let name = name.trim();
    let is_name = name.starts_with(|c: char| c.is_alphabetic() || c == '_') && words(name).count() == 1;
    let follows = before.trim_end().ends_with([')', ']', '"']) || before.contains(").") || before.contains("].");
    (is_name && follows).then(|| Ident::folded(truncate(name, Ident::MAX_BYTES)))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty())
}

fn is_word_ahead(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
        && !text.get(word.len()..).is_some_and(|r| r.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

/// The function that a piece of syntax calls.
fn called(name: &str, version: u16) -> &str {
    match name {
        "trim" => "btrim",
        "extract" if version < 14 => "date_part",
        name => name,
    }
}
