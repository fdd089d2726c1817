//! What one schema has and another has not.
//!
//! Both are described part by part, by what things mean rather than how they are spelt. What follows from another
//! difference (the columns of a missing table) is not told again.

mod form;
mod parts;

use super::schema::Schema;
use crate::catalog::diff::{Change, Difference};
#[cfg(feature = "mysql")]
pub(crate) use form::data_type;
use parts::{Key, Part, parts};
use std::collections::BTreeMap;

/// What `actual` has that `expected` has not, and the reverse, but for the tables in which hosts and migrate-safety
/// itself keep something. `usual` is the character set and the collation of what says nothing of its own (MySQL).
pub fn diff(expected: &Schema, actual: &Schema, usual: Option<(&str, &str)>) -> Vec<Difference> {
    let (wanted, found) = (parts(expected, usual), parts(actual, usual));
    let mut differences = Vec::new();
    for (key, part) in &wanted {
        match found.get(key) {
            _ if is_unknown(expected, part) || is_unknown(actual, part) => {}
            None if follows(part, &found) => {}
            None => differences.push(missing(key, part)),
            Some(other) if other.is_like(part) => {}
            Some(other) => differences.push(different(key, part, other)),
        }
    }
    // What stands on others goes first.
    for (key, part) in found.iter().rev() {
        if !wanted.contains_key(key) && !follows(part, &wanted) && !is_unknown(expected, part) {
            differences.push(extra(key, part));
        }
    }
    differences
}

/// Whether the table of a part is not in the other schema at all.
fn follows(part: &Part, other: &BTreeMap<Key, Part>) -> bool {
    part.of.as_ref().is_some_and(|table| !other.contains_key(table))
}

/// Whether nothing certain is known of its table.
fn is_unknown(schema: &Schema, part: &Part) -> bool {
    schema.unknown.contains(&part.table.name) || schema.table(&part.table).is_some_and(|table| !table.known)
}

fn difference(key: &Key, part: &Part, change: Change, detail: String, sql: Vec<String>) -> Difference {
    Difference { kind: key.0, name: part.name.clone(), change, detail, sql, found: None, aspects: Vec::new() }
}

fn missing(key: &Key, part: &Part) -> Difference {
    difference(key, part, Change::Missing, String::new(), part.make.iter().cloned().collect())
}

fn extra(key: &Key, part: &Part) -> Difference {
    difference(key, part, Change::Extra, String::new(), part.unmake.iter().cloned().collect())
}

fn different(key: &Key, wanted: &Part, found: &Part) -> Difference {
    let detail = format!("{} expected, {} found", wanted.said(found), found.said(wanted));
    let sql = match &wanted.remake {
        Some(sql) => vec![sql.clone()],
        None => found.unmake.iter().chain(&wanted.make).cloned().collect(),
    };
    difference(key, wanted, Change::Different, detail, if wanted.is_remade() { sql } else { Vec::new() })
}
