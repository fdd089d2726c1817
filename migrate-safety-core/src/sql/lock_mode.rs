//! Names of lock modes.

use super::operation::LockMode;
use std::fmt;

impl LockMode {
    /// The name in PostgreSQL's documentation and in JSON: `ACCESS EXCLUSIVE`.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::AccessShare => "ACCESS SHARE",
            Self::RowShare => "ROW SHARE",
            Self::RowExclusive => "ROW EXCLUSIVE",
            Self::ShareUpdateExclusive => "SHARE UPDATE EXCLUSIVE",
            Self::Share => "SHARE",
            Self::ShareRowExclusive => "SHARE ROW EXCLUSIVE",
            Self::Exclusive => "EXCLUSIVE",
            Self::AccessExclusive => "ACCESS EXCLUSIVE",
        }
    }

    /// All of them, weakest first.
    pub const ALL: [Self; 8] = [
        Self::AccessShare,
        Self::RowShare,
        Self::RowExclusive,
        Self::ShareUpdateExclusive,
        Self::Share,
        Self::ShareRowExclusive,
        Self::Exclusive,
        Self::AccessExclusive,
    ];

    /// The name in `pg_locks`: `AccessExclusiveLock`.
    pub const fn pg_locks(self) -> &'static str {
        match self {
            Self::AccessShare => "AccessShareLock",
            Self::RowShare => "RowShareLock",
            Self::RowExclusive => "RowExclusiveLock",
            Self::ShareUpdateExclusive => "ShareUpdateExclusiveLock",
            Self::Share => "ShareLock",
            Self::ShareRowExclusive => "ShareRowExclusiveLock",
            Self::Exclusive => "ExclusiveLock",
            Self::AccessExclusive => "AccessExclusiveLock",
        }
    }

    /// The modes that one session must not hold while another asks for this one (docs, table 13.2).
    pub fn conflicts(self) -> impl Iterator<Item = Self> {
        let weakest = match self {
            Self::AccessShare => Self::AccessExclusive,
            Self::RowShare => Self::Exclusive,
            Self::RowExclusive => Self::Share,
            Self::ShareUpdateExclusive => Self::ShareUpdateExclusive,
            Self::Share | Self::ShareRowExclusive => Self::RowExclusive,
            Self::Exclusive => Self::RowShare,
            Self::AccessExclusive => Self::AccessShare,
        };
        // SHARE is the only mode that is in nobody's way below it and not in its own.
        Self::ALL.into_iter().filter(move |mode| *mode >= weakest && (self, *mode) != (Self::Share, Self::Share))
    }
}

impl fmt::Display for LockMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sql())
    }
}

#[cfg(test)]
mod tests {
    use super::LockMode;

    #[test]
    fn conflicts_are_mutual_and_as_documented() {
        for a in LockMode::ALL {
            for b in LockMode::ALL {
                assert_eq!(a.conflicts().any(|mode| mode == b), b.conflicts().any(|mode| mode == a), "{a} {b}");
            }
        }
        let counts: Vec<usize> = LockMode::ALL.iter().map(|mode| mode.conflicts().count()).collect();
        assert_eq!(counts, [1, 2, 4, 5, 5, 6, 7, 8]);
    }
}
