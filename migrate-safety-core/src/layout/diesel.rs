//! diesel's directory of migrations (diesel_migrations 2.3: `FileBasedMigrations`, `embed_migrations!`).

use super::{Layout, LayoutNote, LoadError, Migration, MigrationSet, read};
use std::path::{Path, PathBuf};

/// Whether this is the directory of one migration.
pub(super) fn is_migration(path: &Path) -> bool {
    !read::file_name(path).starts_with('.') && read::is_there(&path.join("up.sql"))
}

pub(super) fn read(entries: &[PathBuf]) -> MigrationSet {
    let mut set = MigrationSet { layout: Layout::Diesel, ..MigrationSet::default() };
    for dir in entries {
        if !is_migration(dir) {
            let down_only = dir.is_dir() && read::is_there(&dir.join("down.sql"));
            if down_only {
                set.errors.push(LoadError::new(dir, "a migration without an up.sql: diesel cannot run it"));
            } else if dir.is_file() && read::file_name(dir).ends_with(".sql") {
                set.ignored.push(dir.clone());
            }
            continue;
        }
        match migration(dir) {
            Ok((migration, error)) => {
                set.migrations.push(migration);
                set.errors.extend(error);
            }
            Err(error) => set.errors.push(error),
        }
    }
    set.migrations.sort_by(|a, b| a.id.cmp(&b.id));
    set
}

/// The migration in `dir`, with the error of its down.sql if that cannot be read.
fn migration(dir: &Path) -> Result<(Migration, Option<LoadError>), LoadError> {
    let up = read::source(&dir.join("up.sql"))?;
    let down_path = dir.join("down.sql");
    let (down, error) = match read::is_there(&down_path).then(|| read::source(&down_path)) {
        Some(Ok(down)) => (Some(down), None),
        Some(Err(error)) => (None, Some(error)),
        None => (None, None),
    };
    let mut notes = Vec::new();
    let transaction = run_in_transaction(&dir.join("metadata.toml"), &mut notes);
    if up.text.starts_with('\u{feff}') {
        notes.push(LayoutNote::ByteOrderMark);
    }
    let written = read::file_name(dir);
    let (version, name) = written.split_once('_').unwrap_or((&written, ""));
    let migration =
        Migration { id: version.replace('-', ""), name: name.replace('_', " "), up, down, transaction, notes };
    Ok((migration, error))
}

/// What diesel makes of `metadata.toml`: no file means true, a file without the key false, one it cannot read true.
fn run_in_transaction(path: &Path, notes: &mut Vec<LayoutNote>) -> bool {
    if !read::is_there(path) {
        return true;
    }
    let path = path.to_owned();
    let text = match read::source(&path) {
        Ok(source) => source.text,
        Err(error) => {
            notes.push(LayoutNote::MetadataUnreadable { path, why: error.reason });
            return true;
        }
    };
    match toml::de::DeTable::parse(&text) {
        Ok(table) => match table.get_ref().get("run_in_transaction").map(toml::Spanned::get_ref) {
            Some(toml::de::DeValue::Boolean(value)) => *value,
            Some(_) => {
                let why = "`run_in_transaction` must be true or false".to_owned();
                notes.push(LayoutNote::MetadataUnreadable { path, why });
                true
            }
            None => {
                notes.push(LayoutNote::MetadataWithoutKey { path });
                false
            }
        },
        Err(error) => {
            notes.push(LayoutNote::MetadataUnreadable { path, why: error.message().to_owned() });
            true
        }
    }
}
