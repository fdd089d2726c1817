//! Which variables are in sight, and what a routine may return.

use crate::sql::name::Ident;
use crate::sql::operation::{ArgMode, CreateRoutine};

/// What is known of the routine around a body.
#[derive(Debug, Default)]
pub(crate) struct Signature {
    /// Every variable that its parameters and its sort bring, its own name included.
    names: Vec<Ident>,
    returns: Returns,
}

/// What stands behind `RETURN`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Returns {
    /// An expression.
    #[default]
    Value,
    /// Nothing: `void`, procedures, `DO` blocks.
    Nothing,
    /// Nothing: what is returned is in parameters.
    Parameters,
    /// Nothing: rows are added by `RETURN NEXT` and `RETURN QUERY`.
    Set {
        /// The row's columns are parameters.
        parameters: bool,
    },
}

/// Variables of trigger functions.
const OF_TRIGGERS: &[&str] = &[
    "new",
    "old",
    "tg_name",
    "tg_when",
    "tg_level",
    "tg_op",
    "tg_relid",
    "tg_relname",
    "tg_table_name",
    "tg_table_schema",
    "tg_nargs",
    "tg_argv",
    "tg_event",
    "tg_tag",
];

impl Signature {
    /// Of a `DO` block.
    pub(crate) fn of_block() -> Self {
        Self { names: vec!["found".into()], returns: Returns::Nothing }
    }

    /// Of a routine being created.
    pub(crate) fn of_routine(routine: &CreateRoutine) -> Self {
        let mut names = vec!["found".into(), routine.name.name.clone()];
        names.extend(routine.args.iter().filter_map(|arg| arg.name.clone()));
        names.extend((1..=routine.args.len()).map(|n| Ident::exact(&format!("${n}"))));
        let of_type = |name: &str| routine.returns.as_ref().is_some_and(|t| t.is(name));
        if of_type("trigger") || of_type("event_trigger") {
            names.extend(OF_TRIGGERS.iter().map(|name| Ident::exact(name)));
        }
        let is_out = |mode| matches!(mode, ArgMode::Out | ArgMode::InOut | ArgMode::Table);
        let parameters = routine.args.iter().any(|arg| is_out(arg.mode));
        let returns = match parameters {
            parameters if routine.returns_set => Returns::Set { parameters },
            true => Returns::Parameters,
            false if routine.procedure || of_type("void") || of_type("event_trigger") => Returns::Nothing,
            false => Returns::Value,
        };
        Self { names, returns }
    }

    pub(super) fn names(&self) -> &[Ident] {
        &self.names
    }

    pub(super) fn returns(&self) -> Returns {
        self.returns
    }
}

/// The variables in sight at one point of a body; nothing is known of those of an unknown routine.
#[derive(Debug, Default)]
pub(super) struct Scope {
    names: Option<Vec<Ident>>,
}

impl Scope {
    pub(super) fn of(signature: Option<&Signature>) -> Self {
        Self { names: signature.map(|s| s.names().to_vec()) }
    }

    /// How many there are; for [`leave`](Self::leave).
    pub(super) fn enter(&self) -> usize {
        self.names.as_ref().map_or(0, Vec::len)
    }

    /// Forgets those that came after.
    pub(super) fn leave(&mut self, entered: usize) {
        if let Some(names) = &mut self.names {
            names.truncate(entered);
        }
    }

    pub(super) fn add(&mut self, name: &Ident) {
        if let Some(names) = &mut self.names {
            names.push(name.clone());
        }
    }

    /// Whether there is such a variable for sure.
    pub(super) fn has(&self, name: &Ident) -> bool {
        self.names.as_ref().is_some_and(|names| names.contains(name))
    }

    /// Whether there is such a variable among those that came after [`enter`](Self::enter).
    pub(super) fn has_since(&self, entered: usize, name: &Ident) -> bool {
        self.names.as_ref().and_then(|names| names.get(entered..)).is_some_and(|names| names.contains(name))
    }

    /// Whether there may be such a variable (or a block of that name, which qualifies its variables).
    pub(super) fn may_have(&self, name: &Ident) -> bool {
        self.names.as_ref().is_none_or(|names| names.contains(name))
    }
}
