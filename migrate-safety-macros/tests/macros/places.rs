//! Where else crates and macros stand: below a workspace, under another name, without a build script, beside each other.

use crate::package::Package;
use std::fs;

/// One of two programs that embed the same migrations.
fn program(settings: &str) -> String {
    format!(
        r#"use sqlx::migrate::Migrator;
static STATIC: Migrator = checked::migrate!("../../db"{settings});
const CONST: Migrator = checked::migrate!("../../db"{settings});
const SQL: &str = checked::checked_sql!("SELECT id FROM t");
fn main() {{
    let local = checked::migrate!("../../db"{settings});
    assert_eq!((STATIC.iter().count(), local.iter().count(), SQL.len()), (2, CONST.iter().count(), 16));
}}
"#
    )
}

/// What cargo itself says begins with one of these.
const CARGO_SAYS: [&str; 7] = ["Compiling", "Finished", "Locking", "Blocking", "Adding", "warning: ", "error: "];

#[test]
fn a_crate_below_a_workspace_under_another_name_and_without_a_build_script() {
    let package = Package::new("places");
    package.workspace("crates/app", "checked");
    package.write("db/1_t.sql", "CREATE TABLE t (id bigint PRIMARY KEY, name text);\n");
    package.write("db/2_index.sql", "CREATE INDEX t_name_idx ON t (name);\n");
    // Both are built at once, with one directory for what they find.
    let write = || {
        package.write("crates/app/src/bin/allows.rs", &program(", rules = { \"index-not-concurrent\" = \"allow\" }"));
        package.write("crates/app/src/bin/refuses.rs", &program(""));
    };
    let kept = package.cache_without_build_script();
    for when in ["at first", "from what was kept", "where nothing can be kept"] {
        write();
        if when == "where nothing can be kept" {
            fs::remove_dir_all(&kept).unwrap();
            fs::write(&kept, "no directory").unwrap();
        }
        let built = package.build();
        let said = |name: &str| built.messages.get(name).map(String::as_str).unwrap_or_default();
        let blocks = |name: &str| said(name).matches("BLOCK[index-not-concurrent]").count();
        assert_eq!((blocks("refuses"), blocks("allows")), (3, 0), "{when}: {}\n{}", said("refuses"), built.stderr);
        assert!(said("refuses").contains("--> db/2_index.sql:1:1"), "{when}: {}", said("refuses"));
        assert!(said("allows").contains("will not be noticed"), "{when}: {}", said("allows"));
        // A macro that printed something would have it in here.
        for line in built.stderr.lines().map(str::trim_start).filter(|line| !line.is_empty()) {
            assert!(CARGO_SAYS.iter().any(|word| line.starts_with(word)), "{when}: {line}");
        }
    }
    fs::remove_file(&kept).unwrap();
}
