//! The text form: a snippet for each finding, the ten answers, the verdict and its sentence at the end.

use super::{MigrationReport, Report};
use crate::rules::{Finding, Status};
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::fmt::Write;

/// How the text is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// With terminal colours.
    Always,
    /// Plain.
    Never,
}

impl Report {
    /// The report for people: at most 80 columns where the SQL allows it.
    pub fn to_text(&self, colour: Colour) -> String {
        let renderer = match colour {
            Colour::Always => Renderer::styled(),
            Colour::Never => Renderer::plain(),
        };
        let mut out = String::new();
        for error in &self.errors {
            let _ = writeln!(out, "error: {error}\n");
        }
        for finding in &self.findings {
            let groups = [Group::with_title(title(finding)).elements(notes(finding))];
            let _ = writeln!(out, "{}\n", renderer.render(&groups));
        }
        for migration in &self.migrations {
            migration.write(&renderer, &mut out);
        }
        out.push('\n');
        for answer in self.categories() {
            let status = answer.status.map_or("not judged yet", Status::name);
            let counted = match answer.findings {
                0 => String::new(),
                1 => "  1 finding".to_owned(),
                n => format!("  {n} findings"),
            };
            let _ = writeln!(out, "{:<22} {status}{counted}", answer.category.name());
        }
        let _ = writeln!(out, "\n{}: {}", self.verdict(), self.summary());
        out
    }
}

impl MigrationReport {
    fn write(&self, renderer: &Renderer, out: &mut String) {
        let path = self.path.display().to_string();
        let mut found: Vec<&Finding> = self.all_findings().collect();
        found.sort_by_key(|f| f.span.map(|s| s.start.offset));
        if found.is_empty() {
            let _ = writeln!(out, "{path}: ok");
            return;
        }
        for finding in found {
            let mut group = Group::with_title(title(finding));
            match finding.span {
                Some(span) => {
                    let range = clip(&self.text, span.range());
                    group = group.element(
                        Snippet::source(&*self.text).path(path.clone()).annotation(AnnotationKind::Primary.span(range)),
                    );
                }
                None => group = group.element(annotate_snippets::Origin::path(path.clone())),
            }
            let _ = writeln!(out, "{}\n", renderer.render(&[group.elements(notes(finding))]));
        }
    }
}

/// A span that lies in the text; a long one is cut after its first line, which is enough to see which it is.
fn clip(text: &str, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
    let start = range.start.min(text.len());
    let end = range.end.clamp(start, text.len());
    let first_line = text.get(start..end).and_then(|t| t.find('\n')).map_or(end, |at| start + at);
    start..first_line
}

fn title(finding: &Finding) -> annotate_snippets::Title<'_> {
    let level = if finding.status == Status::Block { Level::ERROR } else { Level::WARNING };
    let level = level.with_name(finding.status.name());
    level.primary_title(finding.message.as_str()).id(finding.rule)
}

fn notes(finding: &Finding) -> Vec<annotate_snippets::Element<'_>> {
    let mut notes = Vec::new();
    if let Some(help) = &finding.help {
        notes.push(Level::HELP.message(help.as_str()).into());
    }
    if let Some(fix) = &finding.fix {
        notes.push(Level::HELP.with_name("fix").message(fix.as_str()).into());
    }
    if let Some(verify) = &finding.verify {
        notes.push(Level::NOTE.with_name("Verify").message(verify.as_str()).into());
    }
    notes
}
