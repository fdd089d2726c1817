//! Types as a statement names them, in the server's own spelling.

use super::name::Ident;
use std::fmt;

/// A type with its modifiers: `varchar(50)`, `numeric(10,2)[]`, `app.mood`.
///
/// Built-in types carry the server's internal name (`int4`, `varchar`, `bpchar`, `timestamptz`, `float8`, `bool` …)
/// and no schema, whichever spelling the statement used.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DataType {
    /// The schema, if written (never for a built-in type).
    pub schema: Option<Ident>,
    /// The server's name of the element type.
    pub name: Ident,
    /// Modifiers as written: `["10", "2"]`; for `interval` also the field restriction (`"year to month"`) as the last.
    pub modifiers: Vec<Box<str>>,
    /// Whether it is an array of `name`, of any number of dimensions.
    pub array: bool,
}

impl DataType {
    /// A built-in type without modifiers, by the server's internal name.
    pub fn builtin(name: &str) -> Self {
        Self { schema: None, name: Ident::exact(name), modifiers: Vec::new(), array: false }
    }

    /// The same by a name that needs no copy.
    pub(crate) const fn own(name: &'static str) -> Self {
        Self { schema: None, name: Ident::own(name), modifiers: Vec::new(), array: false }
    }

    /// The modifier at `index` as a number.
    pub fn modifier(&self, index: usize) -> Option<i64> {
        self.modifiers.get(index)?.parse().ok()
    }

    /// Whether this is the built-in scalar type with the server's internal name `name`.
    pub fn is(&self, name: &str) -> bool {
        self.schema.is_none() && !self.array && self.name == *name
    }

    /// The server's internal name of a type spelt `written` (lower case, single spaces), if that is another spelling
    /// of a built-in type (PostgreSQL docs, 8: "Data Types", table 8.1).
    pub fn canonical(written: &str) -> Option<&'static str> {
        Some(match written {
            "int" | "integer" => "int4",
            "smallint" => "int2",
            "bigint" => "int8",
            "real" => "float4",
            "float" | "double precision" => "float8",
            "decimal" | "dec" => "numeric",
            "boolean" => "bool",
            "character varying"
            | "char varying"
            | "national character varying"
            | "national char varying"
            | "nchar varying" => "varchar",
            "character" | "char" | "national character" | "national char" | "nchar" => "bpchar",
            "bit varying" => "varbit",
            "timestamp without time zone" => "timestamp",
            "timestamp with time zone" => "timestamptz",
            "time without time zone" => "time",
            "time with time zone" => "timetz",
            _ => return None,
        })
    }

    /// The SQL spelling of a built-in type by its internal name (`format_type` on the server).
    fn sql_name(name: &str) -> Option<&'static str> {
        Some(match name {
            "int2" => "smallint",
            "int4" => "integer",
            "int8" => "bigint",
            "float4" => "real",
            "float8" => "double precision",
            "bool" => "boolean",
            "varchar" => "character varying",
            "bpchar" => "character",
            "varbit" => "bit varying",
            "timestamp" => "timestamp without time zone",
            "timestamptz" => "timestamp with time zone",
            "time" => "time without time zone",
            "timetz" => "time with time zone",
            _ => return None,
        })
    }
}

impl fmt::Display for DataType {
    /// As the server's `format_type` prints it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(schema) = &self.schema {
            write!(f, "{}.", schema.sql())?;
        }
        let spelt = if self.schema.is_none() { Self::sql_name(&self.name) } else { None };
        let modifiers = |f: &mut fmt::Formatter<'_>| {
            let fields = self.modifiers.iter().filter(|m| m.starts_with(|c: char| c.is_ascii_alphabetic()));
            let is_interval = self.name == *"interval";
            if is_interval {
                for field in fields {
                    write!(f, " {field}")?;
                }
            }
            let listed: Vec<&str> = self
                .modifiers
                .iter()
                .filter(|m| !is_interval || !m.starts_with(|c: char| c.is_ascii_alphabetic()))
                .map(|m| &**m)
                .collect();
            if listed.is_empty() { Ok(()) } else { write!(f, "({})", listed.join(",")) }
        };
        match spelt.and_then(|s| s.split_once(" with")) {
            // timestamp(3) with time zone: the modifier stands inside the name.
            Some((head, tail)) => {
                f.write_str(head)?;
                modifiers(f)?;
                write!(f, " with{tail}")?;
            }
            None => {
                match spelt {
                    Some(spelt) => f.write_str(spelt)?,
                    None if self.schema.is_none() && self.name == *"char" => f.write_str("\"char\"")?,
                    None => f.write_str(&self.name.sql())?,
                }
                modifiers(f)?;
            }
        }
        if self.array { f.write_str("[]") } else { Ok(()) }
    }
}
