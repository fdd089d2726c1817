//! A file that the host does not run.

use super::rule::{Check, Rule, SetFindings};
use super::view::{SetView};
use super::finding::Category;
use crate::layout::Layout;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "file-not-run",
    category: Category::Deployability,
    title: "A file that the host does not run",
    why: "The host skips files whose names are not in its form, without a word.",
    source: "sqlx 0.9, diesel_migrations 2.3",
    bad: &[],
    good: &[],
    check: Check::Set(check),
    ..Rule::BASE
};

fn check(view: &SetView<'_>, findings: &mut SetFindings<'_>) {
    for path in &view.set.ignored {
        let form = match view.set.layout {
            Layout::Sqlx => "<version>_<name>.sql",
            Layout::Diesel => "<version>_<name>/up.sql",
            Layout::Plain => "<name>.sql",
        };
        findings
            .set()
            .flag(format!("{} is not run: {} runs {form}", path.display(), view.set.layout.name()))
            .help("rename it, or move it elsewhere");
    }
}
