//! A rule's own page, for a terminal, as Markdown, as JSON: all from its metadata.

use super::{Rule, Sample};
#[cfg(feature = "text")]
use {
    super::{Category, distinct, named_as},
    crate::layout::Layout,
    crate::wrap::{WIDTH, wrap},
    std::fmt::Write,
};

impl Rule {
    /// The page for a terminal.
    #[cfg(feature = "text")]
    pub fn to_text(&self) -> String {
        let mut out = format!("{} ({})\n{}\n\n{}\n", self.id, self.category, self.title, wrap(self.why, WIDTH));
        for (heading, samples) in [("Bad", self.bad), ("Good", self.good)] {
            for sample in samples {
                let _ = write!(out, "\n{heading}{}:\n", sample.circumstances());
                for (name, sql) in sample.parts() {
                    let _ = writeln!(out, "    -- {name}");
                    sql.lines().for_each(|line| _ = writeln!(out, "    {line}"));
                }
            }
        }
        let _ = write!(out, "\n{}\n", wrap(&format!("Source: {}", self.source), WIDTH));
        out
    }

    /// The page as a section of a Markdown document.
    #[cfg(feature = "text")]
    pub fn to_markdown(&self) -> String {
        let mut out = format!("### {}\n\n{}\n\n{}\n", self.id, self.title, wrap(self.why, WIDTH));
        for (heading, samples) in [("Bad", self.bad), ("Good", self.good)] {
            for sample in samples {
                let _ = write!(out, "\n{heading}{}:\n\n```sql\n", sample.circumstances());
                for (name, sql) in sample.parts() {
                    let _ = writeln!(out, "-- {name}\n{sql}");
                }
                out.push_str("```\n");
            }
        }
        let _ = write!(out, "\n{}\n", wrap(&format!("Source: {}", self.source), WIDTH));
        out
    }

    /// The page as JSON.
    #[cfg(feature = "json")]
    pub fn to_json(&self) -> serde_json::Value {
        let samples = |samples: &[Sample]| samples.iter().copied().map(Sample::to_json).collect::<Vec<_>>();
        serde_json::json!({
            "rule": self.id,
            "category": self.category.name(),
            "title": self.title,
            "why": self.why,
            "source": self.source,
            "bad": samples(self.bad),
            "good": samples(self.good),
        })
    }
}

/// Every rule's page, by category: the text of `docs/rules.md`.
#[cfg(feature = "text")]
pub fn rules_markdown() -> String {
    let mut out =
        "# Rules\n\nA finding names its rule; `migrate-safety explain RULE` prints the same as this page. Each \
                   example is checked by the tests; those for PostgreSQL run on 14 to 18.\n"
            .to_owned();
    for category in Category::ALL {
        let _ = write!(out, "\n## {category}\n");
        for rule in distinct().filter(|rule| rule.category == category) {
            let _ = write!(out, "\n{}", rule.to_markdown());
            for elsewhere in named_as(rule.id).skip(1) {
                let _ = write!(out, "\n#{}", elsewhere.to_markdown().replacen("\n", " on other databases\n", 1));
            }
        }
    }
    out
}

impl Sample {
    /// What is special about it: ` (diesel, PostgreSQL 11, public.t has 5 rows)`.
    #[cfg(feature = "text")]
    fn circumstances(&self) -> String {
        let mut said = Vec::new();
        if self.host != Layout::Sqlx {
            said.push(self.host.name().to_owned());
        }
        if !self.transaction {
            said.push("outside a transaction".to_owned());
        }
        if self.target.dialect != crate::Dialect::Postgres {
            said.push(self.target.to_string());
        } else if self.target != crate::Target::postgres(16) {
            said.push(format!("PostgreSQL {}", self.target.version));
        }
        said.extend(self.rows.iter().map(|(table, rows)| format!("{table} has {rows} rows")));
        if said.is_empty() { String::new() } else { format!(" ({})", said.join(", ")) }
    }

    /// Its texts, each with what it is.
    #[cfg(feature = "text")]
    fn parts(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let before = (!self.before.is_empty()).then_some(("what exists", self.before));
        let down = self.down.map(|down| ("the way back", down));
        before.into_iter().chain([("the migration", self.sql)]).chain(down)
    }

    #[cfg(feature = "json")]
    fn to_json(self) -> serde_json::Value {
        serde_json::json!({
            "layout": self.host.name(),
            "dialect": self.target.to_string(),
            "before": self.before,
            "sql": self.sql,
            "down": self.down,
            "transaction": self.transaction,
            "table_rows": self.rows.iter().copied().collect::<std::collections::BTreeMap<_, _>>(),
        })
    }
}
