//! From a finding to the plan that cures it.

use crate::dialect::{Dialect, Target};
use crate::rules::{self, Finding};
use std::path::Path;

/// Whether there are plans for changes of this server.
pub(super) fn has_plans(target: Target) -> bool {
    target.dialect == Dialect::Postgres
}

/// The command that plans the change of a migration anew, where there are recipes for what was found in it.
pub(super) fn cure(finding: &Finding, path: &Path) -> Option<String> {
    let planned = rules::find(finding.rule).is_some_and(|rule| rule.planned);
    (planned && path != Path::new("-"))
        .then(|| format!("migrate-safety plan {}", argument(&path.display().to_string())))
}

/// A word as a shell takes it.
fn argument(word: &str) -> String {
    let plain = word.chars().all(|c| c.is_alphanumeric() || "/._-+:".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
