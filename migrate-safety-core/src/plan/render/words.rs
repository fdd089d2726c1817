//! What text and runbook say in the same words.

use crate::plan::{Gate, Rollback, Step, StepKind, StepLockMode, Work};
use std::time::Duration;

impl Step {
    /// How long its locks are held: `for a moment`, `while public.users is read`.
    pub(super) fn lasting(&self) -> String {
        if self.kind == StepKind::Backfill {
            return "batch by batch, each for a moment".to_owned();
        }
        let Work { scans, rewrites, indexed, rebuilds_indexes } = &self.work;
        let read = scans.iter().filter(|table| !rewrites.contains(table));
        let doing = [
            (names(rewrites), "rewritten"),
            (read.map(String::as_str).collect(), "read"),
            (names(indexed), "read and indexed"),
            (names(rebuilds_indexes), "built anew"),
        ];
        let doing = doing.iter().filter(|(names, _)| !names.is_empty());
        let doing: Vec<String> = doing.map(|(names, done)| format!("{} {} {done}", listed(names), is(names))).collect();
        if doing.is_empty() { "for a moment".to_owned() } else { format!("while {}", doing.join(" and ")) }
    }

    /// Its locks with how long they are held; none if it takes none that an application could feel.
    pub(super) fn locking(&self) -> Option<String> {
        let mut modes: Vec<StepLockMode> = self.locks.iter().map(|lock| lock.mode).collect();
        modes.sort_by(|a, b| b.cmp(a));
        modes.dedup();
        let locks: Vec<String> = modes
            .into_iter()
            .map(|mode| {
                let relations = self.locks.iter().filter(|lock| lock.mode == mode).map(|lock| &lock.relation);
                format!("{} on {}", self.server().lock(mode), listed(&relations.collect::<Vec<_>>()))
            })
            .collect();
        if locks.is_empty() {
            return None;
        }
        let waits = if self.has_lock_timeout() {
            format!("; waits {} at most", time(self.lock_timeout))
        } else {
            String::new()
        };
        Some(format!("{}, {}{waits}", listed(&locks), self.lasting()))
    }
}

impl Gate {
    /// The query and its answer.
    pub(super) fn asked(&self) -> String {
        format!("{} must give {}", self.sql, self.expect)
    }
}

impl Rollback {
    /// The statements, or why there are none.
    pub(super) fn told(&self) -> String {
        match self {
            Self::Sql { statements, .. } => script(statements),
            Self::Nothing => "nothing to undo".to_owned(),
            Self::Impossible(why) => format!("none: {why}"),
        }
    }
}

/// Statements with their semicolons, a line each.
pub(super) fn script(statements: &[String]) -> String {
    statements.iter().map(|sql| format!("{sql};")).collect::<Vec<_>>().join("\n")
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn listed(names: &[impl AsRef<str>]) -> String {
    match names {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [head @ .., last] => {
            let head: Vec<&str> = head.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", head.join(", "), last.as_ref())
        }
    }
}

/// `1 step`, `3 steps`.
pub(super) fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// A time as the server's settings take it: `2s`, `500ms`.
pub(super) fn time(time: Duration) -> String {
    let milliseconds = time.as_millis();
    if milliseconds.is_multiple_of(1000) { format!("{}s", milliseconds / 1000) } else { format!("{milliseconds}ms") }
}

fn names(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

fn is<T>(names: &[T]) -> &'static str {
    if names.len() == 1 { "is" } else { "are" }
}
