//! Which server the migrations run on: the SQL dialect and the server's version.

use std::fmt;
use std::str::FromStr;

/// A database family whose migrations can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// PostgreSQL.
    Postgres,
}

impl Dialect {
    /// The name used on the command line and in JSON: `postgres`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
        }
    }
}

/// A dialect together with the server's major version: `postgres:16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The database family.
    pub dialect: Dialect,
    /// The server's major version (PostgreSQL 12 to 18).
    pub version: u16,
}

impl Target {
    /// The oldest PostgreSQL whose behaviour is modelled.
    pub const OLDEST_POSTGRES: u16 = 9;
    /// The newest PostgreSQL whose behaviour is modelled; newer ones are treated as this one.
    pub const NEWEST_POSTGRES: u16 = 18;

    /// PostgreSQL of this major version.
    pub const fn postgres(version: u16) -> Self {
        Self { dialect: Dialect::Postgres, version }
    }
}

impl Default for Target {
    /// PostgreSQL 16.
    fn default() -> Self {
        Self::postgres(16)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.dialect.name(), self.version)
    }
}

/// A dialect that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownDialect {
    given: String,
}

impl fmt::Display for UnknownDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = &self.given;
        write!(
            f,
            "`{given}` is not a dialect: write `postgres:VERSION` with a major version from 9 to 18, such as \
             `postgres:16`"
        )
    }
}

impl std::error::Error for UnknownDialect {}

impl FromStr for Target {
    type Err = UnknownDialect;

    /// Reads `postgres`, `postgres:16`, `postgresql:16.4`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownDialect { given: text.to_owned() };
        let (name, version) = match text.split_once(':') {
            Some((name, version)) => (name, Some(version)),
            None => (text, None),
        };
        if !matches!(name.to_ascii_lowercase().as_str(), "postgres" | "postgresql" | "pg") {
            return Err(unknown());
        }
        let Some(version) = version else { return Ok(Self::default()) };
        let major = version.split('.').next().unwrap_or(version);
        let major: u16 = major.parse().map_err(|_| unknown())?;
        if !(Self::OLDEST_POSTGRES..=Self::NEWEST_POSTGRES).contains(&major) {
            return Err(unknown());
        }
        Ok(Self::postgres(major))
    }
}
