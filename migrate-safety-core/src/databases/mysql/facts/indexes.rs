//! Indexes and keys.

use super::change::{Change, Kind, is_in};
use super::fact::{Fact, How, Servers};
use crate::databases::operation::{ActionKind, IndexDef, IndexKey, IndexKind, Lock};

pub(super) const FACTS: &[Fact] = &[
    Fact { id: "add-index/in-place", of: &[Kind::AddIndex], how: How::NoCopy, scans: true, ..Fact::BASE },
    Fact {
        id: "add-index/expression",
        of: &[Kind::AddIndex],
        when: |change| {
            index(change).is_some_and(|index| index.parts.iter().any(|p| matches!(p.key, IndexKey::Expression(_))))
        },
        how: How::NoCopy,
        lock: Lock::Shared,
        because: "an index over an expression makes a hidden column: nobody may write meanwhile",
        scans: true,
        ..Fact::BASE
    },
    Fact {
        id: "add-index/new-virtual-column",
        of: &[Kind::AddIndex],
        when: is_over_new_virtual,
        how: How::NoCopy,
        lock: Lock::Shared,
        because: "the index is over a virtual column that the same statement adds: nobody may write meanwhile",
        scans: true,
        ..Fact::BASE
    },
    Fact {
        id: "add-index/unique-expression",
        of: &[Kind::AddIndex],
        on: Servers::MYSQL,
        when: |change| {
            let is_over_expression =
                |index: &IndexDef| index.parts.iter().any(|p| matches!(p.key, IndexKey::Expression(_)));
            index(change).is_some_and(|index| index.kind == IndexKind::Unique && is_over_expression(index))
        },
        how: How::Copy,
        because: "a unique index over an expression is not built in place together with its hidden column",
        ..Fact::BASE
    },
    Fact {
        id: "add-index/unique-new-virtual-column",
        of: &[Kind::AddIndex],
        when: |change| {
            index(change).is_some_and(|index| index.kind == IndexKind::Unique) && is_over_new_virtual(change)
        },
        how: How::Copy,
        because: "a unique index is not built in place together with a virtual column",
        ..Fact::BASE
    },
    Fact {
        id: "add-full-text/first",
        of: &[Kind::AddFullTextIndex],
        when: |change| !has_document_id(change),
        how: How::Rebuild,
        lock: Lock::Shared,
        because: "the first FULLTEXT index gives every row a document id: nobody may write meanwhile",
        ..Fact::BASE
    },
    Fact {
        id: "add-full-text/further",
        of: &[Kind::AddFullTextIndex],
        when: has_document_id,
        how: How::NoCopy,
        lock: Lock::Shared,
        because: "a FULLTEXT index is built while nobody may write",
        scans: true,
        ..Fact::BASE
    },
    Fact {
        id: "add-full-text/several",
        of: &[Kind::AddFullTextIndex],
        when: |change| {
            let full_text = |action: &&ActionKind| matches!(action, ActionKind::AddIndex { index, .. } if index.kind == IndexKind::FullText);
            change.actions.iter().filter(full_text).count() > 1
        },
        how: How::Copy,
        because: "one statement builds one FULLTEXT index in place",
        ..Fact::BASE
    },
    Fact {
        id: "add-spatial/in-place",
        of: &[Kind::AddSpatialIndex],
        how: How::NoCopy,
        lock: Lock::Shared,
        because: "a SPATIAL index is built while nobody may write",
        scans: true,
        ..Fact::BASE
    },
    Fact {
        id: "add-vector/copy",
        of: &[Kind::AddVectorIndex],
        how: How::Copy,
        because: "a VECTOR index is built by a copy",
        source: "MariaDB, Vector Overview; no server was asked",
        ..Fact::BASE
    },
    Fact {
        id: "add-primary-key/rebuild",
        of: &[Kind::AddPrimaryKey],
        how: How::Rebuild,
        because: "the rows are stored in the order of the primary key",
        ..Fact::BASE
    },
    Fact { id: "drop-index/in-place", of: &[Kind::DropIndex], how: How::NoCopy, ..Fact::BASE },
    Fact {
        id: "drop-primary-key/alone",
        of: &[Kind::DropPrimaryKey],
        when: |change| !adds_primary_key(change) && !has_other_key(change),
        how: How::Copy,
        because: "the rows are stored in the order of the primary key, and the statement adds no other",
        ..Fact::BASE
    },
    Fact {
        id: "drop-primary-key/replaced",
        of: &[Kind::DropPrimaryKey],
        when: |change| adds_primary_key(change) || has_other_key(change),
        how: How::Rebuild,
        because: "the rows are stored in the order of the primary key",
        ..Fact::BASE
    },
    Fact { id: "rename-index/in-place", of: &[Kind::RenameIndex], on: Servers::MYSQL, how: How::NoCopy, ..Fact::BASE },
    Fact { id: "rename-index/instant", of: &[Kind::RenameIndex], on: Servers::MARIADB, ..Fact::BASE },
    Fact {
        id: "index-visibility/in-place",
        of: &[Kind::SetIndexVisible],
        on: Servers::MYSQL,
        how: How::NoCopy,
        ..Fact::BASE
    },
    Fact { id: "index-visibility/instant", of: &[Kind::SetIndexVisible], on: Servers::MARIADB, ..Fact::BASE },
];

fn index<'a>(change: &Change<'a>) -> Option<&'a IndexDef> {
    match change.action {
        ActionKind::AddIndex { index, .. } => Some(index),
        _ => None,
    }
}

/// Whether the index is over a virtual column that the same statement adds.
fn is_over_new_virtual(change: &Change<'_>) -> bool {
    change.with(|action| match (action, index(change)) {
        (ActionKind::AddColumn { column, .. }, Some(index)) => {
            column.generated.as_ref().is_some_and(|g| !g.stored) && is_in(index, &column.name)
        }
        _ => false,
    })
}

/// Whether the rows have the ids that FULLTEXT indexes need: from an index before, or in a column.
fn has_document_id(change: &Change<'_>) -> bool {
    change.has_index(IndexKind::FullText) || change.table.columns.iter().any(|column| column.name == *"FTS_DOC_ID")
}

fn adds_primary_key(change: &Change<'_>) -> bool {
    change.with(|action| matches!(action, ActionKind::AddIndex { index, .. } if index.kind == IndexKind::Primary))
}

/// Whether MariaDB takes another key for the primary one: a unique index over columns that are never NULL.
fn has_other_key(change: &Change<'_>) -> bool {
    let never_null = |index: &IndexDef| {
        index.columns().len() == index.parts.len()
            && index
                .columns()
                .into_iter()
                .all(|name| change.table.column(name).is_some_and(|c| c.not_null == Some(true)))
    };
    let mariadb = change.scene.target().dialect == crate::Dialect::MariaDb;
    mariadb && change.table.indexes.iter().any(|index| index.kind == IndexKind::Unique && never_null(index))
}
