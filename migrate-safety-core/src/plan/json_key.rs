//! Keys of JSON documents, as statements read and remove them.

use crate::sql::Ident;
use crate::sql::expr::Expr;
use crate::sql::operation::Update;

/// What takes a key out of the documents of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Removal<'a> {
    pub(crate) column: &'a Ident,
    pub(crate) key: &'a str,
    /// Whether the key stands inside of other ones: `#-`.
    pub(crate) is_path: bool,
}

/// The assignment of an UPDATE that takes a key out: `c = c - 'key'`, `c = c #- '{a,b}'`.
pub(crate) fn removal(update: &Update) -> Option<Removal<'_>> {
    update.assignments.iter().find_map(|(column, value)| {
        let Expr::Binary { op, left, right } = bare(value) else { return None };
        let is_path = match &**op {
            "-" => false,
            "#-" => true,
            _ => return None,
        };
        match (bare(left), bare(right)) {
            (Expr::Column { name, .. }, Expr::String(key)) if name == column => Some(Removal { column, key, is_path }),
            _ => None,
        }
    })
}

/// Whether an expression reads a key of a column, and nothing else of any column.
pub(crate) fn reads_only(expr: &Expr, of: Removal<'_>) -> bool {
    let is_key = |op: &str, left: &Expr, right: &Expr| {
        matches!(op, "->" | "->>")
            && matches!(bare(left), Expr::Column { name, .. } if name == of.column)
            && matches!(bare(right), Expr::String(key) if **key == *of.key)
    };
    let (mut keys, mut columns) = (0, 0);
    expr.walk(&mut |part| match part {
        Expr::Binary { op, left, right } if is_key(op, left, right) => keys += 1,
        Expr::Call { name, args } if name.name.starts_with("jsonb_extract_path") => match &**args {
            [left, right] if is_key("->", left, right) => keys += 1,
            _ => {}
        },
        Expr::Column { .. } => columns += 1,
        Expr::Subquery { .. } | Expr::Star(_) => columns += 2,
        _ => {}
    });
    keys > 0 && keys == columns
}

/// Whether a condition asks for the rows that have the key.
pub(crate) fn asks_for(filter: &Expr, of: Removal<'_>) -> bool {
    match bare(filter) {
        Expr::Binary { op, left, right } if **op == *"?" => {
            matches!(bare(left), Expr::Column { name, .. } if name == of.column)
                && matches!(bare(right), Expr::String(key) if **key == *of.key)
        }
        _ => false,
    }
}

fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Cast { expr: inner, to } if to.is("text") || to.is("jsonb") => bare(inner),
        Expr::Other(parts) => match &**parts {
            [inner] => bare(inner),
            _ => expr,
        },
        other => other,
    }
}
