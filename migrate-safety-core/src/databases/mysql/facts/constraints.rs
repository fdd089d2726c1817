//! Foreign keys and checks.

use super::change::{Change, Kind};
use super::fact::{Fact, How, Servers};
use crate::databases::operation::{ActionKind, CheckDef, IndexDef};

pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "add-foreign-key/checked",
        of: &[Kind::AddForeignKey],
        when: |change| is_made(change) && !change.is_off("foreign_key_checks"),
        how: How::Copy,
        because: "every row is checked, unless `foreign_key_checks` is 0",
        ..Fact::BASE
    },
    Fact {
        id: "add-foreign-key/unchecked",
        of: &[Kind::AddForeignKey],
        on: Servers::MYSQL,
        when: |change| is_made(change) && change.is_off("foreign_key_checks"),
        how: How::NoCopy,
        ..Fact::BASE
    },
    Fact {
        id: "add-foreign-key/unchecked-mariadb",
        of: &[Kind::AddForeignKey],
        on: Servers::MARIADB,
        when: |change| change.is_off("foreign_key_checks"),
        ..Fact::BASE
    },
    Fact {
        id: "add-foreign-key/unchecked-with-index",
        of: &[Kind::AddForeignKey],
        when: |change| is_made(change) && change.is_off("foreign_key_checks") && !has_index(change),
        how: How::NoCopy,
        because: "the server builds an index over the referencing columns",
        scans: true,
        ..Fact::BASE
    },
    Fact {
        id: "drop-foreign-key/in-place",
        of: &[Kind::DropForeignKey],
        on: Servers::MYSQL,
        how: How::NoCopy,
        ..Fact::BASE
    },
    Fact { id: "drop-foreign-key/instant", of: &[Kind::DropForeignKey], on: Servers::MARIADB, ..Fact::BASE },
    Fact {
        id: "add-check/copy",
        of: &[Kind::AddCheck],
        when: |change| {
            let at_column = change.scene.target().dialect == crate::Dialect::MariaDb
                && check(change).is_some_and(|check| check.at_column.is_some());
            check(change).is_some_and(|check| check.enforced) && !at_column
        },
        how: How::Copy,
        because: "every row is checked",
        ..Fact::BASE
    },
    Fact {
        id: "add-check/not-enforced",
        of: &[Kind::AddCheck],
        on: Servers::MYSQL,
        when: |change| check(change).is_some_and(|check| !check.enforced),
        ..Fact::BASE
    },
    Fact {
        id: "add-check/at-column-mariadb",
        of: &[Kind::AddCheck],
        on: Servers::MARIADB,
        when: |change| check(change).is_some_and(|check| check.at_column.is_some()),
        ..Fact::BASE
    },
    Fact {
        id: "enforce-check/copy",
        of: &[Kind::EnforceCheck],
        how: How::Copy,
        because: "every row is checked",
        ..Fact::BASE
    },
    Fact { id: "relax-check/instant", of: &[Kind::RelaxCheck], ..Fact::BASE },
    Fact { id: "drop-check/instant", of: &[Kind::DropCheck], ..Fact::BASE },
];

fn check<'a>(change: &Change<'a>) -> Option<&'a CheckDef> {
    match change.action {
        ActionKind::AddCheck { check } => Some(check),
        _ => None,
    }
}

/// Whether the server makes the foreign key at all: MySQL reads over one that is written at a column before 9.0.
fn is_made(change: &Change<'_>) -> bool {
    let ActionKind::AddForeignKey { foreign_key, .. } = change.action else { return false };
    let target = change.scene.target();
    !foreign_key.at_column || target.dialect == crate::Dialect::MariaDb || target.is_from(900, 0)
}

/// Whether there is an index that begins with the referencing columns, or one is made for it.
fn has_index(change: &Change<'_>) -> bool {
    let ActionKind::AddForeignKey { foreign_key, .. } = change.action else { return true };
    let begins = |index: &IndexDef| {
        let columns = index.columns();
        columns.len() >= foreign_key.columns.len() && columns.iter().zip(&foreign_key.columns).all(|(a, b)| *a == b)
    };
    change.table.indexes.iter().any(begins)
}
