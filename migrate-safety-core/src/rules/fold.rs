//! One finding for one cause: a consequence is left out where its cause has been named.

use super::known::some_of;
use super::{Finding, Status, named_as};
use crate::sql::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Removes the findings whose cause another finding at the same place names.
///
/// `findings` are all those of one migration, wherever they will stand in the report.
pub(crate) fn fold(findings: &mut [&mut Vec<Finding>]) {
    if findings.iter().map(|list| list.len()).sum::<usize>() < 2 {
        return;
    }
    let mut named: BTreeMap<&'static str, Places> = BTreeMap::new();
    for finding in findings.iter().flat_map(|list| list.iter()) {
        named.entry(finding.rule).or_default().add(finding.span);
    }
    named.values_mut().for_each(Places::settle);
    for list in findings {
        list.retain(|finding| {
            let mut causes = named_as(finding.rule).flat_map(|rule| rule.folded_into);
            !causes.any(|cause| named.get(cause).is_some_and(|places| places.meet(finding.span)))
        });
    }
}

/// Leaves of the findings of a migration that say the same only the first, with the lines of the others.
///
/// The lists are in the order of the report.
pub(crate) fn tell_once(findings: &mut [&mut Vec<Finding>]) {
    let same = |finding: &Finding| {
        let once = named_as(finding.rule).any(|rule| rule.told_once);
        finding.span.filter(|_| once).map(|span| ((finding.rule, finding.status), span.start.line))
    };
    let mut lines: BTreeMap<(&'static str, Status), Vec<u32>> = BTreeMap::new();
    for (key, line) in findings.iter().flat_map(|list| list.iter()).filter_map(same) {
        lines.entry(key).or_default().push(line);
    }
    let mut told = BTreeSet::new();
    for list in findings {
        list.retain_mut(|finding| {
            let Some((key, line)) = same(finding) else { return true };
            let lines = lines.get(&key).map_or(&[][..], Vec::as_slice);
            let first = lines.first().copied();
            if first != Some(line) || !told.insert(key) {
                return first == Some(line);
            }
            let others: Vec<String> = lines.iter().filter(|other| **other != line).map(u32::to_string).collect();
            if !others.is_empty() {
                finding.message = format!("{}; the same goes for line {}", finding.message, some_of(&others));
            }
            true
        });
    }
}

/// Where one rule has findings.
#[derive(Default)]
struct Places {
    /// About a migration as a whole.
    whole: bool,
    /// Start and end of each stretch, by start; once settled, the end is the furthest of all up to there.
    stretches: Vec<(usize, usize)>,
}

impl Places {
    fn add(&mut self, span: Option<Span>) {
        match span {
            Some(span) => self.stretches.push((span.start.offset, span.end.offset)),
            None => self.whole = true,
        }
    }

    fn settle(&mut self) {
        self.stretches.sort_unstable();
        let mut furthest = 0;
        for (_, end) in &mut self.stretches {
            furthest = furthest.max(*end);
            *end = furthest;
        }
    }

    /// Whether one of them has text in common with a place.
    fn meet(&self, span: Option<Span>) -> bool {
        let Some(span) = span else { return self.whole };
        let before = self.stretches.partition_point(|(start, _)| *start < span.end.offset);
        let last = before.checked_sub(1).and_then(|at| self.stretches.get(at));
        last.is_some_and(|(_, end)| span.start.offset < *end)
    }
}

#[cfg(test)]
mod tests {
    use super::Places;
    use crate::sql::{Position, Span};

    fn span(start: usize, end: usize) -> Span {
        let at = |offset| Position { offset, ..Position::START };
        Span { start: at(start), end: at(end) }
    }

    #[test]
    fn places_meet_what_any_of_them_has_text_in_common_with() {
        let known = [(0, 50), (3, 5), (60, 61), (70, 70)];
        let mut places = Places::default();
        known.iter().rev().for_each(|(start, end)| places.add(Some(span(*start, *end))));
        places.settle();
        for start in 0..80 {
            for end in start..80 {
                let meets = known.iter().any(|(from, to)| start < *to && *from < end);
                assert_eq!(places.meet(Some(span(start, end))), meets, "{start}..{end}");
            }
        }
        assert!(!places.meet(None));
        places.add(None);
        assert!(places.meet(None));
    }
}
