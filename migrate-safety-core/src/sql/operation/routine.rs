//! Functions, procedures and triggers.

use crate::sql::datatype::DataType;
use crate::sql::expr::Expression;
use crate::sql::name::{Ident, ObjectName};
use crate::sql::span::Position;

/// What functions may depend on (docs, 38.7 "Function Volatility Categories").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Volatility {
    Immutable,
    Stable,
    #[default]
    Volatile,
}

/// `CREATE FUNCTION` or `CREATE PROCEDURE`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateRoutine {
    /// The routine.
    pub name: ObjectName,
    /// Whether it is a procedure.
    pub procedure: bool,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// Its arguments.
    pub args: Vec<RoutineArg>,
    /// `RETURNS`; absent for procedures and functions with OUT arguments only.
    pub returns: Option<DataType>,
    /// `RETURNS SETOF` or `TABLE`.
    pub returns_set: bool,
    /// `LANGUAGE` (`sql` for `BEGIN ATOMIC` and `RETURN` bodies without the word).
    pub language: Ident,
    /// `IMMUTABLE`, `STABLE`, `VOLATILE`.
    pub volatility: Volatility,
    /// `STRICT`, `RETURNS NULL ON NULL INPUT`.
    pub strict: bool,
    /// `SECURITY DEFINER`.
    pub security_definer: bool,
    /// How it may be planned and run.
    pub traits: RoutineTraits,
    /// `SET name = value` clauses; the value is empty for `FROM CURRENT`.
    pub settings: Vec<(Box<str>, Box<str>)>,
    /// The body, unescaped; absent for C and internal functions.
    pub body: Option<RoutineBody>,
    /// The statement's text behind the name: arguments, result, options, body.
    pub definition: Box<str>,
}

/// Clauses that say how a routine may be planned and run, where they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoutineTraits {
    /// `SECURITY DEFINER` or `SECURITY INVOKER`.
    pub security_definer: Option<bool>,
    /// `LEAKPROOF` or `NOT LEAKPROOF`.
    pub leakproof: Option<bool>,
    /// `PARALLEL`.
    pub parallel: Option<Ident>,
    /// `COST`, as written.
    pub cost: Option<Box<str>>,
    /// `ROWS`, as written.
    pub rows: Option<Box<str>>,
}

impl RoutineTraits {
    /// These, where they are written, over others.
    pub(crate) fn over(self, other: &Self) -> Self {
        Self {
            security_definer: self.security_definer.or(other.security_definer),
            leakproof: self.leakproof.or(other.leakproof),
            parallel: self.parallel.or_else(|| other.parallel.clone()),
            cost: self.cost.or_else(|| other.cost.clone()),
            rows: self.rows.or_else(|| other.rows.clone()),
        }
    }
}

/// The body of a routine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutineBody {
    /// The text.
    pub text: Box<str>,
    /// Where its first character stands in the file.
    pub base: Position,
    /// Whether positions inside can be added to `base` (dollar quotes, `BEGIN ATOMIC`); not so for `'…''…'`.
    pub exact: bool,
}

/// An argument of a routine.
#[derive(Clone, Debug, PartialEq)]
pub struct RoutineArg {
    /// Its name, if any.
    pub name: Option<Ident>,
    /// Its type.
    pub data_type: DataType,
    /// `IN`, `OUT`, `INOUT`, `VARIADIC`.
    pub mode: ArgMode,
    /// `DEFAULT`.
    pub default: Option<Expression>,
}

/// The direction of an argument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ArgMode {
    #[default]
    In,
    Out,
    InOut,
    Variadic,
    /// A column of `RETURNS TABLE`.
    Table,
}

/// A routine named with or without its argument types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoutineName {
    /// The routine.
    pub name: ObjectName,
    /// The argument types, if written.
    pub args: Option<Vec<DataType>>,
}

/// The word after `DROP` that names a kind of routine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum RoutineWord {
    #[default]
    Function,
    Procedure,
    Routine,
    Aggregate,
}

/// What `ALTER FUNCTION` does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum AlterRoutine {
    Rename {
        to: Ident,
    },
    SetSchema {
        schema: Ident,
    },
    /// Options: those that are told apart, and all of them as written.
    Options {
        volatility: Option<Volatility>,
        strict: Option<bool>,
        /// `SET`; without a value `RESET`, of `all` for all.
        settings: Vec<(Box<str>, Option<Box<str>>)>,
        traits: RoutineTraits,
        sql: Box<str>,
    },
    Other,
}

/// `CREATE TRIGGER`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTrigger {
    /// The trigger.
    pub name: Ident,
    /// The table.
    pub table: ObjectName,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// `CONSTRAINT`.
    pub constraint: bool,
    /// `BEFORE`, `AFTER`, `INSTEAD OF`.
    pub timing: TriggerTiming,
    /// `INSERT`, …
    pub events: TriggerEvents,
    /// Columns of `UPDATE OF`.
    pub columns: Vec<Ident>,
    /// `FOR EACH ROW`.
    pub for_each_row: bool,
    /// `FROM table` of a constraint trigger.
    pub from: Option<ObjectName>,
    /// `WHEN`.
    pub when: Option<Expression>,
    /// The function it executes.
    pub function: ObjectName,
    /// What else is written about it.
    pub details: TriggerDetails,
}

/// What a trigger is written with that decides neither locks nor dependencies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TriggerDetails {
    /// The arguments for its function, as written.
    pub args: Box<str>,
    /// `REFERENCING OLD TABLE AS`.
    pub old_table: Option<Ident>,
    /// `REFERENCING NEW TABLE AS`.
    pub new_table: Option<Ident>,
    /// `DEFERRABLE`.
    pub deferrable: bool,
    /// `INITIALLY DEFERRED`.
    pub initially_deferred: bool,
}

/// What a rule is written as: `ON event TO table` and what comes behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleText {
    /// `INSERT`, `SELECT` …
    pub event: Box<str>,
    /// `WHERE … DO …`.
    pub body: Box<str>,
    /// `INSTEAD` without a condition: the statement itself is not run.
    pub replaces: bool,
}

/// The clauses of a policy; absent ones are not written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolicyClauses {
    /// `AS RESTRICTIVE`.
    pub restrictive: bool,
    /// `FOR command`, unless it is for all.
    pub command: Option<Box<str>>,
    /// `TO roles`, as written.
    pub roles: Option<Box<str>>,
    /// `USING`.
    pub using: Option<Expression>,
    /// `WITH CHECK`.
    pub check: Option<Expression>,
}

impl PolicyClauses {
    /// Sets the clauses that are written, as `ALTER POLICY` does.
    pub fn change(&mut self, written: &Self) {
        self.roles = written.roles.clone().or(self.roles.take());
        self.using = written.using.clone().or(self.using.take());
        self.check = written.check.clone().or(self.check.take());
    }
}

/// When a trigger fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum TriggerTiming {
    Before,
    After,
    InsteadOf,
}

/// What a trigger fires for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct TriggerEvents {
    pub insert: bool,
    pub update: bool,
    pub delete: bool,
    pub truncate: bool,
}
