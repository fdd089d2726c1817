//! MySQL and MariaDB servers, and what changes tables on them, out of Debian's packages, each with all libraries it needs in
//! a directory of its own: nothing of the system is changed, and the release of the system does not matter.

use std::env;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

/// A server or a tool, the package it is in, and the release that has this version of it.
struct Product {
    name: &'static str,
    package: &'static str,
    release: &'static str,
    program: &'static str,
    /// The text of the program of a tool, which is none of the package's.
    script: Option<&'static str>,
}

/// Runs the tool by the interpreter and the libraries beside it.
const PERCONA: &str = include_str!("pt-online-schema-change.sh");

const PRODUCTS: [Product; 5] = [
    Product { name: "mysql-9", package: "mysql-server-core", release: "sid", program: "usr/sbin/mysqld", script: None },
    Product {
        name: "mariadb-10.11",
        package: "mariadb-server-core",
        release: "bookworm",
        program: "usr/sbin/mariadbd",
        script: None,
    },
    Product {
        name: "mariadb-11.8",
        package: "mariadb-server-core",
        release: "trixie",
        program: "usr/sbin/mariadbd",
        script: None,
    },
    Product {
        name: "percona-toolkit-3.2",
        package: "percona-toolkit",
        release: "bookworm",
        program: "bin/pt-online-schema-change",
        script: Some(PERCONA),
    },
    Product {
        name: "percona-toolkit-3.7",
        package: "percona-toolkit",
        release: "sid",
        program: "bin/pt-online-schema-change",
        script: Some(PERCONA),
    },
];

/// The names of the servers.
pub(crate) fn servers() -> Vec<&'static str> {
    PRODUCTS.iter().filter(|product| product.script.is_none()).map(|product| product.name).collect()
}

/// The names of the tools that are run on them.
pub(crate) fn tools() -> Vec<&'static str> {
    PRODUCTS.iter().filter(|product| product.script.is_some()).map(|product| product.name).collect()
}

/// Makes sure that a server is there; nothing, if there is none of this name.
pub(crate) fn fetch(name: &str) -> Option<Result<(), String>> {
    let product = PRODUCTS.iter().find(|product| product.name == name)?;
    Some(servers_dir().and_then(|servers| {
        let dir = servers.join(name);
        if !dir.join(product.program).is_file() {
            install(product, &dir)?;
        }
        println!("{name}: {}", dir.display());
        Ok(())
    }))
}

/// As the testkit looks for them.
fn servers_dir() -> Result<PathBuf, String> {
    if let Some(dir) = env::var_os("MYSQL_SERVERS").filter(|dir| !dir.is_empty()) {
        return Ok(dir.into());
    }
    if Path::new("/proc/self").metadata().is_ok_and(|own| own.uid() == 0) {
        return Ok("/var/cache/mysql-servers".into());
    }
    let home = env::var_os("HOME").ok_or("no home directory: set HOME or MYSQL_SERVERS")?;
    Ok(Path::new(&home).join(".cache/mysql-servers"))
}

/// Makes `dir`, whole or not at all.
fn install(product: &Product, dir: &Path) -> Result<(), String> {
    let scratch = dir.with_file_name(format!(".{}-{}", product.name, process::id()));
    let result = unpack(product, &scratch).and_then(|root| {
        fs::rename(&root, dir).or_else(|error| {
            // Somebody else was faster.
            if dir.join(product.program).is_file() {
                Ok(())
            } else {
                Err(format!("cannot install {}: {error}", dir.display()))
            }
        })
    });
    let _ = fs::remove_dir_all(&scratch);
    result
}

/// Fetches the package and all it depends on into `scratch`; the directory with the files in it.
fn unpack(product: &Product, scratch: &Path) -> Result<PathBuf, String> {
    const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

    let mirror = mirror()?;
    println!("{}: fetching {} of {} from {mirror}", product.name, product.package, product.release);
    for dir in ["lists/partial", "archives/partial", "root"] {
        make(&scratch.join(dir))?;
    }
    let signed = if Path::new(KEYRING).is_file() { format!("[signed-by={KEYRING}] ") } else { String::new() };
    write(&scratch.join("sources.list"), &format!("deb {signed}{mirror} {} main\n", product.release))?;
    // Nothing is installed, as far as apt is told: all that the package needs is fetched.
    write(&scratch.join("status"), "")?;
    let apt = |args: &[&str]| {
        let mut command = Command::new("apt-get");
        command.arg("-qq");
        let at = |name: &str| scratch.join(name).display().to_string();
        let options = [
            format!("Dir::State::Lists={}", at("lists")),
            format!("Dir::State::Status={}", at("status")),
            format!("Dir::Cache::Archives={}", at("archives")),
            "Dir::Cache::pkgcache=".to_owned(),
            "Dir::Cache::srcpkgcache=".to_owned(),
            format!("Dir::Etc::SourceList={}", at("sources.list")),
            "Dir::Etc::SourceParts=/dev/null".to_owned(),
            "APT::Sandbox::User=".to_owned(),
            "Acquire::Languages=none".to_owned(),
        ];
        for option in options {
            command.args(["-o", &option]);
        }
        succeed(command.args(args))
    };
    apt(&["update"])?;
    apt(&["-y", "--no-install-recommends", "--download-only", "install", product.package])?;
    let root = scratch.join("root");
    let archives = scratch.join("archives");
    let files = fs::read_dir(&archives).map_err(|error| format!("cannot read {}: {error}", archives.display()))?;
    for file in files {
        let file = file.map_err(|error| format!("cannot read {}: {error}", archives.display()))?.path();
        if file.extension().is_some_and(|extension| extension == "deb") {
            succeed(Command::new("dpkg-deb").arg("-x").arg(&file).arg(&root))?;
        }
    }
    if let Some(script) = product.script {
        let program = root.join(product.program);
        program.parent().map_or(Ok(()), make)?;
        write(&program, script)?;
        succeed(Command::new("chmod").arg("a+x").arg(&program))?;
    }
    succeed(Command::new("chmod").args(["-R", "a+rX"]).arg(&root))?;
    Ok(root)
}

/// A mirror of Debian: the one in the sources of apt.
fn mirror() -> Result<String, String> {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    files.extend(fs::read_dir("/etc/apt/sources.list.d").into_iter().flatten().flatten().map(|entry| entry.path()));
    let texts = files.iter().filter_map(|file| fs::read_to_string(file).ok());
    texts.filter_map(|text| mirror_in(&text)).next().ok_or_else(|| {
        "no mirror of Debian in the sources of apt: set MYSQL_SERVERS to a directory with \
         mysql-9/usr/sbin/mysqld, mariadb-10.11/usr/sbin/mariadbd, mariadb-11.8/usr/sbin/mariadbd and \
         percona-toolkit-3.7/bin/pt-online-schema-change"
            .to_owned()
    })
}

fn mirror_in(sources: &str) -> Option<String> {
    let lines = sources.lines().filter(|line| !line.trim_start().starts_with('#'));
    let mut words = lines.flat_map(str::split_whitespace);
    words.find(|word| word.starts_with("http") && word.trim_end_matches('/').ends_with("/debian")).map(str::to_owned)
}

fn make(dir: &Path) -> Result<(), String> {
    fs::create_dir_all(dir).map_err(|error| format!("cannot create {}: {error}", dir.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => {
            Err(format!("{program} failed ({}):\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
        }
        Err(error) => Err(format!("cannot run {program}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::mirror_in;

    #[test]
    fn the_mirror_is_found_in_both_forms_of_sources() {
        let new = "Types: deb\n# http://old.example/debian\nURIs: http://deb.example/debian\nSuites: bookworm\n";
        assert_eq!(mirror_in(new).as_deref(), Some("http://deb.example/debian"));
        let old = "deb http://security.example/debian-security x main\ndeb https://m.example/debian/ x main\n";
        assert_eq!(mirror_in(old).as_deref(), Some("https://m.example/debian/"));
        assert_eq!(mirror_in("deb http://archive.example/ubuntu x main"), None);
    }
}
