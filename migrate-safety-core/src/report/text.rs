//! The text form: a snippet for each finding, the ten answers, the verdict and its sentence at the end.

use super::cure::cure;
use super::{MigrationReport, Report};
use crate::Target;
use crate::estimate::ASSUMPTION;
use crate::rules::{Finding, Status};
use crate::wrap::{WIDTH, wrap};
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
            let groups = [Group::with_title(title(finding)).elements(notes(finding, None))];
            let _ = writeln!(out, "{}\n", renderer.render(&groups));
        }
        for migration in &self.migrations {
            migration.write(self.target, &renderer, &mut out);
        }
        if self.replayed > 0 {
            let migrations =
                if self.replayed == 1 { "1 older migration" } else { &format!("{} older migrations", self.replayed) };
            let _ = writeln!(out, "{migrations} replayed, not reported");
        }
        if self.has_estimates() {
            let _ = writeln!(out, "{}", wrap(ASSUMPTION, WIDTH));
        }
        out.push('\n');
        for answer in self.categories() {
            let status = answer.status;
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
    /// How long the work takes that nobody has to object to.
    fn in_passing(&self) -> String {
        let estimates: Vec<String> =
            self.statements.iter().flat_map(|s| &s.estimates).map(ToString::to_string).collect();
        if estimates.is_empty() { String::new() } else { format!(" ({})", estimates.join("; ")) }
    }

    fn write(&self, target: Target, renderer: &Renderer, out: &mut String) {
        let path = self.path.display().to_string();
        let found = self.in_order();
        if found.is_empty() {
            let _ = writeln!(out, "{path}: ok{}", self.in_passing());
            return;
        }
        for finding in found {
            let cure = cure(finding, target, &self.path);
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
            let _ = writeln!(out, "{}\n", renderer.render(&[group.elements(notes(finding, cure.as_deref()))]));
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
    let status = finding.status.name();
    let start = status.len() + finding.rule.len() + "[]: ".len();
    level.with_name(status).primary_title(wrap(&finding.message, WIDTH - start.min(WIDTH / 2))).id(finding.rule)
}

fn notes<'f>(finding: &'f Finding, cure: Option<&'f str>) -> Vec<annotate_snippets::Element<'f>> {
    let note = |(name, note): (&'static str, &str)| {
        // SQL and commands keep their lines.
        let indent = name.len() + "  = : ".len();
        let text = if matches!(name, "fix" | "plan") { note.to_owned() } else { wrap(note, WIDTH - indent) };
        let level = if matches!(name, "Verify" | "estimate") { Level::NOTE } else { Level::HELP };
        level.with_name(name).message(text).into()
    };
    finding.notes().chain(cure.map(|cure| ("plan", cure))).map(note).collect()
}
