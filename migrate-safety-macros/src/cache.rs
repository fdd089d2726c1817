//! What earlier builds found, by the content of all that they read.
//!
//! One file for each use of a directory of migrations. A file that cannot be read, was written for other content, or does not match its
//! own check sum is as good as none; one that cannot be written is done without.

use migrate_safety_core::report::Message;
use migrate_safety_core::rules::Status;
use std::fmt::{self, Write};
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The file of one use of some migrations.
pub(crate) struct Cache {
    path: PathBuf,
}

/// The key of what decides an outcome, this version of the macros included.
pub(crate) fn key(content: &fmt::Arguments<'_>) -> String {
    digest(&format_args!("{}{content}", env!("MIGRATE_SAFETY_FINGERPRINT")))
}

impl Cache {
    /// The cache of one use of the crate's migrations; `None`: there is no place for one.
    pub(crate) fn of_crate(used: &fmt::Arguments<'_>) -> Option<Self> {
        let dir = match std::env::var_os("OUT_DIR") {
            Some(dir) => PathBuf::from(dir),
            None => target_directory()?.join("migrate-safety"),
        };
        Some(Self { path: dir.join(format!("migrate-safety-{}", digest(used))) })
    }

    /// What was found for `key`.
    pub(crate) fn read(&self, key: &str) -> Option<Vec<Message>> {
        let text = std::fs::read_to_string(&self.path).ok()?;
        let (head, body) = text.split_once('\n')?;
        if head != self::head(key, body) {
            return None;
        }
        parse(body)
    }

    /// Keeps what was found. Other builds see the old file or the new one.
    pub(crate) fn write(&self, key: &str, messages: &[Message]) {
        let body = print(messages);
        let text = format!("{}\n{body}", head(key, &body));
        let written = self.path.with_extension(format!("{}-{}.tmp", std::process::id(), unique()));
        let stored = self.path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| {
            std::fs::write(&written, text)?;
            std::fs::rename(&written, &self.path)
        });
        if stored.is_err() {
            let _ = std::fs::remove_file(&written);
        }
    }
}

/// A number for each write of this process, which may expand several macros at once.
fn unique() -> usize {
    static WRITES: AtomicUsize = AtomicUsize::new(0);
    WRITES.fetch_add(1, Ordering::Relaxed)
}

/// The first line: what it is for, and the check sum of the rest.
fn head(key: &str, body: &str) -> String {
    format!("{key} {}", digest(&format_args!("{key}{body}")))
}

/// A message is a line with its status and length, and that many bytes.
fn print(messages: &[Message]) -> String {
    let mut out = String::new();
    for Message { status, text } in messages {
        let _ = writeln!(out, "{status} {}\n{text}", text.len());
    }
    out
}

fn parse(mut body: &str) -> Option<Vec<Message>> {
    let mut messages = Vec::new();
    while !body.is_empty() {
        let (line, rest) = body.split_once('\n')?;
        let (status, length) = line.split_once(' ')?;
        let status = [Status::Flag, Status::Block].into_iter().find(|known| known.name() == status)?;
        let (text, rest) = rest.split_at_checked(length.parse().ok()?)?;
        messages.push(Message { status, text: text.to_owned() });
        body = rest.strip_prefix('\n')?;
    }
    Some(messages)
}

/// 128 bits of a text that need not be in memory as a whole.
fn digest(content: &fmt::Arguments<'_>) -> String {
    let mut hashing = Hashing([DefaultHasher::new(), DefaultHasher::new()]);
    hashing.0[1].write_u8(1);
    let _ = hashing.write_fmt(*content);
    hashing.0.iter().fold(String::new(), |out, hasher| out + &format!("{:016x}", hasher.finish()))
}

struct Hashing([DefaultHasher; 2]);

impl Write for Hashing {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.iter_mut().for_each(|hasher| hasher.write(text.as_bytes()));
        Ok(())
    }
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

    fn cache(name: &str) -> Cache {
        let dir = std::env::temp_dir().join(format!("migrate-safety-cache-{}", std::process::id()));
        Cache { path: dir.join(name) }
    }

    fn found(length: usize) -> Vec<Message> {
        let texts = ["first\nline", "\u{e9}", ""].into_iter().cycle().take(length);
        texts.map(|text| Message { status: Status::Block, text: text.to_owned() }).collect()
    }

    #[test]
    fn what_is_kept_is_found_under_its_key_only() {
        let cache = cache("kept");
        assert_eq!(cache.read("k"), None);
        cache.write("k", &found(5));
        assert_eq!(cache.read("k"), Some(found(5)));
        assert_eq!(cache.read("other"), None);
        cache.write("k", &[]);
        assert_eq!(cache.read("k"), Some(Vec::new()));
    }

    #[test]
    fn a_changed_file_is_as_good_as_none() {
        let cache = cache("poisoned");
        cache.write("k", &found(3));
        let good = std::fs::read(&cache.path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            std::fs::write(&cache.path, &bad).unwrap();
            assert_eq!(cache.read("k"), None, "byte {at}");
            std::fs::write(&cache.path, &good[..at]).unwrap();
            assert_eq!(cache.read("k"), None, "cut at {at}");
        }
        // Nothing is believed that does not carry its check sum.
        std::fs::write(&cache.path, "k \n").unwrap();
        assert_eq!(cache.read("k"), None);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_done_without() {
        let cache = cache("directory");
        std::fs::create_dir_all(&cache.path).unwrap();
        cache.write("k", &found(1));
        assert_eq!(cache.read("k"), None);
        let cache = Cache { path: "/dev/null/no/such/place".into() };
        cache.write("k", &found(1));
        assert_eq!(cache.read("k"), None);
    }

    #[test]
    fn two_builds_at_once_see_one_or_the_other() {
        let cache = cache("shared");
        std::thread::scope(|scope| {
            for key in ["a", "b"] {
                let cache = &cache;
                scope.spawn(move || {
                    for _ in 0..200 {
                        cache.write(key, &found(key.len() + 40));
                        let seen = cache.read(key);
                        assert!(seen.is_none_or(|seen| seen == found(key.len() + 40)));
                    }
                });
            }
        });
    }
}
