//! The report as Markdown, for a comment on a pull request: the ten answers in a table, the details folded.

use super::{MigrationReport, Report};
use crate::estimate::ASSUMPTION;
use crate::rules::{Finding, Status};
use std::fmt::Write;

impl Report {
    /// The report as Markdown.
    pub fn to_markdown(&self) -> String {
        let mut out = format!("## {}\n\n{}\n\n", self.verdict(), self.summary());
        for error in &self.errors {
            let _ = writeln!(out, "- **error** {}", inline(&error.to_string()));
        }
        if !self.errors.is_empty() {
            out.push('\n');
        }
        out.push_str("| Category | Status | Issue | Recommended Action |\n|---|---|---|---|\n");
        for answer in self.categories() {
            let mut found: Vec<&Finding> = self.all_findings().filter(|f| f.category == answer.category).collect();
            found.sort_by_key(|finding| std::cmp::Reverse(finding.status));
            let (issue, action) = match found.split_first() {
                None => (String::new(), String::new()),
                Some((worst, others)) => (issue(worst, others.len()), action(worst)),
            };
            let _ = writeln!(out, "| {} | {} | {issue} | {action} |", answer.category, bold(answer.status));
        }
        if !self.findings.is_empty() {
            out.push_str("\n<details><summary>The migrations as a whole</summary>\n\n");
            self.findings.iter().for_each(|finding| write_finding(finding, "", &mut out));
            out.push_str("</details>\n");
        }
        for migration in self.migrations.iter().filter(|m| m.all_findings().next().is_some()) {
            migration.write_markdown(&mut out);
        }
        if self.has_estimates() {
            let _ = writeln!(out, "\n{}", inline(ASSUMPTION));
        }
        out
    }
}

impl MigrationReport {
    fn write_markdown(&self, out: &mut String) {
        let path = inline(&self.path.display().to_string());
        let count = self.all_findings().count();
        let counted = if count == 1 { "1 finding".to_owned() } else { format!("{count} findings") };
        let _ = writeln!(out, "\n<details><summary><code>{path}</code>: {} ({counted})</summary>\n", self.verdict());
        for finding in self.in_order() {
            let sql = finding.span.and_then(|span| self.text.get(span.range())).unwrap_or_default();
            write_finding(finding, sql, out);
        }
        out.push_str("</details>\n");
    }
}

fn write_finding(finding: &Finding, sql: &str, out: &mut String) {
    let line = finding.span.map(|span| format!(" (line {})", span.start.line)).unwrap_or_default();
    let _ = writeln!(out, "**{}** `{}`{line}: {}\n", finding.status, finding.rule, inline(&finding.message));
    write_sql(sql, out);
    if let Some(estimate) = &finding.estimate {
        let _ = writeln!(out, "Estimate: {}\n", inline(estimate));
    }
    if let Some(help) = &finding.help {
        let _ = writeln!(out, "{}\n", inline(help));
    }
    if let Some(fix) = &finding.fix {
        write_sql(fix, out);
    }
    if let Some(verify) = &finding.verify {
        let _ = writeln!(out, "Verify: {}\n", inline(verify));
    }
}

/// A block of SQL, in a fence that it does not contain.
fn write_sql(sql: &str, out: &mut String) {
    if sql.is_empty() {
        return;
    }
    let mut fence = "```".to_owned();
    while sql.contains(&fence) {
        fence.push('`');
    }
    let _ = writeln!(out, "{fence}sql\n{}\n{fence}\n", sql.trim_end());
}

fn issue(worst: &Finding, others: usize) -> String {
    let more = if others > 0 { format!(" (and {others} more)") } else { String::new() };
    format!("{}{more}", cell(&worst.message))
}

fn action(finding: &Finding) -> String {
    let verify = finding.verify.as_ref().map(|verify| format!("Verify: {verify}"));
    let said: Vec<String> = finding.help.iter().cloned().chain(verify).map(|text| cell(&text)).collect();
    said.join("<br>")
}

fn bold(status: Status) -> String {
    if status == Status::Pass { status.to_string() } else { format!("**{status}**") }
}

/// Text in a cell of a table.
fn cell(text: &str) -> String {
    inline(text).replace('|', "\\|").replace('\n', "<br>")
}

/// Text in a paragraph: what Markdown would take for a tag, an emphasis or the like is escaped, code is left alone.
fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut code = false;
    for c in text.chars() {
        match c {
            '`' => code = !code,
            '<' if !code => {
                out.push_str("&lt;");
                continue;
            }
            '*' | '_' | '[' | ']' | '\\' if !code => out.push('\\'),
            _ => {}
        }
        out.push(c);
    }
    out
}
