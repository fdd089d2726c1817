//! SARIF 2.1.0, which code scanning services read.

use super::Report;
use crate::rules::{Finding, Rule, Status, distinct};
use crate::sql::Span;
use serde_json::{Value, json};
use std::path::Path;

impl Report {
    /// The report as a SARIF log.
    pub fn to_sarif(&self) -> Value {
        let set = self.findings.iter().map(|finding| result(finding, None));
        let migrations = self
            .migrations
            .iter()
            .flat_map(|migration| migration.in_order().into_iter().map(|f| result(f, Some(&migration.path))));
        let notifications = self.errors.iter().map(|error| {
            json!({
                "level": "error",
                "message": { "text": error.reason },
                "locations": [location(&error.path, error.line.map(|line| json!({ "startLine": line })))],
            })
        });
        json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "migrate-safety",
                    "version": env!("CARGO_PKG_VERSION"),
                    "informationUri": env!("CARGO_PKG_REPOSITORY"),
                    "rules": distinct().map(descriptor).collect::<Vec<_>>(),
                } },
                "columnKind": "unicodeCodePoints",
                "invocations": [{
                    "executionSuccessful": self.errors.is_empty(),
                    "toolExecutionNotifications": notifications.collect::<Vec<_>>(),
                }],
                "results": set.chain(migrations).collect::<Vec<_>>(),
            }],
        })
    }
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.why },
        "help": { "text": format!("{}\nSource: {}", rule.why, rule.source) },
        "properties": { "tags": [rule.category.name()] },
    })
}

fn result(finding: &Finding, path: Option<&Path>) -> Value {
    let mut text = finding.message.clone();
    for (name, note) in finding.notes() {
        text.push_str(&format!("\n{name}: {note}"));
    }
    let locations: Vec<Value> = path.map(|path| location(path, Some(region(finding.span)))).into_iter().collect();
    json!({
        "ruleId": finding.rule,
        "ruleIndex": distinct().position(|rule| rule.id == finding.rule),
        "level": if finding.status == Status::Block { "error" } else { "warning" },
        "message": { "text": text },
        "locations": locations,
        "properties": { "category": finding.category.name() },
    })
}

fn location(path: &Path, region: Option<Value>) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(path) } });
    if let Some(region) = region {
        physical["region"] = region;
    }
    json!({ "physicalLocation": physical })
}

fn region(span: Option<Span>) -> Value {
    match span {
        Some(span) => json!({
            "startLine": span.start.line,
            "startColumn": span.start.column,
            "endLine": span.end.line,
            "endColumn": span.end.column,
        }),
        None => json!({ "startLine": 1 }),
    }
}

/// A path as a relative reference (RFC 3986), an absolute one as `file:`.
fn uri(path: &Path) -> String {
    let mut out = if path.is_absolute() { "file://".to_owned() } else { String::new() };
    for byte in path.display().to_string().replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
