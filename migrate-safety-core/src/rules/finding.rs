//! What a rule says.

use crate::sql::Span;
use std::fmt;

/// The questions every review answers (eight of a review, two of a deploy).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Category {
    LockContention,
    ConcurrentWrites,
    Rollback,
    DataLoss,
    ReplicationLag,
    ConstraintValidation,
    IndexDependencies,
    ForeignKeys,
    RollingDeploy,
    Deployability,
}

impl Category {
    /// All of them, in the order of a report.
    pub const ALL: [Self; 10] = [
        Self::LockContention,
        Self::ConcurrentWrites,
        Self::Rollback,
        Self::DataLoss,
        Self::ReplicationLag,
        Self::ConstraintValidation,
        Self::IndexDependencies,
        Self::ForeignKeys,
        Self::RollingDeploy,
        Self::Deployability,
    ];

    /// The name in reports and JSON: `lock-contention`.
    pub fn name(self) -> &'static str {
        match self {
            Self::LockContention => "lock-contention",
            Self::ConcurrentWrites => "concurrent-writes",
            Self::Rollback => "rollback",
            Self::DataLoss => "data-loss",
            Self::ReplicationLag => "replication-lag",
            Self::ConstraintValidation => "constraint-validation",
            Self::IndexDependencies => "index-dependencies",
            Self::ForeignKeys => "foreign-keys",
            Self::RollingDeploy => "rolling-deploy",
            Self::Deployability => "deployability",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The answer for one category, weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Status {
    /// Nothing to say.
    Pass,
    /// The author should verify.
    Flag,
    /// Ship this and there will be an incident.
    Block,
}

impl Status {
    /// The name in reports and JSON: `BLOCK`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Flag => "FLAG",
            Self::Block => "BLOCK",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// May it ship? Weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Verdict {
    SafeToShip,
    SafeWithModifications,
    Block,
}

impl Verdict {
    /// The name in reports and JSON: `SAFE TO SHIP`.
    pub fn name(self) -> &'static str {
        match self {
            Self::SafeToShip => "SAFE TO SHIP",
            Self::SafeWithModifications => "SAFE WITH MODIFICATIONS",
            Self::Block => "BLOCK",
        }
    }

    /// The verdict that the worst status calls for.
    pub fn of(worst: Status) -> Self {
        match worst {
            Status::Pass => Self::SafeToShip,
            Status::Flag => Self::SafeWithModifications,
            Status::Block => Self::Block,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a rule found at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id: `index-not-concurrent`.
    pub rule: &'static str,
    /// Its category.
    pub category: Category,
    /// FLAG or BLOCK.
    pub status: Status,
    /// One sentence: what happens.
    pub message: String,
    /// What to do instead, in the host's terms.
    pub help: Option<String>,
    /// SQL to write instead.
    pub fix: Option<String>,
    /// How long the work takes that it is about, where the table's size is known.
    pub estimate: Option<String>,
    /// The missing context: a question or a query that settles it.
    pub verify: Option<String>,
    /// Where; absent for a finding about a whole migration or set.
    pub span: Option<Span>,
}

impl Finding {
    /// What it says besides its message, each with what it is: `estimate`, `help`, `fix`, `Verify`.
    pub fn notes(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let notes = [("estimate", &self.estimate), ("help", &self.help), ("fix", &self.fix), ("Verify", &self.verify)];
        notes.into_iter().filter_map(|(name, note)| Some((name, note.as_deref()?)))
    }
}
