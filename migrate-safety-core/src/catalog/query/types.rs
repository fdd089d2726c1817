//! What a type is, and who uses it.

use crate::catalog::types::FoundType;
use crate::catalog::{Catalog, DomainDef, RelationId, TypeDef, TypeDefKind, TypeId};
use crate::sql::DataType;

/// What a type is.
#[derive(Clone, Copy, Debug)]
pub enum TypeRef<'c> {
    /// The server's own.
    Builtin,
    /// An enum that the history defines.
    Enum(&'c TypeDef),
    /// A domain that the history defines.
    Domain(&'c TypeDef, &'c DomainDef),
    /// A composite, range or base type that the history defines.
    Other(&'c TypeDef),
    /// The row type of a table or view.
    Row(RelationId),
    /// Not known: an extension's, or one from before the history.
    Unknown,
}

impl TypeRef<'_> {
    /// Whether it is one of the server's own.
    pub fn is_builtin(&self) -> bool {
        matches!(self, Self::Builtin)
    }
}

impl Catalog {
    /// What a type is; of an array, what its elements are.
    pub fn type_of(&self, data_type: &DataType) -> TypeRef<'_> {
        match self.find_type(data_type.schema.as_ref(), &data_type.name) {
            FoundType::Builtin => TypeRef::Builtin,
            FoundType::Defined(id) => match self.types.get(&id) {
                Some(def) => match &def.kind {
                    TypeDefKind::Enum(_) => TypeRef::Enum(def),
                    TypeDefKind::Domain(domain) => TypeRef::Domain(def, domain),
                    _ => TypeRef::Other(def),
                },
                None => TypeRef::Unknown,
            },
            FoundType::Row(id) => TypeRef::Row(id),
            FoundType::Extension | FoundType::Unknown | FoundType::MissingSchema | FoundType::Missing => {
                TypeRef::Unknown
            }
        }
    }

    /// The tables with a column of a type, of an array of it, or of a domain over it.
    pub fn tables_using_type(&self, id: TypeId) -> Vec<RelationId> {
        let uses = |data_type: &DataType| self.reaches_type(data_type, id);
        let has = |relation: &&crate::catalog::Relation| {
            relation.table().is_some_and(|t| t.columns.iter().any(|c| uses(&c.data_type)))
        };
        self.relations().filter(has).map(|r| r.id).collect()
    }

    /// Whether a type is the type `id`, or is a domain over it.
    fn reaches_type(&self, data_type: &DataType, id: TypeId) -> bool {
        match self.type_of(data_type) {
            TypeRef::Enum(def) | TypeRef::Other(def) => def.id == id,
            TypeRef::Domain(def, domain) => def.id == id || self.reaches_type(&domain.base, id),
            TypeRef::Builtin | TypeRef::Row(_) | TypeRef::Unknown => false,
        }
    }
}
