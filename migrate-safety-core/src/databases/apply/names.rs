//! Names that the servers make.

use crate::databases::name::Name;
use crate::databases::operation::{IndexDef, IndexKind};
use crate::databases::schema::Table;
use crate::dialect::Target;

/// The name of an index that is given none. MySQL: that of its first column, with a number if it is taken (manual,
/// CREATE INDEX); SQLite: `sqlite_autoindex_t_1` (its documentation, "The Schema Table").
pub(super) fn index_name(target: Target, table: &Table, index: &IndexDef) -> Name {
    if target.dialect.is_mysql() {
        if index.kind == IndexKind::Primary {
            return Name::new("PRIMARY");
        }
        let base = match index.columns().first() {
            Some(column) => column.as_str(),
            None => "functional_index",
        };
        return free(table, base, |n| format!("{base}_{n}"));
    }
    let number = 1 + table.indexes.iter().filter(|index| is_automatic(index)).count();
    Name::new(&format!("sqlite_autoindex_{}_{number}", table.name.name))
}

/// The name of a foreign key that is given none (MySQL): `t_ibfk_1`, one more than the highest there is.
pub(super) fn foreign_key_name(table: &Table) -> Name {
    let prefix = format!("{}_ibfk_", table.name.name);
    next(&prefix, table.foreign_keys.iter().filter_map(|fk| fk.name.as_ref()))
}

/// The name of a check that is given none: MySQL's `t_chk_1`, MariaDB's `CONSTRAINT_1`.
pub(super) fn check_name(target: Target, table: &Table) -> Name {
    let prefix = match target.dialect {
        crate::Dialect::MariaDb => "CONSTRAINT_".to_owned(),
        _ => format!("{}_chk_", table.name.name),
    };
    next(&prefix, table.checks.iter().filter_map(|check| check.name.as_ref()))
}

/// Gives the constraints of a table that is renamed the names that the server then gives those it has named itself
/// (measured, MySQL 9.7, MariaDB 10.11 and 11.8).
pub(super) fn follow(table: &mut Table, to: &Name) {
    let keys = table.foreign_keys.iter_mut().map(|key| (&mut key.name, "_ibfk_"));
    let checks = table.checks.iter_mut().map(|check| (&mut check.name, "_chk_"));
    let old = table.name.name.as_str();
    for (name, infix) in keys.chain(checks) {
        let prefix = format!("{old}{infix}");
        let number = name.as_ref().and_then(|name| name.as_str().strip_prefix(&prefix)).map(str::to_owned);
        if let Some(number) = number.filter(|number| number.bytes().all(|b| b.is_ascii_digit())) {
            *name = Some(Name::new(&format!("{to}{infix}{number}")));
        }
    }
}

/// Whether SQLite made the index for a constraint.
pub(super) fn is_automatic(index: &IndexDef) -> bool {
    index.name.as_ref().is_some_and(|name| name.as_str().starts_with("sqlite_autoindex_"))
}

fn free(table: &Table, base: &str, numbered: impl Fn(usize) -> String) -> Name {
    let first = Name::new(base);
    if table.index(&first).is_none() && first != *"PRIMARY" {
        return first;
    }
    // There are not more names taken than there are indexes.
    let names = (2..=table.indexes.len() + 2).map(|n| Name::new(&numbered(n)));
    let mut free = names.filter(|name| table.index(name).is_none());
    free.next().unwrap_or(first)
}

fn next<'n>(prefix: &str, taken: impl Iterator<Item = &'n Name>) -> Name {
    let number = |name: &Name| -> Option<u32> {
        let head = name.as_str().get(..prefix.len())?;
        name.as_str().get(prefix.len()..).filter(|_| head.eq_ignore_ascii_case(prefix))?.parse().ok()
    };
    Name::new(&format!("{prefix}{}", taken.filter_map(number).max().unwrap_or(0).saturating_add(1)))
}
