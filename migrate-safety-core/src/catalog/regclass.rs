//! Relations named by string constants: `nextval('app.ids')`, `'t'::regclass`.

use super::{Catalog, Conflict, RelationId, Resolved};
use crate::sql::expr::Expr;
use crate::sql::{Ident, ObjectName};

impl Catalog {
    /// The relation that a constant names when it is read as `regclass`. One that is text first
    /// (`nextval('s'::text)`) is looked up only when it runs.
    pub(crate) fn regclass(&self, expr: &Expr) -> Resolved<RelationId> {
        let text = match expr {
            Expr::String(text) => text,
            Expr::Cast { expr, to } if to.is("regclass") => match &**expr {
                Expr::String(text) => text,
                _ => return Resolved::Unknown,
            },
            _ => return Resolved::Unknown,
        };
        regclass_name(text).map_or(Resolved::Unknown, |name| self.resolve(&name))
    }
}

impl Catalog {
    /// The error of a constant that is read as `regclass`, if it names no relation.
    pub(crate) fn regclass_problem(&self, expr: &Expr) -> Option<Conflict> {
        let text = match expr {
            Expr::String(text) => text,
            Expr::Cast { expr, to } if to.is("regclass") => match &**expr {
                Expr::String(text) => text,
                _ => return None,
            },
            _ => return None,
        };
        let name = regclass_name(text)?;
        let missing = self.regclass(expr) == Resolved::Missing;
        missing.then(|| Conflict::new("42P01", format!("relation \"{name}\" does not exist")))
    }
}

/// Reads `name`, `schema.name`, `"Name"` as the input function of `regclass` does.
pub(crate) fn regclass_name(text: &str) -> Option<ObjectName> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    loop {
        let (part, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let mut name = String::new();
                let mut tail = quoted;
                loop {
                    let (before, after) = tail.split_once('"')?;
                    name.push_str(before);
                    match after.strip_prefix('"') {
                        Some(more) => {
                            name.push('"');
                            tail = more;
                        }
                        None => break (Ident::exact(&name), after),
                    }
                }
            }
            None => {
                let end = rest.find(['.', ' ']).unwrap_or(rest.len());
                let (name, after) = rest.split_at(end);
                (!name.is_empty()).then_some((Ident::folded(name), after))?
            }
        };
        parts.push(part);
        rest = after.trim_start();
        match rest.strip_prefix('.') {
            Some(next) => rest = next.trim_start(),
            None if rest.is_empty() => break,
            None => return None,
        }
    }
    let name = parts.pop()?;
    Some(ObjectName { schema: parts.pop(), name })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_the_server_does() {
        let cases = [
            ("a", Some("a")),
            (" A ", Some("a")),
            ("s.\"A b\"", Some("s.A b")),
            ("\"a\"\"b\"", Some("a\"b")),
            ("d.s.a", Some("s.a")),
            ("\"a", None),
            ("a b", None),
            ("", None),
            ("a.", None),
        ];
        for (text, expected) in cases {
            assert_eq!(regclass_name(text).map(|n| n.to_string()).as_deref(), expected, "{text}");
        }
    }
}
