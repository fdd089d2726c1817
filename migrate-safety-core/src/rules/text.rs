//! Small changes to a statement's text, for fixes.

/// `sql` with ` word` put behind the first occurrence of the unquoted word `after`.
pub(crate) fn insert_after(sql: &str, after: &str, word: &str) -> Option<String> {
    let mut start = 0;
    while let Some(at) = find_ignore_case(&sql[start..], after).map(|at| at + start) {
        let end = at + after.len();
        let bounded = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '"');
        if bounded(sql[..at].chars().next_back()) && bounded(sql[end..].chars().next()) {
            return Some(format!("{} {word}{}", &sql[..end], &sql[end..]));
        }
        start = end;
    }
    None
}

/// Where `needle` (ASCII) first stands in `text`, letters compared without case.
fn find_ignore_case(text: &str, needle: &str) -> Option<usize> {
    text.as_bytes().windows(needle.len()).position(|w| w.eq_ignore_ascii_case(needle.as_bytes()))
}
