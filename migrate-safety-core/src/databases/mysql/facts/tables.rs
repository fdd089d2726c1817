//! Tables: names, options, partitions.

use super::super::types::CharsetChange;
use super::change::Kind;
use super::fact::{Fact, How, Servers};
use crate::databases::operation::Lock;

pub(super) const FACTS: &[Fact] = &[
    Fact { id: "rename-table/instant", of: &[Kind::RenameTable], ..Fact::BASE },
    Fact {
        id: "rename-table/mariadb-alone",
        of: &[Kind::RenameTable],
        on: Servers::MARIADB,
        when: |change| change.actions.len() == 1,
        lock: Lock::Exclusive,
        ..Fact::BASE
    },
    Fact {
        id: "convert/same",
        of: &[Kind::Convert],
        on: Servers::MYSQL,
        when: |change| change.converts() == CharsetChange::Same,
        how: How::NoCopy,
        ..Fact::BASE
    },
    Fact {
        id: "convert/same-mariadb",
        of: &[Kind::Convert],
        on: Servers::MARIADB,
        when: |change| matches!(change.converts(), CharsetChange::Same | CharsetChange::Extended),
        ..Fact::BASE
    },
    Fact {
        id: "convert/extended",
        of: &[Kind::Convert],
        on: Servers::mysql_from(900, 0),
        when: |change| change.converts() == CharsetChange::Extended,
        how: How::NoCopy,
        ..Fact::BASE
    },
    Fact {
        id: "convert/extended-before-9",
        of: &[Kind::Convert],
        on: Servers::mysql_before(900, 0),
        when: |change| change.converts() == CharsetChange::Extended,
        how: How::Copy,
        because: "the character set of columns changes",
        source: "MySQL 8.0 manual, 17.12.1 Online DDL Operations; no server of 8.0 was asked",
        ..Fact::BASE
    },
    Fact {
        id: "convert/collation",
        of: &[Kind::Convert],
        on: Servers::MYSQL,
        when: |change| change.converts() == CharsetChange::Collation,
        how: How::Rebuild,
        lock: Lock::Shared,
        because: "columns get another collation: nobody may write meanwhile",
        ..Fact::BASE
    },
    Fact {
        id: "convert/collation-mariadb",
        of: &[Kind::Convert],
        on: Servers::MARIADB,
        when: |change| change.converts() == CharsetChange::Collation,
        how: How::Copy,
        because: "columns get another collation",
        ..Fact::BASE
    },
    Fact {
        id: "convert/charset",
        of: &[Kind::Convert],
        when: |change| change.converts() == CharsetChange::Other,
        how: How::Copy,
        because: "text is written in another character set",
        ..Fact::BASE
    },
    Fact {
        id: "table-option/in-place",
        of: &[Kind::TableOption],
        on: Servers::MYSQL,
        when: |change| change.is_innodb(),
        how: How::NoCopy,
        ..Fact::BASE
    },
    Fact {
        id: "table-option/other-engine",
        of: &[Kind::TableOption],
        on: Servers::MYSQL,
        when: |change| !change.is_innodb(),
        ..Fact::BASE
    },
    Fact { id: "table-option/instant", of: &[Kind::TableOption], on: Servers::MARIADB, ..Fact::BASE },
    Fact {
        id: "row-format/rebuild",
        of: &[Kind::RowFormat],
        how: How::Rebuild,
        because: "every page is written in another form",
        ..Fact::BASE
    },
    Fact {
        id: "encryption/copy",
        of: &[Kind::Encrypt],
        how: How::Copy,
        because: "every page is encrypted",
        source: "MySQL manual, 17.12.1 Online DDL Operations, Tablespace Operations; no server was asked",
        ..Fact::BASE
    },
    Fact {
        id: "engine/copy",
        of: &[Kind::Engine],
        how: How::Copy,
        because: "another storage engine stores the rows",
        ..Fact::BASE
    },
    Fact {
        id: "force/rebuild",
        of: &[Kind::Force],
        how: How::Rebuild,
        because: "the table is rebuilt, as it is told to",
        ..Fact::BASE
    },
    Fact {
        id: "order-by/copy",
        of: &[Kind::OrderBy],
        how: How::Copy,
        because: "the rows are sorted",
        source: "MySQL manual, 15.1.11 ALTER TABLE",
        ..Fact::BASE
    },
    Fact { id: "keys/instant", of: &[Kind::Keys], ..Fact::BASE },
    Fact { id: "keys/mariadb", of: &[Kind::Keys], on: Servers::MARIADB, lock: Lock::Exclusive, ..Fact::BASE },
    Fact {
        id: "tablespace/exclusive",
        of: &[Kind::Tablespace],
        how: How::NoCopy,
        lock: Lock::Exclusive,
        because: "the table's file is exchanged",
        source: "MySQL manual, 17.6.1.3 Importing InnoDB Tables",
        ..Fact::BASE
    },
    Fact {
        id: "partition-by/copy",
        of: &[Kind::PartitionBy],
        how: How::Copy,
        because: "every row goes into another file",
        ..Fact::BASE
    },
    Fact { id: "add-partition/in-place", of: &[Kind::AddPartition], how: How::NoCopy, ..Fact::BASE },
    Fact { id: "drop-partition/in-place", of: &[Kind::DropPartition], how: How::NoCopy, ..Fact::BASE },
    Fact { id: "truncate-partition/instant", of: &[Kind::TruncatePartition], ..Fact::BASE },
    Fact {
        id: "partition/moved",
        of: &[Kind::MovePartition],
        how: How::Rebuild,
        lock: Lock::Shared,
        because: "the rows of partitions are written anew: nobody may write meanwhile",
        ..Fact::BASE
    },
    Fact {
        id: "partition/exchanged",
        of: &[Kind::ExchangePartition],
        how: How::NoCopy,
        lock: Lock::Exclusive,
        because: "the rows of the other table are read through, unless `WITHOUT VALIDATION` is said",
        scans: true,
        source: "MySQL manual, 26.3.3 Exchanging Partitions and Subpartitions with Tables",
        ..Fact::BASE
    },
    Fact {
        id: "system-versioning/copy",
        of: &[Kind::SystemVersioning],
        how: How::Copy,
        because: "every row gets the times from which and to which it holds",
        ..Fact::BASE
    },
];
