//! The runbook: Markdown for the people who run the plan, and for those who are called when it breaks.

mod breaks;
mod watch;

use super::estimate::{Estimate, HOW};
use super::server::Server;
use super::words::{counted, listed, script, time};
use crate::plan::{ApplicationCode, Gate, Phase, Plan, Rollback, Step, StepKind, Tool};
use crate::written::STEPS;
use std::fmt::Write;

impl Plan {
    /// The runbook, as Markdown.
    pub fn runbook(&self) -> String {
        let mut out = String::from("# Runbook\n\n");
        fence(&mut out, "sql", &format!("{};", self.change));
        let steps = counted(self.steps().count(), "step");
        let releases = counted(usize::try_from(self.releases()).unwrap_or(usize::MAX), "release");
        let _ = writeln!(out, "on {}, as {}: {steps} in {releases}.", self.target, self.recipes.join(", "));
        for note in &self.notes {
            let _ = writeln!(out, "\n> {note}");
        }
        self.checklist(&mut out);
        self.overview(&mut out);
        let mut release = 0;
        for phase in &self.phases {
            if phase.release != release {
                release = phase.release;
                let _ = writeln!(out, "\n## Release {release}");
                self.when(release, &mut out);
            }
            self.phase(phase, &mut out);
        }
        self.watch(&mut out);
        self.when_this_breaks(&mut out);
        out
    }

    fn checklist(&self, out: &mut String) {
        out.push_str("\n## Before it starts\n\n");
        let _ = writeln!(
            out,
            "- [ ] It has run from end to end on a copy of the database, and the times are noted below \
                           (`migrate-safety run --rehearse --runbook FILE` notes those of migrations)."
        );
        let final_steps: Vec<&str> =
            self.steps().filter(|s| matches!(s.rollback, Rollback::Impossible(_))).map(|s| s.id.as_str()).collect();
        if !final_steps.is_empty() {
            let _ =
                writeln!(out, "- [ ] A backup has been restored as a test: {} cannot be undone.", listed(&final_steps));
        }
        let windows: Vec<&str> = self.steps().filter(|s| s.window.is_some()).map(|s| s.id.as_str()).collect();
        if !windows.is_empty() {
            let _ = writeln!(out, "- [ ] A maintenance window is announced for {}.", listed(&windows));
        }
        let _ =
            writeln!(out, "- [ ] No transaction has been open for long (query below): every step would wait for it.");
        let _ = writeln!(out, "- [ ] The replicas keep up (query below).");
        if self.steps().any(|step| step.kind == StepKind::Backfill || !step.work.is_momentary()) {
            let _ = writeln!(out, "- [ ] The disk has room for what is written anew, and for its write-ahead log.");
        }
        if self.releases() > 1 {
            let _ = writeln!(out, "- [ ] Each release can be told from the one before it while both run.");
        }
        let _ = writeln!(out, "- [ ] Who watches, and who may stop it, stands under \"Who to call\".");
    }

    fn overview(&self, out: &mut String) {
        let _ = writeln!(out, "\n## Steps\n\n{STEPS}\n|---|---|---|---|---|---|");
        for phase in &self.phases {
            for step in &phase.steps {
                let locks = step.locking().unwrap_or_else(|| "none that others feel".to_owned());
                let _ = writeln!(
                    out,
                    "| {} | {} | {} | {} | {} | |",
                    step.id,
                    phase.release,
                    cell(&step.title),
                    cell(&locks),
                    self.estimate(step)
                );
            }
        }
        let estimates: Vec<Estimate> = self.steps().map(|step| self.estimate(step)).collect();
        let unknown = estimates.iter().filter_map(|estimate| match estimate {
            Estimate::Unknown(tables) => Some(tables),
            _ => None,
        });
        let mut unknown: Vec<&String> = unknown.flatten().collect();
        unknown.sort();
        unknown.dedup();
        if estimates.iter().any(|estimate| matches!(estimate, Estimate::Seconds(_))) {
            let _ = writeln!(out, "\n{HOW}");
        }
        if !unknown.is_empty() {
            let _ = writeln!(
                out,
                "\nThe time of what grows with {} was not estimated. Put the number of rows under `[table_rows]` of \
                 migrate-safety.toml and plan again; the server's own figure is",
                listed(&unknown)
            );
            out.push('\n');
            match Server::of(self.target) {
                Server::Postgres => {}
                Server::MySql => {
                    let names: Vec<String> = unknown.iter().map(|name| crate::sql::name::literal(name)).collect();
                    let query = "SELECT table_name, table_rows FROM information_schema.tables\nWHERE table_schema = \
                                 DATABASE() AND table_name IN";
                    fence(out, "sql", &format!("{query} ({});", names.join(", ")));
                    return;
                }
                Server::Sqlite => {
                    let counts: Vec<String> =
                        unknown.iter().map(|name| format!("SELECT count(*) FROM {};", quoted(name))).collect();
                    fence(out, "sql", &counts.join("\n"));
                    return;
                }
            }
            let names: Vec<String> = unknown.iter().map(|name| crate::sql::name::literal(&quoted(name))).collect();
            fence(
                out,
                "sql",
                &format!(
                    "SELECT oid::regclass, reltuples::bigint FROM pg_class\nWHERE oid IN ({});",
                    names.iter().map(|name| format!("{name}::regclass")).collect::<Vec<_>>().join(", ")
                ),
            );
        }
    }

    /// What a release that is not the first waits for.
    fn when(&self, release: u32, out: &mut String) {
        if release > 1 {
            let _ = writeln!(
                out,
                "\nIts migrations must not run together with those of release {}. If they were written to files, they \
                 wait in a directory of their own whose name ends in `.release-{release}`: move them to the others \
                 when what is said below holds, under newer versions if others have come in between.",
                release - 1
            );
        }
    }

    fn phase(&self, phase: &Phase, out: &mut String) {
        let _ = writeln!(out, "\n### {}: {}", phase.name.title(), phase.deploy);
        for code in self.application.iter().filter(|code| code.before == phase.name) {
            application(code, self.layout.host(), out);
        }
        for step in &phase.steps {
            self.step(step, out);
        }
    }

    fn step(&self, step: &Step, out: &mut String) {
        let _ = writeln!(out, "\n#### {}: {}\n", step.id, step.title);
        if !step.sql.is_empty() {
            fence(out, "sql", &script(&step.sql));
        }
        if let Some(tool) = &step.tool {
            self.tool(tool, out);
        }
        if let Some(gate) = &step.gate {
            let _ = writeln!(out, "It may run when this gives {}; otherwise {}:\n", gate.expect, gate.meaning);
            fence(out, "sql", &format!("{};", gate.sql));
        }
        let mut said = Vec::new();
        if !step.sql.is_empty() && !step.transaction {
            said.push("It runs alone, in no transaction.".to_owned());
        }
        if let Some(window) = &step.window {
            said.push(format!("It needs a maintenance window: {}.", window.why));
        }
        if let Some(allowed) = &step.allowed {
            said.push(format!("`check` would block it ({}): {}.", allowed.rule, allowed.reason));
        }
        if let Some(locking) = step.locking() {
            said.push(format!("Locks: {locking}."));
        }
        said.push(match self.estimate(step) {
            Estimate::Theirs => "Done by people, or by the application.".to_owned(),
            estimate => format!("Time: {estimate}."),
        });
        let _ = writeln!(out, "{}\n", said.join(" "));
        match &step.rollback {
            Rollback::Sql { statements, transaction } => {
                let alone = if *transaction { "" } else { ", alone, in no transaction" };
                let _ = writeln!(out, "The way back{alone}:\n");
                fence(out, "sql", &script(statements));
            }
            Rollback::Nothing => out.push_str("There is nothing to undo.\n"),
            Rollback::Impossible(why) => {
                let _ = writeln!(out, "**No way back:** {why}.");
            }
        }
    }

    fn tool(&self, tool: &Tool, out: &mut String) {
        for (when, gates) in [("Before it is started", &tool.before), ("When it is done", &tool.after)] {
            for Gate { sql, expect, meaning } in gates {
                let _ = writeln!(out, "{when}, this must give {expect}; otherwise {meaning}:\n");
                fence(out, "sql", &format!("{sql};"));
            }
        }
        if let [first, others @ ..] = &*tool.commands {
            out.push_str(
                "Try it first: pt-online-schema-change with `--dry-run` in the place of `--execute`, gh-ost without it.\n\n",
            );
            fence(out, "sh", first);
            for other in others {
                out.push_str("Or:\n\n");
                fence(out, "sh", other);
            }
        }
    }

    /// What the steps wait for a lock at most.
    fn lock_timeout(&self) -> String {
        self.steps().next().map_or_else(String::new, |step| time(step.lock_timeout))
    }
}

fn application(code: &ApplicationCode, host: &str, out: &mut String) {
    let _ = writeln!(out, "\n{} ({host}):\n", code.title);
    fence(out, "rust", &code.code);
}

/// A fenced block that nothing in it can close.
fn fence(out: &mut String, language: &str, text: &str) {
    let longest = text.lines().map(|line| line.len() - line.trim_start_matches('`').len()).max().unwrap_or_default();
    let fence = "`".repeat(longest.max(2) + 1);
    let _ = writeln!(out, "{fence}{language}\n{}\n{fence}\n", text.trim_end());
}

/// A text in a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// `schema.name` with its parts quoted where they must be.
fn quoted(name: &str) -> String {
    name.split('.').map(crate::sql::name::quote).collect::<Vec<_>>().join(".")
}
