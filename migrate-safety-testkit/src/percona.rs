//! pt-online-schema-change, as `cargo xtask servers` puts it.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::mysql::{is_left_out, servers_dir};

/// The versions of Percona Toolkit that Debian has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Percona {
    /// 3.2.1, of Debian 12 and 13.
    V32,
    /// 3.7.1 or newer.
    V37,
}

impl Percona {
    /// The name of its directory.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::V32 => "percona-toolkit-3.2",
            Self::V37 => "percona-toolkit-3.7",
        }
    }

    /// The value of `PATH` with which its commands are found: `None`, said loudly, only where tests are to be left out, by
    /// `MIGRATE_SAFETY_SKIP_TOOLS=1` or as without servers.
    ///
    /// # Panics
    /// When it is not there: a test of a tool never passes because there was none.
    #[must_use]
    pub fn path_for_test(self) -> Option<OsString> {
        let skips = ["MIGRATE_SAFETY_SKIP_SERVERS", "MIGRATE_SAFETY_SKIP_MYSQL", "MIGRATE_SAFETY_SKIP_TOOLS"];
        if is_left_out(self.name(), &skips) {
            return None;
        }
        let bin = servers_dir().join(self.name()).join("bin");
        assert!(
            bin.join("pt-online-schema-change").is_file(),
            "no {} in {}: run `cargo xtask servers {}`",
            self.name(),
            bin.display(),
            self.name()
        );
        let others = std::env::var_os("PATH").unwrap_or_default();
        let all: Vec<PathBuf> = std::iter::once(bin).chain(std::env::split_paths(&others)).collect();
        std::env::join_paths(all).ok()
    }
}
