//! A check of what a live database has not seen yet.

use super::Checker;
use crate::catalog::RelationId;
use crate::catalog::introspect::Live;
use crate::check::{Start, check_on};
use crate::config::Config;
use crate::layout::MigrationSet;
use crate::report::Report;
use crate::sizes::Size;
use std::collections::BTreeMap;

impl<'c> Checker<'c> {
    /// Takes a live database for what the migrations run on: they are checked for its version, against its schema and
    /// its sizes, and those that it has recorded as applied are left out.
    #[must_use]
    pub fn with_live(self, live: &'c Live) -> Self {
        Self { live: Some(live), ..self }
    }

    /// Takes a live database of MySQL, MariaDB or SQLite for what the migrations run on.
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    #[must_use]
    pub fn with_database(self, database: &'c crate::databases::live::Live) -> Self {
        Self { database: Some(database), ..self }
    }
}

pub(super) fn check(set: &MigrationSet, config: &Config, live: &Live, guarded: bool) -> Report {
    let config = Config { target: live.catalog.target(), ..config.clone() };
    let mut pending = set.clone();
    if let Some(applied) = &live.applied {
        pending.migrations.retain(|migration| !applied.has(&migration.id));
    }
    let tables = live.statistics.tables.iter().map(|(id, t)| (*id, Size { rows: t.rows, bytes: Some(t.bytes) }));
    let indexes = live.statistics.indexes.iter().map(|(id, i)| (*id, Size { rows: None, bytes: Some(i.bytes) }));
    let sizes: BTreeMap<RelationId, Size> = tables.chain(indexes).collect();
    check_on(&pending, &config, &Start { catalog: Some(&live.catalog), sizes: Some(&sizes), guarded })
}
