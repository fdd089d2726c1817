//! The text of a step's migration, and of its way back.

use super::server::Server;
use crate::plan::{Rollback, Step, Window};
use crate::written::NO_WAY_BACK;

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
        let server = step.server();
        if step.has_lock_timeout() {
            text.push_str(&server.lock_timeout(step.lock_timeout));
        }
        match (&step.gate, step.transaction || server.asks_without_transaction()) {
            (Some(gate), true) => text.push_str(&server.refusal(&step.id, gate)),
            (Some(gate), false) => text.push_str(&comment(&format!("Before it, {}.", gate.asked()))),
            (None, _) => {}
        }
        for (at, statement) in step.sql.iter().enumerate() {
            if let Some(allowed) = step.allowed.as_ref().filter(|allowed| allowed.statements.contains(&at)) {
                text.push_str(&format!("-- migrate-safety: allow({}) {}\n", allowed.rule, allowed.reason));
            }
            text.push_str(&directives(step.window.as_ref(), Some(at)));
            text.push_str(&terminated(statement));
        }
        if step.has_lock_timeout() {
            text.push_str(server.lock_timeout_ended());
        }
        Self { text, transaction: step.transaction }
    }

    /// The way back from it.
    pub(super) fn down(step: &Step) -> Self {
        let server = step.server();
        let mut text = comment(&format!("{}, undone: {}", step.id, step.title));
        match &step.rollback {
            Rollback::Sql { statements, transaction } => {
                let limited = *transaction || server != Server::Postgres;
                if limited {
                    text.push_str(&server.lock_timeout(step.lock_timeout));
                }
                text.extend(statements.iter().map(|statement| terminated(statement)));
                if limited {
                    text.push_str(server.lock_timeout_ended());
                }
                Self { text, transaction: *transaction }
            }
            Rollback::Nothing => {
                text.push_str(&comment("There is nothing to undo."));
                // A host may refuse a file without a statement.
                text.push_str("SELECT 1;\n");
                Self { text, transaction: true }
            }
            Rollback::Impossible(why) => {
                text.push_str(&server.raise(&format!("{}{NO_WAY_BACK}{why}", step.id)));
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
pub(super) fn marked(way: &Way, server: Server) -> String {
    // MySQL ends every transaction at a change of the schema, and sqlx looks for no mark there.
    let mark = if way.transaction || server == Server::MySql { "" } else { "-- no-transaction\n" };
    format!("{mark}{}", way.text)
}

/// How many statements stand before those of the step.
pub(in crate::plan) fn statements_before(step: &Step) -> usize {
    let server = step.server();
    let asks = step.gate.is_some() && (step.transaction || server.asks_without_transaction());
    usize::from(step.has_lock_timeout()) + if asks { server.statements_of_refusal() } else { 0 }
}

/// How many statements stand behind those of the step.
pub(in crate::plan) fn statements_behind(step: &Step) -> usize {
    usize::from(step.has_lock_timeout() && !step.server().lock_timeout_ended().is_empty())
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
