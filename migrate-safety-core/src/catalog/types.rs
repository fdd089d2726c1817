//! What a type name stands for.

use super::apply::Conflict;
use super::builtin;
use super::{Catalog, RelationId, RelationKind, TEMP_SCHEMA, TypeId, is_system_schema};
use crate::sql::{DataType, Ident, ObjectName};

/// What a type name was found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FoundType {
    /// The server's own.
    Builtin,
    /// One that the history defines.
    Defined(TypeId),
    /// The row type of a table or view.
    Row(RelationId),
    /// One of an extension that is installed.
    Extension,
    /// Nothing that is known, but it may exist.
    Unknown,
    /// Its schema does not exist.
    MissingSchema,
    /// It does not exist.
    Missing,
}

impl Catalog {
    /// A collation by its full name, if it is not the server's own.
    pub(crate) fn settled_collation(&self, name: &ObjectName) -> ObjectName {
        let own = |schema: &&Ident| self.collations.contains_key(&((*schema).clone(), name.name.clone()));
        let schema = name.schema.as_ref().or_else(|| self.search_path.iter().find(own));
        ObjectName { schema: schema.cloned(), name: name.name.clone() }
    }

    /// The full name of a type that has no modifiers.
    pub(crate) fn settled_type_name(&self, name: &ObjectName) -> ObjectName {
        let data_type = DataType { schema: name.schema.clone(), ..DataType::builtin(&name.name) };
        let DataType { schema, name, .. } = self.settled_type(&data_type);
        ObjectName { schema, name }
    }

    /// The error that using this type gives: it does not exist, or not with these modifiers.
    pub fn type_problem(&self, data_type: &DataType) -> Option<Conflict> {
        match self.find_type(data_type.schema.as_ref(), &data_type.name) {
            FoundType::Missing => {
                let name = written(data_type);
                let array = if data_type.array { "[]" } else { "" };
                Some(Conflict::new("42704", format!("type \"{name}{array}\" does not exist")))
            }
            FoundType::MissingSchema => data_type.schema.as_ref().map(missing_schema),
            FoundType::Builtin => modifier_problem(data_type, self.target().version),
            _ => None,
        }
    }

    /// Whether no column can have this type (`void`, `record`, `anyelement`): 42P16, `column "x" has pseudo-type void`.
    pub fn is_pseudo_type(&self, data_type: &DataType) -> bool {
        !data_type.array
            && builtin::is_pseudo_type(&data_type.name)
            && self.find_type(data_type.schema.as_ref(), &data_type.name) == FoundType::Builtin
    }

    /// The type with the schema it is found in, as [`Column::data_type`](super::Column::data_type) holds it; the
    /// server's own and those of extensions have none.
    #[must_use]
    pub fn settled_type(&self, data_type: &DataType) -> DataType {
        let mut settled = data_type.clone();
        settled.schema = match self.find_type(data_type.schema.as_ref(), &data_type.name) {
            FoundType::Builtin | FoundType::Extension => None,
            FoundType::Defined(id) => self.types.get(&id).map(|t| t.schema.clone()),
            FoundType::Row(id) => self.relation(id).map(|r| r.schema.clone()),
            _ => return settled,
        };
        if settled.name.starts_with('_') && !data_type.array {
            self.settle_array(&mut settled);
        }
        if settled.schema.is_none() && settled.name == *"numeric" && settled.modifiers.len() == 1 {
            settled.modifiers.push("0".into());
        }
        settled
    }

    /// `_int4` is how the server calls `int4[]`.
    fn settle_array(&self, settled: &mut DataType) {
        let exact = settled.schema.as_ref().is_some_and(|s| self.own_type(s, &settled.name).is_some());
        let Some(element) = settled.name.strip_prefix('_') else { return };
        if !exact && !builtin::is_type(&settled.name, self.target().version) {
            settled.name = Ident::exact(element);
            settled.array = true;
        }
    }

    /// Looks a type name up as the server does: its own first, then along the search path.
    pub(crate) fn find_type(&self, schema: Option<&Ident>, name: &Ident) -> FoundType {
        let version = self.target().version;
        match schema {
            Some(schema) if *schema == *"pg_catalog" => {
                let element = name.strip_prefix('_').unwrap_or(name);
                let own = builtin::is_type(name, version) || builtin::is_type(element, version);
                if own || name.starts_with("pg_") { FoundType::Builtin } else { self.not_found(name) }
            }
            Some(schema) if is_system_schema(schema) => FoundType::Builtin,
            Some(schema) => match self.type_in(schema, name) {
                Some(found) => found,
                None if self.extension_type(name) => FoundType::Extension,
                None if !self.schemas.contains_key(schema) && !self.may_exist(schema) && *schema != *TEMP_SCHEMA => {
                    FoundType::MissingSchema
                }
                None => self.not_found(name),
            },
            None => {
                if self.any_temporary
                    && let Some(found) = self.type_in(&Ident::exact(TEMP_SCHEMA), name)
                {
                    return found;
                }
                let is_own = |name| builtin::is_type(name, version);
                if is_own(name) || name.strip_prefix('_').is_some_and(is_own) {
                    return FoundType::Builtin;
                }
                if let Some(found) = self.search_path.iter().find_map(|s| self.type_in(s, name)) {
                    return found;
                }
                if self.extension_type(name) {
                    FoundType::Extension
                } else if name.starts_with("pg_") {
                    FoundType::Builtin
                } else {
                    self.not_found(name)
                }
            }
        }
    }

    /// A type, row type or array type of a schema.
    fn type_in(&self, schema: &Ident, name: &Ident) -> Option<FoundType> {
        self.own_type(schema, name).or_else(|| self.own_type(schema, &Ident::exact(name.strip_prefix('_')?)))
    }

    /// A type or row type of a schema.
    pub(crate) fn own_type(&self, schema: &Ident, name: &Ident) -> Option<FoundType> {
        if let Some(id) = self.type_names.find(|(s, n)| schema.cmp(s).then_with(|| name.cmp(n))) {
            return Some(FoundType::Defined(*id));
        }
        let relation = self.relation(self.relation_named(schema, name)?)?;
        let has_row_type = !matches!(relation.kind, RelationKind::Index(_) | RelationKind::Sequence(_));
        has_row_type.then_some(FoundType::Row(relation.id))
    }

    fn not_found(&self, name: &Ident) -> FoundType {
        if self.may_exist(name) { FoundType::Unknown } else { FoundType::Missing }
    }

    /// Whether an object of this name that was not found may exist all the same: made before the history, by a
    /// statement that was not understood, or by an extension whose objects are not known.
    pub(crate) fn may_exist(&self, name: &Ident) -> bool {
        !self.complete || self.unknown_names.contains(name) || self.has_open_extension()
    }

    /// Whether an extension is installed whose objects are not all known.
    pub(crate) fn has_open_extension(&self) -> bool {
        self.extensions.keys().any(|e| builtin::extension(e).is_none_or(|e| e.open))
    }

    /// Whether an installed extension defines this type.
    pub(crate) fn extension_type(&self, name: &str) -> bool {
        let defines = |name| builtin::extensions_of_type(name).iter().any(|e| self.extensions.contains_key(*e));
        defines(name) || name.strip_prefix('_').is_some_and(defines)
    }
}

/// A type as the server repeats it in a message.
fn written(data_type: &DataType) -> String {
    match &data_type.schema {
        Some(schema) => format!("{schema}.{}", data_type.name),
        None => data_type.name.to_string(),
    }
}

/// `schema "s" does not exist`.
pub(crate) fn missing_schema(schema: &Ident) -> Conflict {
    Conflict::new("3F000", format!("schema \"{schema}\" does not exist"))
}

/// What the server calls the multirange type of a range (`makeMultirangeTypeName`).
pub(in crate::catalog) fn multirange_name(range: &Ident) -> Ident {
    match range.split_once("range") {
        Some((before, after)) => Ident::exact(&format!("{before}multirange{after}")),
        None => Ident::exact(&format!("{range}_multirange")),
    }
}

/// What is wrong with the modifiers of a built-in type (`varchartypmodin` and the like on the server).
fn modifier_problem(data_type: &DataType, version: u16) -> Option<Conflict> {
    let name = data_type.name.as_str();
    let first = data_type.modifiers.first()?;
    let invalid = |message: String| Some(Conflict::new("22023", message));
    let first = first.parse::<i64>().ok();
    match name {
        "varchar" | "bpchar" | "bit" | "varbit" => {
            let (spelt, most) = match name {
                "bpchar" => ("char", 10_485_760),
                "bit" => ("bit", 83_886_080),
                "varbit" => ("varbit", 83_886_080),
                _ => ("varchar", 10_485_760),
            };
            match first {
                Some(length) if length < 1 => invalid(format!("length for type {spelt} must be at least 1")),
                Some(length) if length > most => invalid(format!("length for type {spelt} cannot exceed {most}")),
                _ => None,
            }
        }
        "numeric" => {
            let (precision, scale) = (first?, data_type.modifier(1).unwrap_or(0));
            let scales = if version >= 15 { -1000..=1000 } else { 0..=precision };
            if data_type.modifiers.len() > 2 {
                invalid("invalid NUMERIC type modifier".to_owned())
            } else if !(1..=1000).contains(&precision) {
                invalid(format!("NUMERIC precision {precision} must be between 1 and 1000"))
            } else if !scales.contains(&scale) {
                let most =
                    if version >= 15 { "-1000 and 1000".to_owned() } else { format!("0 and precision {precision}") };
                invalid(format!("NUMERIC scale {scale} must be between {most}"))
            } else {
                None
            }
        }
        "timestamp" | "timestamptz" | "time" | "timetz" | "interval" => None,
        _ => Some(Conflict::new("42601", format!("type modifier is not allowed for type \"{name}\""))),
    }
}
