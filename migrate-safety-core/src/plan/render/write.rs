//! Writing a plan into a directory of migrations.

use super::clock;
use super::files::PlannedFile;
use super::style::Style;
use crate::layout::{Layout, LoadError, MigrationSet};
use crate::plan::Plan;
use std::cmp::Ordering;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why a plan was not written. Nothing of it is then there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// What is in the directory cannot be read.
    #[error(transparent)]
    Unreadable(#[from] LoadError),
    /// The directory is in another layout.
    #[error("{}: the migrations here are those of {}, not of {}: write them in that layout, or into another directory",
        dir.display(), found.name(), asked.name())]
    OtherLayout {
        /// The directory.
        dir: PathBuf,
        /// Its layout.
        found: Layout,
        /// The layout that was asked for.
        asked: Layout,
    },
    /// The names in the directory leave no room for a version behind the newest.
    #[error("{}: no version follows that of {newest} in the order of {}: write the plan into an empty directory and \
        number its files by hand", dir.display(), layout.name())]
    Unnumbered {
        /// The directory.
        dir: PathBuf,
        /// The newest migration there.
        newest: String,
        /// The layout.
        layout: Layout,
    },
    /// Later releases of an earlier plan are still waiting.
    #[error("{} still holds what an earlier plan left for a later release: move that into the migrations, or remove \
        it, and write this plan then", dir.display())]
    Pending {
        /// Their directory.
        dir: PathBuf,
    },
    /// A file could not be written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What is wrong.
        source: io::Error,
    },
}

impl Plan {
    /// Writes the migrations of the plan: those of its first release into `dir`, those of later releases into
    /// directories beside it (`migrations.release-2`), since a host runs everything in its directory at once. Their
    /// versions follow the newest there, in the style of the directory.
    ///
    /// # Errors
    /// Nothing is overwritten: the error says what is in the way, and nothing of the plan has been written then.
    pub fn write(&self, layout: Layout, dir: impl AsRef<Path>) -> Result<Vec<PathBuf>, WriteError> {
        let dir = dir.as_ref();
        let files = self.laid_out(layout, dir, clock::now())?;
        let mut written = Written::default();
        for (path, text) in &files {
            if let Err((path, source)) = written.write(path, text) {
                written.remove();
                return Err(WriteError::Io { path, source });
            }
        }
        Ok(files.into_iter().map(|(path, _)| path).collect())
    }

    /// Where each file goes, and its text.
    fn laid_out(&self, layout: Layout, dir: &Path, now: i64) -> Result<Vec<(PathBuf, String)>, WriteError> {
        let set = existing(dir, layout)?;
        for release in 2..=self.releases() {
            let later = release_dir(dir, release);
            if fs::read_dir(&later).is_ok_and(|mut entries| entries.next().is_some()) {
                return Err(WriteError::Pending { dir: later });
            }
        }
        let newest = set.migrations.last().map(|migration| migration.id.clone());
        let unnumbered =
            || WriteError::Unnumbered { dir: dir.to_owned(), newest: newest.clone().unwrap_or_default(), layout };
        let mut style = Style::of(&set, layout, now).ok_or_else(unnumbered)?;
        let files = self.files(layout, &mut style);
        if !are_newer(&files, newest.as_deref(), layout) {
            return Err(unnumbered());
        }
        let place = |file: PlannedFile| (release_dir(dir, file.release).join(file.path), file.text);
        Ok(files.into_iter().map(place).collect())
    }
}

/// The directory of the migrations that ship with a release.
pub(super) fn release_dir(dir: &Path, release: u32) -> PathBuf {
    if release <= 1 {
        return dir.to_owned();
    }
    let absolute = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let named = if dir.file_name().is_some() { dir } else { &absolute };
    let mut name = named.file_name().unwrap_or_default().to_owned();
    name.push(format!(".release-{release}"));
    named.with_file_name(name)
}

/// The migrations that are there.
fn existing(dir: &Path, layout: Layout) -> Result<MigrationSet, WriteError> {
    if fs::read_dir(dir).is_ok_and(|mut entries| entries.all(|entry| entry.is_ok_and(|e| is_hidden(&e.path()))))
        || dir.symlink_metadata().is_err()
    {
        return Ok(MigrationSet { layout, ..MigrationSet::default() });
    }
    let detected = MigrationSet::load(dir, None);
    if let Ok(found) = &detected
        && found.layout != layout
        && !(layout == Layout::Plain && found.layout == Layout::Sqlx)
    {
        return Err(WriteError::OtherLayout { dir: dir.to_owned(), found: found.layout, asked: layout });
    }
    let set = MigrationSet::load(dir, Some(layout))?;
    match set.errors.into_iter().next() {
        Some(error) => Err(error.into()),
        None => Ok(MigrationSet { errors: Vec::new(), ..set }),
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// Whether the host runs the files behind the newest migration, and in their order.
fn are_newer(files: &[PlannedFile], newest: Option<&str>, layout: Layout) -> bool {
    let versions = files.iter().map(|file| {
        let name = file.path.components().next().map(|part| part.as_os_str().to_string_lossy().into_owned());
        name.unwrap_or_default().split('_').next().unwrap_or_default().to_owned()
    });
    let mut versions: Vec<String> = versions.collect();
    versions.dedup();
    versions.splice(0..0, newest.map(ToOwned::to_owned));
    versions.windows(2).all(|pair| match pair {
        [older, newer] => layout.compare_versions(older, newer) == Ordering::Less,
        _ => true,
    })
}

/// What has been made so far.
#[derive(Default)]
struct Written {
    files: Vec<PathBuf>,
    dirs: Vec<PathBuf>,
}

impl Written {
    fn write(&mut self, path: &Path, text: &str) -> Result<(), (PathBuf, io::Error)> {
        for dir in missing_dirs(path) {
            fs::create_dir(&dir).map_err(|error| (dir.clone(), error))?;
            self.dirs.push(dir);
        }
        let failed = |error| (path.to_owned(), error);
        let mut file = File::create_new(path).map_err(failed)?;
        self.files.push(path.to_owned());
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
    }

    /// Takes away what was made; a failure leaves no half a plan.
    fn remove(self) {
        for file in self.files.iter().rev() {
            let _ = fs::remove_file(file);
        }
        for dir in self.dirs.iter().rev() {
            let _ = fs::remove_dir(dir);
        }
    }
}

/// The directories above a file that are not there, the outermost first.
fn missing_dirs(path: &Path) -> Vec<PathBuf> {
    let above = path.ancestors().skip(1).filter(|dir| !dir.as_os_str().is_empty());
    let mut dirs: Vec<PathBuf> = above.take_while(|dir| dir.symlink_metadata().is_err()).map(Path::to_owned).collect();
    dirs.reverse();
    dirs
}
