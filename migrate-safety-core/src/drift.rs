//! Drift: what a database holds that its migrations do not give, and the reverse.

use crate::catalog::diff::{Change, Closeness, Difference, ObjectKind, diff};
use crate::catalog::introspect::{Applied, Live, Unread};
use crate::catalog::{Catalog, ConstraintKind, Relation};
use crate::check::replay_each;
use crate::config::Config;
use crate::layout::MigrationSet;
use std::collections::BTreeSet;

#[cfg(feature = "json")]
mod json;
mod text;

/// How a database and the directory of its migrations differ.
#[derive(Clone, Debug, Default)]
pub struct Drift {
    /// Objects that are missing, extra or different.
    pub objects: Vec<Difference>,
    /// What half-finished work has left behind: invalid indexes, constraints that were never validated. They are drift
    /// where the migrations do not leave them so, and are named in any case.
    pub leftovers: Vec<Leftover>,
    /// Migrations that are not applied as they stand in the directory.
    pub migrations: Vec<MigrationDrift>,
    /// What could not be compared.
    pub unread: Vec<Unread>,
}

/// Something that was begun and not finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// `index` or `constraint`.
    pub kind: ObjectKind,
    /// Its name.
    pub name: String,
    /// What is wrong with it, and what to do.
    pub detail: String,
}

/// A migration that the database and the directory do not agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationDrift {
    /// Its version.
    pub id: String,
    /// How it differs.
    pub state: MigrationState,
}

/// How a migration differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MigrationState {
    /// It is in the directory and not applied.
    Pending,
    /// Its text is not what was applied.
    Edited,
    /// It is applied and not in the directory.
    Missing,
}

impl MigrationState {
    /// The name in JSON: `pending`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Edited => "edited",
            Self::Missing => "missing",
        }
    }
}

impl Drift {
    /// Whether anything differs. A pending migration alone is no drift: it will be run.
    pub fn is_drift(&self) -> bool {
        !self.objects.is_empty() || self.migrations.iter().any(|m| m.state != MigrationState::Pending)
    }
}

/// Compares a live database with the migrations it has applied; one without a bookkeeping table with all of them.
///
/// `checksum` gives the SHA-384 of a text in hexadecimal, as sqlx records it.
pub fn drift(set: &MigrationSet, config: &Config, live: &Live, checksum: &dyn Fn(&str) -> String) -> Drift {
    let config = Config { target: live.catalog.target(), ..config.clone() };
    let (expected, migrations) = recorded(set, live.applied.as_ref(), checksum);
    let mut catalog = Catalog::new(config.target, true);
    replay_each(&expected, &config, &mut |_, replayed| catalog = replayed.clone());
    let unread: BTreeSet<&str> = live.unread.iter().map(|unread| unread.object.as_str()).collect();
    let mut objects = diff(&catalog, &live.catalog, Closeness::Meaning);
    objects.retain(|difference| !is_unread(&unread, difference) && !is_own(difference));
    Drift { objects, leftovers: leftovers(&live.catalog), migrations, unread: live.unread.clone() }
}

/// Like [`drift`], of a database of MySQL, MariaDB or SQLite.
#[cfg(any(feature = "mysql", feature = "sqlite"))]
pub fn drift_of_database(
    set: &MigrationSet,
    config: &Config,
    live: &crate::databases::live::Live,
    checksum: &dyn Fn(&str) -> String,
) -> Drift {
    let config = Config { target: live.target, schema: None, ..config.clone() };
    let (expected, migrations) = recorded(set, live.applied.as_ref(), checksum);
    let usual = live.usual_charset.as_ref().map(|(charset, collation)| (charset.as_str(), collation.as_str()));
    let mut objects =
        crate::databases::diff::diff(&crate::databases::replay(&expected, &config), &live.schema(), usual);
    let unread = |name: &str| live.unread.iter().any(|unread| name.split('.').next() == Some(unread.object.as_str()));
    objects.retain(|difference| !unread(&difference.name));
    Drift { objects, leftovers: Vec::new(), migrations, unread: live.unread.clone() }
}

/// The migrations that a database has recorded, all of them where it records none; and on which ones it and the
/// directory do not agree.
fn recorded(
    set: &MigrationSet,
    applied: Option<&Applied>,
    checksum: &dyn Fn(&str) -> String,
) -> (MigrationSet, Vec<MigrationDrift>) {
    let mut expected = set.clone();
    let mut migrations = Vec::new();
    let Some(applied) = applied else { return (expected, migrations) };
    let pending = expected.migrations.iter().filter(|m| !applied.has(&m.id));
    migrations.extend(pending.map(|m| MigrationDrift { id: m.id.clone(), state: MigrationState::Pending }));
    expected.migrations.retain(|m| applied.has(&m.id));
    for record in &applied.migrations {
        let of_record = |id: &str| applied.layout.compare_versions(id, &record.version).is_eq();
        let state = match set.migrations.iter().find(|m| of_record(&m.id)) {
            None => MigrationState::Missing,
            Some(m) if record.checksum.as_ref().is_some_and(|sum| *sum != checksum(&m.up.text)) => {
                MigrationState::Edited
            }
            Some(_) => continue,
        };
        migrations.push(MigrationDrift { id: record.version.clone(), state });
    }
    (expected, migrations)
}

/// Whether a difference can come from what was not read.
fn is_unread(unread: &BTreeSet<&str>, difference: &Difference) -> bool {
    let within = |object: &str| {
        difference.name.strip_prefix(object).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    difference.change == Change::Different && unread.iter().any(|object| within(object))
}

/// Whether it is about a table in which migrate-safety itself keeps something.
fn is_own(difference: &Difference) -> bool {
    difference.name.split('.').any(crate::guard::is_own_table)
}

/// Invalid indexes and constraints that do not hold for every row.
fn leftovers(catalog: &Catalog) -> Vec<Leftover> {
    let mut found = Vec::new();
    for relation in catalog.relations() {
        if relation.index().is_some_and(|index| !index.valid && index.children.is_empty() && index.parent.is_none()) {
            found.push(Leftover {
                kind: ObjectKind::Index,
                name: relation.qualified(),
                detail: "is invalid: a concurrent build failed or was stopped; drop it and build it again".to_owned(),
            });
        }
        let constraints = relation.table().map_or(&[][..], |table| &table.constraints);
        for constraint in constraints.iter().filter(|c| !c.valid && c.enforced && c.parent.is_none()) {
            let name = format!("{}.{}", relation.qualified(), constraint.name);
            found.push(Leftover { kind: ObjectKind::Constraint, name, detail: not_validated(relation, constraint) });
        }
    }
    found
}

fn not_validated(relation: &Relation, constraint: &crate::catalog::Constraint) -> String {
    let what = match constraint.kind {
        ConstraintKind::ForeignKey(_) => "existing rows may reference nothing",
        _ => "existing rows may break it",
    };
    let table = relation.object_name().sql();
    format!("is NOT VALID: {what}; run ALTER TABLE {table} VALIDATE CONSTRAINT {}", constraint.name.sql())
}
