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

/// For which server the migrations at `path` are: by the name of a directory, by the features of sqlx and diesel in the
/// nearest `Cargo.toml` above them that turns any on, by the `DATABASE_URL` in a `.env` beside or above them. None of
/// these says more than the manifest allows.
pub fn of(path: &Path) -> Choice {
    choose(path, true)
}

/// The same without a `.env`, which a build must not depend on.
pub fn by_manifest(path: &Path) -> Choice {
    choose(path, false)
}

fn choose(path: &Path, with_env: bool) -> Choice {
    let path = absolute(path);
    let manifest = path.ancestors().find_map(|dir| of_manifest(&dir.join("Cargo.toml")));
    let allowed = manifest.as_ref().map(|told| told.dialects.as_slice()).unwrap_or_default();
    let allows = |dialect: Dialect| allowed.is_empty() || allowed.iter().any(|one| one.is_like(dialect));
    let inside = manifest.as_ref().and_then(|told| path.strip_prefix(told.path.parent()?).ok());
    if let Some(target) = named(&path, inside).filter(|target| allows(target.dialect)) {
        return Choice::Named(target);
    }
    let by_url = || path.ancestors().find_map(|dir| of_env(&dir.join(".env"))).filter(|(dialect, _)| allows(*dialect));
    if let Some((dialect, path)) = with_env.then(by_url).flatten() {
        return Choice::One(Target::usual(dialect), path);
    }
    match manifest {
        None => Choice::Untold,
        Some(told) => match told.dialects.as_slice() {
            [one] => Choice::One(Target::usual(*one), told.path),
            _ => Choice::Several(told),
        },
    }
}

/// A path from the root; an empty one, or `-`, is where the program stands.
fn absolute(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() || path == Path::new("-") { Path::new(".") } else { path };
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The server that the last directory is named after, of those within the project; without one, of the last two.
fn named(path: &Path, inside: Option<&Path>) -> Option<Target> {
    const KNOWN: [&str; 6] = ["postgres", "postgresql", "mysql", "mariadb", "sqlite", "sqlite3"];
    let most = if inside.is_some() { usize::MAX } else { 2 };
    let directories = inside.unwrap_or(path).components().rev().filter(|part| Path::new(part).extension().is_none());
    directories.take(most).find_map(|part| {
        let part = part.as_os_str().to_str()?.to_ascii_lowercase();
        KNOWN.contains(&part.as_str()).then(|| part.parse().ok())?
    })
}

fn of_env(path: &Path) -> Option<(Dialect, PathBuf)> {
    let source = path.is_file().then(|| read::source(path).ok()).flatten()?;
    let url = source.text.lines().find_map(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let value = line.strip_prefix("DATABASE_URL")?.trim_start().strip_prefix('=')?;
        Some(value.trim().trim_matches(['"', '\''].as_slice()).to_owned())
    })?;
    Some((Dialect::of_url(&url)?, path.to_owned()))
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

    /// What is chosen for `path` in a project with these files.
    fn chosen(files: &[(&str, &str)], path: &str, with_env: bool) -> Choice {
        let root = std::env::temp_dir().join(format!("migrate-safety-dialect-{}", std::process::id()));
        // Above it, nothing says anything.
        let root = root.join(format!("{:?}", std::thread::current().id()));
        for (name, text) in files {
            let file = root.join(name);
            std::fs::create_dir_all(file.parent().expect("a directory")).expect("made");
            std::fs::write(file, text).expect("written");
        }
        let choice = choose(&root.join(path), with_env);
        std::fs::remove_dir_all(&root).expect("removed");
        choice
    }

    #[test]
    fn the_name_of_a_directory_and_the_url_choose_among_what_the_manifest_has() {
        const ALL: &str =
            "[dependencies]\nsqlx = { version = \"0.9\", features = [\"postgres\", \"mysql\", \"sqlite\"] }";
        const LITE: &str = "[dependencies]\nsqlx = { version = \"0.9\", features = [\"sqlite\"] }";
        let env = (".env", "DATABASE_URL=mysql://root@localhost/app");
        let usual = Target::usual;
        let one = |choice: Choice| match choice {
            Choice::One(target, _) | Choice::Named(target) => Some(target),
            Choice::Untold | Choice::Several(_) => None,
        };
        let all = ("Cargo.toml", ALL);
        assert_eq!(one(chosen(&[all], "db/sqlite", false)), Some(usual(Dialect::Sqlite)));
        assert_eq!(one(chosen(&[all, env], "db/sqlite/1_a.sql", true)), Some(usual(Dialect::Sqlite)));
        assert_eq!(one(chosen(&[all, env], "migrations", true)), Some(usual(Dialect::MySql)));
        assert_eq!(one(chosen(&[all, env], "migrations", false)), None);
        assert_eq!(one(chosen(&[all], "db/mariadb", false)), Some(usual(Dialect::MariaDb)));
        let lite = ("Cargo.toml", LITE);
        assert_eq!(one(chosen(&[lite, env], "db/mysql", true)), Some(usual(Dialect::Sqlite)));
        assert_eq!(
            one(chosen(&[("mysql/app/Cargo.toml", LITE)], "mysql/app/migrations", false)),
            Some(usual(Dialect::Sqlite))
        );
        assert_eq!(chosen(&[("x", "")], "mysql/of/the/app", false), Choice::Untold);
        assert_eq!(one(chosen(&[("x", "")], "mysql/migrations", false)), Some(usual(Dialect::MySql)));
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
