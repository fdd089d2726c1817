//! Where the server binaries are.

use std::env;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::Error;

/// The major versions that every claim is tested on.
pub const MAJORS: [u16; 5] = [14, 15, 16, 17, 18];

/// The binaries of one major version, as `cargo xtask servers` puts them.
#[derive(Clone, Debug)]
pub struct ServerBinaries {
    major: u16,
    root: PathBuf,
}

impl ServerBinaries {
    /// Finds the binaries of `major`: in `$POSTGRES_SERVERS/<major>`, else in the cache of this user.
    ///
    /// # Errors
    /// [`Error::NoServer`] when they are not there.
    pub fn find(major: u16) -> Result<Self, Error> {
        let root = servers_dir().join(major.to_string());
        let found = Self { major, root };
        if found.program("postgres").is_file() && found.program("initdb").is_file() {
            return Ok(found);
        }
        Err(Error::NoServer { major, path: found.root })
    }

    /// The major version.
    #[must_use]
    pub fn major(&self) -> u16 {
        self.major
    }

    /// The directory that holds `bin`, `lib` and `share`.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.root.join("bin").join(name)
    }
}

pub(crate) fn is_root() -> bool {
    Path::new("/proc/self").metadata().is_ok_and(|own| own.uid() == 0)
}

fn servers_dir() -> PathBuf {
    if let Some(dir) = env::var_os("POSTGRES_SERVERS").filter(|dir| !dir.is_empty()) {
        return dir.into();
    }
    if is_root() {
        return "/var/cache/postgres-servers".into();
    }
    let home = env::var_os("HOME").unwrap_or_default();
    Path::new(&home).join(".cache/postgres-servers")
}
