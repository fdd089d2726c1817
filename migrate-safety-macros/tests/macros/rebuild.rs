//! The macros in a crate that lives: the value is the host's, and cargo runs them again when it must.

use crate::package::Package;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Two programs that compare the checked macro's value with the host's own.
const MAIN: [(&str, &str); 2] = [
    (
        "sqlx",
        r#"
use sqlx::migrate::Migrator;
static OURS: Migrator = migrate_safety_sqlx::migrate!("./sqlx");
static THEIRS: Migrator = sqlx::migrate!("./sqlx");
fn main() {
    migrate_safety_sqlx::assert_checked!("sqlx");
    assert_eq!(OURS.table_name, THEIRS.table_name);
    assert_eq!(OURS.create_schemas, THEIRS.create_schemas);
    let flags = |m: &Migrator| (m.ignore_missing, m.locking, m.no_tx);
    assert_eq!(flags(&OURS), flags(&THEIRS));
    assert_eq!(OURS.iter().count(), 500);
    for (ours, theirs) in OURS.iter().zip(THEIRS.iter()) {
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
        assert_eq!((&ours.checksum, ours.no_tx), (&theirs.checksum, theirs.no_tx));
    }
}
"#,
    ),
    (
        "diesel",
        r#"
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel_migrations::EmbeddedMigrations;
const OURS: EmbeddedMigrations = migrate_safety_diesel::embed_migrations!("diesel");
const THEIRS: EmbeddedMigrations = diesel_migrations::embed_migrations!("diesel");
fn read(of: &EmbeddedMigrations) -> Vec<(String, bool)> {
    let all: Vec<Box<dyn Migration<Pg>>> = of.migrations().unwrap();
    all.iter().map(|m| (m.name().to_string(), m.metadata().run_in_transaction())).collect()
}
fn main() {
    assert_eq!(read(&OURS), read(&THEIRS));
    assert_eq!(read(&OURS).len(), 3);
}
"#,
    ),
];

const DANGER: &str = "CREATE INDEX t0_name_idx ON t0 (name);\n";

#[test]
fn a_crate_is_checked_again_when_it_must() {
    let package = Package::new("rebuild");
    let binaries = MAIN.map(|(host, main)| {
        package.write(&format!("src/{host}.rs"), main);
        (format!("rebuild-{host}"), format!("src/{host}.rs"))
    });
    package.manifest(&binaries);
    let watch = |dir: &str| format!("    println!(\"cargo::rerun-if-changed={dir}\");\n");
    package.write("build.rs", &format!("fn main() {{\n{}{}}}\n", watch("sqlx"), watch("diesel")));
    for number in 0..500 {
        package.write(&format!("sqlx/{}_step.sql", 1000 + number), &step(number));
    }
    for number in 0..3 {
        package.write(&format!("diesel/000{number}_step/up.sql"), &step(number * 3));
        package.write(&format!("diesel/000{number}_step/down.sql"), "SELECT 1;\n");
    }
    builds(&package, "at first");
    for (host, _) in MAIN {
        let status = Command::new(package.binary(&format!("rebuild-{host}"))).status().unwrap();
        assert!(status.success(), "{host}: the value is the host's");
    }

    // Nobody built again.
    package.write("sqlx/1999_late.sql", "SELECT 1;\n");
    let late = Command::new(package.binary("rebuild-sqlx")).output().unwrap();
    let said = String::from_utf8_lossy(&late.stderr);
    assert!(!late.status.success() && said.contains("1999_late.sql is newer than this build"), "{said}");
    fs::remove_file(package.root.join("sqlx/1999_late.sql")).unwrap();

    // A file in the middle, a new one at the end, and the way back from both.
    let middle = "sqlx/1250_step.sql";
    let before = fs::read_to_string(package.root.join(middle)).unwrap();
    package.write(middle, DANGER);
    refuses(&package, "rebuild-sqlx", &["BLOCK[index-not-concurrent]", "--> sqlx/1250_step.sql:1:1"]);
    package.write(middle, &before);
    builds(&package, "after reverting");
    package.write("sqlx/2000_new.sql", DANGER);
    refuses(&package, "rebuild-sqlx", &["--> sqlx/2000_new.sql:1:1"]);
    fs::remove_file(package.root.join("sqlx/2000_new.sql")).unwrap();
    builds(&package, "after removing the new file");

    // What stands beside the SQL.
    let added = "diesel/0009_index";
    package.write(&format!("{added}/down.sql"), "DROP INDEX CONCURRENTLY t0_name_idx;\n");
    package.write(&format!("{added}/metadata.toml"), "run_in_transaction = false\n");
    package.write(&format!("{added}/up.sql"), "CREATE INDEX CONCURRENTLY t0_name_idx ON t0 (name);\n");
    builds(&package, "without a transaction");
    package.write(&format!("{added}/metadata.toml"), "run_in_transaction = true\n");
    refuses(&package, "rebuild-diesel", &["BLOCK[needs-no-transaction]", "--> diesel/0009_index/up.sql:1:1"]);
    package.write(&format!("{added}/metadata.toml"), "run_in_transaction = false\n");
    builds(&package, "without a transaction again");

    // A cache that lies.
    let caches = caches(&package);
    assert!(!caches.is_empty(), "what was found is kept");
    for cache in &caches {
        let kept = fs::read(cache).unwrap();
        let head = kept.iter().position(|byte| *byte == b'\n').unwrap();
        let lie = [&kept[..=head], b"BLOCK 3\nlie\n", &kept[head + 1..]].concat();
        fs::write(cache, lie).unwrap();
    }
    for (host, main) in MAIN {
        package.write(&format!("src/{host}.rs"), &format!("{main}\n"));
    }
    builds(&package, "beside a poisoned cache");

    // States in the middle of the history, each cut short: the check begins at the start.
    for state in &self::caches(&package) {
        let kept = fs::read(state).unwrap();
        fs::write(state, &kept[..kept.len() / 2]).unwrap();
    }
    package.write("sqlx/1499_step.sql", DANGER);
    refuses(&package, "rebuild-sqlx", &["--> sqlx/1499_step.sql:1:1"]);
    package.write("sqlx/1499_step.sql", &step(499));
    builds(&package, "after cut caches");

    // Nothing can be kept: directories stand where the files would.
    for cache in &self::caches(&package) {
        fs::remove_file(cache).unwrap();
        fs::create_dir(cache).unwrap();
    }
    package.write("sqlx/1499_step.sql", DANGER);
    refuses(&package, "rebuild-sqlx", &["--> sqlx/1499_step.sql:1:1"]);
    package.write("sqlx/1499_step.sql", &step(499));
    builds(&package, "where nothing can be kept");
    self::caches(&package).iter().for_each(|cache| fs::remove_dir(cache).unwrap());
}

fn builds(package: &Package, when: &str) {
    let built = package.build();
    assert!(built.success, "{when}: {}\n{:?}", built.stderr, built.messages);
}

fn refuses(package: &Package, binary: &str, says: &[&str]) {
    let built = package.build();
    assert!(!built.success);
    let said = built.messages.get(binary).map(String::as_str).unwrap_or_default();
    for text in says {
        assert!(said.contains(text), "{text}\nis not in\n{said}\n{}", built.stderr);
    }
}

/// The caches in the package's `OUT_DIR`s.
fn caches(package: &Package) -> Vec<PathBuf> {
    let of_build_scripts = fs::read_dir(package.binary("build")).unwrap().map(|entry| entry.unwrap().path());
    of_build_scripts
        .filter(|dir| dir.file_name().unwrap().to_str().unwrap().starts_with("rebuild-"))
        .filter_map(|dir| fs::read_dir(dir.join("out")).ok())
        .flatten()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("migrate-safety-"))
        .collect()
}

/// A harmless migration.
fn step(number: usize) -> String {
    let table = number / 3;
    match number % 3 {
        0 => format!("CREATE TABLE t{table} (\n    id bigint PRIMARY KEY,\n    name text\n);\n"),
        1 => format!("-- no-transaction\nCREATE INDEX CONCURRENTLY t{table}_idx ON t{table} (name);\n"),
        _ => format!("SET LOCAL lock_timeout = '1s';\nALTER TABLE t{table} ADD COLUMN note text;\n"),
    }
}
