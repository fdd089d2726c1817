//! Settings of a plan.

use crate::config::Config;
use crate::layout::Layout;
use std::time::Duration;

/// How old and new form are kept the same while both are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DualWrite {
    /// The application writes both.
    #[default]
    Application,
    /// A trigger writes the other one, in both directions: no application has to be changed until the cut-over.
    Trigger,
}

impl DualWrite {
    /// The names on the command line.
    pub const NAMES: [(&str, Self); 2] = [("application", Self::Application), ("trigger", Self::Trigger)];
}

/// Settings of a plan.
#[derive(Clone, Debug)]
pub struct PlanOptions {
    /// How old and new form are kept the same.
    pub dual_write: DualWrite,
    /// Whose migrations and code are written.
    pub layout: Layout,
    /// How long a step may wait for a lock.
    pub lock_timeout: Duration,
    /// Sizes of tables and settings of the rules that the steps are checked by.
    pub config: Config,
}

impl Default for PlanOptions {
    /// The application writes both forms, sqlx's layout, two seconds for a lock, sizes unknown.
    fn default() -> Self {
        Self {
            dual_write: DualWrite::default(),
            layout: Layout::Sqlx,
            lock_timeout: Duration::from_secs(2),
            config: Config::default(),
        }
    }
}
