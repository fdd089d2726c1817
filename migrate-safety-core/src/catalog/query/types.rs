//! What a type is, and who uses it.

use crate::catalog::{Catalog, DomainDef, RelationId, TEMP_SCHEMA, TypeDef, TypeDefKind, TypeId};
use crate::sql::{DataType, Ident};

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

impl Catalog {
    /// What a type is; of an array, what its elements are.
    pub fn type_of(&self, data_type: &DataType) -> TypeRef<'_> {
        let key = |schema: &Ident| (schema.clone(), data_type.name.clone());
        let temp = Ident::exact(TEMP_SCHEMA);
        let mut schemas = match &data_type.schema {
            Some(schema) => std::slice::from_ref(schema).iter().chain(None),
            None if is_builtin(&data_type.name) => return TypeRef::Builtin,
            None => self.search_path.iter().chain(Some(&temp)),
        };
        if let Some(id) = schemas.clone().find_map(|schema| self.type_names.get(&key(schema))) {
            return match self.types.get(id) {
                Some(def) => match &def.kind {
                    TypeDefKind::Enum(_) => TypeRef::Enum(def),
                    TypeDefKind::Domain(domain) => TypeRef::Domain(def, domain),
                    _ => TypeRef::Other(def),
                },
                None => TypeRef::Unknown,
            };
        }
        if data_type.schema.as_deref() == Some("pg_catalog") && is_builtin(&data_type.name) {
            return TypeRef::Builtin;
        }
        match schemas.find_map(|schema| self.relation_names.get(&key(schema))) {
            Some(id) => TypeRef::Row(*id),
            None => TypeRef::Unknown,
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

/// Whether the server has a type of this (internal) name.
pub(crate) fn is_builtin(name: &str) -> bool {
    BUILTIN.binary_search(&name).is_ok() || name.strip_prefix('_').is_some_and(|n| BUILTIN.binary_search(&n).is_ok())
}

/// The server's scalar types by internal name, in byte order (`pg_type` of PostgreSQL 18).
const BUILTIN: &[&str] = &[
    "aclitem",
    "any",
    "anyarray",
    "anycompatible",
    "anycompatiblearray",
    "anycompatiblemultirange",
    "anycompatiblenonarray",
    "anycompatiblerange",
    "anyelement",
    "anyenum",
    "anymultirange",
    "anynonarray",
    "anyrange",
    "bit",
    "bool",
    "box",
    "bpchar",
    "bytea",
    "char",
    "cid",
    "cidr",
    "circle",
    "cstring",
    "date",
    "datemultirange",
    "daterange",
    "event_trigger",
    "fdw_handler",
    "float4",
    "float8",
    "gtsvector",
    "index_am_handler",
    "inet",
    "int2",
    "int2vector",
    "int4",
    "int4multirange",
    "int4range",
    "int8",
    "int8multirange",
    "int8range",
    "internal",
    "interval",
    "json",
    "jsonb",
    "jsonpath",
    "language_handler",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "numeric",
    "nummultirange",
    "numrange",
    "oid",
    "oidvector",
    "path",
    "pg_brin_bloom_summary",
    "pg_brin_minmax_multi_summary",
    "pg_ddl_command",
    "pg_dependencies",
    "pg_lsn",
    "pg_mcv_list",
    "pg_ndistinct",
    "pg_node_tree",
    "pg_snapshot",
    "point",
    "polygon",
    "record",
    "refcursor",
    "regclass",
    "regcollation",
    "regconfig",
    "regdictionary",
    "regnamespace",
    "regoper",
    "regoperator",
    "regproc",
    "regprocedure",
    "regrole",
    "regtype",
    "table_am_handler",
    "text",
    "tid",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "trigger",
    "tsm_handler",
    "tsmultirange",
    "tsquery",
    "tsrange",
    "tstzmultirange",
    "tstzrange",
    "tsvector",
    "txid_snapshot",
    "unknown",
    "uuid",
    "varbit",
    "varchar",
    "void",
    "xid",
    "xid8",
    "xml",
];
