//! `cargo xtask bench-build`: what the checked macros add to a build, beside the hosts' own macros, in one run.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::workspace;

/// Migrations in the history, which is about 1 MB.
const MIGRATIONS: usize = 700;

/// How often a warm build is measured; the median counts.
const ROUNDS: usize = 7;

/// Whose macro embeds the history.
struct Host {
    name: &'static str,
    dependencies: &'static str,
    /// The value, by the host's macro and by ours.
    own: &'static str,
    checked: &'static str,
    value: &'static str,
}

const HOSTS: [Host; 2] = [
    Host {
        name: "sqlx",
        dependencies: "sqlx = { version = \"0.9\", default-features = false, features = [\"macros\", \"migrate\"] }\n",
        own: "sqlx::migrate!(\"./migrations\")",
        checked: "migrate_safety_sqlx::migrate!(\"./migrations\")",
        value: "sqlx::migrate::Migrator",
    },
    Host {
        name: "diesel",
        dependencies: "diesel = { version = \"2.3\", default-features = false, features = [\"postgres_backend\"] }\n\
                       diesel_migrations = { version = \"2.3\", default-features = false }\n",
        own: "diesel_migrations::embed_migrations!(\"migrations\")",
        checked: "migrate_safety_diesel::embed_migrations!(\"migrations\")",
        value: "diesel_migrations::EmbeddedMigrations",
    },
];

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    if !args.is_empty() {
        return Err("usage: cargo xtask bench-build".to_owned());
    }
    let root = workspace().join("target/bench-build");
    let bytes: usize = (0..MIGRATIONS).map(|number| migration(number).len()).sum();
    println!("{MIGRATIONS} migrations, {} KB; debug builds; CPU seconds, the median of {ROUNDS}", bytes / 1000);
    for host in &HOSTS {
        let failed = |error| format!("{}: {error}", host.name);
        let own = Project::new(&root, host).map_err(|error| failed(error.to_string()))?;
        let cold = own.cold_build()?;
        own.build()?;
        let checked = own.checked(host).map_err(|error| failed(error.to_string()))?;
        println!("\n{:<36} {:>9} {:>9} {:>9}", host.name, "own", "checked", "added");
        let crates = [own.crates()?, checked.crates()?];
        println!("{:<36} {:>9} {:>9} {:>9}", "crates", crates[0], crates[1], crates[1] - crates[0]);
        // Built on what the host's own has built: two cold builds differ by more than what is looked for.
        row("cold build", cold, cold + checked.cold_build()?);
        checked.build()?;
        for (what, edited) in [
            ("another file edited", None),
            ("the last migration edited", Some(MIGRATIONS - 1)),
            ("the one 20 before it edited", Some(MIGRATIONS - 21)),
            ("the one 200 before it edited", Some(MIGRATIONS - 201)),
            ("the first migration edited", Some(0)),
        ] {
            let (mut by_own, mut by_checked) = (Vec::new(), Vec::new());
            for round in 0..ROUNDS {
                by_own.push(own.rebuild(edited, round)?);
                by_checked.push(checked.rebuild(edited, round)?);
            }
            row(what, median(by_own), median(by_checked));
        }
        own.halve()?;
        checked.halve()?;
        let (mut by_own, mut by_checked) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            by_own.push(own.rebuild(Some(0), round)?);
            by_checked.push(checked.rebuild(Some(0), round)?);
        }
        row("the first edited, half the history", median(by_own), median(by_checked));
    }
    Ok(())
}

/// Makes room for a directory.
fn empty(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn row(what: &str, own: Duration, checked: Duration) {
    let [own, checked] = [own, checked].map(|cost| cost.as_secs_f64());
    println!("{what:<36} {own:>9.2} {checked:>9.2} {:>9.2}", checked - own);
}

fn median(mut costs: Vec<Duration>) -> Duration {
    costs.sort_unstable();
    costs.get(costs.len() / 2).copied().unwrap_or_default()
}

/// A crate that embeds the history.
struct Project {
    root: PathBuf,
    diesel: bool,
}

impl Project {
    /// With the host's own macro.
    fn new(parent: &Path, host: &Host) -> io::Result<Self> {
        let root = parent.join(format!("{}-own", host.name));
        empty(&root)?;
        fs::create_dir_all(root.join("src"))?;
        fs::copy(workspace().join("Cargo.lock"), root.join("Cargo.lock"))?;
        fs::write(root.join("build.rs"), "fn main() {\n    println!(\"cargo:rerun-if-changed=migrations\");\n}\n")?;
        let project = Self { root, diesel: host.name == "diesel" };
        project.embed(host, host.own, "")?;
        for number in 0..MIGRATIONS {
            let path = project.migration(number);
            fs::create_dir_all(path.parent().unwrap_or(&project.root))?;
            fs::write(&path, migration(number))?;
            if project.diesel {
                fs::write(path.with_file_name("down.sql"), "SELECT 1;\n")?;
            }
            if project.diesel && number % 10 == 4 {
                fs::write(path.with_file_name("metadata.toml"), "run_in_transaction = false\n")?;
            }
        }
        Ok(project)
    }

    /// A copy of it, with what is built, that has the checked macro.
    fn checked(&self, host: &Host) -> io::Result<Self> {
        let root = self.root.with_file_name(format!("{}-checked", host.name));
        empty(&root)?;
        // Files keep their times, by which cargo knows what is built.
        let copied = Command::new("cp").arg("-a").arg(&self.root).arg(&root).status()?;
        if !copied.success() {
            return Err(io::Error::other(format!("cp: {copied}")));
        }
        let project = Self { root, diesel: self.diesel };
        let name = format!("migrate-safety-{}", host.name);
        let path = workspace().join(&name);
        let ours = format!("{name} = {{ path = {path:?}, default-features = false, features = [\"macros\"] }}\n");
        project.embed(host, host.checked, &ours)?;
        Ok(project)
    }

    /// Writes the manifest and the program.
    fn embed(&self, host: &Host, call: &str, ours: &str) -> io::Result<()> {
        let manifest = format!(
            "[package]\nname = \"embedding\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [dependencies]\n{}{ours}",
            host.dependencies
        );
        fs::write(self.root.join("Cargo.toml"), manifest)?;
        // What is found in the history are warnings, which are not what is measured.
        let main = format!(
            "#![allow(deprecated)]\npub static MIGRATIONS: {} = {call};\n\nfn main() {{\n    \
             println!(\"{{:p}}\", &MIGRATIONS);\n}}\n",
            host.value
        );
        fs::write(self.root.join("src/main.rs"), main)
    }

    /// The file of a migration.
    fn migration(&self, number: usize) -> PathBuf {
        let version = 1000 + number;
        let name = if self.diesel { format!("{version}_step/up.sql") } else { format!("{version}_step.sql") };
        self.root.join("migrations").join(name)
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

    /// A build of all that is there, as of packages that come from a registry: cargo keeps nothing of those for the
    /// next build, but of packages in a directory, as ours are here, it does.
    fn cold_build(&self) -> Result<Duration, String> {
        self.build_into("target-cold", "0")
    }

    fn build(&self) -> Result<Duration, String> {
        self.build_into("target", "1")
    }

    fn build_into(&self, directory: &str, incremental: &str) -> Result<Duration, String> {
        let before = children_cpu();
        let output = Command::new("cargo")
            .args(["build", "--offline", "--quiet"])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.root.join(directory))
            .env("CARGO_INCREMENTAL", incremental)
            .output()
            .map_err(|error| format!("cargo build: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        Ok(children_cpu().saturating_sub(before))
    }

    /// A build after a comment is written at the end of a migration, or of the program.
    fn rebuild(&self, migration: Option<usize>, round: usize) -> Result<Duration, String> {
        let (path, comment) = match migration {
            Some(number) => (self.migration(number), "-- edit"),
            None => (self.root.join("src/main.rs"), "// edit"),
        };
        let failed = |error| format!("{}: {error}", path.display());
        let text = fs::read_to_string(&path).map_err(failed)?;
        fs::write(&path, format!("{text}{comment} {round}\n")).map_err(failed)?;
        self.build()
    }

    /// Leaves the first half of the migrations, and builds.
    fn halve(&self) -> Result<(), String> {
        for number in MIGRATIONS / 2..MIGRATIONS {
            let path = self.migration(number);
            let removed = match (self.diesel, path.parent()) {
                (true, Some(directory)) => fs::remove_dir_all(directory),
                _ => fs::remove_file(&path),
            };
            removed.map_err(|error| format!("{}: {error}", path.display()))?;
        }
        self.build().map(drop)
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
        1 => format!(
            "CREATE TABLE t{table}_lines (\n    parent bigint REFERENCES t{table} (id),\n{}\n);\n\
             CREATE INDEX ON t{table}_lines (parent);\n",
            columns()
        ),
        2 => format!("ALTER TABLE t{table} ADD COLUMN score integer NOT NULL DEFAULT 0, ADD COLUMN note text;\n"),
        3 => format!("COMMENT ON COLUMN t{table}.score IS 'what it is worth';\n"),
        4 => format!(
            "-- no-transaction\nCREATE INDEX CONCURRENTLY t{table}_idx ON t{table} (name) WHERE score > {table};\n"
        ),
        5 => {
            format!("ALTER TABLE t{table} ADD CONSTRAINT t{table}_check CHECK (score >= 0 AND score < 9) NOT VALID;\n")
        }
        6 => {
            let columns =
                (0..20).map(|n| format!("    field_{n}, coalesce(field_{n}) AS other_{n}")).collect::<Vec<_>>();
            format!("CREATE VIEW v{table} AS\nSELECT\n{}\nFROM t{table}\nWHERE score > 1;\n", columns.join(",\n"))
        }
        7 => (0..75)
            .map(|n| {
                format!("INSERT INTO t{table} (name, score) VALUES ('row {n} of the many that there are', {n});\n")
            })
            .collect(),
        8 => {
            let rows: Vec<_> = (0..90).map(|n| format!("    ('a name that is a bit longer {n}', {n})")).collect();
            format!("INSERT INTO t{table} (name, score) VALUES\n{};\n", rows.join(",\n"))
        }
        _ => format!("ALTER TABLE t{table} VALIDATE CONSTRAINT t{table}_check;\n"),
    }
}

const TYPES: [&str; 5] =
    ["text", "integer NOT NULL DEFAULT 0", "varchar(80)", "timestamp with time zone", "numeric(12, 2)"];
