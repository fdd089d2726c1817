//! The text of a step's migration.

use crate::layout::Layout;
use crate::plan::{Gate, Step};
use std::time::Duration;

/// The migration of a step.
pub fn up(step: &Step, layout: Layout) -> String {
    let mut out = String::new();
    if !step.transaction && layout == Layout::Sqlx {
        out.push_str("-- no-transaction\n");
    }
    out.push_str(&comment(&format!("{}: {}", step.id, step.title)));
    if step.transaction {
        out.push_str(&format!("SET LOCAL lock_timeout = '{}';\n", milliseconds(step.lock_timeout)));
    }
    match (&step.gate, step.transaction) {
        (Some(gate), true) => out.push_str(&refusal(&step.id, gate)),
        (Some(gate), false) => out.push_str(&comment(&format!("Before it, {} must give {}.", gate.sql, gate.expect))),
        (None, _) => {}
    }
    for statement in &step.sql {
        out.push_str(statement);
        out.push_str(";\n");
    }
    out
}

/// A block that raises unless the gate is open, before anything is changed.
fn refusal(id: &str, gate: &Gate) -> String {
    let message = format!("{id} must not run yet: {}", gate.meaning).replace('\'', "''").replace('%', "%%");
    let tag = dollar_tag(&[&gate.sql, &message]);
    format!(
        "DO {tag}\nBEGIN\n    IF ({}) IS DISTINCT FROM {} THEN\n        RAISE EXCEPTION '{message}'\n            USING \
         ERRCODE = 'object_not_in_prerequisite_state';\n    END IF;\nEND\n{tag};\n",
        gate.sql, gate.expect,
    )
}

/// A dollar quote that none of the texts holds.
pub(crate) fn dollar_tag(texts: &[&str]) -> String {
    let tags = (0u32..).map(|n| if n == 0 { "$$".to_owned() } else { format!("$q{n}$") });
    tags.into_iter().find(|tag| texts.iter().all(|text| !text.contains(tag.as_str()))).unwrap_or_default()
}

/// Lines of a comment.
fn comment(text: &str) -> String {
    text.lines().map(|line| format!("-- {line}\n")).collect()
}

/// A time as the server's settings take it.
fn milliseconds(time: Duration) -> String {
    let milliseconds = time.as_millis();
    if milliseconds.is_multiple_of(1000) { format!("{}s", milliseconds / 1000) } else { format!("{milliseconds}ms") }
}
