//! Every finding as a text of its own, for compiler messages and logs.

use super::{MigrationReport, Report};
use crate::rules::{Finding, Status};
use crate::sql::Span;
use crate::wrap::{WIDTH, wrap};
use std::fmt::Write;

/// One finding as people read it, without colours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// FLAG or BLOCK.
    pub status: Status,
    /// The rule and its sentence, the place, the SQL, the help; several lines.
    pub text: String,
}

impl Report {
    /// Every finding, in the order of the migrations; those about the whole set first.
    pub fn messages(&self) -> Vec<Message> {
        let about_set = self.findings.iter().map(|finding| message(finding, None));
        let in_migrations =
            self.migrations.iter().flat_map(|m| m.in_order().into_iter().map(move |finding| message(finding, Some(m))));
        about_set.chain(in_migrations).collect()
    }
}

fn message(finding: &Finding, migration: Option<&MigrationReport>) -> Message {
    let title = format!("{}[{}]: ", finding.status, finding.rule);
    let mut text = hanging(&title, &finding.message);
    let margin = match (migration, finding.span) {
        (Some(migration), Some(span)) => snippet(&mut text, migration, span),
        (Some(migration), None) => {
            let _ = write!(text, "\n --> {}", migration.path.display());
            " ".to_owned()
        }
        (None, _) => " ".to_owned(),
    };
    for (name, note) in finding.notes() {
        let start = format!("{margin} = {name}: ");
        // SQL keeps its lines.
        let note = if name == "fix" { indented(&start, note) } else { hanging(&start, note) };
        let _ = write!(text, "\n{note}");
    }
    Message { status: finding.status, text }
}

/// The line that a finding begins on, with what it is about underlined; returns what stands below the line number.
fn snippet(out: &mut String, migration: &MigrationReport, span: Span) -> String {
    let (number, column) = (span.start.line, span.start.column);
    let line = migration.text.lines().nth((number as usize).saturating_sub(1)).unwrap_or_default();
    let before = (column as usize).saturating_sub(1);
    let room = line.chars().count().saturating_sub(before).max(1);
    let length =
        migration.text.get(span.range()).and_then(|sql| sql.lines().next()).map_or(1, |sql| sql.chars().count());
    let digits = number.to_string();
    let margin = " ".repeat(digits.len());
    let path = migration.path.display();
    let _ = write!(out, "\n{margin}--> {path}:{number}:{column}\n{margin} |\n");
    let _ = writeln!(out, "{digits} | {}", line.replace('\t', " "));
    let _ = write!(out, "{margin} | {}{}\n{margin} |", " ".repeat(before), "^".repeat(length.clamp(1, room)));
    margin
}

/// `text` behind `start`, its words broken into lines below each other.
fn hanging(start: &str, text: &str) -> String {
    indented(start, &wrap(text, WIDTH - start.len().min(WIDTH / 2)))
}

fn indented(start: &str, text: &str) -> String {
    format!("{start}{}", text.replace('\n', &format!("\n{}", " ".repeat(start.len()))))
}

#[cfg(test)]
mod tests {
    use crate::layout::Layout;
    use crate::{Config, MigrationSet, check};

    fn texts(sql: &str) -> Vec<String> {
        let set = MigrationSet::from_text("m/3_index.sql", sql, Layout::Sqlx);
        check(&set, &Config::default()).messages().into_iter().map(|message| message.text).collect()
    }

    #[test]
    fn a_message_says_what_where_and_what_instead() {
        let index = texts("SELECT 1;\n\tCREATE INDEX i\n  ON t (a);\n")
            .into_iter()
            .find(|text| text.starts_with("BLOCK[index-not-concurrent]"))
            .unwrap();
        let lines: Vec<&str> = index.lines().collect();
        assert!(lines.contains(&" --> m/3_index.sql:2:2"), "{index}");
        assert!(lines.contains(&"2 |  CREATE INDEX i"), "{index}");
        assert!(lines.contains(&"  |  ^^^^^^^^^^^^^^"), "{index}");
        assert!(lines.iter().any(|line| line.starts_with("  = help: ")), "{index}");
        assert!(lines.iter().any(|line| line.starts_with("  = fix: CREATE INDEX CONCURRENTLY")), "{index}");
    }

    #[test]
    fn any_place_can_be_shown() {
        for sql in ["\u{feff}CREATE INDEX i ON t (a)", "'", "é ü CREATE", "DROP TABLE t\r\n;", "\n\n\nTRUNCATE t; -- ü"]
        {
            assert!(texts(sql).iter().all(|text| !text.is_empty()), "{sql:?}");
        }
    }
}
