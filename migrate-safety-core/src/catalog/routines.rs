//! Looking functions and procedures up.

use super::builtin;
use super::{Catalog, Routine, RoutineId, is_system_schema};
use crate::sql::operation::ArgMode;
use crate::sql::{DataType, Ident, ObjectName};

impl Routine {
    /// The types of its input arguments, by which it is told from others of its name.
    pub fn inputs(&self) -> impl Iterator<Item = &DataType> {
        let input = |mode| matches!(mode, ArgMode::In | ArgMode::InOut | ArgMode::Variadic);
        self.args.iter().filter(move |(_, _, mode, _)| input(*mode)).map(|(_, data_type, ..)| data_type)
    }

    /// The names of its input arguments, as [`inputs`](Self::inputs).
    pub fn input_names(&self) -> impl Iterator<Item = &Option<Ident>> {
        let input = |mode| matches!(mode, ArgMode::In | ArgMode::InOut | ArgMode::Variadic);
        self.args.iter().filter(move |(_, _, mode, _)| input(*mode)).map(|(name, ..)| name)
    }

    /// How many input arguments a call may leave out.
    pub fn defaults(&self) -> usize {
        self.args.iter().filter(|(_, _, mode, default)| *default && *mode != ArgMode::Out).count()
    }

    /// Whether its last argument takes any number of values.
    pub fn is_variadic(&self) -> bool {
        self.args.iter().any(|(_, _, mode, _)| *mode == ArgMode::Variadic)
    }

    /// Whether a call with `count` arguments can mean it.
    pub fn takes(&self, count: usize) -> bool {
        let inputs = self.inputs().count();
        (inputs.saturating_sub(self.defaults())..=inputs).contains(&count)
            || (self.is_variadic() && count + 1 >= inputs)
    }

    /// `name(integer, text)`, as messages call it.
    pub fn signature(&self) -> String {
        signature(&self.name, self.inputs())
    }
}

/// `name(integer, text)`.
pub(crate) fn signature<'a>(name: impl std::fmt::Display, args: impl IntoIterator<Item = &'a DataType>) -> String {
    let args: Vec<String> = args.into_iter().map(plain_type).collect();
    format!("{name}({})", args.join(","))
}

/// A type without modifiers, as `format_type` prints it for a signature.
pub(crate) fn plain_type(data_type: &DataType) -> String {
    DataType { modifiers: Vec::new(), schema: None, ..data_type.clone() }.to_string()
}

/// What is known of the functions of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FunctionName {
    /// There is at least one.
    Exists,
    /// None is known, but there may be one.
    Unknown,
    /// The schema does not exist.
    MissingSchema,
    /// There is none.
    Missing,
}

impl Catalog {
    /// The routine of this id.
    pub fn routine(&self, id: RoutineId) -> Option<&Routine> {
        self.routines.get(&id)
    }

    /// The routines of the history that a name can mean, in the order of the search path.
    pub fn routines_named(&self, name: &ObjectName) -> Vec<&Routine> {
        if self.routine_names.is_empty() {
            return Vec::new();
        }
        let of = |schema: &Ident| self.routine_names.find(|(s, n)| schema.cmp(s).then_with(|| name.name.cmp(n)));
        let ids: Vec<RoutineId> = match &name.schema {
            Some(schema) => of(schema).into_iter().flatten().copied().collect(),
            None => self.search_path.iter().filter_map(of).flatten().copied().collect(),
        };
        ids.iter().filter_map(|id| self.routine(*id)).collect()
    }

    /// The routine of this name with exactly these input types.
    pub fn routine_with(&self, name: &ObjectName, inputs: &[DataType]) -> Option<&Routine> {
        self.routines_named(name).into_iter().find(|routine| self.same_inputs(routine, inputs))
    }

    /// Whether a routine's input types are these.
    pub(crate) fn same_inputs(&self, routine: &Routine, inputs: &[DataType]) -> bool {
        let same = |a: &DataType, b: &DataType| {
            let (a, b) = (self.settled_type(a), self.settled_type(b));
            (a.schema, a.name, a.array) == (b.schema, b.name, b.array)
        };
        routine.inputs().count() == inputs.len() && routine.inputs().zip(inputs).all(|(a, b)| same(a, b))
    }

    /// Whether nothing is known of a function of this name, though there may be one.
    pub(crate) fn is_unknown_function(&self, name: &ObjectName) -> bool {
        self.function_name(name) == FunctionName::Unknown
    }

    /// Whether there is a function of this name, whatever its arguments.
    pub(crate) fn function_name(&self, name: &ObjectName) -> FunctionName {
        if !self.routines_named(name).is_empty() {
            return FunctionName::Exists;
        }
        let version = self.target().version;
        let of_server = match &name.schema {
            Some(schema) if is_system_schema(schema) => builtin::functions(&name.name, version).next().is_some(),
            Some(_) => false,
            // `text(x)` and the like are casts.
            None => builtin::functions(&name.name, version).next().is_some() || builtin::is_type(&name.name, version),
        };
        let of_extension = || {
            let known = self.extensions.keys().filter_map(|e| builtin::extension(e));
            known.into_iter().any(|e| !e.functions(&name.name).is_empty())
        };
        if of_server || of_extension() {
            return FunctionName::Exists;
        }
        let system = name.schema.as_ref().is_some_and(|s| is_system_schema(s));
        if system || self.may_exist(&name.name) {
            return FunctionName::Unknown;
        }
        match &name.schema {
            Some(schema) if !self.schemas.contains_key(schema) => FunctionName::MissingSchema,
            _ if self.find_type(name.schema.as_ref(), &name.name) != super::types::FoundType::Missing => {
                FunctionName::Unknown
            }
            _ => FunctionName::Missing,
        }
    }
}
