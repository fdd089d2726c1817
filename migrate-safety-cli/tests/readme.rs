//! What the README shows is what the program prints.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::process::Command;

#[test]
fn the_readme_shows_real_output() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let readme = std::fs::read_to_string(format!("{root}/README.md")).unwrap();
    let shown = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_migrate-safety"))
        .args(["check", "examples/storefront/migrations"])
        .current_dir(root)
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    for block in shown.split("\n\n").map(str::trim_end).filter(|block| !block.is_empty()) {
        assert!(printed.contains(block), "the README shows what is not printed any more:\n{block}\n\n{printed}");
    }
}
