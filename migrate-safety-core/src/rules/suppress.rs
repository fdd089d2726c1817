//! `-- migrate-safety: allow(rule) reason` before a statement silences that rule there.

use super::finding::{Category, Finding};
use super::rule::{Findings, Rule, Sample};
use super::{find, nearest};
use crate::sql::{Directive, Span};

/// An allow that silences nothing.
pub(super) static UNUSED: Rule = Rule {
    id: "unused-allow",
    category: Category::Deployability,
    title: "An `allow` that silences nothing",
    why: "A comment that allows what is not there hides the next finding that comes to stand there, and tells readers of \
          a danger that is none.",
    source: "the replayed catalog",
    bad: &[Sample::new(
        "CREATE TABLE users (id bigint PRIMARY KEY);",
        "-- migrate-safety: allow(long-lock) the table is small\nALTER TABLE users ADD COLUMN a int;",
    )],
    good: &[Sample::new(
        "CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint);",
        "-- migrate-safety: allow(index-not-concurrent) run at night, by hand\nCREATE INDEX ON users (org_id);",
    )],
    ..Rule::BASE
};

/// A comment for this tool that cannot be followed.
pub(super) static INVALID: Rule = Rule {
    id: "invalid-allow",
    category: Category::Deployability,
    title: "An `allow` that cannot be followed",
    why: "A mistyped rule, or an `allow` without a reason, silences nothing: its author thinks it does.",
    source: "`-- migrate-safety: allow(rule) reason`",
    bad: &[
        Sample::new("", "-- migrate-safety: allow(long-lok) small\nCREATE TABLE t (a int);"),
        Sample::new("", "-- migrate-safety: ignore\nCREATE TABLE t (a int);"),
    ],
    good: &[Sample::new(
        "CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint);",
        "-- migrate-safety: allow(index-not-concurrent) run at night, by hand\nCREATE INDEX ON users (org_id);",
    )],
    ..Rule::BASE
};

/// The directives of one statement of a migration.
#[derive(Clone, Debug)]
pub(crate) struct Directives {
    /// The stretch they speak of; `None`: they stand behind the last statement.
    pub(crate) statement: Option<Span>,
    /// Whether it is the migration's first statement, so that they speak of the migration as well.
    pub(crate) first: bool,
    /// What is written.
    pub(crate) written: Vec<Directive>,
}

impl Directives {
    fn cover(&self, finding: &Finding) -> bool {
        match (self.statement, finding.span) {
            (Some(_), None) => self.first,
            (Some(statement), Some(span)) => {
                let at = span.start.offset;
                let before_all = self.first && at < statement.start.offset;
                before_all || (statement.start.offset..statement.end.offset).contains(&at)
            }
            (None, _) => false,
        }
    }
}

/// Removes what the directives of a migration allow, and reports those that allow nothing.
///
/// `lists` are all findings of the migration; what is found of the directives goes to the first list.
pub(crate) fn suppress(directives: &[Directives], lists: &mut [&mut Vec<Finding>]) {
    let mut found = Vec::new();
    for directives in directives {
        for directive in &directives.written {
            match rules_allowed(&directive.text) {
                Err(message) => {
                    Findings::new(&INVALID, &mut found)
                        .flag(message)
                        .at(directive.span)
                        .help("write `-- migrate-safety: allow(rule-id) the reason` before the statement");
                }
                Ok(allowed) => {
                    for rule in allowed {
                        if !silence(rule, directives, lists) {
                            Findings::new(&UNUSED, &mut found)
                                .flag(format!("`allow({rule})` silences nothing"))
                                .at(directive.span)
                                .help("remove it");
                        }
                    }
                }
            }
        }
    }
    if let Some(first) = lists.first_mut() {
        first.extend(found);
    }
}

/// Removes the findings of a rule; whether there were any.
fn silence(rule: &str, directives: &Directives, lists: &mut [&mut Vec<Finding>]) -> bool {
    let mut any = false;
    for list in lists {
        let before = list.len();
        list.retain(|finding| finding.rule != rule || !directives.cover(finding));
        any |= list.len() < before;
    }
    any
}

/// The rules that `allow(a, b) reason` names.
fn rules_allowed(text: &str) -> Result<Vec<&'static str>, String> {
    let inside = text.strip_prefix("allow").and_then(|rest| rest.trim_start().strip_prefix('('));
    let Some((rules, reason)) = inside.and_then(|inside| inside.split_once(')')) else {
        return Err(format!("`migrate-safety: {}` is not understood", shortened(text)));
    };
    if reason.trim().is_empty() {
        return Err(format!("`allow({rules})` gives no reason: it silences nothing"));
    }
    let known = |id: &str| {
        find(id).map(|rule| rule.id).ok_or_else(|| {
            let meant = nearest(id).map(|meant| format!(": did you mean `{meant}`?")).unwrap_or_default();
            format!("there is no rule `{id}`{meant}")
        })
    };
    rules.split(',').map(|id| known(id.trim())).collect()
}

fn shortened(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
