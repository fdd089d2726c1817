//! From a finding to the plan that cures it.

use crate::dialect::{Dialect, Target};
use crate::rules::{Finding, RULES};
use std::path::Path;

/// The command that plans the change of a migration anew, where there are recipes for what was found in it.
pub(super) fn cure(finding: &Finding, target: Target, path: &Path) -> Option<String> {
    if path == Path::new("-") || !is_planned(finding.rule, target.dialect) {
        return None;
    }
    let path = argument(&path.display().to_string());
    Some(match target.dialect {
        Dialect::Postgres => format!("migrate-safety plan {path}"),
        _ => format!("migrate-safety plan {path} --dialect {target}"),
    })
}

/// Whether there are recipes for what a rule finds.
fn is_planned(id: &str, dialect: Dialect) -> bool {
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    if dialect != Dialect::Postgres {
        let rules = crate::databases::RULES.iter().filter(|rule| rule.dialects.contains(&dialect));
        return rules.map(|rule| &rule.rule).any(|rule| rule.id == id && rule.planned);
    }
    dialect == Dialect::Postgres && RULES.iter().any(|rule| rule.id == id && rule.planned)
}

/// A word as a shell takes it.
fn argument(word: &str) -> String {
    let plain = word.chars().all(|c| c.is_alphanumeric() || "/._-+:".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}
