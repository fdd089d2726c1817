//! `migrate-safety rules` and `migrate-safety explain RULE`.

use crate::{CLEAN, UNUSABLE, print};
use clap::{Args, ValueEnum};
use migrate_safety_core::rules::{self, Category, RULES, Rule};
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
            Format::Json => format!("{:#}\n", RULES.iter().map(|rule| rule.to_json()).collect::<serde_json::Value>()),
            Format::Markdown => rules::rules_markdown(),
        });
        CLEAN
    }
}

impl Explain {
    pub(crate) fn run(&self) -> u8 {
        let Some(rule) = rules::find(&self.rule) else {
            let meant = rules::nearest(&self.rule).map(|id| format!(": did you mean `{id}`?")).unwrap_or_default();
            eprintln!("error: there is no rule `{}`{meant} (`migrate-safety rules` lists them)", self.rule);
            return UNUSABLE;
        };
        print(&match self.format {
            Format::Text => rule.to_text(),
            Format::Json => format!("{:#}\n", rule.to_json()),
            Format::Markdown => rule.to_markdown(),
        });
        CLEAN
    }
}

/// The ids and titles by category.
fn listed() -> String {
    let width = RULES.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    let mut out = String::new();
    for category in Category::ALL {
        let of_category: Vec<&&Rule> = RULES.iter().filter(|rule| rule.category == category).collect();
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
