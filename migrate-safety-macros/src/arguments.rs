//! What a macro is called with: a literal, then `key = value, …`.

use proc_macro::{Delimiter, Ident, Literal, Span, TokenStream, TokenTree};

/// The arguments of a macro.
pub(crate) struct Arguments {
    /// The literal that comes first, as it was written.
    pub(crate) literal: Option<Literal>,
    /// What it says.
    pub(crate) text: Option<String>,
    /// The settings behind it, as a TOML document: one line a key.
    pub(crate) settings: String,
    /// The keys, line by line.
    keys: Vec<Ident>,
    /// Where messages point to.
    pub(crate) span: Span,
}

/// Arguments that mean nothing, or ask for what cannot be had.
pub(crate) struct Misused {
    pub(crate) message: String,
    pub(crate) span: Span,
}

impl Arguments {
    pub(crate) fn parse(input: TokenStream) -> Result<Self, Misused> {
        let mut arguments =
            Self { literal: None, text: None, settings: String::new(), keys: Vec::new(), span: Span::call_site() };
        for (position, argument) in split_at_commas(input).into_iter().enumerate() {
            match (position, &*argument) {
                (0, [TokenTree::Literal(literal)]) => arguments.first(literal.clone())?,
                (0, [TokenTree::Group(group)]) if group.delimiter() == Delimiter::None => {
                    // A literal that came through another macro.
                    match group.stream().into_iter().next() {
                        Some(TokenTree::Literal(literal)) => arguments.first(literal)?,
                        _ => return Err(misused("write a string literal", group.span())),
                    }
                }
                (_, [TokenTree::Ident(key), TokenTree::Punct(equals), value @ ..])
                    if equals.as_char() == '=' && !value.is_empty() =>
                {
                    arguments.settings += &format!("{key} = {}\n", toml(value));
                    arguments.keys.push(key.clone());
                }
                (_, [first, ..]) => {
                    let message = "write a string literal first, then settings as `key = value`";
                    return Err(misused(message, first.span()));
                }
                (_, []) => return Err(misused("there is nothing between two commas", arguments.span)),
            }
        }
        Ok(arguments)
    }

    /// Something is wrong with the macro as a whole.
    pub(crate) fn misused(&self, message: &str) -> Misused {
        misused(message, self.span)
    }

    /// Something is wrong with a line of the settings.
    pub(crate) fn wrong_setting(&self, line: usize, message: &str) -> Misused {
        let key = line.checked_sub(1).and_then(|at| self.keys.get(at));
        misused(message, key.map_or(self.span, Ident::span))
    }

    /// Refuses a key that means nothing here.
    pub(crate) fn refuse(&self, refused: &str, help: &str) -> Result<(), Misused> {
        match self.keys.iter().find(|key| key.to_string() == refused) {
            Some(key) => Err(misused(&format!("`{refused}` means nothing here\nhelp: {help}"), key.span())),
            None => Ok(()),
        }
    }

    fn first(&mut self, literal: Literal) -> Result<(), Misused> {
        let span = literal.span();
        let value = unquoted(&literal.to_string()).ok_or_else(|| misused("write a string literal", span))?;
        self.span = span;
        self.literal = Some(literal);
        self.text = Some(value);
        Ok(())
    }
}

pub(crate) fn misused(message: &str, span: Span) -> Misused {
    Misused { message: message.to_owned(), span }
}

/// The arguments; a comma behind the last one is no argument.
fn split_at_commas(input: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut arguments = vec![Vec::new()];
    for token in input {
        match (&token, arguments.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => arguments.push(Vec::new()),
            (_, Some(last)) => last.push(token),
            (_, None) => {}
        }
    }
    if arguments.last().is_some_and(Vec::is_empty) {
        arguments.pop();
    }
    arguments
}

/// A value as TOML writes it: a bare word is a string.
fn toml(value: &[TokenTree]) -> String {
    match value {
        [TokenTree::Ident(word)] if !matches!(&*word.to_string(), "true" | "false") => format!("\"{word}\""),
        tokens => tokens.iter().cloned().collect::<TokenStream>().to_string().replace('\n', " "),
    }
}

/// What a string literal says; `None`: it is none.
fn unquoted(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let inner = raw.get(hashes..raw.len().checked_sub(hashes)?)?;
        return inner.strip_prefix('"')?.strip_suffix('"').map(str::to_owned);
    }
    let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner.chars();
    while let Some(next) = rest.next() {
        if next != '\\' {
            out.push(next);
            continue;
        }
        match rest.next()? {
            'n' => out.push('\n'),
            'r' => out.push('\r'),
            't' => out.push('\t'),
            '0' => out.push('\0'),
            'x' => {
                let digits = rest.as_str().get(..2)?;
                out.push(char::from(u8::from_str_radix(digits, 16).ok()?));
                rest = rest.as_str().get(2..)?.chars();
            }
            'u' => {
                let (digits, behind) = rest.as_str().strip_prefix('{')?.split_once('}')?;
                out.push(char::from_u32(u32::from_str_radix(&digits.replace('_', ""), 16).ok()?)?);
                rest = behind.chars();
            }
            '\n' => rest = rest.as_str().trim_start().chars(),
            escaped @ ('\\' | '\'' | '"') => out.push(escaped),
            _ => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn a_literal_is_what_it_says() {
        for (literal, says) in [
            (r#""./migrations""#, Some("./migrations")),
            (r#""a\n\t\\\"\x41\u{e9}b""#, Some("a\n\t\\\"A\u{e9}b")),
            ("\"a \\\n     b\"", Some("a b")),
            (r##"r#"a "b" \n"#"##, Some(r#"a "b" \n"#)),
            (r#"r"x""#, Some("x")),
            ("7", None),
            (r#"b"x""#, None),
            ("'x'", None),
        ] {
            assert_eq!(unquoted(literal).as_deref(), says, "{literal}");
        }
    }
}
