//! sqlx's directory of migrations (sqlx 0.9: `MigrationSource::resolve`).

use super::{Layout, LayoutNote, LoadError, Migration, MigrationSet, Source, read};
use std::path::PathBuf;

/// What turns the transaction off: only as the file's very first bytes.
pub(super) const NO_TRANSACTION: &str = "-- no-transaction";

/// A file name in sqlx's form.
pub(super) struct FileName {
    version: i64,
    name: String,
    down: bool,
}

/// `<i64>_<name>.sql`, `.up.sql`, `.down.sql`; anything else is not in sqlx's form.
pub(super) fn file_name(name: &str) -> Option<FileName> {
    let (version, rest) = name.split_once('_')?;
    let stem = rest.strip_suffix(".sql")?;
    let version = version.parse().ok()?;
    let (stem, down) = match stem.strip_suffix(".down") {
        Some(stem) => (stem, true),
        None => (stem.strip_suffix(".up").unwrap_or(stem), false),
    };
    Some(FileName { version, name: stem.replace('_', " "), down })
}

pub(super) fn read(entries: &[PathBuf]) -> MigrationSet {
    let mut set = MigrationSet { layout: Layout::Sqlx, ..MigrationSet::default() };
    let mut ups: Vec<(FileName, Source)> = Vec::new();
    let mut downs: Vec<(FileName, Source)> = Vec::new();
    for path in entries {
        let written = read::file_name(path);
        if path.is_dir() {
            set.ignored.extend(file_name(&written).map(|_| path.clone()));
            continue;
        }
        let Some(name) = file_name(&written) else {
            if written.ends_with(".sql") {
                match written.split_once('_') {
                    // sqlx refuses the whole directory for a version that is no number.
                    Some(_) => set.errors.push(LoadError::new(
                        path,
                        "sqlx takes what stands before the first `_` as the version: it must be an integer",
                    )),
                    None => set.ignored.push(path.clone()),
                }
            }
            continue;
        };
        match read::source(path) {
            Ok(source) if name.down => downs.push((name, source)),
            Ok(source) => ups.push((name, source)),
            Err(error) => set.errors.push(error),
        }
    }
    ups.sort_by_key(|(name, _)| name.version);
    for (name, source) in ups {
        let down = downs.iter().find(|(d, _)| d.version == name.version).map(|(_, source)| source.clone());
        set.migrations.push(Migration { down, ..build(name, source) });
    }
    set
}

/// A single text that sqlx would run; `stem` is its file name without the ending.
pub(super) fn migration(stem: &str, source: Source) -> Migration {
    let name = file_name(&format!("{stem}.sql")).unwrap_or_else(|| FileName {
        version: 0,
        name: stem.to_owned(),
        down: false,
    });
    let unnumbered = name.version == 0;
    let mut migration = build(name, source);
    if unnumbered {
        stem.clone_into(&mut migration.id);
    }
    migration
}

fn build(name: FileName, source: Source) -> Migration {
    let mut notes: Vec<_> = misplaced_no_transaction(&source.text).into_iter().collect();
    if source.text.starts_with('\u{feff}') {
        notes.push(LayoutNote::ByteOrderMark);
    }
    Migration {
        id: name.version.to_string(),
        name: name.name,
        transaction: !source.text.starts_with(NO_TRANSACTION),
        up: source,
        down: None,
        notes,
    }
}

/// A comment that was meant to turn the transaction off but that sqlx does not see.
fn misplaced_no_transaction(text: &str) -> Option<LayoutNote> {
    if text.starts_with(NO_TRANSACTION) {
        return None;
    }
    for (line, written) in (1..).zip(text.lines()) {
        let trimmed = written.trim_start_matches('\u{feff}').trim();
        if let Some(comment) = trimmed.strip_prefix("--") {
            let comment = comment.trim().to_ascii_lowercase().replace(['_', ' '], "-");
            if comment == "no-transaction" || comment.starts_with("no-transaction-") {
                let why = if text.starts_with('\u{feff}') {
                    "a byte order mark stands before it"
                } else if line > 1 {
                    "it is not on the first line"
                } else if written.starts_with([' ', '\t']) {
                    "white space stands before it"
                } else {
                    "it is not spelt `-- no-transaction`"
                };
                return Some(LayoutNote::MisplacedNoTransaction { line, why });
            }
        } else if !trimmed.is_empty() {
            // Only the comments before the first statement were meant for the host.
            return None;
        }
    }
    None
}
