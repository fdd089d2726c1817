//! Whether cargo builds the crate again when a migration is added: stable Rust leaves that to the build script.

use std::path::Path;

/// What to do about it.
pub(crate) fn help(directory: &str) -> String {
    format!("in build.rs, write `fn main() {{ println!(\"cargo:rerun-if-changed={directory}\"); }}`")
}

/// Says that nobody watches `directory`, if so.
pub(crate) fn warning(manifest_dir: &Path, directory: &Path) -> Option<String> {
    let watched = match std::env::var_os("OUT_DIR") {
        None => false,
        // Beside it cargo keeps what the script printed. Where it does not, the script has the benefit of the doubt.
        Some(out_dir) => match std::fs::read_to_string(Path::new(&out_dir).with_file_name("output")) {
            Ok(printed) => watches(&printed, manifest_dir, directory),
            Err(_) => true,
        },
    };
    (!watched).then(|| {
        let shown = directory.strip_prefix(manifest_dir).unwrap_or(directory).display().to_string();
        format!("a file added to {shown} will not be noticed: cargo is not told to watch it\nhelp: {}", help(&shown))
    })
}

fn watches(printed: &str, manifest_dir: &Path, directory: &Path) -> bool {
    let paths: Vec<_> = printed
        .lines()
        .filter_map(|line| line.strip_prefix("cargo::").or_else(|| line.strip_prefix("cargo:")))
        .filter_map(|line| line.strip_prefix("rerun-if-changed="))
        .map(|path| manifest_dir.join(path.trim()))
        .map(|path| path.canonicalize().unwrap_or(path))
        .collect();
    // A script that names nothing runs again when any file of the package changes.
    let everything = !printed.contains("rerun-if-");
    (everything && directory.starts_with(manifest_dir)) || paths.iter().any(|path| directory.starts_with(path))
}

#[cfg(test)]
mod tests {
    use super::watches;
    use std::path::Path;

    #[test]
    fn a_directory_is_watched_by_itself_its_parents_and_scripts_that_watch_all() {
        let watched =
            |printed: &str| watches(printed, Path::new("/no/such/app"), Path::new("/no/such/app/db/migrations"));
        assert!(watched("cargo:rerun-if-changed=db/migrations\n"));
        assert!(watched("cargo::rustc-cfg=x\ncargo::rerun-if-changed=db"));
        assert!(watched(""));
        assert!(!watched("cargo:rerun-if-changed=build.rs"));
        assert!(!watched("cargo:rerun-if-changed=db/migrations/1_a.sql"));
        assert!(!watched("cargo:rerun-if-env-changed=X"));
        assert!(!watches("", Path::new("/no/such/app"), Path::new("/no/such/migrations")));
    }
}
