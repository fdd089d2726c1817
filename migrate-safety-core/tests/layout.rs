//! Directories of migrations, as their hosts read them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use migrate_safety_core::layout::{LayoutNote, Migration};
use migrate_safety_core::{Layout, MigrationSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A directory that is gone with this value.
struct Dir(PathBuf);

impl Dir {
    /// A directory with these files.
    fn with(files: &[(&str, &str)]) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let dir = Self(std::env::temp_dir().join(format!("migrate-safety-layout-{}-{number}", std::process::id())));
        std::fs::create_dir_all(&dir.0).unwrap();
        for (name, text) in files {
            let path = dir.0.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        dir
    }

    fn read(&self) -> MigrationSet {
        MigrationSet::from_dir(&self.0).unwrap()
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The only migration of a directory with these files.
fn only(files: &[(&str, &str)]) -> Migration {
    let mut set = Dir::with(files).read();
    assert_eq!(set.migrations.len(), 1, "{set:?}");
    set.migrations.remove(0)
}

fn ids(set: &MigrationSet) -> Vec<&str> {
    set.migrations.iter().map(|m| m.id.as_str()).collect()
}

fn names(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().map(|p| p.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn layouts_are_detected_by_names() {
    let cases: [(&[&str], Layout, &[&str]); 8] = [
        (&["1_a.sql", "2_b.sql"], Layout::Sqlx, &["1", "2"]),
        (&["10_a.up.sql", "10_a.down.sql", "9_b.up.sql"], Layout::Sqlx, &["9", "10"]),
        (
            &["00000000000000_diesel_initial_setup/up.sql", "2024-01-01-000000_a/up.sql"],
            Layout::Diesel,
            &["00000000000000", "20240101000000"],
        ),
        (&["V1__a.sql", "V10__b.sql", "V2__c.sql"], Layout::Plain, &["V1", "V2", "V10"]),
        (&["a.sql", "b.sql"], Layout::Plain, &["a", "b"]),
        (&["migrations/1_a.sql"], Layout::Sqlx, &["1"]),
        (&["U1__a.sql", "V1__a.sql"], Layout::Plain, &["V1"]),
        (
            &["2024-01-01-000000_b/up.sql", "20230101000000_a/up.sql"],
            Layout::Diesel,
            &["20230101000000", "20240101000000"],
        ),
    ];
    for (files, layout, expected) in cases {
        let files: Vec<(&str, &str)> = files.iter().map(|name| (*name, "SELECT 1;")).collect();
        let set = Dir::with(&files).read();
        assert_eq!((set.layout, ids(&set).as_slice()), (layout, expected), "{files:?}");
        assert!(set.complete && set.errors.is_empty() && set.ignored.is_empty(), "{set:?}");
    }
}

#[test]
fn nothing_there_says_what_was_expected() {
    let empty = Dir::with(&[("README.md", "")]);
    let cases = [
        (None, "<version>_<name>.sql (sqlx)"),
        (Some(Layout::Sqlx), "files named <version>_<name>.sql"),
        (Some(Layout::Diesel), "directories with an up.sql"),
        (Some(Layout::Plain), "files ending in .sql"),
    ];
    for (layout, expected) in cases {
        let message = MigrationSet::load(&empty.0, layout).unwrap_err().to_string();
        assert!(message.contains("no migrations here") && message.contains(expected), "{message}");
    }
    let absent = MigrationSet::from_dir(empty.0.join("absent")).unwrap_err().to_string();
    assert!(absent.contains("absent: no such file or directory"), "{absent}");
}

#[test]
fn one_file_does_not_claim_to_be_the_whole_history() {
    let dir = Dir::with(&[
        ("1_a.sql", "SELECT 1;"),
        ("b.sql", "SELECT 1;"),
        ("2024-01-01-000000_c/up.sql", "SELECT 1;"),
        ("2024-01-01-000000_c/metadata.toml", "run_in_transaction = false"),
    ]);
    let cases = [
        ("1_a.sql", Layout::Sqlx, "1", true),
        ("b.sql", Layout::Plain, "b", true),
        ("2024-01-01-000000_c/up.sql", Layout::Diesel, "20240101000000", false),
    ];
    for (path, layout, id, transaction) in cases {
        let set = MigrationSet::from_dir(dir.0.join(path)).unwrap();
        assert_eq!((set.layout, ids(&set).as_slice(), set.complete), (layout, &[id][..], false), "{path}");
        assert_eq!(set.migrations[0].transaction, transaction, "{path}");
    }
}

#[test]
fn sqlx_takes_no_transaction_as_the_first_bytes_only() {
    let misplaced = |line, why| Some(LayoutNote::MisplacedNoTransaction { line, why });
    let cases = [
        ("-- no-transaction\nSELECT 1;", false, None),
        ("-- no-transaction-here\nSELECT 1;", false, None),
        ("SELECT 1;", true, None),
        ("SELECT 1;\n-- no-transaction\n", true, None),
        ("\n-- no-transaction\nSELECT 1;", true, misplaced(2, "it is not on the first line")),
        ("-- why\n-- no-transaction\nSELECT 1;", true, misplaced(2, "it is not on the first line")),
        (" -- no-transaction\nSELECT 1;", true, misplaced(1, "white space stands before it")),
        ("--no-transaction\nSELECT 1;", true, misplaced(1, "it is not spelt `-- no-transaction`")),
        ("-- No-Transaction\nSELECT 1;", true, misplaced(1, "it is not spelt `-- no-transaction`")),
        ("-- no transaction\nSELECT 1;", true, misplaced(1, "it is not spelt `-- no-transaction`")),
        ("\u{feff}-- no-transaction\nSELECT 1;", true, misplaced(1, "a byte order mark stands before it")),
    ];
    for (text, transaction, note) in cases {
        let migration = only(&[("1_a.sql", text)]);
        assert_eq!(migration.transaction, transaction, "{text:?}");
        let found = migration.notes.iter().find(|n| **n != LayoutNote::ByteOrderMark);
        assert_eq!(found, note.as_ref(), "{text:?}");
    }
}

#[test]
fn sqlx_pairs_the_way_back() {
    let migration = only(&[("1_add_users.up.sql", "SELECT 1;"), ("1_add_users.down.sql", "SELECT 2;")]);
    assert_eq!(migration.name, "add users");
    assert_eq!(&*migration.down.unwrap().text, "SELECT 2;");
}

#[test]
fn sqlx_says_what_it_does_not_run() {
    let dir = Dir::with(&[("1_a.sql", ""), ("notes.sql", ""), ("x_b.sql", ""), ("README", ""), ("3_dir.sql/x", "")]);
    let set = dir.read();
    assert_eq!(ids(&set), ["1"]);
    assert_eq!(names(&set.ignored), ["3_dir.sql", "notes.sql"]);
    let errors: Vec<String> = set.errors.iter().map(ToString::to_string).collect();
    assert!(
        errors.len() == 1 && errors[0].contains("x_b.sql") && errors[0].contains("must be an integer"),
        "{errors:?}"
    );
}

#[test]
fn diesel_reads_metadata() {
    let cases = [
        (None, true, None),
        (Some("run_in_transaction = true"), true, None),
        (Some("run_in_transaction = false"), false, None),
        (Some(""), false, Some("has no key")),
        (Some("# run_in_transaction = true"), false, Some("has no key")),
        (Some("run_in_transaction = \"false\""), true, Some("unreadable")),
        (Some("run_in_transaction ="), true, Some("unreadable")),
        (Some("other = 1\nrun_in_transaction = false"), false, None),
    ];
    for (metadata, transaction, note) in cases {
        let mut files = vec![("2024-01-01-000000_a/up.sql", "SELECT 1;")];
        files.extend(metadata.map(|text| ("2024-01-01-000000_a/metadata.toml", text)));
        let migration = only(&files);
        assert_eq!(migration.transaction, transaction, "{metadata:?}");
        let found = migration.notes.first().map(|n| match n {
            LayoutNote::MetadataWithoutKey { .. } => "has no key",
            LayoutNote::MetadataUnreadable { .. } => "unreadable",
            _ => "other",
        });
        assert_eq!(found, note, "{metadata:?}");
    }
}

#[test]
fn diesel_tells_what_is_not_a_migration() {
    let dir = Dir::with(&[
        ("2024-01-01-000000_a/up.sql", "SELECT 1;"),
        ("2024-01-01-000000_a/down.sql", "SELECT 2;"),
        ("2024-01-02-000000_b/down.sql", "SELECT 1;"),
        (".keep", ""),
        ("stray.sql", ""),
    ]);
    let set = dir.read();
    assert_eq!(ids(&set), ["20240101000000"]);
    assert!(set.migrations[0].down.is_some());
    assert_eq!(names(&set.ignored), ["stray.sql"]);
    assert!(set.errors[0].to_string().contains("without an up.sql"), "{:?}", set.errors);
}

#[test]
fn one_bad_file_hides_no_other() {
    let dir = Dir::with(&[("1_a.sql", "SELECT 1;"), ("4_d.sql", "SELECT 4;")]);
    std::fs::write(dir.0.join("2_b.sql"), b"SELECT 1;\nSELECT '\xff';").unwrap();
    link_to_nothing(&dir.0.join("3_c.sql"));
    let set = dir.read();
    assert_eq!(ids(&set), ["1", "4"]);
    let errors: Vec<String> = set.errors.iter().map(ToString::to_string).collect();
    assert!(errors[0].ends_with("2_b.sql:2: not UTF-8: save the file as UTF-8"), "{errors:?}");
    assert!(errors[1].ends_with("3_c.sql: it links to a file that does not exist"), "{errors:?}");
}

fn link_to_nothing(path: &Path) {
    #[cfg(unix)]
    std::os::unix::fs::symlink("/nowhere/at/all", path).unwrap();
    #[cfg(not(unix))]
    std::fs::create_dir(path).unwrap();
}

#[test]
fn a_text_is_a_migration() {
    let set = MigrationSet::from_text("-", "-- no-transaction\nSELECT 1;", Layout::Sqlx);
    assert!(!set.migrations[0].transaction && !set.complete);
    let set = MigrationSet::from_text("-", "-- no-transaction\nSELECT 1;", Layout::Plain);
    assert!(!set.migrations[0].transaction);
}
