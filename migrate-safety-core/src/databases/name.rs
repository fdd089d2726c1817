//! Names, which these servers compare without regard to case.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A name as written, without its quotes.
///
/// Two names that differ in the case of ASCII letters alone are equal: so it is for everything in SQLite, and for
/// columns, indexes and constraints in MySQL. Tables of MySQL on Linux are told apart by case, but nobody has two that
/// differ in nothing else.
#[derive(Clone)]
pub struct Name(Arc<str>);

impl Name {
    /// A name as written.
    pub fn new(written: &str) -> Self {
        Self(written.into())
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for Name {}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.0.eq_ignore_ascii_case(other)
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        let lower = |name: &Self| name.0.bytes().map(|b| b.to_ascii_lowercase()).collect::<Vec<_>>();
        lower(self).cmp(&lower(other))
    }
}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.bytes().for_each(|b| state.write_u8(b.to_ascii_lowercase()));
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

impl From<&str> for Name {
    fn from(written: &str) -> Self {
        Self::new(written)
    }
}

/// The name of a table, view, trigger or index with the database it is in, if that is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName {
    /// The database (`main`, `temp`, an attached one; `app` in `app.users`).
    pub database: Option<Name>,
    /// The object.
    pub name: Name,
}

impl ObjectName {
    /// A name without a database.
    pub fn bare(name: impl Into<Name>) -> Self {
        Self { database: None, name: name.into() }
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.database {
            Some(database) => write!(f, "{database}.{}", self.name),
            None => write!(f, "{}", self.name),
        }
    }
}
