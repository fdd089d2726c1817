//! What an error of a server means for the next attempt, and when that is due.

use std::time::Duration;

/// What an error means for whoever ran the statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// A lock was not to be had in time, or the server broke a deadlock: the transaction may be run again.
    Lock,
    /// The transaction met another one's changes: it may be run again.
    Serialization,
    /// The connection, or the server, is gone; whether the last statement took effect is not known.
    Disconnected,
    /// Somebody, or `statement_timeout`, stopped the statement.
    Cancelled,
    /// The server, or the session, takes no writes.
    ReadOnly,
    /// The role may not do this.
    Rights,
    /// The statement itself raised it (`RAISE EXCEPTION`).
    Raised,
    /// Anything else: a second attempt ends the same way.
    Other,
}

/// SQLSTATEs, or their first characters, and what they mean (PostgreSQL documentation, appendix A).
const CLASSES: [(&str, ErrorClass); 13] = [
    ("55P03", ErrorClass::Lock),
    ("40P01", ErrorClass::Lock),
    ("40001", ErrorClass::Serialization),
    ("08", ErrorClass::Disconnected),
    ("57P01", ErrorClass::Disconnected),
    ("57P02", ErrorClass::Disconnected),
    ("57P03", ErrorClass::Disconnected),
    ("57P05", ErrorClass::Disconnected),
    ("25P03", ErrorClass::Disconnected),
    ("57014", ErrorClass::Cancelled),
    ("25006", ErrorClass::ReadOnly),
    ("42501", ErrorClass::Rights),
    ("P0001", ErrorClass::Raised),
];

/// Numbers of MySQL and MariaDB. A metadata lock that was not to be had in time is 1205 too.
const MYSQL: [(&[u16], ErrorClass); 6] = [
    (&[1205, 1213, 1614, 3572, 3058], ErrorClass::Lock),
    (&[1020, 1412], ErrorClass::Serialization),
    (
        &[1053, 1077, 1079, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 2006, 2013, 3169, 4031],
        ErrorClass::Disconnected,
    ),
    (&[1317, 1969, 3024], ErrorClass::Cancelled),
    (&[1290, 1792, 1836], ErrorClass::ReadOnly),
    (&[1044, 1045, 1142, 1143, 1227, 1370, 1410, 1419, 1698], ErrorClass::Rights),
];

/// Codes of SQLite: BUSY, LOCKED; SCHEMA; INTERRUPT; READONLY; PERM, AUTH; CONSTRAINT_TRIGGER.
const SQLITE: [(&[i32], ErrorClass); 6] = [
    (&[5, 6], ErrorClass::Lock),
    (&[17], ErrorClass::Serialization),
    (&[9], ErrorClass::Cancelled),
    (&[8], ErrorClass::ReadOnly),
    (&[3, 23], ErrorClass::Rights),
    (&[1811], ErrorClass::Raised),
];

/// Whether an error of MySQL or MariaDB, by its number and its SQLSTATE, tells of a value, a constraint, or what a routine
/// says of one row. Some have no SQLSTATE of their own: a value that does not fit its type, a check.
pub fn mysql_is_about_a_row(number: u16, sqlstate: &str) -> bool {
    ["22", "23", "45"].iter().any(|class| sqlstate.starts_with(class)) || [1265, 1366, 3819].contains(&number)
}

/// How messages of SQLite begin, and their codes, for drivers that tell no codes (sqlite3.c 3.51: `sqlite3ErrStr`, and where
/// these codes are set with a text of their own).
const SQLITE_MESSAGES: [(&str, i32); 21] = [
    ("database is locked", 5),
    ("cannot commit transaction - SQL statements in progress", 5),
    ("database table is locked", 6),
    ("database schema is locked", 6),
    ("database schema has changed", 17),
    ("interrupted", 9),
    ("attempt to write a readonly database", 8),
    ("access permission denied", 3),
    ("authorization denied", 23),
    ("not authorized", 23),
    ("UNIQUE constraint failed", 19),
    ("NOT NULL constraint failed", 19),
    ("CHECK constraint failed", 19),
    ("FOREIGN KEY constraint failed", 19),
    ("constraint failed", 19),
    // What a STRICT table says.
    ("cannot store ", 19),
    ("datatype mismatch", 20),
    ("string or blob too big", 18),
    ("disk I/O error", 10),
    ("database or disk is full", 13),
    ("unable to open database file", 14),
];

/// The code of a message of SQLite, if it is one of those on which something hangs. What a trigger raises is in the
/// application's words, and known by its code only.
pub fn sqlite_code(message: &str) -> Option<i32> {
    SQLITE_MESSAGES.iter().find(|(words, _)| message.starts_with(words)).map(|(_, code)| *code)
}

/// Whether a code of SQLite tells of a value or a constraint of one row: CONSTRAINT, MISMATCH, TOOBIG.
pub fn sqlite_is_about_a_row(code: i32) -> bool {
    [19, 20, 18].contains(&(code & 0xff))
}

impl ErrorClass {
    /// The class of an SQLSTATE.
    pub fn of(sqlstate: &str) -> Self {
        CLASSES.iter().find(|(code, _)| sqlstate.starts_with(code)).map_or(Self::Other, |(_, class)| *class)
    }

    /// The class of an error number of MySQL or MariaDB (MySQL error message reference; MariaDB error codes).
    pub fn of_mysql(number: u16) -> Self {
        MYSQL.iter().find(|(numbers, _)| numbers.contains(&number)).map_or(Self::Other, |(_, class)| *class)
    }

    /// The class of a result code of SQLite, extended or not (SQLite: result and error codes).
    pub fn of_sqlite(code: i32) -> Self {
        let of = |code: i32| SQLITE.iter().find(|(codes, _)| codes.contains(&code)).map(|(_, class)| *class);
        // The lower byte of an extended code is the code.
        of(code).or_else(|| of(code & 0xff)).unwrap_or(Self::Other)
    }

    /// Whether the same transaction, run again from its start over the same connection, may succeed.
    pub fn is_transient(self) -> bool {
        matches!(self, Self::Lock | Self::Serialization)
    }
}

/// Pauses that grow, each with jitter, so that processes which failed together do not try again together.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
    attempts: u32,
    random: u64,
}

impl Backoff {
    /// Pauses that double from `first` up to `longest`. Processes that start together need different seeds
    /// ([`Backoff::seed`]).
    pub fn new(first: Duration, longest: Duration, seed: u64) -> Self {
        Self { first, longest, attempts: 0, random: seed | 1 }
    }

    /// A seed that differs from process to process and from call to call.
    pub fn seed() -> u64 {
        use std::hash::{BuildHasher, Hasher};
        std::hash::RandomState::new().build_hasher().finish()
    }

    /// The next pause: between half and all of the doubled time.
    pub fn pause(&mut self) -> Duration {
        let doubled = self.first.saturating_mul(1 << self.attempts.min(30)).min(self.longest);
        self.attempts = self.attempts.saturating_add(1);
        // xorshift64: jitter needs no more.
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        let share = 0.5 + (self.random >> 11) as f64 / (1u64 << 54) as f64;
        doubled.mul_f64(share)
    }

    /// Begins anew with short pauses.
    pub fn reset(&mut self) {
        self.attempts = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_for_every_state() {
        assert_eq!(ErrorClass::of("55P03"), ErrorClass::Lock);
        assert_eq!(ErrorClass::of("08006"), ErrorClass::Disconnected);
        assert_eq!(ErrorClass::of("40002"), ErrorClass::Other);
        assert_eq!(ErrorClass::of(""), ErrorClass::Other);
        assert_eq!(ErrorClass::of_mysql(1205), ErrorClass::Lock);
        assert_eq!(ErrorClass::of_mysql(1064), ErrorClass::Other);
        assert_eq!(ErrorClass::of_sqlite(517), ErrorClass::Lock);
        assert_eq!(ErrorClass::of_sqlite(1032), ErrorClass::ReadOnly);
        assert_eq!(ErrorClass::of_sqlite(1811), ErrorClass::Raised);
        assert_eq!(ErrorClass::of_sqlite(2067), ErrorClass::Other);
        assert!(ErrorClass::of("40001").is_transient());
        assert!(!ErrorClass::of("57P01").is_transient());
    }

    #[test]
    fn pauses_grow_to_the_longest_and_differ_by_seed() {
        let pauses = |seed| {
            let mut backoff = Backoff::new(Duration::from_millis(10), Duration::from_secs(1), seed);
            (0..40).map(|_| backoff.pause()).collect::<Vec<_>>()
        };
        let some = pauses(7);
        for (n, pause) in some.iter().enumerate() {
            let whole = Duration::from_millis(10).saturating_mul(1 << n.min(30)).min(Duration::from_secs(1));
            assert!(*pause >= whole / 2 && *pause <= whole, "{n}: {pause:?}");
        }
        assert_ne!(some, pauses(8));
        assert_ne!(Backoff::seed(), Backoff::seed());
    }
}
