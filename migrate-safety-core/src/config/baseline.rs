//! Which migrations are reported, and which are only replayed.

use super::Config;
use crate::layout::{Layout, Migration};
use std::cmp::Ordering;

impl Config {
    /// Whether the findings of a migration are reported. It is replayed in any case.
    pub fn reports(&self, layout: Layout, migration: &Migration) -> bool {
        let newer = |version: &String| layout.compare_versions(&migration.id, version) == Ordering::Greater;
        let named = |files: &std::collections::BTreeSet<std::path::PathBuf>| {
            files.contains(&migration.up.path) || migration.down.as_ref().is_some_and(|down| files.contains(&down.path))
        };
        self.start_after.as_ref().is_none_or(newer) && self.only.as_ref().is_none_or(named)
    }
}
