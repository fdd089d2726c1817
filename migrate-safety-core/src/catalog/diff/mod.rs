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
use describe::{Aspect, Bond, Described, describe};
use std::collections::{BTreeMap, HashMap};
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
    /// What it is in the actual schema, if it is there.
    pub(crate) found: Option<Object>,
    /// In what it differs, if it is there in both.
    pub(crate) aspects: Vec<&'static str>,
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
    /// A collation, text search configuration, server …: its class is in its name.
    Other,
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
            Self::Other => "object",
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

/// An aspect as it is expected and as it was found.
type Pair<'d> = (&'d Aspect, &'d Aspect);

/// What `actual` has that `expected` has not, and the reverse.
pub fn diff(expected: &Catalog, actual: &Catalog, closeness: Closeness) -> Vec<Difference> {
    let (wanted, found) = (described(expected, actual, closeness), described(actual, expected, closeness));
    let mut changed: Vec<(&Key, Change, Vec<Pair<'_>>)> = Vec::new();
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
    let changes: HashMap<&Key, Change> = changed.iter().map(|(key, change, _)| (*key, *change)).collect();
    let repair = repair::Repair { expected, actual };
    let mut differences: BTreeMap<&Key, Difference> = BTreeMap::new();
    let mut consequences: Vec<(&Key, Vec<String>)> = Vec::new();
    for (key, change, aspects) in &changed {
        let (object, other) = (wanted.get(*key), found.get(*key));
        let Some(told) = object.or(other) else { continue };
        if let Some(cause) = cause(&changes, told, *change) {
            if is_made_apart(key, cause) && *change == Change::Missing {
                consequences.push((root(&changes, &wanted, cause), repair.sql(key.0, object, other, aspects)));
            }
            continue;
        }
        let sql = repair.sql(key.0, object, other, aspects);
        let (kind, name) = (*key).clone();
        let found = object_of(other).cloned();
        let (detail, aspects) = (detail(aspects), aspects.iter().map(|(aspect, _)| aspect.name).collect());
        differences.insert(key, Difference { kind, name, change: *change, detail, sql, found, aspects });
    }
    for (key, sql) in consequences {
        if let Some(difference) = differences.get_mut(key) {
            difference.sql.extend(sql);
        }
    }
    let mut differences: Vec<Difference> = differences.into_values().collect();
    tell_renamed(&mut differences, &wanted, &found, &repair);
    differences
}

/// The statement that drops an object.
#[cfg(feature = "plan")]
pub(crate) fn drop_sql(catalog: &Catalog, object: &Object) -> Option<String> {
    repair::Repair { expected: catalog, actual: catalog }.drop(object)
}

/// A column that is missing and one that is extra can be the same under another name: same table, number and type. Then
/// a new name is enough, and nothing is lost.
fn tell_renamed(
    differences: &mut [Difference],
    wanted: &BTreeMap<Key, Described>,
    found: &BTreeMap<Key, Described>,
    repair: &repair::Repair<'_>,
) {
    let places = |change: Change| -> Vec<usize> {
        let of_kind = |d: &Difference| d.kind == ObjectKind::Column && d.change == change;
        (0..differences.len()).filter(|at| differences.get(*at).is_some_and(of_kind)).collect()
    };
    let (missing, extra) = (places(Change::Missing), places(Change::Extra));
    for at in missing {
        for other in &extra {
            let named = |at: usize| differences.get(at).map(|d| (d.kind, d.name.clone()));
            let (Some(key), Some(other_key)) = (named(at), named(*other)) else { continue };
            let objects = object_of(wanted.get(&key)).zip(object_of(found.get(&other_key)));
            let Some(sql) = objects.and_then(|(wanted, found)| repair.renamed_column(wanted, found)) else { continue };
            if let Some(difference) = differences.get_mut(at) {
                difference.sql = vec![sql];
                difference.detail = format!("renamed to {}", other_key.1);
            }
            if let Some(difference) = differences.get_mut(*other) {
                difference.sql = Vec::new();
                difference.detail = format!("renamed from {}", key.1);
            }
        }
    }
}

/// The difference that brings this one with it.
fn cause<'d>(changes: &HashMap<&Key, Change>, told: &'d Described, change: Change) -> Option<&'d Key> {
    let brings = |(cause, bond): &&(Key, Bond)| {
        changes.get(cause).is_some_and(|of_cause| match bond {
            Bond::Part => *of_cause != Change::Different,
            Bond::Copy => *of_cause != Change::Different || *of_cause == change,
            Bond::Product => true,
        })
    };
    told.follows_from.iter().find(brings).map(|(cause, _)| cause)
}

/// The difference at the beginning of a chain of causes.
fn root<'d>(changes: &HashMap<&'d Key, Change>, wanted: &'d BTreeMap<Key, Described>, from: &'d Key) -> &'d Key {
    let mut key = from;
    // A partition is at most so deep below its table.
    for _ in 0..64 {
        let next = wanted.get(key).zip(changes.get(key)).and_then(|(told, change)| cause(changes, told, *change));
        match next {
            Some(next) => key = next,
            None => break,
        }
    }
    key
}

/// Whether making the cause anew leaves this object to be made: partitions of a table, what hangs on a column.
fn is_made_apart(key: &Key, cause: &Key) -> bool {
    matches!(
        (key.0, cause.0),
        (ObjectKind::Table, ObjectKind::Table) | (ObjectKind::Constraint | ObjectKind::Index, ObjectKind::Column)
    )
}

fn described(catalog: &Catalog, other: &Catalog, closeness: Closeness) -> BTreeMap<Key, Described> {
    describe(catalog, other, closeness).into_iter().map(|object| ((object.kind, object.name.clone()), object)).collect()
}

fn differing<'d>(wanted: &'d Described, found: &'d Described) -> Vec<Pair<'d>> {
    let pairs = wanted.aspects.iter().filter_map(|aspect| {
        let other = found.aspects.iter().find(|other| other.name == aspect.name)?;
        Some((aspect, other))
    });
    pairs.filter(|(aspect, other)| aspect.meaning != other.meaning && !aspect.is_open() && !other.is_open()).collect()
}

/// `default: 'a' expected, 'b' found; …`
fn detail(aspects: &[Pair<'_>]) -> String {
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
