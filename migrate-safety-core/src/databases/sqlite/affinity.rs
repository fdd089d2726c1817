//! What a column does with the values that it is given: its affinity.
//!
//! Source: "Datatypes In SQLite", 3.1 "Determination Of Column Affinity".

use crate::databases::operation::DataType;

/// The affinity of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
    Numeric,
}

impl Affinity {
    /// That of a column of this type.
    pub(crate) fn of(data_type: &DataType) -> Self {
        let has = |part: &str| data_type.name.contains(part);
        if has("int") {
            Self::Integer
        } else if has("char") || has("clob") || has("text") {
            Self::Text
        } else if has("blob") || data_type.name.is_empty() {
            Self::Blob
        } else if has("real") || has("floa") || has("doub") {
            Self::Real
        } else {
            Self::Numeric
        }
    }

    /// The storage class that values are brought to, where there is one (Datatypes In SQLite, 3).
    #[cfg(feature = "plan")]
    pub(crate) fn storage_class(self) -> Option<&'static str> {
        match self {
            Self::Integer => Some("INTEGER"),
            Self::Text => Some("TEXT"),
            Self::Real => Some("REAL"),
            Self::Blob | Self::Numeric => None,
        }
    }

    /// The type that `CREATE TABLE … AS` gives a column (CREATE TABLE, 2.1).
    pub(crate) fn type_name(self) -> &'static str {
        match self {
            Self::Integer => "int",
            Self::Text => "text",
            Self::Blob => "",
            Self::Real => "real",
            Self::Numeric => "num",
        }
    }
}
