//! What has been applied, compared with what is there.

use crate::catalog::introspect::AppliedMigration;
use crate::layout::{Migration, MigrationSet};
use std::cmp::Ordering;

/// How the migrations stand to what a runner has recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Versions to run, in order.
    pub pending: Vec<String>,
    /// Pending versions that are older than the newest applied one: they run out of order.
    pub out_of_order: Vec<String>,
    /// Applied versions whose text has changed since.
    pub edited: Vec<String>,
    /// Applied versions that are not among the migrations.
    pub missing: Vec<String>,
    /// A version that is recorded as failed half-way.
    pub dirty: Option<String>,
}

impl History {
    /// Compares. `checksum` gives that of a migration as the runner computes it.
    pub fn compare(set: &MigrationSet, applied: &[AppliedMigration], checksum: &dyn Fn(&Migration) -> String) -> Self {
        let order = |a: &str, b: &str| set.layout.compare_versions(a, b);
        let mut records: Vec<&AppliedMigration> = applied.iter().collect();
        records.sort_by(|a, b| order(&a.version, &b.version));
        let record = |id: &str| {
            let found = records.binary_search_by(|record| order(&record.version, id)).ok();
            found.and_then(|at| records.get(at).copied())
        };
        let newest = records.last().map(|record| &record.version);
        let mut history = Self {
            dirty: applied.iter().find(|record| !record.success).map(|record| record.version.clone()),
            ..Self::default()
        };
        for migration in &set.migrations {
            match record(&migration.id) {
                None => {
                    if newest.is_some_and(|newest| order(&migration.id, newest) == Ordering::Less) {
                        history.out_of_order.push(migration.id.clone());
                    }
                    history.pending.push(migration.id.clone());
                }
                Some(record) if record.checksum.as_ref().is_some_and(|sum| *sum != checksum(migration)) => {
                    history.edited.push(migration.id.clone());
                }
                Some(_) => {}
            }
        }
        let mut there: Vec<&str> = set.migrations.iter().map(|migration| migration.id.as_str()).collect();
        there.sort_by(|a, b| order(a, b));
        let is_there = |version: &str| there.binary_search_by(|id| order(id, version)).is_ok();
        let missing = applied.iter().filter(|record| !is_there(&record.version));
        history.missing.extend(missing.map(|record| record.version.clone()));
        history
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::Layout;

    fn applied(version: &str, checksum: &str, success: bool) -> AppliedMigration {
        AppliedMigration { version: version.into(), checksum: Some(checksum.into()), success }
    }

    #[test]
    fn what_is_pending_edited_missing_and_late_is_named() {
        let mut set = MigrationSet { layout: Layout::Sqlx, ..MigrationSet::default() };
        for (file, text) in [("1_a.sql", "a"), ("2_b.sql", "b"), ("9_c.sql", "c"), ("10_d.sql", "d")] {
            set.append(MigrationSet::from_text(file, text, Layout::Sqlx));
        }
        let records = [applied("1", "a", true), applied("7", "x", false), applied("9", "old", true)];
        let history = History::compare(&set, &records, &|migration| migration.up.text.to_string());
        assert_eq!(history.pending, ["2", "10"]);
        assert_eq!(history.out_of_order, ["2"]);
        assert_eq!(history.edited, ["9"]);
        assert_eq!(history.missing, ["7"]);
        assert_eq!(history.dirty.as_deref(), Some("7"));
    }
}
