//! Questions about the schema.

use super::{Catalog, DomainDef, TypeDef};

/// What a type is.
#[derive(Clone, Copy, Debug)]
pub enum TypeRef<'c> {
    /// The server's own.
    Builtin,
    /// An enum that the history defines.
    Enum(&'c TypeDef),
    /// A domain that the history defines.
    Domain(&'c TypeDef, &'c DomainDef),
    /// A composite, range or base type that the history defines, or the row type of a relation.
    Other,
    /// Not known: an extension's, or one from before the history.
    Unknown,
}

impl Catalog {}
