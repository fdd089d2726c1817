//! What people read: each folder of `ui/` is a crate's `main.rs` and its migrations, each snapshot what the compiler
//! says about it.

use crate::package::Package;
use std::fs;
use std::path::Path;

#[test]
fn messages_are_clear() {
    let package = Package::new("ui");
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/macros/ui");
    let mut names = Vec::new();
    for host in ["diesel", "sqlx"] {
        for case in fs::read_dir(cases.join(host)).unwrap() {
            let case = case.unwrap().file_name().into_string().unwrap();
            copy(&cases.join(host).join(&case), &package.root.join(host).join(&case));
            names.push((format!("{host}-{case}"), format!("{host}/{case}/main.rs")));
        }
    }
    names.sort();
    package.manifest(&names);
    let watched = names
        .iter()
        .filter(|(name, _)| name != "sqlx-unwatched")
        .map(|(_, main)| format!("    println!(\"cargo:rerun-if-changed={}\");\n", main.trim_end_matches("/main.rs")));
    package.write("build.rs", &format!("fn main() {{\n{}}}\n", watched.collect::<String>()));
    let built = package.build();
    assert!(built.messages.contains_key("sqlx-dangerous"), "{}", built.stderr);
    for (name, _) in &names {
        let said = built.messages.get(name).map_or("builds in silence\n", String::as_str);
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(name.as_str(), said);
        });
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
