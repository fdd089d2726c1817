//! Names in the text of expressions, queries and bodies, which a server rewrites when what they name is renamed.

use crate::databases::lexer::{Lexeme, Lexer};
use crate::databases::name::Name;
use crate::databases::quote::quoted;
use crate::dialect::Target;
use crate::sql::LineIndex;
use crate::sql::token::{LocatedToken, Token};

/// A text in which a name has become another, outside its strings and comments.
pub(super) fn renamed(target: Target, text: &str, old: &Name, new: &Name) -> Box<str> {
    let lines = LineIndex::new(text);
    let mut lexer = Lexer::new(&lines, target);
    let (mut out, mut copied) = (String::with_capacity(text.len()), 0);
    loop {
        let LocatedToken { token, start, end } = match lexer.next(&mut Vec::new()) {
            Lexeme::Token(located) => located,
            Lexeme::Comment(_) => continue,
            Lexeme::End => break,
        };
        if matches!(&token, Token::Word(word) if *old == *word.value) {
            out.push_str(text.get(copied..start).unwrap_or_default());
            out.push_str(&quoted(target.dialect, new.as_str()));
            copied = end;
        }
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out.into()
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::*;

    #[test]
    fn names_are_renamed_and_nothing_else() {
        let renamed = |text| renamed(Target::sqlite(345), text, &Name::new("title"), &Name::new("head line"));
        let text = "SELECT p.title, 'title ''title', \"Title\", [title], titles -- title\n, /* title */ TITLE";
        let expected = "SELECT p.\"head line\", 'title ''title', \"head line\", \"head line\", titles -- title\n, /* title */ \"head line\"";
        assert_eq!(&*renamed(text), expected);
        assert_eq!(&*renamed("'open title"), "'open title");
    }
}
