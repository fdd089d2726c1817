//! Small changes to a statement's text, for fixes.

/// `sql` with ` word` put behind the first occurrence of the unquoted word `after`.
pub(crate) fn insert_after(sql: &str, after: &str, word: &str) -> Option<String> {
    let mut start = 0;
    while let Some(at) = find_ignore_case(&sql[start..], after).map(|at| at + start) {
        let end = at + after.len();
        if is_word(sql, at, end) {
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

/// What stands behind the first occurrence of the unquoted word `word`, without the semicolon; `None` where a comment
/// could hold that word.
pub(crate) fn behind<'s>(sql: &'s str, word: &str) -> Option<&'s str> {
    if sql.contains("--") || sql.contains("/*") {
        return None;
    }
    let mut start = 0;
    loop {
        let at = start + find_ignore_case(sql.get(start..)?, word)?;
        let end = at + word.len();
        if is_word(sql, at, end) {
            return Some(sql.get(end..)?.trim().trim_end_matches(';').trim_end());
        }
        start = end;
    }
}

/// Whether the text between two places is a word of its own.
fn is_word(sql: &str, start: usize, end: usize) -> bool {
    let bounded = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '"');
    bounded(sql[..start].chars().next_back()) && bounded(sql[end..].chars().next())
}
