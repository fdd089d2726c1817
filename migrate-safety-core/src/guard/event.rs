//! What happens during a run, as it happens.

use super::activity::Activity;
use super::report::{HeldLock, Waiter};
use std::fmt;
use std::time::Duration;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// Another process holds the lock of the migrations.
    WaitingForOthers {
        /// For how long so far.
        waited: Duration,
        /// The process, if it can be seen.
        holder: Option<Activity>,
    },
    /// A migration begins.
    Started {
        /// Its version.
        migration: String,
    },
    /// A migration goes on where an earlier run stopped.
    Resumed {
        /// Its version.
        migration: String,
        /// How many of its statements are done.
        done: usize,
        /// How many it has.
        of: usize,
    },
    /// A migration has ended well.
    Finished {
        /// Its version.
        migration: String,
        /// How long it took.
        took: Duration,
    },
    /// An attempt failed for a reason that may pass.
    Retrying {
        /// The migration.
        migration: String,
        /// Why.
        reason: String,
        /// Who was in the way.
        blockers: Vec<Activity>,
        /// When the next attempt is due.
        pause: Duration,
    },
    /// A table is not asked for, because a long transaction has it.
    HoldingBack {
        /// The migration.
        migration: String,
        /// Who is in the way.
        blockers: Vec<Activity>,
    },
    /// What a failed concurrent statement left behind is taken away.
    Repairing {
        /// The migration.
        migration: String,
        /// The statement.
        sql: String,
    },
    /// The connection was lost; the run begins anew on another one.
    Reconnecting {
        /// Why.
        reason: String,
    },
    /// A lock that a migration has held.
    Locked {
        /// The migration.
        migration: String,
        /// The lock.
        lock: HeldLock,
    },
    /// A session that has waited for a migration.
    Waited {
        /// The migration.
        migration: String,
        /// The session.
        waiter: Waiter,
    },
    /// How far the replicas lagged behind at the worst.
    Lagged(Duration),
    /// Something took longer than the threshold: to be looked at before the next environment gets these migrations.
    Flagged(String),
    /// Something to look at that stops nothing.
    Noted(String),
}

/// How loud an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Severity {
    Info,
    Warning,
}

impl Event {
    /// Whether it says what the text of the [`RunReport`](super::RunReport) says in the end.
    pub fn is_reported(&self) -> bool {
        matches!(self, Self::Locked { .. } | Self::Waited { .. } | Self::Lagged(_) | Self::Flagged(_))
    }

    /// How loud it is.
    pub fn severity(&self) -> Severity {
        match self {
            Self::Started { .. }
            | Self::Finished { .. }
            | Self::Resumed { .. }
            | Self::Locked { .. }
            | Self::Lagged(_) => Severity::Info,
            _ => Severity::Warning,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WaitingForOthers { waited, holder } => {
                write!(f, "another process runs migrations; waiting since {waited:.1?}")?;
                holder.iter().try_for_each(|holder| write!(f, "; {holder}"))
            }
            Self::Started { migration } => write!(f, "migration {migration} begins"),
            Self::Resumed { migration, done, of } => {
                write!(f, "migration {migration} goes on: of its {of} statements, {done} had been run")
            }
            Self::Finished { migration, took } => write!(f, "migration {migration} is done after {took:.1?}"),
            Self::Retrying { migration, reason, blockers, pause } => {
                write!(f, "migration {migration}: {reason}; next attempt in {pause:.1?}")?;
                in_the_way(f, blockers)
            }
            Self::HoldingBack { migration, blockers } => {
                write!(f, "migration {migration} is held back until long transactions end")?;
                in_the_way(f, blockers)
            }
            Self::Repairing { migration, sql } => write!(f, "migration {migration}: cleaning up: {sql}"),
            Self::Reconnecting { reason } => write!(f, "the connection was lost ({reason}); connecting again"),
            Self::Locked { migration, lock } => write!(f, "migration {migration} {lock}"),
            Self::Waited { migration, waiter } => write!(f, "migration {migration} was {waiter}"),
            Self::Lagged(lag) => write!(f, "replicas: at most {lag:.1?} behind"),
            Self::Flagged(text) => write!(f, "FLAG: {text}"),
            Self::Noted(text) => f.write_str(text),
        }
    }
}

fn in_the_way(f: &mut fmt::Formatter<'_>, blockers: &[Activity]) -> fmt::Result {
    blockers.iter().try_for_each(|blocker| write!(f, "; in the way: {blocker}"))
}
