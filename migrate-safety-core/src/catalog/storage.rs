//! How the values of a column are stored.

use super::{Catalog, TypeRef};
use crate::sql::{DataType, Ident};

/// Built-in types with `typstorage` `p`: their values are always stored in place.
const PLAIN: &[&str] = &[
    "bool",
    "box",
    "char",
    "cid",
    "circle",
    "date",
    "float4",
    "float8",
    "int2",
    "int2vector",
    "int4",
    "int8",
    "interval",
    "line",
    "lseg",
    "macaddr",
    "macaddr8",
    "money",
    "name",
    "oid",
    "oidvector",
    "pg_lsn",
    "point",
    "tid",
    "time",
    "timestamp",
    "timestamptz",
    "timetz",
    "tsquery",
    "uuid",
    "xid",
    "xid8",
];

/// Built-in types with `typstorage` `m`.
const MAIN: &[&str] = &["cidr", "inet", "numeric"];

impl Catalog {
    /// How values of a type are stored unless something else is said: `plain`, `main` or `extended`.
    pub(crate) fn usual_storage(&self, data_type: &DataType) -> &'static str {
        if data_type.array {
            return "extended";
        }
        match self.type_of(data_type) {
            TypeRef::Builtin if PLAIN.contains(&&*data_type.name) || data_type.name.starts_with("reg") => "plain",
            TypeRef::Builtin if MAIN.contains(&&*data_type.name) => "main",
            TypeRef::Enum(_) => "plain",
            TypeRef::Domain(_, domain) => self.usual_storage(&domain.base),
            _ => "extended",
        }
    }

    /// What a column is to remember of `SET STORAGE`.
    pub(crate) fn unusual_storage(&self, data_type: &DataType, storage: &Ident) -> Option<Box<Ident>> {
        let word = storage.to_ascii_lowercase();
        (word != "default" && word != self.usual_storage(data_type)).then(|| Box::new(Ident::exact(&word)))
    }
}

/// What a column is to remember of `SET COMPRESSION`.
pub(crate) fn unusual_compression(compression: &Ident) -> Option<Box<Ident>> {
    let word = compression.to_ascii_lowercase();
    (word != "default").then(|| Box::new(Ident::exact(&word)))
}

/// The word for a letter of `attstorage`.
#[cfg(feature = "live")]
pub(super) fn storage_word(letter: char) -> Option<&'static str> {
    Some(match letter {
        'p' => "plain",
        'e' => "external",
        'm' => "main",
        'x' => "extended",
        _ => return None,
    })
}

/// The word for a letter of `attcompression`.
#[cfg(feature = "live")]
pub(super) fn compression_word(letter: char) -> Option<&'static str> {
    Some(match letter {
        'p' => "pglz",
        'l' => "lz4",
        _ => return None,
    })
}
