//! Columns.

use super::change::{Change, Kind};
use super::fact::{Fact, How, Servers};
use crate::databases::operation::{ActionKind, ColumnDef, Expression, IndexKind, Lock, Position};

const ONLINE: &str = "MySQL manual, 17.12.1 Online DDL Operations, Column Operations";
const INSTANT: &str = "MariaDB, InnoDB Online DDL Operations with the INSTANT Alter Algorithm";

pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "add-column/instant",
        of: &[Kind::AddColumn],
        on: Servers::mysql_from(800, 29),
        otherwise: How::Rebuild,
        ..Fact::BASE
    },
    Fact {
        id: "add-column/last",
        of: &[Kind::AddColumn],
        on: Servers::mysql_80_between(12, 29),
        when: |change| position(change).is_none(),
        otherwise: How::Rebuild,
        source: ONLINE,
        ..Fact::BASE
    },
    Fact {
        id: "add-column/rebuild",
        of: &[Kind::AddColumn],
        on: Servers::mysql_before(800, 12),
        how: How::Rebuild,
        because: "before MySQL 8.0.12 no column is added instantly",
        source: ONLINE,
        ..Fact::BASE
    },
    Fact {
        id: "add-column/between",
        of: &[Kind::AddColumn],
        on: Servers::mysql_before(800, 29),
        when: |change| position(change).is_some(),
        how: How::Rebuild,
        because: "before MySQL 8.0.29 a column can be added instantly as the last one only",
        source: ONLINE,
        ..Fact::BASE
    },
    Fact { id: "add-column/mariadb", of: &[Kind::AddColumn], on: Servers::MARIADB, ..Fact::BASE },
    Fact {
        id: "add-column/mariadb-before-virtual",
        of: &[Kind::AddColumn],
        on: Servers::MARIADB,
        when: is_before_virtual,
        how: How::Copy,
        because: "virtual columns get another place: a column is added in place behind them only",
        ..Fact::BASE
    },
    Fact {
        id: "add-column/computed-default",
        of: &[Kind::AddColumn, Kind::AddAutoIncrementColumn],
        on: Servers::MYSQL,
        when: |change| default(change).is_some_and(|default| default.sql.starts_with('(')),
        how: How::Copy,
        because: "a default in parentheses is computed for each row",
        ..Fact::BASE
    },
    Fact {
        id: "add-column/called-default",
        of: &[Kind::AddColumn, Kind::AddAutoIncrementColumn],
        on: Servers::MARIADB,
        when: |change| default(change).is_some_and(varies),
        how: How::Copy,
        because: "the default is computed for each row",
        ..Fact::BASE
    },
    Fact {
        id: "add-column/auto-increment",
        of: &[Kind::AddAutoIncrementColumn],
        how: How::Rebuild,
        lock: Lock::Shared,
        because: "the rows are numbered: nobody may write meanwhile",
        ..Fact::BASE
    },
    Fact {
        id: "add-column/stored",
        of: &[Kind::AddStoredColumn],
        how: How::Copy,
        because: "a stored column is computed for each row",
        ..Fact::BASE
    },
    Fact { id: "add-column/virtual", of: &[Kind::AddVirtualColumn], ..Fact::BASE },
    Fact {
        id: "add-column/virtual-between",
        of: &[Kind::AddVirtualColumn],
        on: Servers::MYSQL,
        when: |change| position(change).is_some(),
        how: How::Copy,
        because: "a virtual column is added in place as the last one only",
        ..Fact::BASE
    },
    Fact {
        id: "add-column/virtual-with-others",
        of: &[Kind::AddVirtualColumn],
        on: Servers::MARIADB,
        when: |change| change.with(adds_stored),
        how: How::Copy,
        because: "virtual columns are not added in place together with others",
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/virtual-with-others",
        of: &[Kind::DropVirtualColumn],
        when: |change| change.with(adds_stored),
        how: How::Copy,
        because: "virtual columns are not dropped in place while others are added",
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/virtual-while-modified",
        of: &[Kind::DropVirtualColumn],
        on: Servers::MARIADB,
        when: |change| change.with(|action| matches!(action, ActionKind::Modify { .. })),
        how: How::Copy,
        because: "virtual columns are not dropped in place while others are changed",
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/indexed-virtual-with-others",
        of: &[Kind::DropVirtualColumn],
        on: Servers::MYSQL,
        when: |change| is_indexed(change) && change.with(|action| drops_stored(change, action)),
        how: How::Copy,
        because: "virtual columns are not dropped in place together with others",
        ..Fact::BASE
    },
    Fact { id: "drop-column/virtual", of: &[Kind::DropVirtualColumn], ..Fact::BASE },
    Fact {
        id: "drop-column/virtual-in-index",
        of: &[Kind::DropVirtualColumn],
        when: is_indexed,
        how: How::NoCopy,
        because: "the column is in an index",
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/instant",
        of: &[Kind::DropColumn],
        on: Servers::mysql_from(800, 29),
        otherwise: How::Rebuild,
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/rebuild",
        of: &[Kind::DropColumn],
        on: Servers::mysql_before(800, 29),
        how: How::Rebuild,
        because: "before MySQL 8.0.29 a column is taken out of every row",
        source: ONLINE,
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/in-index",
        of: &[Kind::DropColumn],
        on: Servers::MYSQL,
        when: is_indexed,
        how: How::Rebuild,
        because: "the column is in an index",
        ..Fact::BASE
    },
    Fact { id: "drop-column/mariadb", of: &[Kind::DropColumn], on: Servers::MARIADB, ..Fact::BASE },
    Fact {
        id: "drop-column/primary-key",
        of: &[Kind::DropColumn],
        when: |change| change.drops_primary_key_by_columns(),
        how: How::Copy,
        because: "all columns of the primary key go, and the statement adds no other",
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/mariadb-in-index",
        of: &[Kind::DropColumn],
        on: Servers::MARIADB,
        when: is_indexed,
        how: How::NoCopy,
        because: "the column is in an index",
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/mariadb-in-wider-index",
        of: &[Kind::DropColumn],
        on: Servers::MARIADB,
        when: |change| change.old().is_some_and(|old| change.indexes_of(&old.name).any(|index| index.parts.len() > 1)),
        how: How::Rebuild,
        because: "an index of several columns loses one and is built anew",
        ..Fact::BASE
    },
    Fact {
        id: "columns/full-text",
        of: &[Kind::AddColumn, Kind::DropColumn],
        when: |change| change.has_index(IndexKind::FullText),
        how: How::Rebuild,
        because: "the table has a FULLTEXT index: no column is added or dropped instantly",
        ..Fact::BASE
    },
    Fact {
        id: "columns/compressed",
        of: &[Kind::AddColumn, Kind::DropColumn],
        when: |change| change.has_row_format("COMPRESSED"),
        how: How::Rebuild,
        because: "the row format is COMPRESSED: no column is added or dropped instantly",
        ..Fact::BASE
    },
    Fact {
        id: "columns/row-versions",
        of: &[Kind::AddColumn, Kind::DropColumn],
        on: Servers::mysql_from(800, 29),
        when: |change| {
            let most = if change.scene.target().is_from(901, 0) { 255 } else { 64 };
            change.table.row_versions >= most
        },
        how: How::Rebuild,
        because: "the table has as many row versions as it may have: it has to be rebuilt first (`ALTER TABLE … FORCE`)",
        source: "MySQL manual, 17.12.1 Online DDL Operations: 64 row versions, 255 from 9.1",
        ..Fact::BASE
    },
    Fact {
        id: "columns/mariadb-with-index",
        of: &[Kind::AddColumn, Kind::DropColumn, Kind::MoveColumn],
        on: Servers::MARIADB,
        when: |change| change.adds_index(),
        how: How::Rebuild,
        because: "columns are not changed instantly while an index is built",
        ..Fact::BASE
    },
    Fact {
        id: "columns/mariadb-indexed-virtual",
        of: &[Kind::AddColumn],
        on: Servers::MARIADB,
        when: |change| change.has_indexed_virtual_column(),
        how: How::Rebuild,
        because: "the table has an index over a virtual column",
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/mariadb-indexed-virtual",
        of: &[Kind::DropColumn],
        on: Servers::MARIADB,
        when: |change| change.has_indexed_virtual_column(),
        how: How::Copy,
        because: "the table has an index over a virtual column",
        ..Fact::BASE
    },
    Fact {
        id: "rename-column/instant",
        of: &[Kind::RenameColumn],
        on: Servers::mysql_from(800, 28),
        when: |change| !is_referenced(change),
        ..Fact::BASE
    },
    Fact {
        id: "rename-column/in-place",
        of: &[Kind::RenameColumn],
        on: Servers::mysql_before(800, 28),
        how: How::NoCopy,
        source: ONLINE,
        ..Fact::BASE
    },
    Fact {
        id: "rename-column/referenced",
        of: &[Kind::RenameColumn],
        on: Servers::MYSQL,
        when: is_referenced,
        how: How::NoCopy,
        because: "a foreign key leads to the column",
        ..Fact::BASE
    },
    Fact { id: "rename-column/mariadb", of: &[Kind::RenameColumn], on: Servers::MARIADB, ..Fact::BASE },
    Fact {
        id: "move-column/rebuild",
        of: &[Kind::MoveColumn],
        on: Servers::MYSQL,
        how: How::Rebuild,
        because: "the columns of every row get another order",
        ..Fact::BASE
    },
    Fact { id: "move-column/mariadb", of: &[Kind::MoveColumn], on: Servers::MARIADB, ..Fact::BASE },
    Fact { id: "column/metadata", of: &[Kind::Metadata], ..Fact::BASE },
    Fact {
        id: "lengthen-column/in-place",
        of: &[Kind::LengthenColumn],
        on: Servers::MYSQL,
        how: How::NoCopy,
        ..Fact::BASE
    },
    Fact { id: "lengthen-column/instant", of: &[Kind::LengthenColumn], on: Servers::MARIADB, ..Fact::BASE },
    Fact {
        id: "lengthen-column/across-byte",
        of: &[Kind::LengthenColumnAcrossByte],
        on: Servers::MYSQL,
        how: How::Copy,
        because: "values of more than 255 bytes have a second byte of length, in every row",
        ..Fact::BASE
    },
    Fact {
        id: "lengthen-column/mariadb-across-byte",
        of: &[Kind::LengthenColumnAcrossByte],
        on: Servers::MARIADB,
        when: |change| change.bytes_before() > 127 && !change.has_row_format("REDUNDANT"),
        how: How::Copy,
        because: "values of more than 255 bytes have a second byte of length where those before had more than 127",
        source: INSTANT,
        ..Fact::BASE
    },
    Fact { id: "column/members-appended", of: &[Kind::AppendMembers], ..Fact::BASE },
    Fact {
        id: "column/type",
        of: &[Kind::ChangeType],
        how: How::Copy,
        because: "the values of the column are stored in another way",
        ..Fact::BASE
    },
    Fact {
        id: "column/text-to-bytes",
        of: &[Kind::TextToBytes],
        on: Servers::mysql_from(900, 0),
        when: |change| !is_indexed(change),
        how: How::NoCopy,
        ..Fact::BASE
    },
    Fact {
        id: "column/text-to-bytes-in-index",
        of: &[Kind::TextToBytes],
        on: Servers::mysql_from(900, 0),
        when: is_indexed,
        how: How::Copy,
        because: "the column is in an index, whose order may change",
        source: "what is not known counts as the worst",
        ..Fact::BASE
    },
    Fact {
        id: "column/text-to-bytes-before-9",
        of: &[Kind::TextToBytes],
        on: Servers::mysql_before(900, 0),
        how: How::Copy,
        because: "the values of the column are stored in another way",
        source: "MySQL 8.0 manual, 17.12.1 Online DDL Operations; no server of 8.0 was asked",
        ..Fact::BASE
    },
    Fact {
        id: "column/text-to-bytes-mariadb",
        of: &[Kind::TextToBytes],
        on: Servers::MARIADB,
        how: How::Copy,
        because: "the values of the column are stored in another way",
        ..Fact::BASE
    },
    Fact {
        id: "column/unknown",
        of: &[Kind::ChangeUnknown],
        how: How::Copy,
        because: "what the column was before is not known: its type may change",
        source: "what is not known counts as the worst",
        ..Fact::BASE
    },
    Fact {
        id: "column/charset",
        of: &[Kind::ChangeCharset],
        how: How::Copy,
        because: "the text of the column is written in another character set",
        ..Fact::BASE
    },
    Fact {
        id: "column/collation",
        of: &[Kind::ChangeCollation, Kind::ExtendCharset],
        on: Servers::mysql_from(900, 0),
        when: |change| !is_indexed(change),
        how: How::NoCopy,
        ..Fact::BASE
    },
    Fact {
        id: "column/collation-in-index",
        of: &[Kind::ChangeCollation, Kind::ExtendCharset],
        on: Servers::mysql_from(900, 0),
        when: is_indexed,
        how: How::Copy,
        because: "the column is in an index, whose order changes",
        ..Fact::BASE
    },
    Fact {
        id: "column/collation-before-9",
        of: &[Kind::ChangeCollation, Kind::ExtendCharset],
        on: Servers::mysql_before(900, 0),
        how: How::Copy,
        because: "the character set of the column changes",
        source: "MySQL 8.0 manual, 17.12.1 Online DDL Operations; no server of 8.0 was asked",
        ..Fact::BASE
    },
    Fact { id: "column/charset-extended-mariadb", of: &[Kind::ExtendCharset], on: Servers::MARIADB, ..Fact::BASE },
    Fact { id: "column/collation-mariadb", of: &[Kind::ChangeCollation], on: Servers::MARIADB, ..Fact::BASE },
    Fact {
        id: "column/collation-mariadb-in-index",
        of: &[Kind::ChangeCollation],
        on: Servers::MARIADB,
        when: is_indexed,
        how: How::NoCopy,
        because: "an index over the column is built anew",
        scans: true,
        ..Fact::BASE
    },
    Fact {
        id: "column/members-recoded",
        of: &[Kind::RecodeMembers],
        on: Servers::mysql_from(900, 0),
        when: |change| !is_indexed(change),
        ..Fact::BASE
    },
    Fact {
        id: "column/members-recoded-in-index",
        of: &[Kind::RecodeMembers],
        on: Servers::mysql_from(900, 0),
        when: is_indexed,
        how: How::Copy,
        because: "the column is in an index, whose order may change",
        source: "what is not known counts as the worst",
        ..Fact::BASE
    },
    Fact {
        id: "column/members-recoded-before-9",
        of: &[Kind::RecodeMembers],
        on: Servers::mysql_before(900, 0),
        how: How::Copy,
        because: "the character set of the column changes",
        source: "MySQL 8.0 manual, 17.12.1 Online DDL Operations; no server of 8.0 was asked",
        ..Fact::BASE
    },
    Fact {
        id: "column/members-recoded-mariadb",
        of: &[Kind::RecodeMembers],
        on: Servers::MARIADB,
        how: How::Copy,
        because: "the members of the column get another collation",
        ..Fact::BASE
    },
    Fact {
        id: "not-null/rebuild",
        of: &[Kind::SetNotNull],
        how: How::Rebuild,
        because: "every row is written without the mark for NULL",
        ..Fact::BASE
    },
    Fact {
        id: "not-null/not-strict",
        of: &[Kind::SetNotNull],
        on: Servers::MYSQL,
        when: |change| !change.is_strict(),
        how: How::Copy,
        because: "without a strict mode NULLs become values on the way",
        ..Fact::BASE
    },
    Fact {
        id: "not-null/timestamp-mariadb",
        of: &[Kind::SetNotNull],
        on: Servers::MARIADB,
        when: |change| change.written().is_some_and(|column| &*column.data_type.name == "timestamp"),
        how: How::Copy,
        because: "NULL in a TIMESTAMP becomes the time of the statement",
        ..Fact::BASE
    },
    Fact {
        id: "not-null/with-virtual-mariadb",
        of: &[Kind::SetNotNull],
        on: Servers::MARIADB,
        when: |change| change.table.columns.iter().any(is_virtual),
        how: How::Copy,
        because: "the table has a virtual column, which is computed of each row",
        ..Fact::BASE
    },
    Fact {
        id: "null/rebuild",
        of: &[Kind::DropNotNull],
        how: How::Rebuild,
        because: "every row is written with a mark for NULL",
        ..Fact::BASE
    },
    Fact {
        id: "auto-increment/set",
        of: &[Kind::SetAutoIncrement],
        how: How::Copy,
        because: "the rows are numbered",
        ..Fact::BASE
    },
    Fact {
        id: "auto-increment/dropped",
        of: &[Kind::DropAutoIncrement],
        on: Servers::MYSQL,
        how: How::Copy,
        because: "AUTO_INCREMENT is taken from a column by a copy only",
        ..Fact::BASE
    },
    Fact { id: "auto-increment/dropped-mariadb", of: &[Kind::DropAutoIncrement], on: Servers::MARIADB, ..Fact::BASE },
    Fact {
        id: "generated/virtual-changed",
        of: &[Kind::ChangeVirtualColumn],
        on: Servers::MYSQL,
        how: How::Copy,
        because: "what a generated column computes is changed by a copy only",
        ..Fact::BASE
    },
    Fact {
        id: "generated/virtual-changed-mariadb",
        of: &[Kind::ChangeVirtualColumn],
        on: Servers::MARIADB,
        ..Fact::BASE
    },
    Fact {
        id: "generated/indexed-virtual-changed-mariadb",
        of: &[Kind::ChangeVirtualColumn],
        on: Servers::MARIADB,
        when: is_indexed,
        how: How::Copy,
        because: "an index holds what the column computes",
        ..Fact::BASE
    },
    Fact {
        id: "generated/stored-changed",
        of: &[Kind::ChangeStoredColumn],
        how: How::Copy,
        because: "a stored column is computed for each row",
        ..Fact::BASE
    },
];

fn position<'a>(change: &Change<'a>) -> Option<&'a Position> {
    match change.action {
        ActionKind::AddColumn { position, .. } => position.as_ref(),
        _ => None,
    }
}

fn default<'a>(change: &Change<'a>) -> Option<&'a Expression> {
    change.written()?.default.as_ref()
}

/// Whether MariaDB computes a default for each row: of other columns, or an identity. All rows get one time, and one random
/// number.
fn varies(default: &Expression) -> bool {
    const IDENTITIES: [&str; 6] = ["uuid", "uuid_short", "sys_guid", "random_bytes", "nextval", "lastval"];
    !default.columns.is_empty() || default.calls.iter().any(|call| IDENTITIES.contains(&&**call))
}

/// Whether a column is computed when it is read.
fn is_virtual(column: &ColumnDef) -> bool {
    column.generated.as_ref().is_some_and(|generated| !generated.stored)
}

/// Whether a column is added before one that is virtual.
fn is_before_virtual(change: &Change<'_>) -> bool {
    let columns = &change.table.columns;
    let at = match position(change) {
        None => return false,
        Some(Position::First) => 0,
        Some(Position::After(other)) => {
            columns.iter().position(|column| column.name == *other).map_or(columns.len(), |at| at + 1)
        }
    };
    columns.iter().skip(at).any(is_virtual)
}

/// Whether an action drops a column that is stored.
fn drops_stored(change: &Change<'_>, action: &ActionKind) -> bool {
    let ActionKind::DropColumn { column, .. } = action else { return false };
    change.table.column(column).is_some_and(|column| !is_virtual(column))
}

/// Whether an action adds a column that is stored.
fn adds_stored(action: &ActionKind) -> bool {
    let ActionKind::AddColumn { column, .. } = action else { return false };
    column.generated.as_ref().is_none_or(|generated| generated.stored)
}

fn is_indexed(change: &Change<'_>) -> bool {
    change.old().is_some_and(|old| change.indexes_of(&old.name).next().is_some())
}

fn is_referenced(change: &Change<'_>) -> bool {
    change.old().is_some_and(|old| change.is_referenced(&old.name))
}
