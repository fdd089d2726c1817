//! A plain directory of `.sql` files, run in the order of their names, each in a transaction unless it says
//! `-- no-transaction`.

use super::sqlx::NO_TRANSACTION;
use super::{Layout, LayoutNote, Migration, MigrationSet, Source, read};
use std::cmp::Ordering;
use std::path::{Path, PathBuf};

/// Whether this is a migration going up.
pub(super) fn is_migration(path: &Path) -> bool {
    is_named(path) && !path.is_dir()
}

fn is_named(path: &Path) -> bool {
    let name = read::file_name(path).to_ascii_lowercase();
    name.ends_with(".sql") && !is_down(&name)
}

/// Names that other tools give to the way back: `x.down.sql`, `down.sql`, Flyway's and refinery's `U1__x.sql`.
fn is_down(name: &str) -> bool {
    name == "down.sql"
        || name.ends_with(".down.sql")
        || (name.starts_with('u') && name.contains("__") && name[1..].starts_with(|c: char| c.is_ascii_digit()))
}

pub(super) fn read(entries: &[PathBuf]) -> MigrationSet {
    let mut set = MigrationSet { layout: Layout::Plain, ..MigrationSet::default() };
    set.ignored.extend(entries.iter().filter(|p| is_named(p) && p.is_dir()).cloned());
    let mut paths: Vec<&PathBuf> = entries.iter().filter(|p| is_migration(p)).collect();
    paths.sort_by(|a, b| natural(&read::file_name(a), &read::file_name(b)));
    for path in paths {
        match read::source(path) {
            Ok(source) => {
                let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
                let down = path.with_file_name(format!("{}.down.sql", stem.trim_end_matches(".up")));
                let down = read::is_there(&down).then(|| read::source(&down)).transpose();
                let (down, error) = match down {
                    Ok(down) => (down, None),
                    Err(error) => (None, Some(error)),
                };
                set.errors.extend(error);
                set.migrations.push(Migration { down, ..migration(&stem, source) });
            }
            Err(error) => set.errors.push(error),
        }
    }
    set
}

/// A text that runs in a transaction, unless its first bytes say otherwise, as they do for sqlx.
pub(super) fn migration(stem: &str, source: Source) -> Migration {
    let stem = stem.strip_suffix(".up").unwrap_or(stem);
    let (id, name) = match stem.split_once('_') {
        Some((id, name)) if id.ends_with(|c: char| c.is_ascii_digit()) => (id, name.trim_start_matches('_')),
        _ => (stem, stem),
    };
    let bom = source.text.starts_with('\u{feff}');
    let transaction = !source.text.starts_with(NO_TRANSACTION);
    Migration {
        id: id.to_owned(),
        name: name.replace('_', " "),
        up: source,
        down: None,
        transaction,
        notes: bom.then_some(LayoutNote::ByteOrderMark).into_iter().collect(),
    }
}

/// Compares names as people count: `V2` before `V10`.
pub(super) fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let digits = |s: &str| s.len() - s.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (da, db) = (digits(a), digits(b));
        if da > 0 && db > 0 {
            let (na, nb) = (a[..da].trim_start_matches('0'), b[..db].trim_start_matches('0'));
            let order = na.len().cmp(&nb.len()).then_with(|| na.cmp(nb)).then_with(|| da.cmp(&db));
            if order != Ordering::Equal {
                return order;
            }
            (a, b) = (&a[da..], &b[db..]);
            continue;
        }
        match (a.chars().next(), b.chars().next()) {
            (Some(x), Some(y)) if x == y => (a, b) = (&a[x.len_utf8()..], &b[y.len_utf8()..]),
            (x, y) => return x.cmp(&y),
        }
    }
}
