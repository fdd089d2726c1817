//! The JSON form, version 1.

use crate::backfill::Prepared;
use crate::layout::Layout;
use crate::plan::{ApplicationCode, Batches, Gate, Phase, Plan, Step, Tool};
use serde_json::{Value, json};

impl Plan {
    /// The plan as JSON, version 1.
    pub fn to_json(&self) -> Value {
        json!({
            "version": 1,
            "dialect": self.target.to_string(),
            "change": self.change,
            "recipe": self.recipes.join(", "),
            "already_safe": self.already_safe,
            "phases": self.phases.iter().map(phase).collect::<Vec<_>>(),
            "application": self.application.iter().map(|code| application(code, self.layout)).collect::<Vec<_>>(),
            "runbook": self.runbook(),
        })
    }
}

fn phase(phase: &Phase) -> Value {
    json!({
        "phase": phase.name.name(),
        "deploy": phase.deploy,
        "steps": phase.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

fn step(step: &Step) -> Value {
    let mut value = json!({
        "id": step.id,
        "kind": step.kind.name(),
        "title": step.title,
        "sql": step.sql,
        "transaction": step.transaction,
        "locks": step.locks.iter().map(|lock| json!({
            "relation": lock.relation,
            "mode": lock.mode.name(),
        })).collect::<Vec<_>>(),
        "lock_timeout_ms": u64::try_from(step.lock_timeout.as_millis()).unwrap_or(u64::MAX),
        "gate": step.gate.as_ref().map(gate),
        "rollback": step.rollback.statements(),
        "backfill": step.backfill.as_ref().map(backfill).or_else(|| step.batches.as_ref().map(|b| batches(b, &step.sql))),
    });
    if let (Some(made), Some(fields)) = (&step.tool, value.as_object_mut()) {
        fields.insert("tool".to_owned(), tool(made));
    }
    value
}

fn tool(tool: &Tool) -> Value {
    let gates = |gates: &[Gate]| gates.iter().map(gate).collect::<Vec<_>>();
    json!({ "commands": tool.commands, "before": gates(&tool.before), "after": gates(&tool.after) })
}

fn batches(batches: &Batches, whole: &[String]) -> Value {
    json!({
        "table": batches.table,
        "key": batches.key,
        "batch": batches.batch,
        "loop": whole.join(";\n"),
        "remaining": batches.remaining,
    })
}

/// One batch between two keys, and the whole as one statement.
fn backfill(prepared: &Prepared) -> Value {
    json!({
        "table": prepared.table().sql(),
        "key": prepared.key().columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(),
        "batch": prepared.batch_sql(),
        "loop": prepared.loop_sql(),
        "remaining": prepared.mismatches_sql(),
    })
}

fn gate(gate: &Gate) -> Value {
    json!({ "sql": gate.sql, "expect": gate.expect })
}

fn application(code: &ApplicationCode, layout: Layout) -> Value {
    json!({
        "before": code.before.name(),
        "language": "rust",
        "host": layout.host(),
        "code": code.code,
    })
}
