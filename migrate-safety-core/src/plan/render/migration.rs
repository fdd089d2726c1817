//! The text of a step's migration, and of its way back.

use super::words::time;
use crate::plan::{Gate, Rollback, Step, Window};
use crate::sql::name::literal;
use crate::written::{NO_WAY_BACK, NOT_YET};

/// One direction of a migration.
pub(in crate::plan) struct Way {
    pub(in crate::plan) text: String,
    /// Whether the host opens a transaction around it.
    pub(in crate::plan) transaction: bool,
}

impl Way {
    /// The step itself.
    pub(in crate::plan) fn up(step: &Step) -> Self {
        let mut text = comment(&format!("{}: {}", step.id, step.title));
        text.push_str(&directives(step.window.as_ref(), None));
        if step.transaction {
            text.push_str(&lock_timeout(step));
        }
        match (&step.gate, step.transaction) {
            (Some(gate), true) => text.push_str(&refusal(&step.id, gate)),
            (Some(gate), false) => text.push_str(&comment(&format!("Before it, {}.", gate.asked()))),
            (None, _) => {}
        }
        if let Some(allowed) = &step.allowed {
            text.push_str(&format!("-- migrate-safety: allow({}) {}\n", allowed.rule, allowed.reason));
        }
        for (at, statement) in step.sql.iter().enumerate() {
            text.push_str(&directives(step.window.as_ref(), Some(at)));
            text.push_str(&terminated(statement));
        }
        Self { text, transaction: step.transaction }
    }

    /// The way back from it.
    pub(super) fn down(step: &Step) -> Self {
        let mut text = comment(&format!("{}, undone: {}", step.id, step.title));
        match &step.rollback {
            Rollback::Sql { statements, transaction } => {
                if *transaction {
                    text.push_str(&lock_timeout(step));
                }
                text.extend(statements.iter().map(|statement| terminated(statement)));
                Self { text, transaction: *transaction }
            }
            Rollback::Nothing => {
                text.push_str(&comment("There is nothing to undo."));
                // A host may refuse a file without a statement.
                text.push_str("SELECT 1;\n");
                Self { text, transaction: true }
            }
            Rollback::Impossible(why) => {
                text.push_str(&raise(&format!("{}{NO_WAY_BACK}{why}", step.id)));
                Self { text, transaction: true }
            }
        }
    }
}

impl Step {
    /// The text of its migration.
    pub fn up_sql(&self) -> String {
        Way::up(self).text
    }

    /// The text of the migration that takes it back; it raises where there is no way back.
    pub fn down_sql(&self) -> String {
        Way::down(self).text
    }
}

/// The text with the mark by which sqlx knows that it wants no transaction.
pub(super) fn marked(way: &Way) -> String {
    let mark = if way.transaction { "" } else { "-- no-transaction\n" };
    format!("{mark}{}", way.text)
}

/// How many statements stand before those of the step.
pub(in crate::plan) fn statements_before(step: &Step) -> usize {
    if step.transaction { 1 + usize::from(step.gate.is_some()) } else { 0 }
}

/// A dollar quote that none of the texts holds.
pub(in crate::plan) fn dollar_tag(texts: &[&str]) -> String {
    let tags = (0u32..).map(|n| if n == 0 { "$$".to_owned() } else { format!("$q{n}$") });
    tags.into_iter().find(|tag| texts.iter().all(|text| !text.contains(tag.as_str()))).unwrap_or_default()
}

fn lock_timeout(step: &Step) -> String {
    format!("SET LOCAL lock_timeout = '{}';\n", time(step.lock_timeout))
}

/// A block that raises unless the gate is open, before anything is changed.
fn refusal(id: &str, gate: &Gate) -> String {
    let message = raised(&format!("{id}{NOT_YET}{}", gate.meaning));
    let Gate { sql, expect, .. } = gate;
    let condition = format!("({sql})::text IS DISTINCT FROM {}", literal(expect));
    let tag = dollar_tag(&[&condition, &message]);
    format!("DO {tag}\nBEGIN\n    IF {condition} THEN\n        {message}\n    END IF;\nEND\n{tag};\n")
}

/// A block that raises.
fn raise(message: &str) -> String {
    let message = raised(message);
    let tag = dollar_tag(&[&message]);
    format!("DO {tag}\nBEGIN\n    {message}\nEND\n{tag};\n")
}

/// `RAISE EXCEPTION` with a message as it is.
fn raised(message: &str) -> String {
    let message = literal(&message.replace('%', "%%"));
    format!("RAISE EXCEPTION {message} USING ERRCODE = 'object_not_in_prerequisite_state';")
}

/// Comments that accept what the check would block in a statement, or in the migration as a whole.
fn directives(window: Option<&Window>, statement: Option<usize>) -> String {
    let Some(window) = window else { return String::new() };
    let mut rules: Vec<&str> =
        window.accepts.iter().filter(|accepted| accepted.statement == statement).map(|a| a.rule).collect();
    rules.dedup();
    if rules.is_empty() {
        return String::new();
    }
    let why = window.why.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("-- migrate-safety: allow({}) in a maintenance window: {why}\n", rules.join(", "))
}

/// A statement with its semicolon, on a line of its own if the last one ends in a comment.
fn terminated(statement: &str) -> String {
    let in_comment = statement.lines().last().is_some_and(|line| line.contains("--"));
    format!("{statement}{};\n", if in_comment { "\n" } else { "" })
}

/// Lines of a comment.
fn comment(text: &str) -> String {
    text.lines().map(|line| format!("-- {line}\n")).collect()
}
