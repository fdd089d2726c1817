//! What is true of a statement as a whole: of its engine, of rebuilds, of copies.

use super::change::{Change, Kind, kinds};
use super::fact::{Fact, How, Servers};
use crate::databases::operation::{IndexKind, Lock, ReferentialAction};

/// The row that says that a copy lets others write.
pub(super) const ONLINE_COPY: &str = "copy/online";

pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "table/other-engine",
        of: &[Kind::Any],
        when: |change| !change.is_innodb() && !is_metadata(change),
        how: How::Copy,
        because: "the table's engine is not InnoDB",
        ..Fact::BASE
    },
    Fact {
        id: "rebuild/full-text",
        of: &[Kind::Rebuild],
        on: Servers::MYSQL,
        when: |change| change.has_index(IndexKind::FullText),
        how: How::Copy,
        because: "a table with a FULLTEXT index is not rebuilt in place",
        ..Fact::BASE
    },
    Fact {
        id: "rebuild/full-text-mariadb",
        of: &[Kind::Rebuild],
        on: Servers::MARIADB,
        when: |change| change.has_index(IndexKind::FullText),
        how: How::Rebuild,
        lock: Lock::Shared,
        because: "the table has a FULLTEXT index: nobody may write while it is rebuilt",
        ..Fact::BASE
    },
    Fact {
        id: "rebuild/spatial",
        of: &[Kind::Rebuild],
        when: |change| change.has_index(IndexKind::Spatial),
        how: How::Rebuild,
        lock: Lock::Shared,
        because: "the table has a SPATIAL index: nobody may write while it is rebuilt",
        ..Fact::BASE
    },
    Fact {
        id: "rebuild/mariadb-indexed-virtual",
        of: &[Kind::Rebuild],
        on: Servers::MARIADB,
        when: |change| change.has_indexed_virtual_column(),
        how: How::Rebuild,
        lock: Lock::Shared,
        because: "the table has an index over a virtual column: nobody may write while it is rebuilt",
        ..Fact::BASE
    },
    Fact {
        id: "copy/shared",
        of: &[Kind::Copy],
        on: Servers::MARIADB,
        when: |change| !is_copied_online(change),
        how: How::Copy,
        lock: Lock::Shared,
        because: "nobody may write while the table is copied",
        ..Fact::BASE
    },
    Fact {
        id: "copy/shared-mysql",
        of: &[Kind::Copy],
        on: Servers::MYSQL,
        how: How::Copy,
        lock: Lock::Shared,
        because: "nobody may write while the table is copied",
        ..Fact::BASE
    },
    Fact {
        id: ONLINE_COPY,
        of: &[Kind::Copy],
        on: Servers::MARIADB,
        when: is_copied_online,
        how: How::Copy,
        because: "the table is copied while others write",
        source: "measured, MariaDB 11.8; its manual says from 11.2",
        ..Fact::BASE
    },
];

/// Whether all changes are of names and defaults, which no engine stores.
fn is_metadata(change: &Change<'_>) -> bool {
    const NAMES: [Kind; 5] =
        [Kind::RenameColumn, Kind::Metadata, Kind::TableOption, Kind::RenameTable, Kind::DropCheck];
    change.actions.iter().flat_map(|action| kinds(action, change.table)).all(|kind| NAMES.contains(&kind))
}

/// Whether MariaDB from 11.2 on copies the table while others write.
fn is_copied_online(change: &Change<'_>) -> bool {
    if !change.scene.target().is_from(1102, 0) {
        return false;
    }
    let writes = |action: &ReferentialAction| matches!(action, ReferentialAction::Cascade | ReferentialAction::SetNull);
    let cascades = change.table.foreign_keys.iter().any(|fk| writes(&fk.on_delete) || writes(&fk.on_update));
    let numbers = change
        .actions
        .iter()
        .flat_map(|action| kinds(action, change.table))
        .any(|kind| matches!(kind, Kind::SetAutoIncrement | Kind::AddAutoIncrementColumn));
    !cascades && !numbers && !change.table.options.system_versioned
}
