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
    /// Whether the planner may read less than is predicted, by an index.
    pub reads_at_most: bool,
    /// Whether the rows decide if a constraint is violated.
    pub may_violate: bool,
}

impl Row {
    pub(crate) const fn new(setup: &'static str, sql: &'static str) -> Self {
        Self { setup, session: "", before: "", sql, versions: 14..=18, reads_at_most: false, may_violate: false }
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

    /// The planner may use an index instead of reading a table through.
    pub(crate) const fn reads_at_most(mut self) -> Self {
        self.reads_at_most = true;
        self
    }

    /// The rows may violate a constraint, which nobody can predict.
    pub(crate) const fn may_violate(mut self) -> Self {
        self.may_violate = true;
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
