//! `cargo xtask bench-build`: what the checked macro adds to a build, beside sqlx's own macro, in one run.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::workspace;

/// Migrations in the history, which is about 1 MB.
const MIGRATIONS: usize = 700;

/// How often a warm build is measured; the fastest counts.
const ROUNDS: usize = 3;

/// A way to embed the same history.
struct Variant {
    name: &'static str,
    call: &'static str,
    /// More of `Cargo.toml`.
    manifest: &'static str,
}

const CHECKED: &str = "migrate_safety_sqlx::migrate!(\"./migrations\", start_after = 600)";

const VARIANTS: [Variant; 3] = [
    Variant { name: "sqlx::migrate!", call: "sqlx::migrate!(\"./migrations\")", manifest: "" },
    Variant { name: "checked", call: CHECKED, manifest: "" },
    Variant {
        name: "checked, optimised checker",
        call: CHECKED,
        manifest: "[profile.dev.package.migrate-safety-core]\nopt-level = 1\n",
    },
];

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    if !args.is_empty() {
        return Err("usage: cargo xtask bench-build".to_owned());
    }
    let root = workspace().join("target/bench-build");
    println!("{MIGRATIONS} migrations, debug build; CPU and wall seconds\n");
    println!("{:<28} {:>8} {:>16} {:>16} {:>16}", "", "crates", "cold", "other edit", "migration edit");
    for variant in &VARIANTS {
        let project = Project::new(&root, variant).map_err(|error| format!("{}: {error}", root.display()))?;
        let crates = project.crates()?;
        let cold = project.build()?;
        let other = project.warm("src/main.rs", "// ")?;
        let migration = project.warm(&format!("migrations/{}", file_name(MIGRATIONS - 1)), "-- ")?;
        println!("{:<28} {crates:>8} {cold:>16} {other:>16} {migration:>16}", variant.name);
    }
    Ok(())
}

/// What a build took.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
struct Cost {
    cpu: f64,
    wall: f64,
}

impl std::fmt::Display for Cost {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{:.2} / {:.2}", self.cpu, self.wall))
    }
}

/// A crate that embeds the history.
struct Project {
    root: PathBuf,
}

impl Project {
    fn new(parent: &Path, variant: &Variant) -> std::io::Result<Self> {
        let root = parent.join(variant.name.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
        if root.exists() {
            fs::remove_dir_all(&root)?;
        }
        fs::create_dir_all(root.join("src"))?;
        fs::create_dir_all(root.join("migrations"))?;
        fs::copy(workspace().join("Cargo.lock"), root.join("Cargo.lock"))?;
        let ours = if variant.call == CHECKED {
            let path = workspace().join("migrate-safety-sqlx");
            format!("migrate-safety-sqlx = {{ path = {path:?}, default-features = false, features = [\"macros\"] }}\n")
        } else {
            String::new()
        };
        let manifest = format!(
            "[package]\nname = \"embedding\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
             sqlx = {{ version = \"0.9\", default-features = false, features = [\"macros\", \"migrate\"] }}\n{ours}\n{}",
            variant.manifest
        );
        fs::write(root.join("Cargo.toml"), manifest)?;
        fs::write(root.join("build.rs"), "fn main() {\n    println!(\"cargo:rerun-if-changed=migrations\");\n}\n")?;
        let call = variant.call;
        fs::write(
            root.join("src/main.rs"),
            format!(
                "#![allow(deprecated)]\nstatic MIGRATOR: sqlx::migrate::Migrator = {call};\n\n\
                 fn main() {{\n    println!(\"{{}}\", MIGRATOR.iter().count());\n}}\n"
            ),
        )?;
        for number in 0..MIGRATIONS {
            fs::write(root.join("migrations").join(file_name(number)), migration(number))?;
        }
        Ok(Self { root })
    }

    /// How many crates are compiled.
    fn crates(&self) -> Result<usize, String> {
        let output = Command::new("cargo")
            .args(["tree", "--offline", "--prefix", "none", "--edges", "normal,build"])
            .current_dir(&self.root)
            .output()
            .map_err(|error| format!("cargo tree: {error}"))?;
        let text = String::from_utf8_lossy(&output.stdout).replace(" (*)", "");
        Ok(text.lines().filter(|line| !line.is_empty()).collect::<BTreeSet<_>>().len())
    }

    fn build(&self) -> Result<Cost, String> {
        let before = (children_cpu(), Instant::now());
        let output = Command::new("cargo")
            .args(["build", "--offline", "--quiet"])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.root.join("target"))
            .output()
            .map_err(|error| format!("cargo build: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let cpu = children_cpu().saturating_sub(before.0).as_secs_f64();
        Ok(Cost { cpu, wall: before.1.elapsed().as_secs_f64() })
    }

    /// A build after a comment is written at the end of a file.
    fn warm(&self, file: &str, comment: &str) -> Result<Cost, String> {
        let path = self.root.join(file);
        let mut fastest: Option<Cost> = None;
        for round in 0..ROUNDS {
            let mut text = fs::read_to_string(&path).map_err(|error| format!("{file}: {error}"))?;
            let _ = writeln!(text, "{comment}edit {round}");
            fs::write(&path, text).map_err(|error| format!("{file}: {error}"))?;
            let cost = self.build()?;
            if fastest.is_none_or(|fastest| cost < fastest) {
                fastest = Some(cost);
            }
        }
        fastest.ok_or_else(|| "nothing was measured".to_owned())
    }
}

/// CPU time of all ended child processes, from `/proc`; zero where there is none.
fn children_cpu() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name in brackets; user and system time of the children, in hundredths of a second.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 = fields.split_whitespace().skip(13).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn file_name(number: usize) -> String {
    format!("{}_step.sql", number + 1)
}

/// One migration of a growing application: of ten, two create tables, the others change or fill them.
fn migration(number: usize) -> String {
    let table = number / 10;
    let columns =
        || (0..45).map(|n| format!("    field_{n} {}", TYPES[n % TYPES.len()])).collect::<Vec<_>>().join(",\n");
    match number % 10 {
        0 => format!(
            "CREATE TABLE t{table} (\n    id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,\n    name text,\n{}\n);\n",
            columns()
        ),
        1 => format!("CREATE TABLE t{table}_lines (\n    parent bigint REFERENCES t{table} (id),\n{}\n);\n", columns()),
        2 => format!("ALTER TABLE t{table} ADD COLUMN score integer NOT NULL DEFAULT 0, ADD COLUMN note text;\n"),
        3 => format!("COMMENT ON COLUMN t{table}.score IS 'what it is worth';\n"),
        4 => (0..14)
            .map(|n| format!("CREATE INDEX t{table}_{n}_idx ON t{table} (field_{n}) WHERE score > {n};\n"))
            .collect(),
        5 => {
            format!("ALTER TABLE t{table} ADD CONSTRAINT t{table}_check CHECK (score >= 0 AND score < 9) NOT VALID;\n")
        }
        6 => {
            let columns =
                (0..20).map(|n| format!("    field_{n}, coalesce(field_{n}) AS other_{n}")).collect::<Vec<_>>();
            format!("CREATE VIEW v{table} AS\nSELECT\n{}\nFROM t{table}\nWHERE score > 1;\n", columns.join(",\n"))
        }
        7 => {
            (0..60).map(|n| format!("INSERT INTO t{table} (name, score) VALUES ('row {n} of many', {n});\n")).collect()
        }
        8 => {
            let rows: Vec<_> = (0..60).map(|n| format!("    ('a name that is a bit longer {n}', {n})")).collect();
            format!("INSERT INTO t{table} (name, score) VALUES\n{};\n", rows.join(",\n"))
        }
        _ => format!("DROP VIEW v{table};\nALTER TABLE t{table} DROP COLUMN note;\n"),
    }
}

const TYPES: [&str; 5] =
    ["text", "integer NOT NULL DEFAULT 0", "varchar(80)", "timestamp with time zone", "numeric(12, 2)"];
