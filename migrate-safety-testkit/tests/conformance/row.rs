//! One line of a table of cases.

use migrate_safety_testkit::Case;
use std::ops::RangeInclusive;

/// A statement, and the database and session it meets.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub setup: &'static str,
    pub session: &'static str,
    pub before: &'static str,
    pub sql: &'static str,
    pub versions: RangeInclusive<u16>,
    /// Why the planner may read less than is predicted, by an index; empty: it may not.
    pub reads_at_most: &'static str,
    /// Why the rows decide if a constraint is violated; empty: they do not.
    pub may_violate: &'static str,
}

/// Why a scan may not happen: `ALTER TABLE` checks a foreign key by a query, which may go by the key's index.
pub(crate) const BY_KEY: &str = "a foreign key is checked by a join, planned by the rows";

/// Why a constraint may be violated.
pub(crate) const MADE_UP: &str = "the rows are made up and need not match each other";

impl Row {
    pub(crate) const fn new(setup: &'static str, sql: &'static str) -> Self {
        Self { setup, session: "", before: "", sql, versions: 14..=18, reads_at_most: "", may_violate: "" }
    }

    /// With settings of the session.
    pub(crate) const fn session(mut self, session: &'static str) -> Self {
        self.session = session;
        self
    }

    /// Later in a transaction.
    pub(crate) const fn after(mut self, before: &'static str) -> Self {
        self.before = before;
        self
    }

    /// Only on these versions: where others differ for a reason that is no effect.
    pub(crate) const fn on(mut self, first: u16, last: u16) -> Self {
        self.versions = first..=last;
        self
    }

    /// The planner may use an index instead of reading a table through. No scan may be missed all the same.
    pub(crate) const fn reads_at_most(mut self, reason: &'static str) -> Self {
        self.reads_at_most = reason;
        self
    }

    /// The rows may violate a constraint, which nobody can predict.
    pub(crate) const fn may_violate(mut self, reason: &'static str) -> Self {
        self.may_violate = reason;
        self
    }

    pub(crate) fn case(&self) -> Case<'_> {
        let mut case = Case::new(self.sql, self.setup, self.sql);
        case.session = self.session;
        case.before = self.before;
        case.versions = self.versions.clone();
        case
    }
}
