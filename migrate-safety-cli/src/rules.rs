//! `migrate-safety rules` and `migrate-safety explain RULE`.

use crate::{CLEAN, UNUSABLE, print};
use clap::{Args, ValueEnum};
use migrate_safety_core::rules::{self, Category, Rule};
use std::fmt::Write;

/// List the rules.
#[derive(Debug, Args)]
pub(crate) struct List {
    /// How to print them.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// Say what a rule is about, why, and what to write instead.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The rule's id, as in a finding: index-not-concurrent.
    rule: String,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
}

impl List {
    pub(crate) fn run(&self) -> u8 {
        print(&match self.format {
            Format::Text => listed(),
            Format::Json => format!("{:#}\n", rules::all().map(Rule::to_json).collect::<serde_json::Value>()),
            Format::Markdown => rules::rules_markdown(),
        });
        CLEAN
    }
}

impl Explain {
    pub(crate) fn run(&self) -> u8 {
        let found: Vec<&Rule> = rules::named_as(&self.rule).collect();
        let [rule, elsewhere @ ..] = found.as_slice() else {
            let meant = rules::nearest(&self.rule).map(|id| format!(": did you mean `{id}`?")).unwrap_or_default();
            eprintln!("error: there is no rule `{}`{meant} (`migrate-safety rules` lists them)", self.rule);
            return UNUSABLE;
        };
        print(&match self.format {
            Format::Text => found.iter().map(|rule| rule.to_text()).collect::<Vec<_>>().join("\n"),
            Format::Markdown => found.iter().map(|rule| rule.to_markdown()).collect::<Vec<_>>().join("\n"),
            Format::Json => {
                let mut page = rule.to_json();
                if !elsewhere.is_empty() {
                    page["other_dialects"] = elsewhere.iter().map(|rule| rule.to_json()).collect();
                }
                format!("{page:#}\n")
            }
        });
        CLEAN
    }
}

/// The ids and titles by category.
fn listed() -> String {
    let width = rules::distinct().map(|rule| rule.id.len()).max().unwrap_or_default();
    let mut out = String::new();
    for category in Category::ALL {
        let of_category: Vec<&Rule> = rules::distinct().filter(|rule| rule.category == category).collect();
        if of_category.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = writeln!(out, "{category}");
        for rule in of_category {
            let _ = writeln!(out, "  {:<width$}  {}", rule.id, rule.title);
        }
    }
    out
}
