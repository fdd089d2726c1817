//! Breaks sentences into lines.

/// Columns of a terminal that nobody has widened.
pub(crate) const WIDTH: usize = 80;

/// `text` in lines of at most `width` characters where its words allow it; `code` is one word.
pub(crate) fn wrap(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for (number, paragraph) in text.lines().enumerate() {
        if number > 0 {
            out.push('\n');
        }
        let mut column = 0;
        let mut in_code = false;
        for (at, word) in paragraph.split(' ').enumerate() {
            let length = word.chars().count();
            if at > 0 && !in_code && column + 1 + unbroken(paragraph, at) > width {
                out.push('\n');
                column = 0;
            } else if at > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += length;
            in_code ^= word.matches('`').count() % 2 == 1;
        }
    }
    out
}

/// How many characters stand from the `at`th word on before the next place to break.
fn unbroken(paragraph: &str, at: usize) -> usize {
    let mut ticks = 0;
    let mut length = 0;
    for word in paragraph.split(' ').skip(at) {
        length += word.chars().count();
        ticks += word.matches('`').count();
        if ticks % 2 == 0 {
            break;
        }
        length += 1;
    }
    length
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn breaks_between_words_only() {
        assert_eq!(wrap("a bb ccc", 4), "a bb\nccc");
        assert_eq!(wrap("endless", 3), "endless");
        assert_eq!(wrap("a b\n\nc d", 80), "a b\n\nc d");
        assert_eq!(wrap("write `a b c` or `d`", 9), "write\n`a b c`\nor `d`");
        assert_eq!(wrap("one `never closed here", 8), "one\n`never closed here");
        assert_eq!(wrap("", 80), "");
    }
}
