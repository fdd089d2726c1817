//! One finding for one cause: a consequence is left out where its cause has been named.

use super::{Finding, find};
use crate::sql::Span;

/// Removes the findings whose cause another finding at the same place names.
///
/// `findings` are all those of one migration, wherever they will stand in the report.
pub(crate) fn fold(findings: &mut [&mut Vec<Finding>]) {
    let named: Vec<(&'static str, Option<Span>)> =
        findings.iter().flat_map(|list| list.iter().map(|finding| (finding.rule, finding.span))).collect();
    for list in findings {
        list.retain(|finding| {
            let causes = find(finding.rule).map_or(&[][..], |rule| rule.folded_into);
            !named.iter().any(|(rule, span)| causes.contains(rule) && same_place(finding.span, *span))
        });
    }
}

fn same_place(a: Option<Span>, b: Option<Span>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.start.offset < b.end.offset && b.start.offset < a.end.offset,
        (None, None) => true,
        _ => false,
    }
}
