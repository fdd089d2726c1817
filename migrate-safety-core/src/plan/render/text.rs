//! The text form: what ships with which release, step by step.

use super::words::{counted, script};
use crate::plan::{ApplicationCode, Gate, Phase, PhaseName, Plan, Step};
use crate::wrap::{WIDTH, wrap};
use std::fmt::Write;

impl Plan {
    /// The plan for people: at most 80 columns where the SQL allows it.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        let steps = counted(self.steps().count(), "step");
        let releases = counted(usize::try_from(self.releases()).unwrap_or(usize::MAX), "release");
        let _ = writeln!(out, "PLAN {} for {}: {steps} in {releases}", self.recipes.join(", "), self.target);
        indented(&mut out, &self.change);
        if self.already_safe {
            out.push_str("\nIt is safe as it is: only a limit for waiting is added.\n");
        }
        for note in &self.notes {
            let _ = writeln!(out, "\n{}", item("note", note));
        }
        let mut release = 0;
        for phase in &self.phases {
            if phase.release != release {
                release = phase.release;
                let apart = if release > 1 {
                    format!(", not to be run together with release {}", release - 1)
                } else {
                    String::new()
                };
                let _ = writeln!(out, "\nRELEASE {release}{apart}");
            }
            self.write_phase(phase, &mut out);
        }
        out
    }

    fn write_phase(&self, phase: &Phase, out: &mut String) {
        let _ = writeln!(out, "\n{}", wrap(&format!("{}: {}", phase.name.title(), phase.deploy), WIDTH));
        for code in self.application.iter().filter(|code| code.before == phase.name) {
            write_code(code, self.layout.host(), out);
        }
        for step in &phase.steps {
            step.write(out);
        }
    }
}

impl PhaseName {
    /// The name at the beginning of a line: `EXPAND`.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Expand => "EXPAND",
            Self::Migrate => "MIGRATE",
            Self::Contract => "CONTRACT",
        }
    }
}

impl Step {
    fn write(&self, out: &mut String) {
        let _ = writeln!(out, "\n{}", hanging(&format!("{}  ", self.id), &self.title));
        indented(out, &script(&self.sql));
        if let Some(tool) = &self.tool {
            tool.commands.iter().for_each(|command| indented(out, command));
            for (when, gates) in [("before", &tool.before), ("after", &tool.after)] {
                gates.iter().for_each(|gate| _ = writeln!(out, "{}", item(when, &gate.asked())));
            }
        }
        if !self.transaction && !self.sql.is_empty() {
            let _ = writeln!(out, "{}", item("run", "alone, in no transaction"));
        }
        let notes = [
            ("gate", self.gate.as_ref().map(Gate::asked)),
            ("lock", self.locking()),
            ("window", self.window.as_ref().map(|window| window.why.clone())),
            ("allows", self.allowed.as_ref().map(|allowed| format!("{}: {}", allowed.rule, allowed.reason))),
            ("back", Some(self.rollback.told())),
        ];
        for (name, note) in notes {
            if let Some(note) = note {
                let _ = writeln!(out, "{}", item(name, &note));
            }
        }
    }
}

fn write_code(code: &ApplicationCode, host: &str, out: &mut String) {
    let _ = writeln!(out, "\n{}", hanging("application  ", &format!("{} ({host})", code.title)));
    indented(out, &code.code);
}

/// `    = name: text`, further lines below the text.
fn item(name: &str, text: &str) -> String {
    hanging(&format!("    = {name}: "), text)
}

/// `text` behind `start`, further lines below it.
fn hanging(start: &str, text: &str) -> String {
    let indent = start.chars().count();
    let lines = wrap(text, WIDTH - indent);
    format!("{start}{}", lines.replace('\n', &format!("\n{}", " ".repeat(indent))))
}

/// A text as it is, four columns to the right.
fn indented(out: &mut String, text: &str) {
    for line in text.lines() {
        let _ = if line.is_empty() { writeln!(out) } else { writeln!(out, "    {line}") };
    }
}
