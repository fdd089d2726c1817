//! What a guarded run may do, and how long it may wait.

use crate::config::Config;
use crate::rules::Status;
use std::time::Duration;

/// The settings of a guarded run.
///
/// ```
/// use migrate_safety_core::guard::{Policy, Settings};
/// use std::time::Duration;
///
/// let settings = Settings { lock_timeout: Duration::from_millis(500), policy: Policy::Warn, ..Settings::default() };
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    /// What becomes of the findings of the check that precedes the run.
    pub policy: Policy,
    /// How long a statement may wait for a lock, and so the longest time for which traffic can queue behind it.
    pub lock_timeout: Duration,
    /// How long one migration goes on trying to get its locks; also how long statements wait that nobody queues behind
    /// (`CREATE INDEX CONCURRENTLY`).
    pub patience: Duration,
    /// How long to wait while another process runs migrations.
    pub wait_for_others: Duration,
    /// From when on a lock held, or a wait caused, is flagged in the report.
    pub threshold: Duration,
    /// An undo may lose rows.
    pub allow_data_loss: bool,
    /// Another runner's bookkeeping table in the same database is no reason to stop.
    pub allow_other_host: bool,
    /// The settings of the check. The target is the server's.
    pub config: Config,
}

impl Default for Settings {
    /// Stop at a BLOCK; 2 s for a lock, 10 minutes for a migration's locks, an hour for other processes; flag from 5 s on.
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            lock_timeout: Duration::from_secs(2),
            patience: Duration::from_secs(600),
            wait_for_others: Duration::from_secs(3600),
            threshold: Duration::from_secs(5),
            allow_data_loss: false,
            allow_other_host: false,
            config: Config::default(),
        }
    }
}

/// What becomes of what the check of the pending migrations finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Findings of this status and above stop the run before it begins, and so does an edited migration.
    Deny(Status),
    /// Findings are told, and nothing stops.
    Warn,
    /// Findings are not looked at.
    Allow,
}

impl Default for Policy {
    /// A BLOCK stops the run.
    fn default() -> Self {
        Self::Deny(Status::Block)
    }
}

impl Policy {
    /// The environment variable that [`Policy::from_env`] reads.
    pub const VARIABLE: &str = "MIGRATE_SAFETY_POLICY";

    /// All of them, by the names they have in the environment.
    pub const NAMES: [(&str, Self); 4] = [
        ("deny-flag", Self::Deny(Status::Flag)),
        ("deny", Self::Deny(Status::Block)),
        ("warn", Self::Warn),
        ("allow", Self::Allow),
    ];

    /// The policy that the environment names; without one, the default.
    ///
    /// # Errors
    /// `MIGRATE_SAFETY_POLICY` names none.
    pub fn from_env() -> Result<Self, UnknownPolicy> {
        std::env::var(Self::VARIABLE).map_or(Ok(Self::default()), |name| name.parse())
    }

    /// Whether findings of this status stop the run.
    pub fn stops(self, worst: Status) -> bool {
        matches!(self, Self::Deny(from) if worst >= from && worst > Status::Pass)
    }
}

impl std::str::FromStr for Policy {
    type Err = UnknownPolicy;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::NAMES.iter().find(|(known, _)| *known == name);
        known.map(|(_, policy)| *policy).ok_or_else(|| UnknownPolicy { given: name.to_owned() })
    }
}

/// A policy that is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a policy: write deny, deny-flag, warn or allow")]
pub struct UnknownPolicy {
    given: String,
}
