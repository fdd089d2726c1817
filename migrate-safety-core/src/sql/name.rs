//! Names as the server stores them.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// An identifier as the server stores it: folded to lower case unless it was quoted, cut to 63 bytes.
#[derive(Clone)]
pub struct Ident(Text);

#[derive(Clone)]
enum Text {
    /// One of the server's own names.
    Own(&'static str),
    Shared(Arc<str>),
}

impl Ident {
    /// The longest name a server keeps, in bytes (PostgreSQL's `NAMEDATALEN - 1`).
    pub const MAX_BYTES: usize = 63;

    /// An unquoted identifier as written: folded to lower case, cut to 63 bytes.
    pub fn folded(written: &str) -> Self {
        if written.bytes().any(|b| b.is_ascii_uppercase()) {
            Self::exact(&written.to_ascii_lowercase())
        } else {
            Self::exact(written)
        }
    }

    /// A quoted or already stored identifier: kept as it is, cut to 63 bytes.
    pub fn exact(name: &str) -> Self {
        Self(Text::Shared(Arc::from(truncate(name, Self::MAX_BYTES))))
    }

    /// A name of the server's own, at most 63 bytes long.
    pub(crate) const fn own(name: &'static str) -> Self {
        Self(Text::Own(name))
    }

    /// The stored text, unquoted.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Text::Own(name) => name,
            Text::Shared(name) => name,
        }
    }

    /// The name as it has to be written in a statement: quoted where it must be.
    pub fn sql(&self) -> String {
        quote(self)
    }
}

/// Cuts at a character boundary.
pub(crate) fn truncate(name: &str, bytes: usize) -> &str {
    if name.len() <= bytes {
        return name;
    }
    let mut end = bytes;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

/// `name` as it has to be written in a statement: in double quotes unless it is a plain lower-case word.
pub fn quote(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'$')
        && !RESERVED.contains(&name);
    if plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// A string constant of this text.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Words that PostgreSQL does not take as a bare name (SQL Key Words appendix: reserved, and reserved but usable as
/// function or type).
const RESERVED: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "system_user",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];

impl Deref for Ident {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Ident {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Ident {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Ident {}

impl PartialOrd for Ident {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ident {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other)
    }
}

impl Hash for Ident {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl fmt::Debug for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl From<&str> for Ident {
    /// Kept as it is: see [`Ident::exact`].
    fn from(name: &str) -> Self {
        Self::exact(name)
    }
}

impl PartialEq<str> for Ident {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Ident {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

/// The name of an object as a statement writes it, with or without a schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName {
    /// The schema, if written.
    pub schema: Option<Ident>,
    /// The object.
    pub name: Ident,
}

impl ObjectName {
    /// A name without a schema.
    pub fn bare(name: impl Into<Ident>) -> Self {
        Self { schema: None, name: name.into() }
    }

    /// A name with its schema.
    pub fn qualified(schema: impl Into<Ident>, name: impl Into<Ident>) -> Self {
        Self { schema: Some(schema.into()), name: name.into() }
    }

    /// As it has to be written in a statement.
    pub fn sql(&self) -> String {
        match &self.schema {
            Some(schema) => format!("{}.{}", schema.sql(), self.name.sql()),
            None => self.name.sql(),
        }
    }
}

impl fmt::Display for ObjectName {
    /// Unquoted, for people and JSON.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => write!(f, "{}", self.name),
        }
    }
}
