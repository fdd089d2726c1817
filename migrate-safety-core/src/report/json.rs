//! The JSON form, version 1.

use super::cure::cure;
use super::{MigrationReport, Report, StatementReport};
use crate::Target;
use crate::effects::{DataLossKind, Effects, RelationRef};
use crate::estimate::{ASSUMPTION, Estimate};
use crate::rules::Finding;
use serde_json::{Value, json};
use std::path::Path;

/// A file of migrations, and the server that they are for.
type Place<'a> = (Target, &'a Path);

impl Report {
    /// The report as JSON, version 1.
    pub fn to_json(&self) -> Value {
        let mut report = json!({
            "version": 1,
            "dialect": self.target.to_string(),
            "verdict": self.verdict().name(),
            "summary": self.summary(),
            "categories": self.categories().iter().map(|answer| json!({
                "category": answer.category.name(),
                "status": answer.status.name(),
                "findings": answer.findings,
            })).collect::<Vec<_>>(),
            "findings": findings(&self.findings, None),
            "migrations": self.migrations.iter().map(|m| migration(m, self.target)).collect::<Vec<_>>(),
            "errors": self.errors.iter().map(|error| json!({
                "path": error.path.display().to_string(),
                "line": error.line,
                "message": error.reason,
            })).collect::<Vec<_>>(),
        });
        // Said only where something is estimated, like the estimates themselves.
        if self.has_estimates() {
            report["assumptions"] = json!([ASSUMPTION]);
        }
        report
    }
}

fn migration(migration: &MigrationReport, target: Target) -> Value {
    let place = Some((target, &*migration.path));
    json!({
        "id": migration.id,
        "name": migration.name,
        "path": migration.path.display().to_string(),
        "direction": "up",
        "transaction": migration.transaction,
        "verdict": migration.verdict().name(),
        "findings": findings(&migration.findings, place),
        "statements": migration.statements.iter().map(|s| statement(s, place)).collect::<Vec<_>>(),
    })
}

fn statement(statement: &StatementReport, place: Option<Place<'_>>) -> Value {
    let effects = &statement.effects;
    let names = |relations: &[RelationRef]| relations.iter().map(|r| r.name.clone()).collect::<Vec<_>>();
    let mut told = json!({
        "line": statement.span.start.line,
        "column": statement.span.start.column,
        "end_line": statement.span.end.line,
        "end_column": statement.span.end.column,
        "sql": statement.sql,
        "operations": statement.operations.iter().map(|o| o.0).collect::<Vec<_>>(),
        "understood": statement.understood,
        "effects": {
            "locks": locks(effects).map(|(relation, mode)| json!({ "relation": relation, "mode": mode })).collect::<Vec<_>>(),
            "rewrites": names(&effects.rewrites),
            "scans": names(&effects.scans),
            "rebuilds_indexes": names(&effects.rebuilds_indexes),
            "requires_no_transaction": effects.requires_no_transaction,
            "data_loss": effects.data_loss.iter().map(|loss| json!({
                "relation": loss.relation.name,
                "column": loss.column,
                "how": how(loss.how),
            })).collect::<Vec<_>>(),
            "breaks": effects.breaks.iter().map(|broken| json!({
                "relation": broken.relation.name,
                "column": broken.column.as_ref().map(|(_, name)| name),
                "what": broken.what.name(),
            })).collect::<Vec<_>>(),
        },
        "findings": findings(&statement.findings, place),
    });
    if let Some(algorithm) = effects.algorithm {
        told["effects"]["algorithm"] = json!(algorithm);
    }
    if !statement.estimates.is_empty() {
        told["estimates"] = statement.estimates.iter().map(estimate).collect();
    }
    told
}

fn locks(effects: &Effects) -> impl Iterator<Item = (&str, &'static str)> {
    let own = effects.locks.iter().map(|lock| (lock.relation.name.as_str(), lock.mode.sql()));
    own.chain(effects.foreign_locks.iter().map(|lock| (lock.relation.name.as_str(), lock.mode)))
}

fn estimate(estimate: &Estimate) -> Value {
    json!({
        "work": estimate.work.name(),
        "relation": estimate.relation,
        "rows": estimate.rows,
        "bytes": estimate.bytes,
        "seconds": estimate.duration.as_secs(),
        "replay_seconds": estimate.replay.as_secs(),
    })
}

fn how(kind: DataLossKind) -> &'static str {
    match kind {
        DataLossKind::Dropped => "dropped",
        DataLossKind::Truncated => "truncated",
        DataLossKind::Deleted => "deleted",
        DataLossKind::Overwritten => "overwritten",
        DataLossKind::Narrowed => "narrowed",
    }
}

fn findings(findings: &[Finding], place: Option<Place<'_>>) -> Vec<Value> {
    findings
        .iter()
        .map(|finding| {
            let span = finding.span;
            json!({
                "rule": finding.rule,
                "category": finding.category.name(),
                "status": finding.status.name(),
                "message": finding.message,
                "help": help(finding, place),
                "fix": finding.fix,
                "verify": finding.verify,
                "line": span.map(|s| s.start.line),
                "column": span.map(|s| s.start.column),
                "end_line": span.map(|s| s.end.line),
                "end_column": span.map(|s| s.end.column),
            })
        })
        .collect()
}

/// What to do instead, and the command that plans it, for a file whose changes there are plans for.
fn help(finding: &Finding, place: Option<Place<'_>>) -> Option<String> {
    let cure = place.and_then(|(target, path)| cure(finding, target, path)).map(|cure| format!("plan it: `{cure}`"));
    let parts: Vec<String> = finding.help.iter().cloned().chain(cure).collect();
    (!parts.is_empty()).then(|| parts.join("; or "))
}
