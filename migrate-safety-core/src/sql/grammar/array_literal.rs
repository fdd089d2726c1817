//! The text of an array constant: `{1,2,"a b",NULL}`.

use crate::sql::expr::Expr;

/// The elements of a one-dimensional array constant.
pub(crate) fn elements(text: &str, numbers: bool) -> Option<Vec<Expr>> {
    let value = |text: &str| if numbers { Expr::Number(text.into()) } else { Expr::String(text.into()) };
    let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?.trim();
    let mut elements = Vec::new();
    let mut rest = (!inner.is_empty()).then_some(inner);
    while let Some(at) = rest {
        let at = at.trim_start();
        let behind = if let Some(quoted) = at.strip_prefix('"') {
            let (word, behind) = quoted_element(quoted)?;
            elements.push(value(&word));
            behind.trim_start()
        } else {
            let (word, behind) = at.split_at(at.find(',').unwrap_or(at.len()));
            let word = word.trim_end();
            if word.is_empty() || word.contains(['{', '}', '"', '\\']) {
                return None;
            }
            elements.push(if word.eq_ignore_ascii_case("null") { Expr::Null } else { value(word) });
            behind
        };
        rest = match behind.strip_prefix(',') {
            None if !behind.is_empty() => return None,
            next => next,
        };
    }
    Some(elements)
}

/// The rest of `"…"` unescaped, and what stands behind it.
fn quoted_element(text: &str) -> Option<(String, &str)> {
    let mut word = String::new();
    let mut chars = text.chars();
    loop {
        match chars.next()? {
            '"' => return Some((word, chars.as_str())),
            '\\' => word.push(chars.next()?),
            c => word.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_an_array_constant_lists() {
        let string = |s: &str| Expr::String(s.into());
        let cases: &[(&str, Option<Vec<Expr>>)] = &[
            ("{}", Some(vec![])),
            (" { } ", Some(vec![])),
            ("{a, b }", Some(vec![string("a"), string("b")])),
            (r#"{"a, \"b\"",NULL,"NULL"}"#, Some(vec![string("a, \"b\""), Expr::Null, string("NULL")])),
            ("{{1},{2}}", None),
            ("{a,}", None),
            (r#"{"a"b}"#, None),
            ("a", None),
            ("{\"a", None),
        ];
        for (text, expected) in cases {
            assert_eq!(elements(text, false), *expected, "{text}");
        }
        assert_eq!(elements("{1}", true), Some(vec![Expr::Number("1".into())]));
    }
}
