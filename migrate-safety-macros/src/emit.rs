//! What the compiler gets to read.

use crate::input::Input;
use crate::{build_script, verdict};
use proc_macro::{Group, Span, TokenStream, TokenTree};
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

/// What a check came to, to be told at compile time.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    pub(crate) errors: Vec<String>,
    pub(crate) warnings: Vec<String>,
    /// The files whose change runs the macro again.
    pub(crate) tracked: Vec<PathBuf>,
}

impl Checks {
    /// Judges the migrations; `statement` is what else distinguishes one use of them from another.
    pub(crate) fn judge(&mut self, input: &Input, statement: &str) {
        self.errors.extend(input.set.errors.iter().map(ToString::to_string));
        for message in verdict::messages(input, statement) {
            let list = if message.status >= input.settings.deny { &mut self.errors } else { &mut self.warnings };
            list.push(message.text);
        }
    }

    /// An item that says it.
    pub(crate) fn to_source(&self) -> String {
        let mut out = "const _: () = {".to_owned();
        for text in &self.errors {
            let _ = write!(out, "{};", error(text));
        }
        for text in &self.warnings {
            // The one way to a warning on stable Rust. The message begins behind the compiler's own words.
            let text = format!("\n{text}");
            let _ = write!(
                out,
                "{{ #[allow(non_upper_case_globals)] #[deprecated(note = {text:?})] const migrations: () = (); \
                 let _ = migrations; }}"
            );
        }
        for path in self.tracked.iter().filter_map(|path| path.to_str()) {
            let _ = write!(out, "const _: &[u8] = ::core::include_bytes!({path:?});");
        }
        out.push_str("};");
        out
    }
}

/// A compile error, wherever a macro may stand.
pub(crate) fn error(message: &str) -> String {
    format!("::core::compile_error! {{ {message:?} }}")
}

/// The statement behind `assert_checked!`.
pub(crate) fn assertion(directory: &Path, shown: &str) -> io::Result<String> {
    let names = std::fs::read_dir(directory)?
        .map(|entry| entry.map(|entry| entry.file_name().to_string_lossy().into_owned()))
        .collect::<io::Result<Vec<_>>>()?;
    Ok(format!(
        r#"if let ::core::result::Result::Ok(entries) = ::std::fs::read_dir({directory:?}) {{
            const CHECKED: &[&str] = &{names:?};
            for entry in ::core::iter::Iterator::flatten(entries) {{
                let name = entry.file_name();
                let name = ::std::string::String::from_utf8_lossy(name.as_encoded_bytes());
                ::core::assert!(
                    name.starts_with('.') || CHECKED.contains(&&*name),
                    "{{}} is newer than this build: it was neither checked nor embedded\nhelp: {{}}",
                    entry.path().display(),
                    {help:?},
                );
            }}
        }}"#,
        help = build_script::help(shown)
    ))
}

/// Rust source as tokens whose messages point to `span`.
pub(crate) fn tokens(source: &str, span: Span) -> TokenStream {
    match source.parse::<TokenStream>() {
        Ok(tokens) => at(tokens, Span::call_site().located_at(span)),
        Err(_) => TokenStream::new(),
    }
}

fn at(tokens: TokenStream, span: Span) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut token| {
            if let TokenTree::Group(group) = &token {
                token = Group::new(group.delimiter(), at(group.stream(), span)).into();
            }
            token.set_span(span);
            token
        })
        .collect()
}
