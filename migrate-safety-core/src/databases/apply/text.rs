//! Names in the text of expressions, queries and bodies, which a server rewrites when what they name is renamed.

use crate::databases::name::Name;
use crate::databases::quote::quoted;
use crate::dialect::Dialect;

/// A text in which a name has become another, outside its strings and comments.
pub(super) fn renamed(dialect: Dialect, text: &str, old: &Name, new: &Name) -> Box<str> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (length, name) = match first {
            '\'' => (enclosed(rest, '\''), None),
            '"' | '`' => {
                let length = enclosed(rest, first);
                (length, rest.get(1..length.saturating_sub(1)))
            }
            '[' => {
                let length = enclosed(rest, ']');
                (length, rest.get(1..length.saturating_sub(1)))
            }
            '-' if rest.starts_with("--") => (rest.find('\n').unwrap_or(rest.len()), None),
            '/' if rest.starts_with("/*") => (rest.find("*/").map_or(rest.len(), |at| at + 2), None),
            c if c.is_alphanumeric() || c == '_' => {
                let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').unwrap_or(rest.len());
                (length, rest.get(..length))
            }
            c => (c.len_utf8(), None),
        };
        let (token, behind) = rest.split_at(length);
        if name.is_some_and(|name| *old == *name) {
            out.push_str(&quoted(dialect, new.as_str()));
        } else {
            out.push_str(token);
        }
        rest = behind;
    }
    out.into()
}

/// The length of what begins with a quote and ends with this one; two of them in a row stand for one.
fn enclosed(text: &str, end: char) -> usize {
    let mut inner = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = inner.next() {
        if c == end && (end == ']' || inner.next_if(|(_, next)| *next == end).is_none()) {
            return at + c.len_utf8();
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_renamed_and_nothing_else() {
        let renamed = |text| renamed(Dialect::Sqlite, text, &Name::new("title"), &Name::new("head line"));
        let text = "SELECT p.title, 'title ''title', \"Title\", [title], titles -- title\n, /* title */ TITLE";
        let expected = "SELECT p.\"head line\", 'title ''title', \"head line\", \"head line\", titles -- title\n, /* title */ \"head line\"";
        assert_eq!(&*renamed(text), expected);
        assert_eq!(&*renamed("'open title"), "'open title");
    }
}
