//! The key that batches follow.

use super::words::Words;
use crate::backfill::error::InvalidBackfill;
use crate::databases::name::Name;
use crate::databases::operation::{ColumnDef, IndexDef, IndexKind};
use crate::databases::quote::quoted;
use crate::databases::schema::Table;
use crate::dialect::Dialect;

/// A column of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyPart {
    pub(crate) name: Name,
    /// As a statement writes it.
    pub(crate) sql: String,
    /// An expression that writes its value as a literal.
    pub(crate) text: String,
}

/// Chooses the key of a table: the named one, else the primary key, else the shortest other one.
pub(super) fn choose(
    dialect: Dialect,
    words: &Words,
    table: &Table,
    named: &[String],
) -> Result<Vec<KeyPart>, InvalidBackfill> {
    let of = table.name.to_string();
    let mut reasons = Vec::new();
    let mut usable: Vec<(bool, Vec<KeyPart>)> = Vec::new();
    for index in table.indexes.iter().filter(|index| index.is_unique()) {
        let names: Vec<String> = index.columns().iter().map(ToString::to_string).collect();
        let is_named = named.len() == names.len()
            && named.iter().zip(&names).all(|(named, name)| unquoted(named).eq_ignore_ascii_case(name));
        if !named.is_empty() && !is_named {
            continue;
        }
        match parts(dialect, words, table, index) {
            Ok(parts) => usable.push((index.kind != IndexKind::Primary, parts)),
            Err(reason) => reasons.push(format!("the one on ({}) {reason}", names.join(", "))),
        }
    }
    usable.sort_by_key(|(other, parts)| (*other, parts.len()));
    if let Some((_, parts)) = usable.into_iter().next() {
        return Ok(parts);
    }
    let reason = if reasons.is_empty() { "no index of it is unique".to_owned() } else { reasons.join(", ") };
    Err(match named {
        [] => InvalidBackfill::NoKey { table: of, reason, by_place: false },
        named => {
            let reason = if reasons.is_empty() {
                "no unique index is on these columns in this order; name the columns of one, or add it".to_owned()
            } else {
                reason
            };
            InvalidBackfill::UnusableKey { table: of, columns: named.join(", "), reason }
        }
    })
}

/// The columns of a unique index, or why it cannot be followed.
fn parts(dialect: Dialect, words: &Words, table: &Table, index: &IndexDef) -> Result<Vec<KeyPart>, String> {
    if index.predicate.is_some() {
        return Err("covers a part of the rows only".to_owned());
    }
    let part = |part: &crate::databases::operation::IndexPart| {
        let name = part.column().ok_or("is on an expression")?;
        let column = table.column(name).ok_or_else(|| format!("holds {name}, which is not known"))?;
        if part.length.is_some() {
            return Err(format!("holds a part of {name} only"));
        }
        if part.collation.as_ref().is_some_and(|collation| column.collation.as_ref() != Some(collation)) {
            return Err(format!("orders {name} unlike the column itself"));
        }
        if !never_null(dialect, table, index, column) {
            return Err(format!("holds {name}, which can be NULL"));
        }
        let sql = quoted(dialect, name.as_str());
        let text = (words.key)(&sql, &column.data_type).ok_or_else(|| {
            format!("holds {name} of type {}, whose values have no exact text or no order", column.data_type.name)
        })?;
        Ok(KeyPart { name: name.clone(), sql, text })
    };
    index.parts.iter().map(part).collect()
}

/// Whether a column of a key holds no NULL. SQLite allows them in primary keys, but for those that stand for the rowid and
/// those of tables without one.
fn never_null(dialect: Dialect, table: &Table, index: &IndexDef, column: &ColumnDef) -> bool {
    let is_primary = index.kind == IndexKind::Primary;
    let of_sqlite = || {
        let is_rowid = index.parts.len() == 1 && column.data_type.name.eq_ignore_ascii_case("integer");
        is_primary && (table.options.without_rowid || is_rowid)
    };
    column.not_null == Some(true) || if dialect == Dialect::Sqlite { of_sqlite() } else { is_primary }
}

fn unquoted(name: &str) -> &str {
    name.trim().trim_matches(['"', '`'])
}
