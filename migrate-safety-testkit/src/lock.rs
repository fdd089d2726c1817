//! Lock modes, by PostgreSQL's names.

use std::fmt;

/// A table lock mode, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LockMode {
    /// `ACCESS SHARE`: `SELECT`.
    AccessShare,
    /// `ROW SHARE`: `SELECT … FOR UPDATE`.
    RowShare,
    /// `ROW EXCLUSIVE`: writes.
    RowExclusive,
    /// `SHARE UPDATE EXCLUSIVE`: `VACUUM`, `VALIDATE CONSTRAINT`.
    ShareUpdateExclusive,
    /// `SHARE`: `CREATE INDEX`.
    Share,
    /// `SHARE ROW EXCLUSIVE`: `CREATE TRIGGER`.
    ShareRowExclusive,
    /// `EXCLUSIVE`: `REFRESH MATERIALIZED VIEW CONCURRENTLY`.
    Exclusive,
    /// `ACCESS EXCLUSIVE`: most of `ALTER TABLE`.
    AccessExclusive,
}

impl LockMode {
    const NAMES: [(Self, &'static str, &'static str); 8] = [
        (Self::AccessShare, "AccessShareLock", "ACCESS SHARE"),
        (Self::RowShare, "RowShareLock", "ROW SHARE"),
        (Self::RowExclusive, "RowExclusiveLock", "ROW EXCLUSIVE"),
        (Self::ShareUpdateExclusive, "ShareUpdateExclusiveLock", "SHARE UPDATE EXCLUSIVE"),
        (Self::Share, "ShareLock", "SHARE"),
        (Self::ShareRowExclusive, "ShareRowExclusiveLock", "SHARE ROW EXCLUSIVE"),
        (Self::Exclusive, "ExclusiveLock", "EXCLUSIVE"),
        (Self::AccessExclusive, "AccessExclusiveLock", "ACCESS EXCLUSIVE"),
    ];

    /// The mode of a row of `pg_locks`.
    #[must_use]
    pub fn from_pg_locks(mode: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, name, _)| *name == mode).map(|(mode, ..)| *mode)
    }

    /// The mode of a [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(.., known)| *known == name).map(|(mode, ..)| *mode)
    }

    /// The name in the documentation and in `LOCK TABLE`.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES[self as usize].2
    }
}

impl fmt::Display for LockMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
