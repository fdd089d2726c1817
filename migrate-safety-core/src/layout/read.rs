//! Reading files, with errors that say what to do.

use super::{LoadError, Source};
use std::io;
use std::path::{Path, PathBuf};

/// The text of a file.
pub(crate) fn source(path: &Path) -> Result<Source, LoadError> {
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound if is_there(path) => LoadError::new(path, "it links to a file that does not exist"),
        _ => LoadError::new(path, explain(&error)),
    })?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source { path: path.to_owned(), text: text.into() }),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let lines = error.as_bytes()[..at].iter().filter(|b| **b == b'\n').count();
            Err(LoadError {
                path: path.to_owned(),
                line: u32::try_from(lines + 1).ok(),
                reason: "not UTF-8: save the file as UTF-8".to_owned(),
            })
        }
    }
}

/// The entries of a directory in the order of their names.
pub(super) fn entries(dir: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let failed = |e: io::Error| LoadError::new(dir, explain(&e));
    let mut entries = std::fs::read_dir(dir)
        .map_err(failed)?
        .map(|entry| entry.map(|e| e.path()).map_err(failed))
        .collect::<Result<Vec<_>, _>>()?;
    entries.sort();
    Ok(entries)
}

/// Whether there is anything of this name, be it a link to nothing.
pub(super) fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// The last part of a path, for comparing names.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What went wrong and what to do about it.
pub(super) fn explain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied: make it readable".to_owned(),
        _ => error.to_string(),
    }
}
