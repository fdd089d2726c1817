//! What one catalog has and another has not.
//!
//! Both are described object by object, aspect by aspect, by what things mean rather than how they are spelt, and the
//! descriptions are compared. What follows from another difference (the columns of a missing table, the index of a
//! partition whose parent's index is missing) is not told again.

mod describe;
mod literal;
mod normal;
mod repair;

use super::{Catalog, Object};
use describe::{Aspect, Described, describe};
use std::collections::{BTreeMap, HashSet};
use std::fmt;

/// How closely two catalogs are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closeness {
    /// What can be seen by a program or a migration.
    Meaning,
    /// Also what has to agree for the replay to go on as the server would: the order of columns, what is inherited, what
    /// views read.
    Exact,
}

/// A difference between two catalogs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What kind of object it is.
    pub kind: ObjectKind,
    /// Its name: `public.users`, `public.users.name`, `public.f(integer)`.
    pub name: String,
    /// How it differs.
    pub change: Change,
    /// In words; empty for one that is missing or extra.
    pub detail: String,
    /// SQL that makes the actual schema what is expected, statement by statement.
    pub sql: Vec<String>,
}

/// How an object differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// It is expected and not there.
    Missing,
    /// It is there and not expected.
    Extra,
    /// It is not as expected.
    Different,
}

/// The kinds of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum ObjectKind {
    Schema,
    Extension,
    Type,
    Domain,
    Sequence,
    Table,
    Column,
    Constraint,
    Index,
    Function,
    Procedure,
    View,
    MaterializedView,
    Trigger,
    Rule,
    Policy,
    Statistics,
}

impl ObjectKind {
    /// The name in JSON: `materialized-view`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Extension => "extension",
            Self::Type => "type",
            Self::Domain => "domain",
            Self::Sequence => "sequence",
            Self::Table => "table",
            Self::Column => "column",
            Self::Constraint => "constraint",
            Self::Index => "index",
            Self::Function => "function",
            Self::Procedure => "procedure",
            Self::View => "view",
            Self::MaterializedView => "materialized-view",
            Self::Trigger => "trigger",
            Self::Rule => "rule",
            Self::Policy => "policy",
            Self::Statistics => "statistics",
        }
    }
}

impl Change {
    /// The name in JSON: `missing`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Extra => "extra",
            Self::Different => "different",
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.change.name(), self.kind.name(), self.name)?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, ": {}", self.detail) }
    }
}

/// An object by its kind and name.
type Key = (ObjectKind, String);

/// What `actual` has that `expected` has not, and the reverse.
pub fn diff(expected: &Catalog, actual: &Catalog, closeness: Closeness) -> Vec<Difference> {
    let (wanted, found) = (described(expected, closeness), described(actual, closeness));
    let mut changed: Vec<(&Key, Change, Vec<(&Aspect, &Aspect)>)> = Vec::new();
    for (key, object) in &wanted {
        match found.get(key) {
            None => changed.push((key, Change::Missing, Vec::new())),
            Some(other) if object.unknown || other.unknown => {}
            Some(other) => {
                let differing: Vec<_> = differing(object, other);
                if !differing.is_empty() {
                    changed.push((key, Change::Different, differing));
                }
            }
        }
    }
    changed.extend(found.keys().filter(|key| !wanted.contains_key(*key)).map(|key| (key, Change::Extra, vec![])));
    let causes: HashSet<(&Key, Change)> = changed.iter().map(|(key, change, _)| (*key, *change)).collect();
    let mut differences = Vec::new();
    for (key, change, aspects) in &changed {
        let (object, other) = (wanted.get(*key), found.get(*key));
        let Some(told) = object.or(other) else { continue };
        if told.follows_from.iter().any(|cause| is_cause(&causes, cause, *change)) {
            continue;
        }
        let repair = repair::Repair { expected, actual };
        differences.push(Difference {
            kind: key.0,
            name: key.1.clone(),
            change: *change,
            detail: detail(aspects),
            sql: repair.sql(key.0, object, other, aspects),
        });
    }
    differences.sort_by(|a, b| (a.kind, &a.name).cmp(&(b.kind, &b.name)));
    differences
}

/// Whether a difference of another object brings this one with it.
fn is_cause(causes: &HashSet<(&Key, Change)>, cause: &Key, change: Change) -> bool {
    let whole = [Change::Missing, Change::Extra].into_iter().any(|c| causes.contains(&(cause, c)));
    whole || causes.contains(&(cause, change))
}

fn described(catalog: &Catalog, closeness: Closeness) -> BTreeMap<Key, Described> {
    describe(catalog, closeness).into_iter().map(|object| ((object.kind, object.name.clone()), object)).collect()
}

fn differing<'d>(wanted: &'d Described, found: &'d Described) -> Vec<(&'d Aspect, &'d Aspect)> {
    let pairs = wanted.aspects.iter().filter_map(|aspect| {
        let other = found.aspects.iter().find(|other| other.name == aspect.name)?;
        Some((aspect, other))
    });
    pairs.filter(|(aspect, other)| aspect.meaning != other.meaning && !aspect.is_open() && !other.is_open()).collect()
}

/// `default: 'a' expected, 'b' found; …`
fn detail(aspects: &[(&Aspect, &Aspect)]) -> String {
    let shown = |text: &str| if text.is_empty() { "nothing".to_owned() } else { text.to_owned() };
    let told = aspects.iter().map(|(wanted, found)| {
        format!("{}: {} expected, {} found", wanted.name, shown(&wanted.shown), shown(&found.shown))
    });
    told.collect::<Vec<_>>().join("; ")
}

/// The object of a description, to write statements about it.
fn object_of(described: Option<&Described>) -> Option<&Object> {
    described?.object.as_ref()
}
