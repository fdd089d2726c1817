//! How the migrations of a server say what a plan asks of them: a limit for waiting, a gate, that there is no way back.

use super::words::time;
use crate::dialect::{Dialect, Target};
use crate::plan::{Gate, Step, StepKind, StepLockMode};
use crate::sql::name::literal;
use crate::written::NOT_YET;
use std::time::Duration;

/// A server, by its way of saying things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Server {
    Postgres,
    MySql,
    Sqlite,
}

impl Server {
    pub(super) fn of(target: Target) -> Self {
        match target.dialect {
            Dialect::Postgres => Self::Postgres,
            Dialect::MySql | Dialect::MariaDb => Self::MySql,
            Dialect::Sqlite => Self::Sqlite,
        }
    }
}

impl Step {
    /// The server that its migration is written for.
    pub(super) fn server(&self) -> Server {
        Server::of(self.target)
    }

    /// Whether its migration limits how long it waits for a lock.
    pub(super) fn has_lock_timeout(&self) -> bool {
        match self.server() {
            Server::Postgres => self.transaction,
            Server::MySql | Server::Sqlite => self.kind != StepKind::Application && !self.sql.is_empty(),
        }
    }
}

impl Server {
    /// A lock, in its words.
    pub(super) fn lock(self, mode: StepLockMode) -> String {
        match self {
            Self::MySql => format!("LOCK={}", mode.name()),
            Self::Postgres | Self::Sqlite => mode.name().to_owned(),
        }
    }

    /// The statement that limits how long those behind it wait for a lock.
    pub(super) fn lock_timeout(self, limit: Duration) -> String {
        match self {
            Self::Postgres => format!("SET LOCAL lock_timeout = '{}';\n", time(limit)),
            Self::MySql => {
                let seconds = limit.as_millis().div_ceil(1000).max(1);
                format!("SET SESSION lock_wait_timeout = {seconds};\n")
            }
            Self::Sqlite => format!("PRAGMA busy_timeout = {};\n", limit.as_millis()),
        }
    }

    /// The statement that ends the limit, where it would outlast the migration.
    pub(super) fn lock_timeout_ended(self) -> &'static str {
        match self {
            Self::MySql => "SET SESSION lock_wait_timeout = DEFAULT;\n",
            Self::Postgres | Self::Sqlite => "",
        }
    }

    /// Whether a gate is asked by the migration of a step that runs in no transaction.
    pub(super) fn asks_without_transaction(self) -> bool {
        self != Self::Postgres
    }

    /// Statements that fail unless the gate is open, before anything is changed.
    pub(super) fn refusal(self, id: &str, gate: &Gate) -> String {
        let message = format!("{id}{NOT_YET}{}", gate.meaning);
        let Gate { sql, expect, .. } = gate;
        match self {
            Self::Postgres => {
                let message = raised(&message);
                let condition = format!("({sql})::text IS DISTINCT FROM {}", literal(expect));
                let tag = dollar_tag(&[&condition, &message]);
                format!("DO {tag}\nBEGIN\n    IF {condition} THEN\n        {message}\n    END IF;\nEND\n{tag};\n")
            }
            Self::MySql | Self::Sqlite => self.held_to(&message, expect, sql),
        }
    }

    /// How many statements those of [`refusal`](Self::refusal) are.
    pub(super) fn statements_of_refusal(self) -> usize {
        if self == Self::Postgres { 1 } else { 4 }
    }

    /// Statements that fail.
    pub(super) fn raise(self, message: &str) -> String {
        match self {
            Self::Postgres => {
                let message = raised(message);
                let tag = dollar_tag(&[&message]);
                format!("DO {tag}\nBEGIN\n    {message}\nEND\n{tag};\n")
            }
            Self::MySql => {
                let message = cut(message, 128).replace('\\', "\\\\").replace('\'', "''");
                format!("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = '{message}';\n")
            }
            Self::Sqlite => self.held_to(message, "0", "SELECT 1"),
        }
    }

    /// A check on a table that is gone with the session, by whose name the error tells what is wrong: nothing else than a
    /// trigger or a routine can raise an error of its own.
    fn held_to(self, message: &str, expect: &str, query: &str) -> String {
        let (temporary, drop, name) = match self {
            Self::Sqlite => ("TEMP", "DROP TABLE", format!("\"{}\"", message.replace('"', "'"))),
            _ => ("TEMPORARY", "DROP TEMPORARY TABLE", format!("`{}`", cut(message, 64).replace('`', "'"))),
        };
        format!(
            "{drop} IF EXISTS {GATE};\n\
             CREATE {temporary} TABLE {GATE} (\n    found BIGINT,\n    CONSTRAINT {name}\n        CHECK (found = {expect})\n);\n\
             INSERT INTO {GATE} (found)\n{query};\n\
             {drop} {GATE};\n"
        )
    }
}

/// The table that a gate is checked by.
const GATE: &str = "migrate_safety_gate";

/// A text of at most so many characters.
fn cut(text: &str, most: usize) -> String {
    text.chars().take(most).collect::<String>().trim_end().to_owned()
}

/// A dollar quote that none of the texts holds.
pub(in crate::plan) fn dollar_tag(texts: &[&str]) -> String {
    let tags = (0u32..).map(|n| if n == 0 { "$$".to_owned() } else { format!("$q{n}$") });
    tags.into_iter().find(|tag| texts.iter().all(|text| !text.contains(tag.as_str()))).unwrap_or_default()
}

/// `RAISE EXCEPTION` with a message as it is.
fn raised(message: &str) -> String {
    let message = literal(&message.replace('%', "%%"));
    format!("RAISE EXCEPTION {message} USING ERRCODE = 'object_not_in_prerequisite_state';")
}
