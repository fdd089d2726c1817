//! Whether a column holds what an expression gives, bytes and all: collations call texts equal that are not the same.

use crate::databases::operation::ColumnDef;
use crate::plan::databases::request::Request;

/// Rows in which a column is not what an expression gives.
pub(in crate::plan::databases) fn differs(request: &Request<'_>, column: &ColumnDef, value: &str) -> String {
    let name = request.name(&column.name);
    if request.is_sqlite() {
        return format!("{} IS NOT ({value})", compared(column, &name));
    }
    format!("NOT ({})", same(request, column, &name, value))
}

/// Whether two values are the same as values of a column. NULL is the same as NULL.
pub(in crate::plan::databases) fn same(request: &Request<'_>, column: &ColumnDef, left: &str, right: &str) -> String {
    if request.is_sqlite() {
        return format!("{} IS ({right})", compared(column, left));
    }
    let is_text =
        || matches!(&*column.data_type.name, "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext");
    match column.data_type.compared_as().filter(|_| is_text() || !is_name(right)) {
        Some(compared) => format!("{} <=> {}", compared.replace('$', left), compared.replace('$', right)),
        None if is_name(right) => format!("{left} <=> {right}"),
        None => format!("{left} <=> ({right})"),
    }
}

fn compared(column: &ColumnDef, text: &str) -> String {
    match &column.collation {
        Some(collation) if *collation != *"binary" => format!("{text} COLLATE BINARY"),
        _ => text.to_owned(),
    }
}

/// A column, or one of a trigger's row: a value of the type that it is compared as.
fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '`' | '$'))
}
