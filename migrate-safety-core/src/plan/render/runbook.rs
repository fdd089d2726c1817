//! The runbook: Markdown for the people who run the plan.

use super::words::script;
use crate::plan::{Plan, Step};
use std::fmt::Write;

impl Plan {
    /// The runbook, as Markdown.
    pub fn runbook(&self) -> String {
        let mut out = String::new();
        let _ = writeln!(out, "# Runbook: {}\n", self.recipes.join(", "));
        let _ = writeln!(out, "```sql\n{};\n```", self.change);
        for phase in &self.phases {
            let _ = writeln!(out, "\n## Release {}, {}\n\n{}", phase.release, phase.name.name(), phase.deploy);
            for step in &phase.steps {
                step.tell(&mut out);
            }
        }
        out
    }
}

impl Step {
    fn tell(&self, out: &mut String) {
        let _ = writeln!(out, "\n### {}: {}\n", self.id, self.title);
        if !self.sql.is_empty() {
            let _ = writeln!(out, "```sql\n{}\n```\n", script(&self.sql));
        }
        if let Some(gate) = &self.gate {
            let _ = writeln!(out, "- Before it: `{}` gives `{}`; otherwise {}.", gate.sql, gate.expect, gate.meaning);
        }
        let _ = writeln!(out, "- Lock: {}.", self.locking().unwrap_or_else(|| "none".to_owned()));
        let _ = writeln!(out, "- Back: `{}`", self.rollback.told());
    }
}
