//! Bodies, and what they do.

mod calls;
mod control;
mod dynamic;
mod faults;

use super::{Body, read_body};
use crate::dialect::Target;
use crate::sql::operation::{LocatedOperation, RoutineBody};
use crate::sql::span::Position;

/// A body as it would stand at the start of a file.
fn exact(text: &str) -> RoutineBody {
    RoutineBody { text: text.into(), base: Position::START, exact: true }
}

fn read(text: &str) -> Body {
    read_body(Target::postgres(16), "plpgsql", &exact(text), None)
}

/// `name`, then `?` if conditional, `!` if executed, `x` in a block with handlers, the facts of its loop (`c`ommits,
/// `s`leeps, `b`ounded) in brackets, its place.
fn shown(located: &LocatedOperation) -> String {
    let frame = located.routine.clone().unwrap_or_default();
    let flag = |set: bool, flag: &'static str| if set { flag } else { "" };
    let facts = frame.in_loop().map_or(String::new(), |facts| {
        format!("[{}{}{}]", flag(facts.commits, "c"), flag(facts.sleeps, "s"), flag(facts.bounded, "b"))
    });
    format!(
        "{}{}{}{}{facts}@{}:{}",
        located.operation.name(),
        flag(frame.conditional, "?"),
        flag(frame.execute, "!"),
        flag(!frame.guards.is_empty(), "x"),
        located.span.start.line,
        located.span.start.column
    )
}

fn shown_all(body: &Body) -> String {
    let mut all: Vec<String> = body.operations.iter().map(shown).collect();
    all.extend(body.problems.iter().map(|p| format!("{:?}({})", p.kind, p.message)));
    all.join(" ")
}

/// Checks each body against what it does.
fn check(cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (body, expected) in cases {
        let shown = shown_all(&read(body));
        if shown != **expected {
            wrong.push(format!("{body}\n    is       {shown}\n    expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
