//! A check of migrations against more than their own history.

use crate::check::{Start, check_on};
use crate::config::Config;
use crate::layout::MigrationSet;
use crate::report::Report;

#[cfg(feature = "live")]
mod live;

/// Checks migrations, if need be against a live database.
#[derive(Clone, Copy, Debug)]
pub struct Checker<'c> {
    config: &'c Config,
    #[cfg(feature = "live")]
    live: Option<&'c crate::catalog::introspect::Live>,
    #[cfg(all(feature = "live", any(feature = "mysql", feature = "sqlite")))]
    database: Option<&'c crate::databases::live::Live>,
    guarded: bool,
}

impl<'c> Checker<'c> {
    /// A check with these settings; by itself it does what [`check`](crate::check) does.
    pub fn new(config: &'c Config) -> Self {
        Self {
            config,
            #[cfg(feature = "live")]
            live: None,
            #[cfg(all(feature = "live", any(feature = "mysql", feature = "sqlite")))]
            database: None,
            guarded: false,
        }
    }

    /// Takes the migrations to be run as a guarded run does it: all of them before anybody uses what they make, and files
    /// without a transaction statement by statement. The hosts send those as one message, which the server runs in one
    /// transaction.
    #[must_use]
    pub fn guarded(self) -> Self {
        Self { guarded: true, ..self }
    }

    /// Judges the migrations of a set.
    pub fn check(&self, set: &MigrationSet) -> Report {
        #[cfg(feature = "live")]
        if let Some(live) = self.live {
            return live::check(set, self.config, live, self.guarded);
        }
        #[cfg(all(feature = "live", any(feature = "mysql", feature = "sqlite")))]
        if let Some(database) = self.database {
            return crate::check(&database.pending(set), &database.settings(self.config));
        }
        check_on(set, self.config, &Start { guarded: self.guarded, ..Start::default() })
    }
}
