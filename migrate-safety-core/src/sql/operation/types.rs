//! Types and domains.

use crate::sql::datatype::DataType;
use crate::sql::expr::Expression;
use crate::sql::name::Ident;

/// What `CREATE TYPE` makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// `AS ENUM (…)`.
    Enum(Vec<Box<str>>),
    /// `AS (a int, …)`.
    Composite(Vec<(Ident, DataType)>),
    /// `AS RANGE (SUBTYPE = …, MULTIRANGE_TYPE_NAME = …)`.
    Range(Option<DataType>, Option<DataType>),
    /// A base or shell type.
    Base,
}

/// What `ALTER TYPE` does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the fields are named as in the server's grammar
pub enum AlterType {
    /// `ADD VALUE`.
    AddValue { value: Box<str>, if_not_exists: bool, before: Option<Box<str>>, after: Option<Box<str>> },
    /// `RENAME VALUE`.
    RenameValue { from: Box<str>, to: Box<str> },
    /// `ADD ATTRIBUTE`.
    AddAttribute { name: Ident, data_type: DataType, cascade: bool },
    /// `DROP ATTRIBUTE`.
    DropAttribute { name: Ident, if_exists: bool, cascade: bool },
    /// `ALTER ATTRIBUTE … TYPE`.
    AlterAttribute { name: Ident, data_type: DataType, cascade: bool },
    /// `RENAME ATTRIBUTE`.
    RenameAttribute { name: Ident, to: Ident, cascade: bool },
    /// `RENAME TO`.
    Rename { to: Ident },
    /// `SET SCHEMA`.
    SetSchema { schema: Ident },
    /// `OWNER TO`, `SET (…)`.
    Other,
}

/// A constraint of a domain.
#[derive(Clone, Debug, PartialEq)]
pub struct DomainConstraint {
    /// `CONSTRAINT name`.
    pub name: Option<Ident>,
    /// `CHECK (VALUE …)`; absent for `NOT NULL`.
    pub check: Option<Expression>,
    /// `NOT VALID`.
    pub not_valid: bool,
}

/// What `ALTER DOMAIN` does.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the fields are named as in the server's grammar
pub enum AlterDomain {
    /// `SET DEFAULT` / `DROP DEFAULT`.
    Default(Option<Expression>),
    /// `SET NOT NULL` / `DROP NOT NULL`.
    NotNull(bool),
    /// `ADD CONSTRAINT`.
    AddConstraint(DomainConstraint),
    /// `DROP CONSTRAINT`.
    DropConstraint { name: Ident, if_exists: bool, cascade: bool },
    /// `VALIDATE CONSTRAINT`.
    ValidateConstraint { name: Ident },
    /// `RENAME CONSTRAINT`.
    RenameConstraint { name: Ident, to: Ident },
    /// `RENAME TO`.
    Rename { to: Ident },
    /// `SET SCHEMA`.
    SetSchema { schema: Ident },
    /// `OWNER TO`.
    Other,
}
