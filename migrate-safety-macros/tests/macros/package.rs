//! A package that depends on both hosts and uses the macros, built by cargo as a user's is.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A package below the target directory.
pub(crate) struct Package {
    pub(crate) root: PathBuf,
    target: PathBuf,
}

/// What cargo said.
pub(crate) struct Built {
    pub(crate) success: bool,
    /// The compiler's messages, by the name of the binary.
    pub(crate) messages: BTreeMap<String, String>,
    pub(crate) stderr: String,
}

/// What all packages depend on, so that it is built once.
const HOSTS: &str = "sqlx = { version = \"0.9\", default-features = false, features = [\"macros\", \"migrate\"] }
diesel = { version = \"2.3\", default-features = false, features = [\"postgres_backend\"] }
diesel_migrations = { version = \"2.3\", default-features = false }
";

const PROFILE: &str = "\n[profile.dev]\ndebug = 0\nincremental = false\n";

const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

impl Package {
    /// A new package. All of them share what they depend on.
    pub(crate) fn new(name: &str) -> Self {
        let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let package = Self { root: tmp.join(name), target: tmp.join("ui-target") };
        let _ = fs::remove_dir_all(&package.root);
        fs::create_dir_all(&package.root).unwrap();
        // The versions that the workspace is built with.
        fs::copy(Path::new(WORKSPACE).join("Cargo.lock"), package.root.join("Cargo.lock")).unwrap();
        package
    }

    /// Writes `Cargo.toml` for some binaries, each a name and a path.
    pub(crate) fn manifest(&self, binaries: &[(String, String)]) {
        let name = self.root.file_name().unwrap().to_str().unwrap();
        let mut text = format!("{}autobins = false\n{PROFILE}\n[workspace]\n\n[dependencies]\n{HOSTS}", head(name));
        for host in ["sqlx", "diesel"] {
            text += &dependency(&format!("migrate-safety-{host}"), host);
        }
        for (name, path) in binaries {
            text += &format!("\n[[bin]]\nname = \"{name}\"\npath = \"{path}\"\n");
        }
        self.write("Cargo.toml", &text);
    }

    /// Writes the `Cargo.toml`s of a workspace with one member, which has the checked macros under another name.
    pub(crate) fn workspace(&self, member: &str, renamed: &str) {
        self.write("Cargo.toml", &format!("{PROFILE}\n[workspace]\nresolver = \"3\"\nmembers = [\"{member}\"]\n"));
        let name = Path::new(member).file_name().unwrap().to_str().unwrap();
        let text = format!("{}autobins = true\n\n[dependencies]\n{HOSTS}{}", head(name), dependency(renamed, "sqlx"));
        self.write(&format!("{member}/Cargo.toml"), &text);
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn build(&self) -> Built {
        let output = Command::new(env!("CARGO"))
            .args(["build", "--offline", "--bins", "--keep-going", "--message-format=json"])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", &self.target)
            .env_remove("RUSTFLAGS")
            // Cargo leaves the tests that of the macros' own build script.
            .env_remove("OUT_DIR")
            .output()
            .unwrap();
        let mut messages = BTreeMap::<String, String>::new();
        for line in String::from_utf8(output.stdout).unwrap().lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            let of_ours = line["manifest_path"].as_str().is_some_and(|path| Path::new(path).starts_with(&self.root));
            let (Some(rendered), Some(target), true) =
                (line["message"]["rendered"].as_str(), line["target"]["name"].as_str(), of_ours)
            else {
                continue;
            };
            // The count of what came before.
            if !line["message"]["spans"].as_array().is_some_and(Vec::is_empty) {
                messages.entry(target.to_owned()).or_default().push_str(rendered);
            }
        }
        Built {
            success: output.status.success(),
            messages,
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub(crate) fn binary(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(name)
    }

    /// Where the macros keep what they found for a crate without a build script.
    pub(crate) fn cache_without_build_script(&self) -> PathBuf {
        self.target.join("migrate-safety")
    }
}

fn head(name: &str) -> String {
    format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n")
}

/// The crate that has the checked macros for a host, under a name.
fn dependency(name: &str, host: &str) -> String {
    format!(
        "{name} = {{ package = \"migrate-safety-{host}\", path = \"{WORKSPACE}/migrate-safety-{host}\", \
         default-features = false, features = [\"macros\", \"mysql\", \"sqlite\"] }}\n"
    )
}
