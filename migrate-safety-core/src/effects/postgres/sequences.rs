//! Sequences that an expression draws from.

use crate::catalog::{Catalog, RelationId};
use crate::sql::expr::Expr;
use crate::sql::{Ident, ObjectName};

/// The sequences that an expression names in `nextval`, `setval` or `currval`; queries inside are not entered.
///
/// All three lock the sequence ROW EXCLUSIVE.
pub(super) fn drawn_from(catalog: &Catalog, expr: &Expr) -> Vec<RelationId> {
    let mut found = Vec::new();
    expr.walk(&mut |e| {
        if let Expr::Call { name, args } = e
            && is_system(name)
            && matches!(name.name.as_str(), "nextval" | "setval" | "currval")
            && let Some(id) = args.first().and_then(|arg| sequence_named(catalog, arg))
        {
            found.push(id);
        }
    });
    found
}

fn is_system(name: &ObjectName) -> bool {
    name.schema.as_ref().is_none_or(|s| *s == *"pg_catalog")
}

/// The sequence that `'s'`, `'s'::regclass` or `pg_get_serial_sequence('t', 'c')` stands for.
fn sequence_named(catalog: &Catalog, expr: &Expr) -> Option<RelationId> {
    match expr {
        Expr::String(text) => {
            let id = catalog.resolve(&written(text)?).found()?;
            catalog.relation(id)?.sequence().map(|_| id)
        }
        Expr::Cast { expr, .. } => sequence_named(catalog, expr),
        Expr::Call { name, args } if is_system(name) && name.name == *"pg_get_serial_sequence" => {
            let [table, column] = args.as_slice() else { return None };
            let table = catalog.resolve(&written(text_of(table)?)?).found()?;
            // The column is given as it is stored, not as it would be written.
            let column = catalog.table(table)?.column(text_of(column)?)?;
            column.sequence.or_else(|| owned(catalog, table, column.id))
        }
        _ => None,
    }
}

fn owned(catalog: &Catalog, table: RelationId, column: crate::catalog::ColumnId) -> Option<RelationId> {
    let sequences = &catalog.table(table)?.sequences;
    sequences.iter().copied().find(|id| {
        let owner = catalog.relation(*id).and_then(|r| r.sequence()?.owned_by);
        owner == Some((table, column))
    })
}

fn text_of(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::String(text) => Some(text),
        Expr::Cast { expr, .. } => text_of(expr),
        _ => None,
    }
}

/// A name inside a string, as `regclass` reads it: `app.s`, `"App"."S"`.
pub(super) fn written(text: &str) -> Option<ObjectName> {
    let mut parts = Vec::new();
    let mut rest = text.trim();
    loop {
        let (part, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let mut name = String::new();
                let mut chars = quoted.char_indices().peekable();
                let end = loop {
                    match chars.next()? {
                        (_, '"') if chars.peek().is_some_and(|(_, c)| *c == '"') => {
                            chars.next();
                            name.push('"');
                        }
                        (at, '"') => break at + 1,
                        (_, c) => name.push(c),
                    }
                };
                (Ident::exact(&name), quoted.get(end..)?)
            }
            None => {
                let end = rest.find('.').unwrap_or(rest.len());
                (Ident::folded(rest.get(..end)?.trim()), rest.get(end..)?)
            }
        };
        parts.push(part);
        match after.trim_start().strip_prefix('.') {
            Some(next) => rest = next.trim_start(),
            None if after.trim().is_empty() => break,
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
    fn names_in_strings_are_read_as_regclass_does() {
        let read = |text| written(text).map(|n| n.to_string());
        assert_eq!(read("users_id_seq").as_deref(), Some("users_id_seq"));
        assert_eq!(read("App.Users_Id_Seq").as_deref(), Some("app.users_id_seq"));
        assert_eq!(read(r#""App"."a""b""#).as_deref(), Some("App.a\"b"));
        assert_eq!(read(r#""App"#), None);
        assert_eq!(read(r#""a"b"#), None);
    }
}
