//! `migrate-safety.toml`: found upward from the migrations, read key by key, so that an error names the key and its line.

use super::{Config, Level, nearest};
use crate::dialect::Target;
use crate::layout::{Layout, LoadError, read};
use crate::rules::{self, Status};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The name of the file.
pub const FILE_NAME: &str = "migrate-safety.toml";

/// What a `migrate-safety.toml` says. Paths are as the file's place makes them.
#[derive(Clone, Debug, Default)]
pub struct ConfigFile {
    /// The file.
    pub path: PathBuf,
    /// `dialect`: the server.
    pub dialect: Option<Target>,
    /// `layout`: how the migrations are laid out.
    pub layout: Option<Layout>,
    /// `migrations`: their directory.
    pub migrations: Option<PathBuf>,
    /// `schema`: a file with the schema before the first migration.
    pub schema: Option<PathBuf>,
    /// `start_after`: migrations up to this version are replayed, not reported.
    pub start_after: Option<String>,
    /// `deny`: from which status on a check fails.
    pub deny: Option<Status>,
    /// `small_table_rows`: up to how many rows a table is small.
    pub small_table_rows: Option<u64>,
    /// `[table_rows]`: rows by `schema.table`.
    pub table_rows: BTreeMap<String, u64>,
    /// `[rules]`: what becomes of a rule's findings.
    pub rules: BTreeMap<String, Level>,
}

/// A `migrate-safety.toml` that cannot be used.
#[derive(Clone, Debug)]
pub enum ConfigError {
    /// The file, or one it names, could not be read.
    Unreadable(LoadError),
    /// Something in it is wrong.
    Wrong {
        /// The file.
        path: PathBuf,
        /// 1-based line.
        line: usize,
        /// What is wrong, and what to write.
        message: String,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => error.fmt(f),
            Self::Wrong { path, line, message } => write!(f, "{}:{line}: {message}", path.display()),
        }
    }
}

impl std::error::Error for ConfigError {}

impl From<LoadError> for ConfigError {
    fn from(error: LoadError) -> Self {
        Self::Unreadable(error)
    }
}

/// A value in the file that is wrong: where, and why.
struct Wrong {
    at: usize,
    message: String,
}

type Read<T> = Result<T, Wrong>;

/// Reads the value of one key into what the file says.
type Reader = fn(&mut ConfigFile, &Spanned<DeValue<'_>>) -> Read<()>;

/// The keys of the file.
const KEYS: &[(&str, Reader)] = &[
    ("deny", |file, value| {
        let known = [("flag", Status::Flag), ("block", Status::Block)];
        file.deny = Some(one_of(value, &known)?);
        Ok(())
    }),
    ("dialect", |file, value| {
        file.dialect = Some(parsed(value)?);
        Ok(())
    }),
    ("layout", |file, value| {
        file.layout = Some(parsed(value)?);
        Ok(())
    }),
    ("migrations", |file, value| {
        file.migrations = Some(file.beside(text(value)?));
        Ok(())
    }),
    ("rules", |file, value| {
        for (rule, level) in entries(value)? {
            let name: &str = rule.get_ref();
            if rules::find(name).is_none() {
                return Err(unknown("rule", rule, rules::all().map(|known| known.id)));
            }
            file.rules.insert(name.to_owned(), one_of(level, &Level::NAMES)?);
        }
        Ok(())
    }),
    ("schema", |file, value| {
        file.schema = Some(file.beside(text(value)?));
        Ok(())
    }),
    ("small_table_rows", |file, value| {
        file.small_table_rows = Some(number(value)?);
        Ok(())
    }),
    ("start_after", |file, value| {
        file.start_after = Some(match value.get_ref() {
            DeValue::Integer(_) => number(value)?.to_string(),
            _ => text(value)?.to_owned(),
        });
        Ok(())
    }),
    ("table_rows", |file, value| {
        for (table, rows) in entries(value)? {
            let name: &str = table.get_ref();
            let qualified = if name.contains('.') { name.to_owned() } else { format!("public.{name}") };
            file.table_rows.insert(qualified, number(rows)?);
        }
        Ok(())
    }),
];

impl ConfigFile {
    /// The file for migrations at `start`: in that directory or the nearest one above it.
    ///
    /// # Errors
    /// There is one that cannot be read or used.
    pub fn find(start: &Path) -> Result<Option<Self>, ConfigError> {
        let start = std::path::absolute(start).unwrap_or_else(|_| start.to_owned());
        let path = start.ancestors().map(|dir| dir.join(FILE_NAME)).find(|path| path.is_file());
        path.map(|path| Self::read(&path)).transpose()
    }

    /// Reads a file.
    ///
    /// # Errors
    /// It cannot be read or used.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let path = shortest(path);
        let source = read::source(&path)?;
        Self::parse(path, &source.text)
    }

    /// Reads a text that stands in `path`.
    ///
    /// # Errors
    /// It is no TOML, or has a key or value that means nothing.
    pub fn parse(path: PathBuf, text: &str) -> Result<Self, ConfigError> {
        let mut file = Self { path, ..Self::default() };
        match file.fill(text) {
            Ok(()) => Ok(file),
            Err(Wrong { at, message }) => {
                let before = text.get(..at.min(text.len())).unwrap_or(text);
                let line = 1 + before.bytes().filter(|b| *b == b'\n').count();
                Err(ConfigError::Wrong { path: file.path, line, message })
            }
        }
    }

    /// The settings of a check by this file.
    ///
    /// # Errors
    /// The schema that it names cannot be read.
    pub fn config(&self) -> Result<Config, ConfigError> {
        let defaults = Config::default();
        Ok(Config {
            target: self.dialect.unwrap_or(defaults.target),
            schema: self.schema.as_deref().map(read::source).transpose()?,
            table_rows: self.table_rows.clone(),
            small_table_rows: self.small_table_rows.unwrap_or(defaults.small_table_rows),
            rules: self.rules.clone(),
            start_after: self.start_after.clone(),
            only: None,
        })
    }

    fn fill(&mut self, text: &str) -> Read<()> {
        let document = DeTable::parse(text).map_err(|error| Wrong {
            at: error.span().map_or(0, |span| span.start),
            message: format!("this is no TOML: {}", error.message()),
        })?;
        for (key, value) in document.get_ref() {
            let name: &str = key.get_ref();
            let Some((_, reader)) = KEYS.iter().find(|(known, _)| *known == name) else {
                return Err(unknown("key", key, KEYS.iter().map(|(known, _)| *known)));
            };
            reader(self, value).map_err(|wrong| Wrong { message: format!("`{name}`: {}", wrong.message), ..wrong })?;
        }
        Ok(())
    }

    /// A path that the file names, from where the program stands.
    fn beside(&self, named: &str) -> PathBuf {
        self.path.parent().map_or_else(|| named.into(), |dir| dir.join(named))
    }
}

/// A path below the current directory without what leads there.
fn shortest(path: &Path) -> PathBuf {
    let here = std::env::current_dir().ok();
    let below = here.and_then(|here| path.strip_prefix(here).ok());
    below.unwrap_or(path).to_owned()
}

fn text<'v>(value: &'v Spanned<DeValue<'_>>) -> Read<&'v str> {
    value.get_ref().as_str().ok_or_else(|| wrong(value, "write a string in quotes"))
}

fn number(value: &Spanned<DeValue<'_>>) -> Read<u64> {
    let integer = value.get_ref().as_integer();
    let number = integer.and_then(|i| u64::from_str_radix(&i.as_str().replace('_', ""), i.radix()).ok());
    number.ok_or_else(|| wrong(value, "write a whole number, 0 or more"))
}

fn parsed<T: FromStr<Err: std::fmt::Display>>(value: &Spanned<DeValue<'_>>) -> Read<T> {
    text(value)?.parse().map_err(|error: T::Err| wrong(value, &error.to_string()))
}

fn one_of<T: Copy>(value: &Spanned<DeValue<'_>>, known: &[(&str, T)]) -> Read<T> {
    let given = text(value)?;
    let names = || known.iter().map(|(name, _)| *name);
    known.iter().find(|(name, _)| *name == given).map(|(_, meaning)| *meaning).ok_or_else(|| {
        let all: Vec<String> = names().map(|name| format!("`{name}`")).collect();
        let meant = nearest(given, names()).map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default();
        wrong(value, &format!("`{given}` is none of {}{meant}", all.join(", ")))
    })
}

fn entries<'v, 'i>(value: &'v Spanned<DeValue<'i>>) -> Read<&'v DeTable<'i>> {
    value.get_ref().as_table().ok_or_else(|| wrong(value, "write a table"))
}

fn wrong(value: &Spanned<DeValue<'_>>, message: &str) -> Wrong {
    Wrong { at: value.span().start, message: message.to_owned() }
}

fn unknown<'c>(what: &str, key: &Spanned<std::borrow::Cow<'_, str>>, known: impl Iterator<Item = &'c str>) -> Wrong {
    let given = key.get_ref();
    let meant = nearest(given, known).map(|name| format!(": did you mean `{name}`?")).unwrap_or_default();
    Wrong { at: key.span().start, message: format!("there is no {what} `{given}`{meant}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        match ConfigFile::parse("migrate-safety.toml".into(), text) {
            Ok(file) => format!("{file:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn errors_name_the_line_the_key_and_what_was_meant() {
        for (text, expected) in [
            ("dialekt = \"postgres:16\"", "migrate-safety.toml:1: there is no key `dialekt`: did you mean `dialect`?"),
            ("\n\nlayout = 3", "migrate-safety.toml:3: `layout`: write a string in quotes"),
            (
                "[rules]\nlong-lock = \"flag\"\nindex-not-concurent = \"allow\"",
                "migrate-safety.toml:3: `rules`: there is no rule `index-not-concurent`: did you mean `index-not-concurrent`?",
            ),
            ("[rules]\nlong-lock = \"of\"", "migrate-safety.toml:2: `rules`: `of` is none of `allow`, `flag`, `block`"),
            ("[table_rows]\nusers = -1", "migrate-safety.toml:2: `table_rows`: write a whole number, 0 or more"),
            (
                "deny = \"blck\"",
                "migrate-safety.toml:1: `deny`: `blck` is none of `flag`, `block` (did you mean `block`?)",
            ),
        ] {
            assert_eq!(message(text), expected);
        }
        assert!(message("a = = 1").starts_with("migrate-safety.toml:1: this is no TOML: "), "{}", message("a = = 1"));
    }

    #[test]
    fn every_key_is_read() {
        let text = "dialect = 'postgres:14'\nlayout = 'diesel'\nmigrations = 'db'\nschema = 'schema.sql'\n\
                    start_after = 20240101000000\ndeny = 'flag'\nsmall_table_rows = 1_000\n\
                    [table_rows]\nusers = 40_000_000\n'app.Events' = 5\n[rules]\nlong-lock = 'allow'\n";
        let file = ConfigFile::parse("some/where/migrate-safety.toml".into(), text).unwrap();
        assert_eq!(file.dialect, Some(Target::postgres(14)));
        assert_eq!(file.layout, Some(Layout::Diesel));
        assert_eq!(file.migrations, Some("some/where/db".into()));
        assert_eq!(file.schema, Some("some/where/schema.sql".into()));
        assert_eq!(file.start_after.as_deref(), Some("20240101000000"));
        assert_eq!(file.deny, Some(Status::Flag));
        assert_eq!(file.small_table_rows, Some(1_000));
        assert_eq!(file.table_rows, [("app.Events".to_owned(), 5), ("public.users".to_owned(), 40_000_000)].into());
        assert_eq!(file.rules, [("long-lock".to_owned(), Level::Allow)].into());
    }
}
