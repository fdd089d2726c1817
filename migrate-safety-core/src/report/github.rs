//! Workflow commands of GitHub Actions: an annotation on the changed line for each finding.

use super::Report;
use crate::rules::{Finding, Status};
use std::fmt::Write;
use std::path::Path;

impl Report {
    /// The report as workflow commands (`::error file=…::…`), one a line, and the verdict.
    pub fn to_github(&self) -> String {
        let mut out = String::new();
        for error in &self.errors {
            let line = error.line.map(|line| format!(",line={line}")).unwrap_or_default();
            let path = property(&error.path.display().to_string());
            let _ = writeln!(out, "::error file={path}{line},title=unreadable::{}", data(&error.reason));
        }
        for finding in &self.findings {
            finding.write_command(None, &mut out);
        }
        for migration in &self.migrations {
            for finding in migration.in_order() {
                finding.write_command(Some(&migration.path), &mut out);
            }
        }
        let _ = writeln!(out, "{}: {}", self.verdict(), self.summary());
        out
    }
}

impl Finding {
    fn write_command(&self, path: Option<&Path>, out: &mut String) {
        let command = if self.status == Status::Block { "error" } else { "warning" };
        let mut place = String::new();
        if let Some(path) = path {
            let _ = write!(place, "file={},", property(&path.display().to_string()));
        }
        if let Some(span) = self.span {
            let (start, end) = (span.start, span.end);
            let _ = write!(
                place,
                "line={},col={},endLine={},endColumn={},",
                start.line, start.column, end.line, end.column
            );
        }
        let mut text = self.message.clone();
        for (name, note) in self.notes() {
            let _ = write!(text, "\n{name}: {note}");
        }
        let title = format!("{} {}", self.status, self.rule);
        let _ = writeln!(out, "::{command} {place}title={}::{}", property(&title), data(&text));
    }
}

/// What stands behind `::`, escaped.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands in a property, escaped.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
