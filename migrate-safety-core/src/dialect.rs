//! Which server the migrations run on: the SQL dialect and the server's version.

use std::fmt;
use std::str::FromStr;

/// A database family whose migrations can be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// PostgreSQL.
    Postgres,
    /// MySQL, with InnoDB.
    MySql,
    /// MariaDB, with InnoDB.
    MariaDb,
    /// SQLite.
    Sqlite,
}

/// What is known of a dialect: its names, and which versions are modelled.
struct Family {
    dialect: Dialect,
    /// The name on the command line and in JSON, then the others that are taken.
    names: &'static [&'static str],
    /// The oldest, the newest, and the one that is meant where none is written.
    oldest: u16,
    newest: u16,
    usual: u16,
    /// Whether a version is one number (PostgreSQL 16) or two (MySQL 8.0).
    single: bool,
    /// An example for an error.
    example: &'static str,
}

const FAMILIES: [Family; 4] = [
    Family {
        dialect: Dialect::Postgres,
        names: &["postgres", "postgresql", "pg"],
        oldest: Target::OLDEST_POSTGRES,
        newest: Target::NEWEST_POSTGRES,
        usual: 16,
        single: true,
        example: "postgres:16",
    },
    Family {
        dialect: Dialect::MySql,
        names: &["mysql"],
        oldest: 800,
        newest: 999,
        usual: 800,
        single: false,
        example: "mysql:8.0",
    },
    Family {
        dialect: Dialect::MariaDb,
        names: &["mariadb"],
        oldest: 1004,
        newest: 1299,
        usual: 1011,
        single: false,
        example: "mariadb:10.11",
    },
    Family {
        dialect: Dialect::Sqlite,
        names: &["sqlite", "sqlite3"],
        oldest: 325,
        newest: 399,
        usual: 345,
        single: false,
        example: "sqlite:3.45",
    },
];

impl Family {
    fn written(&self, version: u16) -> String {
        if self.single { version.to_string() } else { format!("{}.{}", version / 100, version % 100) }
    }
}

impl Dialect {
    fn family(self) -> &'static Family {
        match self {
            Self::Postgres => &FAMILIES[0],
            Self::MySql => &FAMILIES[1],
            Self::MariaDb => &FAMILIES[2],
            Self::Sqlite => &FAMILIES[3],
        }
    }

    /// The name used on the command line and in JSON: `postgres`.
    pub fn name(self) -> &'static str {
        self.family().names[0]
    }

    /// The dialect that the scheme of a database's URL names: `mysql`, `sqlite`, `postgres`.
    pub fn of_url(url: &str) -> Option<Self> {
        let (scheme, _) = url.split_once(':')?;
        FAMILIES.iter().find(|family| family.names.contains(&scheme)).map(|family| family.dialect)
    }

    /// The feature of this crate that knows the dialect, if this build lacks it.
    pub fn missing_feature(self) -> Option<&'static str> {
        let (feature, is_there) = match self {
            Self::Postgres => return None,
            Self::MySql | Self::MariaDb => ("mysql", cfg!(feature = "mysql")),
            Self::Sqlite => ("sqlite", cfg!(feature = "sqlite")),
        };
        (!is_there).then_some(feature)
    }

    /// Whether a driver for the one speaks to the other: MySQL and MariaDB.
    pub fn is_like(self, other: Self) -> bool {
        self == other || (self.is_mysql() && other.is_mysql())
    }

    /// Whether it is MySQL or MariaDB.
    pub fn is_mysql(self) -> bool {
        matches!(self, Self::MySql | Self::MariaDb)
    }
}

/// A dialect together with the server's version: `postgres:16`, `mysql:8.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// The database family.
    pub dialect: Dialect,
    /// PostgreSQL: the major version. The others: a hundred times the major version and the minor one:
    /// 800 for MySQL 8.0, 1011 for MariaDB 10.11, 345 for SQLite 3.45.
    pub version: u16,
    /// The number of the patch release (`29` of MySQL 8.0.29), where that counts; the newest one if it is not written.
    pub patch: u16,
}

impl Target {
    /// The oldest PostgreSQL whose behaviour is modelled.
    pub const OLDEST_POSTGRES: u16 = 9;
    /// The newest PostgreSQL whose behaviour is modelled; newer ones are treated as this one.
    pub const NEWEST_POSTGRES: u16 = 18;

    /// PostgreSQL of this major version.
    pub const fn postgres(version: u16) -> Self {
        Self::newest(Dialect::Postgres, version)
    }

    /// MySQL of this version, `800` for 8.0, in its newest patch release.
    pub const fn mysql(version: u16) -> Self {
        Self::newest(Dialect::MySql, version)
    }

    /// MariaDB of this version, `1011` for 10.11, in its newest patch release.
    pub const fn mariadb(version: u16) -> Self {
        Self::newest(Dialect::MariaDb, version)
    }

    /// SQLite of this version, `345` for 3.45.
    pub const fn sqlite(version: u16) -> Self {
        Self::newest(Dialect::Sqlite, version)
    }

    const fn newest(dialect: Dialect, version: u16) -> Self {
        Self { dialect, version, patch: u16::MAX }
    }

    /// The usual version of a dialect.
    pub fn usual(dialect: Dialect) -> Self {
        Self::newest(dialect, dialect.family().usual)
    }

    /// Whether it is this version or a newer one.
    pub fn is_from(self, version: u16, patch: u16) -> bool {
        (self.version, self.patch) >= (version, patch)
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
        let family = self.dialect.family();
        write!(f, "{}:{}", self.dialect.name(), family.written(self.version))?;
        if self.patch == u16::MAX { Ok(()) } else { write!(f, ".{}", self.patch) }
    }
}

/// A dialect that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownDialect {
    given: String,
    /// The dialect of which the version is not known.
    dialect: Option<Dialect>,
}

impl fmt::Display for UnknownDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given = &self.given;
        match self.dialect.map(Dialect::family) {
            Some(family) => write!(
                f,
                "`{given}` is no version that is known: write `{}:VERSION` with a version from {} to {}, such as `{}`",
                family.names[0],
                family.written(family.oldest),
                family.written(family.newest),
                family.example
            ),
            None => {
                let examples: Vec<String> = FAMILIES.iter().map(|family| format!("`{}`", family.example)).collect();
                write!(f, "`{given}` is not a dialect: write one of {}", examples.join(", "))
            }
        }
    }
}

impl std::error::Error for UnknownDialect {}

impl FromStr for Target {
    type Err = UnknownDialect;

    /// Reads `postgres`, `postgres:16`, `postgresql:16.4`, `mysql:8.0`, `mysql:8.0.28`, `sqlite:3.45`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, version) = match text.split_once(':') {
            Some((name, version)) => (name, Some(version)),
            None => (text, None),
        };
        let name = name.to_ascii_lowercase();
        let Some(family) = FAMILIES.iter().find(|family| family.names.contains(&name.as_str())) else {
            return Err(UnknownDialect { given: text.to_owned(), dialect: None });
        };
        let unknown = || UnknownDialect { given: text.to_owned(), dialect: Some(family.dialect) };
        let Some(version) = version else { return Ok(Self::usual(family.dialect)) };
        let parts: Vec<Option<u16>> = version.split('.').map(|part| part.parse().ok()).collect();
        let (version, patch) = match *parts.as_slice() {
            [Some(major), ..] if family.single => (major, u16::MAX),
            [Some(major)] => (Self::of_parts(family, major, None).ok_or_else(unknown)?, u16::MAX),
            [Some(major), Some(minor)] => (Self::of_parts(family, major, Some(minor)).ok_or_else(unknown)?, u16::MAX),
            [Some(major), Some(minor), Some(patch), ..] => {
                (Self::of_parts(family, major, Some(minor)).ok_or_else(unknown)?, patch)
            }
            _ => return Err(unknown()),
        };
        if !(family.oldest..=family.newest).contains(&version) {
            return Err(unknown());
        }
        Ok(Self { dialect: family.dialect, version, patch })
    }
}

impl Target {
    /// A version of two numbers as one; where the second is not written, that of the usual version, or 0.
    fn of_parts(family: &Family, major: u16, minor: Option<u16>) -> Option<u16> {
        let minor = minor.unwrap_or(if family.usual / 100 == major { family.usual % 100 } else { 0 });
        if minor > 99 {
            return None;
        }
        major.checked_mul(100)?.checked_add(minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialects_are_read_and_written() {
        let cases = [
            ("postgres", "postgres:16"),
            ("postgresql:14.2", "postgres:14"),
            ("pg:9", "postgres:9"),
            ("mysql", "mysql:8.0"),
            ("mysql:8", "mysql:8.0"),
            ("mysql:8.4", "mysql:8.4"),
            ("mysql:8.0.28", "mysql:8.0.28"),
            ("MySQL:9.1", "mysql:9.1"),
            ("mariadb:10.11", "mariadb:10.11"),
            ("mariadb:11", "mariadb:11.0"),
            ("sqlite", "sqlite:3.45"),
            ("sqlite:3.51.3", "sqlite:3.51.3"),
            ("sqlite3:3", "sqlite:3.45"),
        ];
        for (given, written) in cases {
            assert_eq!(given.parse::<Target>().map(|target| target.to_string()), Ok(written.to_owned()), "{given}");
        }
        for wrong in ["oracle", "postgres:8", "postgres:x", "mysql:5.7", "mysql:", "sqlite:2.8", "mariadb:10.11.x"] {
            assert!(wrong.parse::<Target>().is_err(), "{wrong}");
        }
    }
}
