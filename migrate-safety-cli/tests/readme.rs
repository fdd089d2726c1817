//! What the README shows is what the program prints.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

/// The commands whose output is shown, in the order of the blocks.
const SHOWN: &[(&str, &[&str])] = &[
    (".", &["check", "examples/storefront/migrations"]),
    (".", &["check", "examples/forum/mysql"]),
    (".", &["check", "examples/forum/sqlite"]),
    ("examples/plans/metadata_not_null", &["plan", "change.sql"]),
];

#[test]
fn the_readme_shows_real_output() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let readme = std::fs::read_to_string(format!("{root}/README.md")).unwrap();
    let mut blocks = readme.split("```text\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    for (dir, args) in SHOWN {
        let shown = blocks.next().unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_migrate-safety"))
            .args(*args)
            .current_dir(format!("{root}/{dir}"))
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        for block in shown.split("\n\n").map(str::trim_end).filter(|block| !block.is_empty()) {
            assert!(printed.contains(block), "the README shows what is not printed any more:\n{block}\n\n{printed}");
        }
    }
    assert_eq!(blocks.next(), None, "a block of output that is not tested");
}
