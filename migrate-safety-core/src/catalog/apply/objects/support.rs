//! Finding names and complaining as the server does.

use super::Applied;
use crate::catalog::types::{FoundType, missing_schema};
use crate::catalog::{
    Catalog, Conflict, Relation, RelationId, RelationKind, Resolved, TEMP_SCHEMA, TypeId, is_system_schema,
};
use crate::sql::operation::RelationWord;
use crate::sql::{Ident, ObjectName};

impl Catalog {
    /// The schema and name that something new gets.
    pub(super) fn new_name(&self, name: &ObjectName, applied: &mut Applied) -> (Ident, Ident) {
        let schema = match &name.schema {
            Some(schema) => {
                applied.conflicts.extend(self.schema_problem(schema));
                schema.clone()
            }
            None => self.creation_schema(),
        };
        (schema, name.name.clone())
    }

    /// `schema "s" does not exist`, if so.
    pub(crate) fn schema_problem(&self, schema: &Ident) -> Option<Conflict> {
        let known = self.schemas.contains_key(schema) || is_system_schema(schema) || *schema == *TEMP_SCHEMA;
        (!known && !self.may_exist(schema)).then(|| missing_schema(schema))
    }

    /// What keeps an object of one schema from being moved into another, if anything (`CheckSetNamespace` on the
    /// server).
    pub(super) fn move_problem(&self, from: &Ident, to: &Ident) -> Option<Conflict> {
        let either = |schema: &str| *from == *schema || *to == *schema;
        if either(TEMP_SCHEMA) {
            return Some(Conflict::new("0A000", "cannot move objects into or out of temporary schemas"));
        }
        if either("pg_toast") {
            return Some(Conflict::new("0A000", "cannot move objects into or out of TOAST schema"));
        }
        self.schema_problem(to)
    }

    /// The relation of this name; where there is none, what the server says of it.
    pub(super) fn existing_relation(
        &self,
        name: &ObjectName,
        if_exists: bool,
        applied: &mut Applied,
    ) -> Option<RelationId> {
        match self.resolve(name) {
            Resolved::Found(id) => return Some(id),
            Resolved::System | Resolved::Unknown => {}
            Resolved::Missing if if_exists => {
                applied.notice(format!("relation \"{}\" does not exist, skipping", name.name));
            }
            Resolved::Missing => match name.schema.as_ref().and_then(|s| self.schema_problem(s)) {
                Some(problem) => applied.conflicts.push(problem),
                None => applied.conflict("42P01", format!("relation \"{name}\" does not exist")),
            },
        }
        None
    }

    /// `relation "t" already exists`, or the type that a new relation's row type would clash with.
    pub(super) fn relation_clash(&self, schema: &Ident, name: &Ident, has_row_type: bool) -> Option<Conflict> {
        if self.relation_names.contains_key(&(schema.clone(), name.clone())) {
            return Some(Conflict::new("42P07", format!("relation \"{name}\" already exists")));
        }
        if has_row_type { self.type_clash(schema, name) } else { None }
    }

    /// `type "t" already exists`.
    pub(super) fn type_clash(&self, schema: &Ident, name: &Ident) -> Option<Conflict> {
        let taken = self.own_type(schema, name).is_some();
        taken.then(|| Conflict::new("42710", format!("type \"{name}\" already exists")))
    }

    /// The type of this name; where there is none, what the server says of it.
    pub(super) fn existing_type(&self, name: &ObjectName, applied: &mut Applied) -> Option<FoundType> {
        let found = self.find_type(name.schema.as_ref(), &name.name);
        match found {
            FoundType::Missing => applied.conflict("42704", format!("type \"{name}\" does not exist")),
            FoundType::MissingSchema => applied.conflicts.extend(name.schema.as_ref().map(missing_schema)),
            FoundType::Unknown | FoundType::Extension | FoundType::Builtin => {}
            FoundType::Defined(_) | FoundType::Row(_) => return Some(found),
        }
        None
    }

    /// Takes the name of a type, and of what the server makes with it, away.
    pub(super) fn forget_type_names(&mut self, id: TypeId) {
        let names: Vec<_> = self.type_names.iter().filter(|(_, named)| **named == id).map(|(n, _)| n.clone()).collect();
        for name in names {
            self.type_names.remove(&name);
        }
    }
}

/// Whether a relation is what the word in a statement says.
pub(super) fn is_word(relation: &Relation, word: RelationWord) -> bool {
    match (&relation.kind, word) {
        (RelationKind::Table(table), RelationWord::ForeignTable) => table.foreign || relation.unknown,
        (RelationKind::Table(table), RelationWord::Table) => !table.foreign || relation.unknown,
        (RelationKind::Index(_), RelationWord::Index) | (RelationKind::Sequence(_), RelationWord::Sequence) => true,
        (RelationKind::View(view), RelationWord::View) => !view.materialized,
        (RelationKind::View(view), RelationWord::MaterializedView) => view.materialized,
        _ => relation.unknown,
    }
}

/// `"v" is not a table`.
pub(super) fn wrong_kind(name: &Ident, word: RelationWord) -> Conflict {
    let words = match word {
        RelationWord::Table => "a table",
        RelationWord::Index => "an index",
        RelationWord::View => "a view",
        RelationWord::MaterializedView => "a materialized view",
        RelationWord::Sequence => "a sequence",
        RelationWord::ForeignTable => "a foreign table",
    };
    Conflict::new("42809", format!("\"{name}\" is not {words}"))
}

/// What relations of a kind are called in "This operation is not supported for …" (`errdetail_relkind_not_supported`).
pub(super) fn kinds(relation: &Relation) -> &'static str {
    match &relation.kind {
        RelationKind::Table(table) if table.is_partitioned() => "partitioned tables",
        RelationKind::Table(table) if table.foreign => "foreign tables",
        RelationKind::Table(_) => "tables",
        RelationKind::Index(_) => "indexes",
        RelationKind::View(view) if view.materialized => "materialized views",
        RelationKind::View(_) => "views",
        RelationKind::Sequence(_) => "sequences",
        RelationKind::Composite => "composite types",
    }
}
