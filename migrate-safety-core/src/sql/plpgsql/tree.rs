//! What a PL/pgSQL body is read into before it is followed.

use crate::sql::expr::{Expr, Query};
use crate::sql::name::Ident;
use crate::sql::operation::{LocatedOperation, RoutineBody};
use crate::sql::span::Span;

/// `[DECLARE …] BEGIN … [EXCEPTION …] END`.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) label: Option<Ident>,
    /// Its variables with their first values.
    pub(super) declarations: Vec<Declaration>,
    pub(super) statements: Vec<Statement>,
    /// Absent without an `EXCEPTION` clause.
    pub(super) handlers: Option<Vec<Handler>>,
}

/// `WHEN conditions THEN statements`.
#[derive(Debug)]
pub(super) struct Handler {
    /// SQLSTATE codes, as `conditions` understands them.
    pub(super) conditions: Vec<Box<str>>,
    pub(super) statements: Vec<Statement>,
}

/// A variable of a block.
#[derive(Debug)]
pub(super) struct Declaration {
    pub(super) name: Ident,
    /// Whether it is an array.
    pub(super) array: bool,
    /// What computing the first value does.
    pub(super) operations: Vec<LocatedOperation>,
    /// Absent: NULL.
    pub(super) default: Option<Value>,
}

/// One statement.
#[derive(Debug)]
pub(super) struct Statement {
    pub(super) span: Span,
    /// What it does before (or instead of) anything that `kind` says.
    pub(super) operations: Vec<LocatedOperation>,
    /// Variables that it gives a value nobody can foresee.
    pub(super) assigns: Vec<Ident>,
    pub(super) kind: Kind,
}

/// What of a statement has to be followed.
#[derive(Debug)]
pub(super) enum Kind {
    /// Nothing more.
    Plain,
    /// `variable := value`.
    Assign {
        target: Ident,
        value: Value,
    },
    /// `EXECUTE`, wherever it stands.
    Execute(Value),
    Block(Box<Block>),
    /// `IF`, `CASE`.
    Branches {
        arms: Vec<Arm>,
        otherwise: Option<Vec<Statement>>,
    },
    Loop(Box<Loop>),
    /// `EXIT`, `CONTINUE`, `RETURN`.
    Leave(Way),
}

/// `WHEN condition THEN statements`.
#[derive(Debug)]
pub(super) struct Arm {
    pub(super) condition: Vec<LocatedOperation>,
    pub(super) body: Vec<Statement>,
}

/// A loop of any sort.
#[derive(Debug)]
pub(super) struct Loop {
    pub(super) label: Option<Ident>,
    pub(super) over: Over,
    pub(super) body: Vec<Statement>,
}

/// What a loop goes over.
#[derive(Debug)]
pub(super) enum Over {
    /// `LOOP`: at least one round.
    Nothing,
    /// `WHILE condition`.
    Condition(Vec<LocatedOperation>),
    /// `FOR i IN a .. b BY c`.
    Range { variable: Ident, from: Value, to: Value, step: Option<Value>, reverse: bool },
    /// `FOR r IN query`.
    Query { targets: Vec<Ident>, query: Option<Query> },
    /// `FOR r IN EXECUTE …`.
    Execute { targets: Vec<Ident>, command: Value },
    /// `FOREACH e IN ARRAY a`.
    Array { targets: Vec<Ident>, array: Value },
}

impl Over {
    /// The variables a round sets.
    pub(super) fn targets(&self) -> &[Ident] {
        match self {
            Self::Nothing | Self::Condition(_) => &[],
            Self::Range { variable, .. } => std::slice::from_ref(variable),
            Self::Query { targets, .. } | Self::Execute { targets, .. } | Self::Array { targets, .. } => targets,
        }
    }
}

/// An expression whose value may be foreseeable.
#[derive(Debug)]
pub(super) struct Value {
    /// Absent for what is more than an expression (`x := count(*) FROM t`).
    pub(super) expr: Option<Expr>,
    /// If it is but a string constant: that, with its place.
    pub(super) literal: Option<RoutineBody>,
}

/// Where control goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Out of the routine.
    Return,
    /// To the end of the innermost loop's round, or behind the loop; with `WHEN`, perhaps.
    Loop,
    /// The same for the loop or block of this label.
    Labelled(Ident),
}
