//! Files of what earlier builds found out, each under the key of all that it follows from.
//!
//! A file that cannot be read, was written for another key, or does not match its own check sum is as good as none; one
//! that cannot be written is done without. A name is written over, so there are never more files than names.

use crate::digest::{Digest, Key};
use std::fmt;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The directory for what builds of the crate find out.
pub(crate) struct Cache {
    dir: PathBuf,
}

/// One file in it.
pub(crate) struct Entry {
    path: PathBuf,
}

/// What an entry was written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    /// A number that whoever writes it can make use of.
    pub(crate) number: usize,
    /// What it follows from.
    pub(crate) key: Key,
}

impl Cache {
    /// `None`: there is no place for one.
    pub(crate) fn of_crate() -> Option<Self> {
        let dir = match std::env::var_os("OUT_DIR") {
            Some(dir) => PathBuf::from(dir),
            None => target_directory()?.join("migrate-safety"),
        };
        Some(Self { dir })
    }

    #[cfg(test)]
    pub(crate) fn in_directory(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// The entry of this name.
    pub(crate) fn entry(&self, name: fmt::Arguments<'_>) -> Entry {
        let mut digest = Digest::new();
        digest.text(name);
        Entry { path: self.dir.join(format!("migrate-safety-{}", digest.key())) }
    }
}

impl Entry {
    /// What was kept under `label`.
    pub(crate) fn read(&self, label: Label) -> Option<Vec<u8>> {
        let mut file = BufReader::new(std::fs::File::open(&self.path).ok()?);
        let head = head_of(&mut file)?;
        if !head.starts_with(&label.to_string()) {
            return None;
        }
        let mut body = Vec::new();
        file.read_to_end(&mut body).ok()?;
        (head == self::head(label, &body)).then_some(body)
    }

    /// The number under which something is kept here, if it says that it is for the label of that number.
    pub(crate) fn number(&self, label: &dyn Fn(usize) -> Option<Label>) -> Option<usize> {
        let head = head_of(&mut BufReader::new(std::fs::File::open(&self.path).ok()?))?;
        let number = head.split_once(' ')?.0.parse().ok()?;
        head.starts_with(&label(number)?.to_string()).then_some(number)
    }

    /// Keeps `body`. Other builds see the old file or the new one.
    pub(crate) fn write(&self, label: Label, body: &[u8]) {
        let written = self.path.with_extension(format!("{}-{}.tmp", std::process::id(), unique()));
        let content = [head(label, body).as_bytes(), body].concat();
        let stored = self.path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| {
            std::fs::write(&written, content)?;
            std::fs::rename(&written, &self.path)
        });
        if stored.is_err() {
            let _ = std::fs::remove_file(&written);
        }
    }

    /// Puts what is kept here in the place of what is kept there.
    pub(crate) fn move_to(&self, other: &Self) {
        // Where that fails, the one here is still there.
        let _ = std::fs::rename(&self.path, &other.path);
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.number, self.key)
    }
}

/// A number for each write of this process, which may expand several macros at once.
fn unique() -> usize {
    static WRITES: AtomicUsize = AtomicUsize::new(0);
    WRITES.fetch_add(1, Ordering::Relaxed)
}

/// The first line: what it is for, and the check sum of the rest.
fn head(label: Label, body: &[u8]) -> String {
    let mut digest = Digest::new();
    digest.text(format_args!("{label}"));
    digest.bytes(body);
    format!("{label}{}\n", digest.key())
}

/// The first line of a file, which is never longer than a label and a key.
fn head_of(file: &mut impl BufRead) -> Option<String> {
    let mut line = Vec::new();
    file.take(100).read_until(b'\n', &mut line).ok()?;
    String::from_utf8(line).ok()
}

/// Where cargo builds the crate, as far as that can be known without a build script.
fn target_directory() -> Option<PathBuf> {
    if let Some(told) = std::env::var_os("CARGO_TARGET_DIR") {
        return Some(told.into());
    }
    let manifest_dir = std::env::var_os("CARGO_MANIFEST_DIR")?;
    let targets = Path::new(&manifest_dir).ancestors().map(|dir| dir.join("target"));
    targets.into_iter().find(|target| target.join("CACHEDIR.TAG").is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(name: &str) -> Entry {
        let dir = std::env::temp_dir().join(format!("migrate-safety-cache-{}", std::process::id()));
        Entry { path: dir.join(name) }
    }

    fn label(number: usize) -> Label {
        Label { number, key: Digest::new().key() }
    }

    #[test]
    fn what_is_kept_is_found_under_its_label_only() {
        let entry = entry("kept");
        assert_eq!(entry.read(label(1)), None);
        entry.write(label(1), b"some\nthing");
        assert_eq!(entry.read(label(1)), Some(b"some\nthing".to_vec()));
        assert_eq!(entry.read(label(10)), None);
        assert_eq!(entry.number(&|number| Some(label(number))), Some(1));
        assert_eq!(entry.number(&|number| Some(label(number + 1))), None);
        entry.write(label(10), &[]);
        assert_eq!(entry.read(label(10)), Some(Vec::new()));
        assert_eq!(entry.read(label(1)), None);
    }

    #[test]
    fn a_changed_file_is_as_good_as_none() {
        let entry = entry("poisoned");
        entry.write(label(7), b"what was found");
        let good = std::fs::read(&entry.path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(&entry.path, &bad).unwrap();
            assert_eq!(entry.read(label(7)), None, "byte {at}");
            std::fs::write(&entry.path, &good[..at]).unwrap();
            assert_eq!(entry.read(label(7)), None, "cut at {at}");
        }
        // Nothing is believed that does not carry its check sum.
        std::fs::write(&entry.path, format!("{}\n", label(7))).unwrap();
        assert_eq!(entry.read(label(7)), None);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_done_without() {
        let directory = entry("directory");
        std::fs::create_dir_all(&directory.path).unwrap();
        directory.write(label(1), b"x");
        assert_eq!(directory.read(label(1)), None);
        let nowhere = Entry { path: "/dev/null/no/such/place".into() };
        nowhere.write(label(1), b"x");
        assert_eq!(nowhere.read(label(1)), None);
    }

    #[test]
    fn two_builds_at_once_see_one_or_the_other() {
        let entry = entry("shared");
        std::thread::scope(|scope| {
            for number in [1, 2] {
                let entry = &entry;
                scope.spawn(move || {
                    let body = vec![b'x'; 1000 * number];
                    for _ in 0..200 {
                        entry.write(label(number), &body);
                        assert!(entry.read(label(number)).is_none_or(|seen| seen == body));
                    }
                });
            }
        });
    }
}
