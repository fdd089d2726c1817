//! Why there is no plan.

use crate::catalog::diff::Difference;

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// The change is no SQL that the server takes.
    #[error("line {line}, column {column}: {message}\n  in: {sql}")]
    Unreadable {
        /// 1-based line in the change.
        line: u32,
        /// 1-based column in the change.
        column: u32,
        /// What is wrong.
        message: String,
        /// The statement.
        sql: String,
    },
    /// A statement that was built could not be written as SQL.
    #[error("the statement cannot be written as SQL: {why}; complete it, or give the change as SQL")]
    Unwritable {
        /// What its builder says.
        why: String,
    },
    /// There is nothing to plan.
    #[error("there is nothing to plan: the change holds no statement, or the schema is as desired")]
    Empty,
    /// More than is planned as one change.
    #[error("the change has {statements} statements, more than the {most} that are planned at once; plan it in parts")]
    TooLarge {
        /// How many it has.
        statements: usize,
        /// How many are planned.
        most: usize,
    },
    /// The change itself would fail on this schema.
    #[error("the change would fail on this schema: {message}\n  in: {sql}")]
    ChangeFails {
        /// In the server's words.
        message: String,
        /// The statement.
        sql: String,
    },
    /// A recipe knows the change and says why it cannot be made safely.
    #[error("{recipe}: {reason}\n  in: {sql}\n  instead: {instead}")]
    Refused {
        /// The recipe.
        recipe: &'static str,
        /// Why not.
        reason: String,
        /// What to do instead.
        instead: String,
        /// The statement.
        sql: String,
    },
    /// The desired schema leaves open what became of something.
    #[error(
        "it cannot be told what became of what is missing: it may have got another name ({}), or be dropped. Say which: \
         a rename hint (`--rename public.users.a=b`), or that it is dropped (`--drop public.users.a`)",
        .candidates.join(", ")
    )]
    Ambiguous {
        /// `column public.users.a -> b`.
        candidates: Vec<String>,
    },
    /// The desired schema could not be made on an empty database.
    #[error("the desired schema could not be made on an empty database: {message}\n  in: {sql}")]
    DesiredFails {
        /// In the server's words.
        message: String,
        /// The statement.
        sql: String,
    },
    /// A hint about a name that there is not.
    #[error("the hint about {hint}: {why}")]
    BadHint {
        /// As it was given.
        hint: String,
        /// What is wrong, and what to write.
        why: String,
    },
    /// Statements that lead from one schema to the other were not found.
    #[error("no statements are known that bring about: {}; write those as SQL, and plan the rest apart", list(.differences))]
    Unreachable {
        /// What would be left.
        differences: Vec<Difference>,
    },
    /// The steps that were drafted do not hold: they would be blocked by the check.
    #[error("step {step} of the plan would not pass the check: {finding}")]
    Unsafe {
        /// The step.
        step: String,
        /// The finding.
        finding: String,
    },
    /// The steps that were drafted do not hold: they lead elsewhere than the change.
    #[error("the steps would not leave what the change leaves: {}", list(.differences))]
    Unfaithful {
        /// What differs.
        differences: Vec<Difference>,
    },
    /// The steps that were drafted do not hold: a way back does not restore.
    #[error("the way back from step {step} would not restore the schema: {}", list(.differences))]
    NoWayBack {
        /// The step.
        step: String,
        /// What differs.
        differences: Vec<Difference>,
    },
}

fn list(differences: &[Difference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// A recipe's answer that there is no safe sequence.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// For this reason; what to do instead.
    Because { reason: String, instead: String },
    /// A part of it has none.
    Part(PlanError),
}

impl Refusal {
    pub(crate) fn new(reason: impl Into<String>, instead: impl Into<String>) -> Self {
        Self::Because { reason: reason.into(), instead: instead.into() }
    }

    pub(super) fn into_error(self, recipe: &'static str, sql: &str) -> PlanError {
        match self {
            Self::Because { reason, instead } => PlanError::Refused { recipe, reason, instead, sql: sql.to_owned() },
            Self::Part(error) => error,
        }
    }
}
