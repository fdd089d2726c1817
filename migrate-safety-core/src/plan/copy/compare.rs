//! When two values are not the same.

use crate::catalog::{Catalog, Column, TypeRef};

/// Types in which `=` means that nothing at all differs. In the others `1.0 = 1.00`, `'a' = 'A'`, boxes are equal that
/// cover the same area, or there is no `=`.
const EXACT: [&str; 14] = [
    "bool",
    "int2",
    "int4",
    "int8",
    "oid",
    "text",
    "varchar",
    "bpchar",
    "bytea",
    "uuid",
    "date",
    "timestamp",
    "timestamptz",
    "time",
];

/// A condition that holds if two values of a column's type differ in any way that a reader could see.
pub(crate) fn differs(catalog: &Catalog, column: &Column, left: &str, right: &str) -> String {
    if is_exact(catalog, column) {
        format!("{left} IS DISTINCT FROM {right}")
    } else {
        format!("{}::text IS DISTINCT FROM {}::text", operand(left), operand(right))
    }
}

/// A value to which a cast can be appended.
fn operand(sql: &str) -> String {
    let is_one = sql.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '"'));
    if is_one { sql.to_owned() } else { format!("({sql})") }
}

fn is_exact(catalog: &Catalog, column: &Column) -> bool {
    let data_type = &column.data_type;
    match catalog.type_of(data_type) {
        // A collation of its own may take different texts for equal.
        TypeRef::Builtin => {
            !data_type.array && column.collation.is_none() && EXACT.iter().any(|name| data_type.is(name))
        }
        TypeRef::Enum(_) => !data_type.array,
        _ => false,
    }
}
