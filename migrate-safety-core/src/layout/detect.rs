//! Which layout a path is in.

use super::{Layout, LoadError, MigrationSet, diesel, plain, read, schema_rs, sqlx};
use std::path::Path;

/// Reads a directory; without a told layout it is detected from the names in it.
pub(super) fn directory(dir: &Path, layout: Option<Layout>) -> Result<MigrationSet, LoadError> {
    let entries = read::entries(dir)?;
    let found = layout.or_else(|| {
        if entries.iter().any(|e| diesel::is_migration(e)) {
            Some(Layout::Diesel)
        } else if entries.iter().any(|e| sqlx::file_name(&read::file_name(e)).is_some()) {
            Some(Layout::Sqlx)
        } else if entries.iter().any(|e| plain::is_migration(e)) {
            Some(Layout::Plain)
        } else {
            None
        }
    });
    let mut set = match found {
        Some(Layout::Sqlx) => sqlx::read(&entries),
        Some(Layout::Diesel) => MigrationSet { schema_rs: schema_rs::find(dir), ..diesel::read(&entries) },
        Some(Layout::Plain) => plain::read(&entries),
        None => MigrationSet::default(),
    };
    if set.migrations.is_empty() && set.errors.is_empty() {
        // A diesel migration's own directory, or a project's root.
        if layout != Some(Layout::Sqlx) && diesel::is_migration(dir) {
            set = diesel::read(std::slice::from_ref(&dir.to_owned()));
            return Ok(set);
        }
        let inner = dir.join("migrations");
        if inner.is_dir() {
            return directory(&inner, layout);
        }
        return Err(LoadError::new(dir, nothing_found(layout)));
    }
    set.complete = true;
    Ok(set)
}

/// Reads one file. What it does not create itself is taken to exist.
pub(super) fn file(path: &Path, layout: Option<Layout>) -> MigrationSet {
    let name = read::file_name(path);
    let parent = path.parent().filter(|p| diesel::is_migration(p));
    let layout = layout.unwrap_or(match (&*name, parent) {
        ("up.sql" | "down.sql", Some(_)) => Layout::Diesel,
        _ if sqlx::file_name(&name).is_some() => Layout::Sqlx,
        _ => Layout::Plain,
    });
    match (layout, parent) {
        (Layout::Diesel, Some(parent)) if name == "up.sql" => {
            MigrationSet { complete: false, ..diesel::read(std::slice::from_ref(&parent.to_owned())) }
        }
        _ => match read::source(path) {
            Ok(source) => MigrationSet::from_text(source.path, source.text, layout),
            Err(error) => MigrationSet { layout, errors: vec![error], ..MigrationSet::default() },
        },
    }
}

fn nothing_found(layout: Option<Layout>) -> String {
    let expected = match layout {
        Some(Layout::Sqlx) => "sqlx migrations are files named <version>_<name>.sql",
        Some(Layout::Diesel) => "diesel migrations are directories with an up.sql",
        Some(Layout::Plain) => "plain migrations are files ending in .sql",
        None => "expected <version>_<name>.sql (sqlx), <version>_<name>/up.sql (diesel) or other .sql files",
    };
    format!("no migrations here: {expected}")
}
