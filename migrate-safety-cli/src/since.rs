//! `--since VERSION|GIT_REF`: what is newer is reported, the rest replayed.

use migrate_safety_core::config::Config;
use migrate_safety_core::layout::{Migration, MigrationSet};
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Narrows what is reported to what is newer than `since`.
pub(crate) fn narrow(config: &mut Config, set: &MigrationSet, since: &str) -> Result<(), String> {
    let is_version = |m: &Migration| set.layout.compare_versions(&m.id, since) == Ordering::Equal;
    if set.migrations.iter().any(is_version) {
        config.start_after = Some(since.to_owned());
        return Ok(());
    }
    match changed_since(set, since) {
        Some(changed) => {
            config.only = Some(changed);
            Ok(())
        }
        None if since.starts_with(|c: char| c.is_ascii_digit())
            && since.chars().all(|c| c.is_ascii_digit() || c == '-') =>
        {
            config.start_after = Some(since.to_owned());
            Ok(())
        }
        None => {
            Err(format!("--since {since}: neither a version of these migrations nor a revision that git knows here"))
        }
    }
}

/// The migrations of which git says that a file has changed, or is new, since they branched off from a revision; `None`
/// where git does not know it.
fn changed_since(set: &MigrationSet, revision: &str) -> Option<BTreeSet<PathBuf>> {
    let dir = set.migrations.first()?.up.path.parent()?;
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    let commit =
        git(dir, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")])?;
    let commit = commit.trim();
    let base = git(dir, &["merge-base", commit, "HEAD"]).unwrap_or_else(|| commit.to_owned());
    let top = PathBuf::from(git(dir, &["rev-parse", "--show-toplevel"])?.trim_end_matches(['\r', '\n']));
    let changed = git(dir, &["diff", "--name-only", "-z", "--no-renames", base.trim()])?;
    let untracked = git(&top, &["ls-files", "--others", "--exclude-standard", "-z"])?;
    let files = changed.split('\0').chain(untracked.split('\0')).filter(|name| !name.is_empty());
    let files: HashSet<PathBuf> = files.filter_map(|name| top.join(name).canonicalize().ok()).collect();
    let is_changed = |migration: &&Migration| {
        let mut own = vec![migration.up.path.clone()];
        own.extend(migration.down.as_ref().map(|down| down.path.clone()));
        own.push(migration.up.path.with_file_name("metadata.toml"));
        own.iter().filter_map(|path| path.canonicalize().ok()).any(|path| files.contains(&path))
    };
    Some(set.migrations.iter().filter(is_changed).map(|migration| migration.up.path.clone()).collect())
}

fn git(dir: &Path, args: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(dir).args(args).output().ok()?;
    if !output.status.success() {
        return None;
    }
    String::from_utf8(output.stdout).ok()
}
