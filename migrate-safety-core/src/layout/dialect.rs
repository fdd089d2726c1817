//! For which server a project's migrations are, as its host is set up.

use super::read;
use crate::dialect::{Dialect, Target};
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// Where a project says which servers it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The dialects: one, or those among which the project does not choose.
    pub dialects: Vec<Dialect>,
    /// The file that says so.
    pub path: PathBuf,
}

/// For which server migrations are, as far as it can be told without asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Nothing says.
    Untold,
    /// The project is set up for this one alone.
    One(Target, PathBuf),
    /// A directory on the way to them has the name of this one: `migrations/sqlite`.
    Named(Target),
    /// The project is set up for several.
    Several(Told),
}

/// For which server the migrations at `path` are.
pub fn of(path: &Path) -> Choice {
    if let Some(target) = named(path) {
        return Choice::Named(target);
    }
    let start = if path.is_dir() { path } else { path.parent().unwrap_or(Path::new("")) };
    match told(start) {
        None => Choice::Untold,
        Some(told) => match told.dialects.as_slice() {
            [one] => Choice::One(Target::usual(*one), told.path),
            _ => Choice::Several(told),
        },
    }
}

/// The server that the last directory is named after of those that are written.
fn named(path: &Path) -> Option<Target> {
    path.components().rev().find_map(|part| {
        let part = part.as_os_str().to_str()?.to_ascii_lowercase();
        let known = ["postgres", "postgresql", "mysql", "mariadb", "sqlite", "sqlite3"];
        known.contains(&part.as_str()).then(|| part.parse().ok())?
    })
}

/// For which server the migrations at `start` are: by the `DATABASE_URL` in a `.env` beside or above them, or by the
/// features of sqlx and diesel in the nearest `Cargo.toml` that turns any on.
fn told(start: &Path) -> Option<Told> {
    let start = std::path::absolute(start).unwrap_or_else(|_| start.to_owned());
    start.ancestors().find_map(|dir| {
        let by_url = of_env(&dir.join(".env"));
        by_url.or_else(|| of_manifest(&dir.join("Cargo.toml")))
    })
}

/// For which server the hosts of the package at `dir` are set up: by its manifest, or the nearest above it that says.
pub fn told_by_manifest(dir: &Path) -> Option<Told> {
    dir.ancestors().find_map(|dir| of_manifest(&dir.join("Cargo.toml")))
}

fn of_env(path: &Path) -> Option<Told> {
    let source = path.is_file().then(|| read::source(path).ok()).flatten()?;
    let url = source.text.lines().find_map(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let value = line.strip_prefix("DATABASE_URL")?.trim_start().strip_prefix('=')?;
        Some(value.trim().trim_matches(['"', '\''].as_slice()).to_owned())
    })?;
    Some(Told { dialects: vec![Dialect::of_url(&url)?], path: path.to_owned() })
}

fn of_manifest(path: &Path) -> Option<Told> {
    let source = path.is_file().then(|| read::source(path).ok()).flatten()?;
    let document = DeTable::parse(&source.text).ok()?;
    let mut dialects = Vec::new();
    find(document.get_ref(), false, &mut dialects);
    if dialects.is_empty() {
        forwarded(document.get_ref(), &mut dialects);
    }
    (!dialects.is_empty()).then(|| Told { dialects, path: path.to_owned() })
}

/// The hosts, and what else turns on a database for them.
const HOSTS: [&str; 4] = ["sqlx", "diesel", "diesel-async", "sea-orm"];

/// Looks for the hosts among all tables of dependencies, wherever they stand.
fn find(table: &DeTable<'_>, of_dependencies: bool, dialects: &mut Vec<Dialect>) {
    for (key, value) in table {
        let name: &str = key.get_ref();
        let Some(inner) = value.get_ref().as_table() else { continue };
        if of_dependencies {
            if HOSTS.contains(&name) {
                features(inner, dialects);
            }
        } else {
            find(inner, name.ends_with("dependencies"), dialects);
        }
    }
}

/// The hosts' databases that features of the package turn on: `sqlite = ["diesel/sqlite"]`.
fn forwarded(manifest: &DeTable<'_>, dialects: &mut Vec<Dialect>) {
    let features = manifest.get("features").and_then(|features| features.get_ref().as_table());
    for list in features.into_iter().flat_map(|features| features.values()).filter_map(|list| list.get_ref().as_array())
    {
        for item in list.iter().filter_map(|item| item.get_ref().as_str()) {
            if let Some((host, feature)) = item.split_once('/')
                && HOSTS.contains(&host.trim_end_matches('?'))
            {
                note(feature, dialects);
            }
        }
    }
}

fn features(host: &DeTable<'_>, dialects: &mut Vec<Dialect>) {
    let list = host.get("features").and_then(|features| features.get_ref().as_array());
    list.into_iter().flatten().filter_map(|feature| feature.get_ref().as_str()).for_each(|name| note(name, dialects));
}

/// Notes the database that a host's feature is about, if it is about one: `postgres`, `mysql-rsa`, `sqlx-sqlite`.
fn note(feature: &str, dialects: &mut Vec<Dialect>) {
    let feature = feature.strip_prefix("sqlx-").unwrap_or(feature);
    let dialect = match feature.split_once('-').map_or(feature, |(head, _)| head) {
        "postgres" => Dialect::Postgres,
        "mysql" => Dialect::MySql,
        "sqlite" => Dialect::Sqlite,
        _ => return,
    };
    if !dialects.contains(&dialect) {
        dialects.push(dialect);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(manifest: &str) -> Vec<Dialect> {
        let mut dialects = Vec::new();
        let document = DeTable::parse(manifest).expect("TOML");
        find(document.get_ref(), false, &mut dialects);
        forwarded(document.get_ref(), &mut dialects);
        dialects
    }

    #[test]
    fn a_directory_is_named_after_its_server() {
        assert_eq!(named(Path::new("migrations/sqlite")), Some(Target::usual(Dialect::Sqlite)));
        assert_eq!(named(Path::new("db/MySQL/migrations/1_a.sql")), Some(Target::usual(Dialect::MySql)));
        assert_eq!(named(Path::new("migrations/mysql2")), None);
    }

    #[test]
    fn the_features_of_a_host_name_the_server() {
        let cases: &[(&str, &[Dialect])] = &[
            (
                "[dependencies]\nsqlx = { version = \"0.8\", features = [\"sqlite\", \"runtime-tokio\"] }",
                &[Dialect::Sqlite],
            ),
            ("[dependencies.diesel]\nversion = \"2\"\nfeatures = [\"mysql\", \"r2d2\"]", &[Dialect::MySql]),
            ("[workspace.dependencies]\ndiesel = { version = \"2\", features = [\"postgres_backend\"] }", &[]),
            ("[workspace.dependencies]\ndiesel = { version = \"2\", features = [\"postgres\"] }", &[Dialect::Postgres]),
            (
                "[dependencies]\nsqlx = { version = \"0.8\", features = [\"sqlite\", \"postgres\"] }",
                &[Dialect::Sqlite, Dialect::Postgres],
            ),
            ("[dependencies]\nsea-orm = { version = \"1\", features = [\"sqlx-sqlite\"] }", &[Dialect::Sqlite]),
            (
                "[target.'cfg(unix)'.dependencies]\nsqlx = { version = \"0.8\", features = [\"mysql-rsa\"] }",
                &[Dialect::MySql],
            ),
            ("[dependencies]\nserde = { version = \"1\", features = [\"sqlite\"] }", &[]),
            ("[package]\nname = \"sqlx\"", &[]),
            (
                "[features]\nsqlite = [\"diesel/sqlite\"]\nmysql = [\"diesel/mysql\", \"dep:x\"]\n[dependencies]\ndiesel = \"2\"",
                &[Dialect::MySql, Dialect::Sqlite],
            ),
        ];
        for (manifest, dialects) in cases {
            assert_eq!(of(manifest), *dialects, "{manifest}");
        }
    }
}
