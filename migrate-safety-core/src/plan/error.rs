//! Why there is no plan.

use crate::catalog::diff::{Difference, ObjectKind};

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
    #[error("it cannot be told what became of what is missing; say for each:{}", questions(.candidates))]
    Ambiguous {
        /// What may be what, in the order of what is missing.
        candidates: Vec<Candidate>,
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
    #[error("no statements are known that bring about:{}", unreachable(.differences))]
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

/// Something that is missing in the desired schema, and something new that it may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// `table` or `column`.
    pub what: &'static str,
    /// What is missing, as hints name it: `public.users.a`.
    pub from: String,
    /// The new name, as hints say it: `b`.
    pub to: String,
}

/// `column public.users.a: --rename public.users.a=b, or --drop public.users.a`, a line for each that is missing.
fn questions(candidates: &[Candidate]) -> String {
    let of_one = candidates.chunk_by(|a, b| (a.what, &a.from) == (b.what, &b.from));
    let line = |answers: &[Candidate]| {
        let Some(Candidate { what, from, .. }) = answers.first() else { return String::new() };
        let renames = answers.iter().map(|answer| format!("--rename {}, ", argument(&format!("{from}={}", answer.to))));
        format!("\n  {what} {from}: {}or --drop {}", renames.collect::<String>(), argument(from))
    };
    of_one.map(line).collect()
}

/// A word as a shell takes it.
fn argument(text: &str) -> String {
    let is_plain = text.chars().all(|letter| letter.is_alphanumeric() || "_.=".contains(letter));
    if is_plain { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

/// A line for each difference, with what to do instead.
fn unreachable(differences: &[Difference]) -> String {
    let line = |difference: &Difference| format!("\n  {difference}\n    instead: {}", instead(difference));
    differences.iter().map(line).collect()
}

/// What to do where no statement makes one thing of another.
fn instead(difference: &Difference) -> String {
    const REMEDIES: [(ObjectKind, &str, &str); 6] = [
        (
            ObjectKind::Table,
            "partition key: ",
            "make a table of the new form under another name, attach the old one or copy its rows, and change their names",
        ),
        (
            ObjectKind::Column,
            "type: ",
            "no cast does it by itself: write `ALTER TABLE … ALTER COLUMN … TYPE … USING …`, or say that the values go, by --drop",
        ),
        (
            ObjectKind::Column,
            "generated: ",
            "add the column in its new form under another name, or say that it is made anew, by --drop",
        ),
        (ObjectKind::Column, "stored: ", "say that the column is made anew, by --drop"),
        (ObjectKind::Type, "attributes: ", "attributes do not change places: make a type under another name"),
        (ObjectKind::Domain, "type: ", "make a domain under another name, and change the type of the columns"),
    ];
    let remedy =
        REMEDIES.iter().find(|(kind, detail, _)| *kind == difference.kind && difference.detail.contains(detail));
    match remedy {
        Some((.., remedy)) => (*remedy).to_owned(),
        None => "write it as SQL, and plan the rest apart".to_owned(),
    }
}

fn list(differences: &[Difference]) -> String {
    differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// A recipe's answer that there is no safe sequence.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// For this reason; what to do instead.
    Because { reason: String, instead: String },
    /// It is not sound whenever it is done, for this reason; what to do instead.
    Unsound { reason: String, instead: String },
    /// A part of it has none.
    Part(PlanError),
}

impl Refusal {
    pub(crate) fn new(reason: impl Into<String>, instead: impl Into<String>) -> Self {
        Self::Because { reason: reason.into(), instead: instead.into() }
    }

    pub(super) fn into_error(self, recipe: &'static str, sql: &str) -> PlanError {
        match self {
            Self::Because { reason, instead } | Self::Unsound { reason, instead } => {
                PlanError::Refused { recipe, reason, instead, sql: sql.to_owned() }
            }
            Self::Part(error) => error,
        }
    }
}
