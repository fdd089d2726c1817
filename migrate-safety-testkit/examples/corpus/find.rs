//! The directories of migrations below some others.

use migrate_safety_core::layout::{Layout, MigrationSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The migrations below the directories that are named.
pub(crate) fn histories(roots: impl Iterator<Item = OsString>) -> Result<Vec<(PathBuf, MigrationSet)>, String> {
    let roots: Vec<PathBuf> = roots.map(PathBuf::from).collect();
    let mut histories = Vec::new();
    for root in &roots {
        find(root, &mut histories);
    }
    match (roots.first(), histories.is_empty()) {
        (None, _) => Err("name the directories to look through".to_owned()),
        (Some(first), true) => Err(format!("no migrations below {}", first.display())),
        _ => Ok(histories),
    }
}

/// Collects the directories of migrations at or below `dir`.
fn find(dir: &Path, histories: &mut Vec<(PathBuf, MigrationSet)>) {
    if let Ok(set) = MigrationSet::load(dir, None)
        && (set.layout != Layout::Plain || dir.to_string_lossy().contains("migration"))
    {
        histories.push((dir.to_owned(), set));
        return;
    }
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    let mut dirs: Vec<PathBuf> = entries.flatten().map(|e| e.path()).filter(|p| p.is_dir()).collect();
    dirs.sort();
    for dir in dirs.iter().filter(|d| !d.ends_with(".git") && !d.ends_with("target")) {
        find(dir, histories);
    }
}
