//! The server's function `format` (docs, 9.4.1).

use super::fold::{quoted_constant, quoted_name};
use super::known::{Known, Text};

/// `format(template, arguments …)`.
pub(super) fn format(template: &Known, args: &[Known]) -> Known {
    let Some(template) = template.as_str() else { return Known::Unknown };
    let mut result = Text::default();
    let mut rest = template;
    let mut next = 0;
    while let Some(at) = rest.find('%') {
        let (before, behind) = rest.split_at(at);
        result.push(Text::known(before));
        let Some(spec) = Spec::read(behind.get(1..).unwrap_or_default()) else { return Known::Unknown };
        rest = behind.get(1 + spec.length..).unwrap_or_default();
        if spec.kind == '%' {
            result.push(Text::known("%"));
            continue;
        }
        let index = spec.position.unwrap_or(next);
        next = index + 1;
        let Some(arg) = args.get(index) else { return Known::Unknown };
        let value = match spec.kind {
            'I' => quoted_name(arg),
            'L' => quoted_constant(arg),
            's' if *arg == Known::Null => Known::text(""),
            _ => arg.clone(),
        };
        let Some(text) = value.into_text() else { return Known::Unknown };
        result.push(spec.pad(text));
    }
    result.push(Text::known(rest));
    Known::Text(result)
}

/// `%[position$][-][width]type`, behind the percent sign.
struct Spec {
    /// 0-based.
    position: Option<usize>,
    left: bool,
    width: usize,
    kind: char,
    /// Bytes of it.
    length: usize,
}

impl Spec {
    fn read(text: &str) -> Option<Self> {
        let mut rest = text;
        let mut position = None;
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if let (true, Some(behind)) = (digits > 0, rest.get(digits..).and_then(|r| r.strip_prefix('$'))) {
            position = Some(rest.get(..digits)?.parse::<usize>().ok()?.checked_sub(1)?);
            rest = behind;
        }
        let unflagged = rest.trim_start_matches('-');
        let left = unflagged.len() < rest.len();
        rest = unflagged;
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let width = if digits > 0 { rest.get(..digits)?.parse().ok().filter(|width| *width < 1000)? } else { 0 };
        rest = rest.get(digits..)?;
        let kind = rest.chars().next().filter(|kind| matches!(kind, 's' | 'I' | 'L' | '%'))?;
        Some(Self { position, left, width, kind, length: text.len() - rest.len() + 1 })
    }

    fn pad(&self, text: Text) -> Text {
        let missing = match text.as_known() {
            Some(known) => self.width.saturating_sub(known.chars().count()),
            None => 0,
        };
        if missing == 0 {
            return text;
        }
        let space = Text::known(" ".repeat(missing));
        let (mut first, second) = if self.left { (text, space) } else { (space, text) };
        first.push(second);
        first
    }
}
