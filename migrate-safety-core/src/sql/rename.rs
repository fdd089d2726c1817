//! A column renamed inside an expression, in its structure and in its text.

use super::expr::{Expr, Expression};
use super::name::{Ident, ObjectName};

/// `expression` with every mention of the column `from` turned into `to`. Only names change: strings, comments and
/// the layout stay as they are.
pub fn column(expression: &Expression, from: &Ident, to: &Ident) -> Expression {
    let mut expr = expression.expr.clone();
    rename(&mut expr, from, to);
    Expression { sql: in_text(&expression.sql, from, to).into(), expr }
}

/// The text of an expression with every mention of the column `from` turned into `to`.
pub(crate) fn in_text(sql: &str, from: &Ident, to: &Ident) -> String {
    rename_text(sql, &|name| (name == *from).then(|| to.sql()))
}

/// The text of an expression with `row.` before every mention of one of `columns`, none of which has a table before it.
#[cfg(feature = "plan")]
pub(crate) fn qualified(sql: &str, columns: &[Ident], row: &str) -> String {
    rename_text(sql, &|name| columns.contains(&name).then(|| format!("{row}.{}", name.sql())))
}

/// The text of an expression that calls a table by another name: `from.c` becomes `to.c`.
#[cfg(feature = "plan")]
pub(crate) fn qualifier(sql: &str, from: &Ident, to: &Ident) -> String {
    let pieces: Vec<Piece<'_>> = pieces(sql);
    let told = |at: Option<usize>| at.and_then(|at| pieces.get(at)).is_some_and(|piece| piece.text == ".");
    let is_qualifier = |at: usize| {
        let behind = (at + 1..pieces.len()).find(|at| pieces.get(*at).is_some_and(|p| p.kind != Kind::Space));
        let before = (0..at).rev().find(|at| pieces.get(*at).is_some_and(|p| p.kind != Kind::Space));
        told(behind) && !told(before)
    };
    let text = |(at, piece): (usize, &Piece<'_>)| match piece.name() {
        Some(name) if name == *from && is_qualifier(at) => to.sql(),
        _ => piece.text.to_owned(),
    };
    pieces.iter().enumerate().map(text).collect()
}

/// A name in an expression that is not that of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// `f(…)`.
    Routine(ObjectName),
    /// `x::t`, `CAST(x AS t)`, `t 'x'`.
    Type(ObjectName),
    /// A relation by a constant: `nextval('s')`, `'s'::regclass`; its text.
    Relation(String),
}

/// The text with the names replaced that have a replacement.
pub(crate) fn names_in_text(sql: &str, replacement: &dyn Fn(&Named) -> Option<String>) -> String {
    let pieces: Vec<Piece<'_>> = pieces(sql);
    let told: Vec<usize> =
        (0..pieces.len()).filter(|at| pieces.get(*at).is_some_and(|p| p.kind != Kind::Space)).collect();
    let piece = |place: usize| told.get(place).and_then(|at| pieces.get(*at));
    let text = |place: Option<usize>| place.and_then(piece).map_or("", |piece| piece.text);
    let mut replaced: Vec<(usize, usize, String)> = Vec::new();
    // Whether each open parenthesis is that of a CAST: elsewhere AS is followed by an alias.
    let mut casts: Vec<bool> = Vec::new();
    let mut place = 0;
    while let Some(here) = piece(place) {
        let before = text(place.checked_sub(1));
        match here.text {
            "(" => casts.push(before.eq_ignore_ascii_case("cast")),
            ")" => drop(casts.pop()),
            _ => {}
        }
        let mut last = place;
        let named = if here.kind == Kind::String {
            let is_given = before == "(" && is_sequence_call(text(place.checked_sub(2)));
            let is_cast = text(Some(place + 1)) == "::" && text(Some(place + 2)).eq_ignore_ascii_case("regclass");
            let constant = here.text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            constant.filter(|_| is_given || is_cast).map(|text| Named::Relation(text.replace("''", "'")))
        } else {
            here.name().filter(|_| before != ".").and_then(|first| {
                let name = match piece(place + 2).and_then(Piece::name) {
                    Some(second) if text(Some(place + 1)) == "." => {
                        last = place + 2;
                        ObjectName::qualified(first, second)
                    }
                    _ => ObjectName::bare(first),
                };
                let behind = piece(last + 1);
                let is_named = before.eq_ignore_ascii_case("as");
                let is_target = is_named && casts.last() == Some(&true);
                let is_type = before == "::" || is_target;
                match behind {
                    _ if is_type => Some(Named::Type(name)),
                    _ if is_named => None,
                    Some(next) if next.text == "(" => Some(Named::Routine(name)),
                    Some(next) if next.kind == Kind::String => Some(Named::Type(name)),
                    _ => None,
                }
            })
        };
        if let Some(other) = named.as_ref().and_then(replacement) {
            replaced.push((place, last, other));
        }
        place = last + 1;
    }
    let mut written = String::with_capacity(sql.len());
    let mut at = 0;
    for (first, last, other) in replaced {
        let (Some(first), Some(last)) = (told.get(first), told.get(last)) else { continue };
        written.extend(pieces.get(at..*first).into_iter().flatten().map(|piece| piece.text));
        written.push_str(&other);
        at = last + 1;
    }
    written.extend(pieces.get(at..).into_iter().flatten().map(|piece| piece.text));
    written
}

fn is_sequence_call(word: &str) -> bool {
    ["nextval", "currval", "setval"].iter().any(|name| word.eq_ignore_ascii_case(name))
}

/// `expression` with every string constant `from` turned into `to`.
pub(crate) fn label(expression: &Expression, from: &str, to: &str) -> Expression {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
    let mut expr = expression.expr.clone();
    relabel(&mut expr, from, to);
    Expression { sql: expression.sql.replace(&quoted(from), &quoted(to)).into(), expr }
}

fn relabel(expr: &mut Expr, from: &str, to: &str) {
    match expr {
        Expr::String(text) if **text == *from => *text = to.into(),
        expr => expr.parts_mut().into_iter().for_each(|part| relabel(part, from, to)),
    }
}

fn rename(expr: &mut Expr, from: &Ident, to: &Ident) {
    match expr {
        Expr::Column { name, .. } if name == from => *name = to.clone(),
        expr => expr.parts_mut().into_iter().for_each(|part| rename(part, from, to)),
    }
}

/// The text with the names replaced that stand where a column can stand and have a replacement.
fn rename_text(sql: &str, replacement: &dyn Fn(Ident) -> Option<String>) -> String {
    let pieces: Vec<Piece<'_>> = pieces(sql);
    // White space and comments are nobody's neighbours.
    let told: Vec<usize> =
        (0..pieces.len()).filter(|at| pieces.get(*at).is_some_and(|p| p.kind != Kind::Space)).collect();
    let mut renamed = String::with_capacity(sql.len());
    let mut place = 0usize;
    for piece in &pieces {
        if piece.kind == Kind::Space {
            renamed.push_str(piece.text);
            continue;
        }
        let neighbour = |offset: isize| {
            let index = place.checked_add_signed(offset)?;
            pieces.get(*told.get(index)?)
        };
        match piece.name().and_then(replacement).filter(|_| is_column(&neighbour)) {
            Some(other) => renamed.push_str(&other),
            None => renamed.push_str(piece.text),
        }
        place += 1;
    }
    renamed
}

/// Whether a name stands where a column can stand.
fn is_column<'p, 't: 'p>(neighbour: &impl Fn(isize) -> Option<&'p Piece<'t>>) -> bool {
    let text = |offset| neighbour(offset).map_or("", |p: &Piece<'_>| p.text);
    let word = |offset, words: &[&str]| words.iter().any(|w| text(offset).eq_ignore_ascii_case(w));
    let follows_string = neighbour(-1).is_some_and(|p| p.kind == Kind::String);
    let precedes_string = neighbour(1).is_some_and(|p| p.kind == Kind::String);
    if text(1) == "(" || text(1) == "." || follows_string || precedes_string || text(-1) == "::" {
        return false;
    }
    let of_time_zone = (word(0, &["at"]) && word(1, &["time", "local"]))
        || (word(0, &["time"]) && word(1, &["zone"]))
        || (word(0, &["zone"]) && word(-1, &["time"]));
    let is_test = word(-1, &["is"]) || (word(-1, &["not"]) && word(-2, &["is"]));
    // The type in `x::schema.type`.
    let is_type = text(-1) == "." && (text(-3) == "::" || word(-3, &["as"]));
    if of_time_zone || is_test || is_type {
        return false;
    }
    if word(-1, &["as", "collate"]) || (word(1, &["from"]) && text(-1) == "(" && word(-2, &["extract"])) {
        return false;
    }
    // `t.c` is a column, `(row).c` a field.
    text(-1) != "." || text(-2) != ")"
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Word,
    Quoted,
    String,
    Space,
    Other,
}

#[derive(Clone, Copy, Debug)]
struct Piece<'t> {
    kind: Kind,
    text: &'t str,
}

impl Piece<'_> {
    /// The name that it stands for.
    fn name(&self) -> Option<Ident> {
        match self.kind {
            Kind::Word => Some(Ident::folded(self.text)),
            Kind::Quoted => {
                let inner = self.text.strip_prefix('"')?.strip_suffix('"')?;
                Some(Ident::exact(&inner.replace("\"\"", "\"")))
            }
            _ => None,
        }
    }
}

/// Cuts an expression that was read before into words, strings, space and the rest.
fn pieces(sql: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let (kind, length) = piece(rest, first);
        let (text, tail) = rest.split_at_checked(length).unwrap_or((rest, ""));
        pieces.push(Piece { kind, text });
        rest = tail;
    }
    pieces
}

fn piece(rest: &str, first: char) -> (Kind, usize) {
    let while_all = |test: fn(char) -> bool| rest.find(|c| !test(c)).unwrap_or(rest.len());
    let through = |from: usize, end: &str| {
        rest.get(from..).and_then(|r| r.find(end)).map_or(rest.len(), |at| from + at + end.len())
    };
    match first {
        '\'' => (Kind::String, quoted(rest, '\'', false)),
        'e' | 'E' if rest.get(1..2) == Some("'") => (Kind::String, 1 + quoted(rest.get(1..).unwrap_or(""), '\'', true)),
        'b' | 'B' | 'x' | 'X' | 'n' | 'N' if rest.get(1..2) == Some("'") => {
            (Kind::String, 1 + quoted(rest.get(1..).unwrap_or(""), '\'', false))
        }
        '"' => (Kind::Quoted, quoted(rest, '"', false)),
        '$' => match rest.get(1..).and_then(|r| r.find('$')).map(|at| &rest[..at + 2]) {
            Some(tag) if !tag[1..tag.len() - 1].contains(|c: char| !c.is_alphanumeric() && c != '_') => {
                (Kind::String, through(tag.len(), tag))
            }
            _ => (Kind::Other, 1),
        },
        '-' if rest.starts_with("--") => (Kind::Space, through(2, "\n")),
        '/' if rest.starts_with("/*") => (Kind::Space, through(2, "*/")),
        ':' if rest.starts_with("::") => (Kind::Other, 2),
        c if c.is_whitespace() => (Kind::Space, while_all(char::is_whitespace)),
        c if c.is_alphabetic() || c == '_' => (Kind::Word, while_all(|c| c.is_alphanumeric() || c == '_' || c == '$')),
        c if c.is_ascii_digit() => (Kind::Other, while_all(|c| c.is_alphanumeric() || c == '.' || c == '_')),
        c => (Kind::Other, c.len_utf8()),
    }
}

/// The length of a text in quotes, doubled quotes (and with `backslash`, escaped ones) being part of it.
fn quoted(text: &str, quote: char, backslash: bool) -> usize {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if backslash && c == '\\' {
            chars.next();
        } else if c == quote {
            if chars.peek().is_some_and(|(_, next)| *next == quote) {
                chars.next();
            } else {
                return at + quote.len_utf8();
            }
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_columns_are_renamed() {
        let cases = [
            ("a > 0", "b > 0"),
            ("A > 0 AND \"a\" < 9", "b > 0 AND b < 9"),
            ("\"A\" > 0", "\"A\" > 0"),
            ("a(a) = 'a' || t.a", "a(b) = 'a' || t.b"),
            ("(x).a = 1 -- a\n", "(x).a = 1 -- a\n"),
            ("a::a /* a */", "b::a /* a */"),
            ("a::s.a || t.a", "b::s.a || t.b"),
            ("E'\\'a' = $$a$$ || a", "E'\\'a' = $$a$$ || b"),
            ("extract(a FROM a)", "extract(a FROM b)"),
            ("CAST(a AS a)", "CAST(b AS a)"),
            ("a AT TIME ZONE a", "b AT TIME ZONE b"),
            ("date '2020-01-01' < a", "date '2020-01-01' < b"),
        ];
        for (text, expected) in cases {
            assert_eq!(in_text(text, &Ident::exact("a"), &Ident::exact("b")), expected);
        }
        assert_eq!(in_text("a + 1", &Ident::exact("a"), &Ident::exact("User")), "\"User\" + 1");
    }

    #[test]
    fn columns_of_a_row_get_its_name() {
        let columns = [Ident::exact("a"), Ident::exact("B c"), Ident::exact("at"), Ident::exact("unknown")];
        assert_eq!(
            qualified("at AT TIME ZONE 'UTC' IS NOT UNKNOWN", &columns, "NEW"),
            "NEW.at AT TIME ZONE 'UTC' IS NOT UNKNOWN"
        );
        assert_eq!(
            qualified("lower(a) || \"B c\" || 'a' || b", &columns, "NEW"),
            "lower(NEW.a) || NEW.\"B c\" || 'a' || b"
        );
    }

    #[test]
    fn names_that_are_no_columns_are_replaced() {
        let replacement = |named: &Named| match named {
            Named::Routine(name) if name.name == *"cast" => None,
            Named::Routine(name) => Some(format!("r.{}", name.name.sql())),
            Named::Type(name) if name.name == *"int" => None,
            Named::Type(name) => Some(format!("t.{}", name.name.sql())),
            Named::Relation(name) => Some(format!("'s.{name}'")),
        };
        for (text, expected) in [
            ("f(a.b, (c)) + g", "r.f(a.b, (c)) + g"),
            ("s.f (a)::mood", "r.f (a)::t.mood"),
            ("'f('::mood || \"F\"(x /* g(1) */)", "'f('::t.mood || r.\"F\"(x /* g(1) */)"),
            ("mood 'f(1)' || CAST(a AS s.mood) || b::int", "t.mood 'f(1)' || CAST(a AS t.mood) || b::int"),
            ("(SELECT a AS mood FROM t AS f(x) WHERE f(x))", "(SELECT a AS mood FROM t AS f(x) WHERE r.f(x))"),
            ("currval('ids')", "r.currval('s.ids')"),
            ("'ids'::regclass = 'ids'", "'s.ids'::t.regclass = 'ids'"),
        ] {
            assert_eq!(names_in_text(text, &replacement), expected);
        }
    }

    #[test]
    fn a_table_is_called_by_another_name() {
        let (from, to) = (Ident::exact("u"), Ident::exact("Users"));
        assert_eq!(
            qualifier("u.a || U . u || x.u.b || u || 'u.a' /* u. */ || \"u\".c", &from, &to),
            "\"Users\".a || \"Users\" . u || x.u.b || u || 'u.a' /* u. */ || \"Users\".c"
        );
    }
}
