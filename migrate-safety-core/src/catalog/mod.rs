//! The schema as the history so far leaves it.
//!
//! Built by replaying [`Operation`](crate::sql::Operation)s. What a statement that was not understood may have
//! touched is marked unknown, never guessed.

mod aged;
mod apply;
pub(crate) mod builtin;
mod casts;
#[cfg(feature = "resume")]
pub(crate) mod codec;
mod constants;
mod dependents;
#[cfg(feature = "diff")]
pub mod diff;
mod hints;
#[cfg(feature = "live")]
pub mod introspect;
pub(crate) mod map;
pub mod model;
mod presume;
mod query;
mod recent;
mod regclass;
#[cfg(feature = "diff")]
pub(crate) mod render;
mod routines;
pub mod session;
mod shape;
pub(crate) mod storage;
mod store;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod types;
mod typing;
mod volatility;

pub use apply::{Applied, Conflict, Removed, in_pass_order};
pub(crate) use apply::{is_system_column, sort_by_pass};
pub use builtin::CastContext;
pub use casts::{Cast, CastPath};
pub use dependents::{Dependent, Object};
pub use model::*;
pub use query::{ForeignKeyRef, TypeRef};
#[cfg(feature = "plan")]
pub(crate) use render::table::bound_sql;
pub use session::Session;
pub use shape::{OutputColumn, QueryShape};
pub(crate) use store::UNKNOWN_TYPE;
pub use volatility::VolatilityOf;

use crate::dialect::Target;
use crate::sql::operation::RuleText;
use crate::sql::{Ident, ObjectName};
use hints::Hints;
use map::Map;
use recent::Recent;
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// A schema: everything that matters to a lock, a scan, a dependency or a rolling deploy.
#[derive(Clone, Debug)]
pub struct Catalog {
    pub(crate) target: Target,
    /// Whether everything there is was created by the history; if not, a name that is not found may exist.
    pub(crate) complete: bool,
    pub(crate) search_path: Vec<Ident>,
    pub(crate) schemas: BTreeMap<Ident, Stamp>,
    pub(crate) relations: Map<RelationId, Relation>,
    /// The names of relations, by schema and name.
    pub(crate) relation_names: Map<(Ident, Ident), RelationId>,
    pub(crate) types: Map<TypeId, TypeDef>,
    pub(crate) type_names: Map<(Ident, Ident), TypeId>,
    pub(crate) routines: Map<RoutineId, Routine>,
    pub(crate) routine_names: Map<(Ident, Ident), Vec<RoutineId>>,
    /// The tables that have a constraint of a name, each as often as it has one.
    pub(crate) constraint_names: Map<Ident, Vec<RelationId>>,
    /// Where to look for dependents.
    pub(crate) hints: Hints,
    /// What the latest migration made.
    pub(crate) recent: Recent,
    /// Views that read a relation.
    pub(crate) readers: Map<RelationId, Vec<RelationId>>,
    pub(crate) extensions: BTreeMap<Ident, Extension>,
    /// Comments on what has no field for one.
    pub(crate) comments: Map<Object, Box<str>>,
    /// What calls a routine although a new overload would now be meant by the same text.
    pub(crate) bound_calls: Vec<(Object, RoutineId)>,
    /// What rules were created as.
    pub(crate) rule_texts: Map<(RelationId, Ident), RuleText>,
    /// Objects that are only known to be there, by class and name, with the statement that made each. None where it is
    /// not known which there are.
    pub(crate) others: Option<Others>,
    /// Extended statistics by schema and name.
    pub(crate) statistics: Map<(Ident, Ident), ExtendedStatistics>,
    /// Collations by schema and name, with what `CREATE COLLATION` says behind the name.
    pub(crate) collations: BTreeMap<(Ident, Ident), Box<str>>,
    /// Roles that the history has made, or taken on.
    pub(crate) roles: BTreeSet<Ident>,
    /// Names that statements which were not understood mention.
    pub(crate) unknown_names: BTreeSet<Ident>,
    /// Whether bodies of functions are looked into when they are created (`check_function_bodies`).
    pub(crate) check_bodies: bool,
    /// Whether there are operators or casts that are not the server's own.
    pub(crate) own_operators: bool,
    /// Whether anything has ever been temporary.
    pub(crate) any_temporary: bool,
    pub(crate) next_id: u32,
}

/// Statements that made objects, by the class and name of each.
type Others = BTreeMap<(Box<str>, ObjectName), Box<str>>;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved<T> {
    /// This object.
    Found(T),
    /// One of the server's own (`pg_catalog`, `information_schema`).
    System,
    /// Nothing that is known, but the catalog does not claim to know everything.
    Unknown,
    /// Nothing: the server would report an error.
    Missing,
}

impl<T> Resolved<T> {
    /// The object, if it was found.
    pub fn found(self) -> Option<T> {
        match self {
            Self::Found(found) => Some(found),
            _ => None,
        }
    }
}

impl Catalog {
    /// The schema of a new database: an empty `public`. `complete` says that nothing else exists but what will be
    /// replayed.
    pub fn new(target: Target, complete: bool) -> Self {
        let public = Ident::exact("public");
        Self {
            target,
            complete,
            search_path: vec![public.clone()],
            schemas: BTreeMap::from([(public, Stamp::BEFORE)]),
            relations: Map::default(),
            relation_names: Map::default(),
            types: Map::default(),
            type_names: Map::default(),
            routines: Map::default(),
            routine_names: Map::default(),
            constraint_names: Map::default(),
            hints: Hints::default(),
            recent: Recent::default(),
            readers: Map::default(),
            statistics: Map::default(),
            extensions: BTreeMap::new(),
            comments: Map::default(),
            bound_calls: Vec::new(),
            rule_texts: Map::default(),
            others: Some(BTreeMap::new()),
            collations: BTreeMap::new(),
            roles: BTreeSet::new(),
            unknown_names: BTreeSet::new(),
            check_bodies: true,
            own_operators: false,
            any_temporary: false,
            next_id: 1,
        }
    }

    /// The server it is for.
    pub fn target(&self) -> Target {
        self.target
    }

    /// The relation of this id.
    pub fn relation(&self, id: RelationId) -> Option<&Relation> {
        self.relations.get(&id)
    }

    /// The table of this id.
    pub fn table(&self, id: RelationId) -> Option<&Table> {
        self.relation(id)?.table()
    }

    /// All relations in order of creation.
    pub fn relations(&self) -> impl Iterator<Item = &Relation> {
        self.relations.values()
    }

    /// All types that the history defines, in order of creation.
    pub fn types(&self) -> impl Iterator<Item = &TypeDef> {
        self.types.values()
    }

    /// Back to the search path of a new session.
    pub(crate) fn reset_search_path(&mut self) {
        self.search_path = vec![Ident::exact("public")];
    }

    /// Looks a relation name up along the search path.
    pub fn resolve(&self, name: &ObjectName) -> Resolved<RelationId> {
        let found = |schema: &Ident| self.relation_named(schema, &name.name);
        if let Some(schema) = &name.schema {
            if let Some(id) = found(schema) {
                return Resolved::Found(id);
            }
            if is_system_schema(schema) {
                return Resolved::System;
            }
        } else {
            if let Some(id) = self.any_temporary.then(|| self.relation_named(TEMP_SCHEMA, &name.name)).flatten() {
                return Resolved::Found(id);
            }
            if let Some(id) = self.search_path.iter().find_map(found) {
                return Resolved::Found(id);
            }
            if name.name.starts_with("pg_") {
                return Resolved::System;
            }
        }
        if !self.complete || self.unknown_names.contains(&name.name) { Resolved::Unknown } else { Resolved::Missing }
    }

    /// The relation of a schema by its name.
    pub(crate) fn relation_named(&self, schema: &str, name: &str) -> Option<RelationId> {
        // Most names of schemas are one and the same text.
        let by_schema = |s: &str| if std::ptr::eq(schema, s) { Ordering::Equal } else { schema.cmp(s) };
        self.relation_names.find(|(s, n)| by_schema(s).then_with(|| name.cmp(n))).copied()
    }

    /// The relation whose [`Relation::qualified`] name this is.
    pub fn relation_called(&self, qualified: &str) -> Option<&Relation> {
        let dots = qualified.match_indices('.').map(|(dot, _)| qualified.split_at(dot));
        let mut ids = dots.filter_map(|(schema, name)| self.relation_named(schema, name.get(1..)?));
        self.relation(ids.next()?)
    }

    /// The schema in which an unqualified name is created: the first of the search path that exists.
    pub fn creation_schema(&self) -> Ident {
        let known = self.search_path.iter().find(|s| self.schemas.contains_key(*s));
        known.or(self.search_path.first()).cloned().unwrap_or_else(|| Ident::exact("public"))
    }
}

/// Where temporary relations live.
pub const TEMP_SCHEMA: &str = "pg_temp";

/// Whether a schema belongs to the server.
pub fn is_system_schema(schema: &str) -> bool {
    matches!(schema, "pg_catalog" | "information_schema" | "pg_toast")
}
