//! The form of a fact about how the servers change a table.

use super::change::{Change, Kind};
use crate::databases::operation::{Algorithm, Lock};
use crate::dialect::{Dialect, Target};

/// One thing that is true of a server: under a condition, how it makes a change at best.
///
/// Rows add up: of all rows that hold for the changes of a statement, the worst way and the strongest lock count. The
/// conformance test asks real servers.
#[derive(Debug)]
pub(in crate::databases::mysql) struct Fact {
    /// `change/condition`, kebab-case; never changes.
    pub(super) id: &'static str,
    /// The changes it is about.
    pub(super) of: &'static [Kind],
    /// The servers it is true of.
    pub(super) on: Servers,
    /// The condition on the change, its statement and the table before it.
    pub(super) when: fn(&Change<'_>) -> bool,
    /// How the change is made, at best.
    pub(super) how: How,
    /// How it is made where another change of the statement keeps it from being made `INSTANT`.
    pub(super) otherwise: How,
    /// What others may do meanwhile.
    pub(super) lock: Lock,
    /// Why it is not done in a better way; empty where nothing better is asked for.
    pub(super) because: &'static str,
    /// Whether the table is read through although it is not written anew.
    pub(super) scans: bool,
    /// The part of the servers' manuals, or how it was measured.
    pub(super) source: &'static str,
}

impl Fact {
    /// A row to start from: in the dictionary alone, on all servers, under every condition.
    pub(super) const BASE: Self = Self {
        id: "",
        of: &[],
        on: Servers::ALL,
        when: |_| true,
        how: How::Instant,
        otherwise: How::NoCopy,
        lock: Lock::None,
        because: "",
        scans: false,
        source: MEASURED,
    };

    /// Whether it is true of this change.
    pub(super) fn holds(&self, change: &Change<'_>) -> bool {
        self.of.contains(&change.kind) && self.on.contains(change.scene.target()) && (self.when)(change)
    }
}

/// Where most facts come from.
pub(super) const MEASURED: &str = "measured, MySQL 9.7 and MariaDB 10.11";

/// How a change is made, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::databases::mysql) enum How {
    /// In the dictionary alone.
    Instant,
    /// In place; the table is not written anew.
    NoCopy,
    /// In place; the table is written anew.
    Rebuild,
    /// Row by row into a new table.
    Copy,
}

impl How {
    /// The word to assert it with.
    pub(in crate::databases::mysql) fn algorithm(self, target: Target) -> Algorithm {
        match self {
            Self::Instant => Algorithm::Instant,
            Self::NoCopy if target.dialect == Dialect::MariaDb => Algorithm::NoCopy,
            Self::NoCopy | Self::Rebuild => Algorithm::InPlace,
            Self::Copy => Algorithm::Copy,
        }
    }
}

/// A range of versions of each server; versions as in [`Target`], with patch releases; the last one is not in it.
#[derive(Debug)]
pub(super) struct Servers {
    mysql: Option<[(u16, u16); 2]>,
    mariadb: Option<[(u16, u16); 2]>,
}

const FIRST: (u16, u16) = (0, 0);
const LAST: (u16, u16) = (u16::MAX, u16::MAX);

impl Servers {
    pub(super) const ALL: Self = Self { mysql: Some([FIRST, LAST]), mariadb: Some([FIRST, LAST]) };
    pub(super) const MYSQL: Self = Self { mysql: Some([FIRST, LAST]), mariadb: None };
    pub(super) const MARIADB: Self = Self { mysql: None, mariadb: Some([FIRST, LAST]) };

    /// MySQL from this version on.
    pub(super) const fn mysql_from(version: u16, patch: u16) -> Self {
        Self { mysql: Some([(version, patch), LAST]), mariadb: None }
    }

    /// MySQL from 8.0.`since` on and before 8.0.`until`.
    pub(super) const fn mysql_80_between(since: u16, until: u16) -> Self {
        Self { mysql: Some([(800, since), (800, until)]), mariadb: None }
    }

    /// MySQL before this version.
    pub(super) const fn mysql_before(version: u16, patch: u16) -> Self {
        Self { mysql: Some([FIRST, (version, patch)]), mariadb: None }
    }

    fn contains(&self, target: Target) -> bool {
        let range = if target.dialect == Dialect::MariaDb { &self.mariadb } else { &self.mysql };
        let version = (target.version, target.patch);
        range.is_some_and(|[since, until]| since <= version && version < until)
    }
}
