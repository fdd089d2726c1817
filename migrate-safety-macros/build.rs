//! Gives the macros a fingerprint of the checker they hold, so that a newer one does not trust what an older one kept.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

/// The sources. Beside a published crate there is no other: there the version, which is exact for both, says it all.
const SOURCES: [&str; 2] = ["src", "../migrate-safety-core/src"];

fn main() {
    let mut hasher = DefaultHasher::new();
    hasher.write(env!("CARGO_PKG_VERSION").as_bytes());
    for dir in SOURCES.map(Path::new).into_iter().filter(|dir| dir.is_dir()) {
        println!("cargo::rerun-if-changed={}", dir.display());
        add(dir, &mut hasher);
    }
    println!("cargo::rustc-env=MIGRATE_SAFETY_FINGERPRINT={:016x}", hasher.finish());
}

fn add(dir: &Path, hasher: &mut DefaultHasher) {
    let mut paths: Vec<_> = fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            add(&path, hasher);
        } else {
            hasher.write(&fs::read(&path).unwrap_or_default());
        }
    }
}
