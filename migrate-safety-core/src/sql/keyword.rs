//! PostgreSQL's key words, as far as they cannot be used as any name (docs, appendix C "SQL Key Words").

use crate::sql::token::Word;

/// Where a word can be used as a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Category {
    /// Everywhere: no key word, or one that is not reserved.
    Free,
    /// As a name of a column or a table, not as one of a function or type: `values`, `int`, `coalesce`.
    ColumnName,
    /// As a name of a function or type, not as one of a column or a table: `left`, `like`, `join`.
    FunctionName,
    /// Only behind `AS`, behind a dot, or quoted.
    Reserved,
}

/// Every key word that is not [`Category::Free`], sorted (PostgreSQL 18; older servers have fewer).
const TABLE: &[(&str, Category)] = {
    use Category::{ColumnName as C, FunctionName as T, Reserved as R};
    &[
        ("all", R),
        ("analyse", R),
        ("analyze", R),
        ("and", R),
        ("any", R),
        ("array", R),
        ("as", R),
        ("asc", R),
        ("asymmetric", R),
        ("authorization", T),
        ("between", C),
        ("bigint", C),
        ("binary", T),
        ("bit", C),
        ("boolean", C),
        ("both", R),
        ("case", R),
        ("cast", R),
        ("char", C),
        ("character", C),
        ("check", R),
        ("coalesce", C),
        ("collate", R),
        ("collation", T),
        ("column", R),
        ("concurrently", T),
        ("constraint", R),
        ("create", R),
        ("cross", T),
        ("current_catalog", R),
        ("current_date", R),
        ("current_role", R),
        ("current_schema", T),
        ("current_time", R),
        ("current_timestamp", R),
        ("current_user", R),
        ("dec", C),
        ("decimal", C),
        ("default", R),
        ("deferrable", R),
        ("desc", R),
        ("distinct", R),
        ("do", R),
        ("else", R),
        ("end", R),
        ("except", R),
        ("exists", C),
        ("extract", C),
        ("false", R),
        ("fetch", R),
        ("float", C),
        ("for", R),
        ("foreign", R),
        ("freeze", T),
        ("from", R),
        ("full", T),
        ("grant", R),
        ("greatest", C),
        ("group", R),
        ("grouping", C),
        ("having", R),
        ("ilike", T),
        ("in", R),
        ("initially", R),
        ("inner", T),
        ("inout", C),
        ("int", C),
        ("integer", C),
        ("intersect", R),
        ("interval", C),
        ("into", R),
        ("is", T),
        ("isnull", T),
        ("join", T),
        ("json", C),
        ("json_array", C),
        ("json_arrayagg", C),
        ("json_exists", C),
        ("json_object", C),
        ("json_objectagg", C),
        ("json_query", C),
        ("json_scalar", C),
        ("json_serialize", C),
        ("json_table", C),
        ("json_value", C),
        ("lateral", R),
        ("leading", R),
        ("least", C),
        ("left", T),
        ("like", T),
        ("limit", R),
        ("localtime", R),
        ("localtimestamp", R),
        ("merge_action", C),
        ("national", C),
        ("natural", T),
        ("nchar", C),
        ("none", C),
        ("normalize", C),
        ("not", R),
        ("notnull", T),
        ("null", R),
        ("nullif", C),
        ("numeric", C),
        ("offset", R),
        ("on", R),
        ("only", R),
        ("or", R),
        ("order", R),
        ("out", C),
        ("outer", T),
        ("overlaps", T),
        ("overlay", C),
        ("placing", R),
        ("position", C),
        ("precision", C),
        ("primary", R),
        ("real", C),
        ("references", R),
        ("returning", R),
        ("right", T),
        ("row", C),
        ("select", R),
        ("session_user", R),
        ("setof", C),
        ("similar", T),
        ("smallint", C),
        ("some", R),
        ("substring", C),
        ("symmetric", R),
        ("system_user", R),
        ("table", R),
        ("tablesample", T),
        ("then", R),
        ("time", C),
        ("timestamp", C),
        ("to", R),
        ("trailing", R),
        ("treat", C),
        ("trim", C),
        ("true", R),
        ("union", R),
        ("unique", R),
        ("user", R),
        ("using", R),
        ("values", C),
        ("varchar", C),
        ("variadic", R),
        ("verbose", T),
        ("when", R),
        ("where", R),
        ("window", R),
        ("with", R),
        ("xmlattributes", C),
        ("xmlconcat", C),
        ("xmlelement", C),
        ("xmlexists", C),
        ("xmlforest", C),
        ("xmlnamespaces", C),
        ("xmlparse", C),
        ("xmlpi", C),
        ("xmlroot", C),
        ("xmlserialize", C),
        ("xmltable", C),
    ]
};

/// Words that are not taken as a label of an output column unless `AS` stands before them, sorted.
const NEED_AS: &[&str] = &[
    "array",
    "as",
    "char",
    "character",
    "create",
    "day",
    "except",
    "fetch",
    "filter",
    "for",
    "from",
    "grant",
    "group",
    "having",
    "hour",
    "intersect",
    "into",
    "isnull",
    "limit",
    "minute",
    "month",
    "notnull",
    "offset",
    "on",
    "order",
    "over",
    "overlaps",
    "precision",
    "returning",
    "second",
    "to",
    "union",
    "varying",
    "where",
    "window",
    "with",
    "within",
    "without",
    "year",
];

/// The longest word in the tables.
const LONGEST: usize = 17;

/// Where `word` can be used as a name.
pub(crate) fn category(word: &Word<'_>) -> Category {
    if word.quoted {
        return Category::Free;
    }
    let Some(&[from, to]) = word.value.bytes().next().and_then(initial) else { return Category::Free };
    let rows = TABLE.get(usize::from(from)..usize::from(to)).unwrap_or_default();
    rows.iter().find(|row| row.0.eq_ignore_ascii_case(&word.value)).map_or(Category::Free, |row| row.1)
}

/// Between which places the table has the words that begin with a letter.
fn initial(letter: u8) -> Option<&'static [u8; 2]> {
    INITIALS.get(usize::from(letter.to_ascii_lowercase().checked_sub(b'a')?))
}

/// For each letter the place of the first word in [`TABLE`] that begins with it, and the place behind the last.
static INITIALS: [[u8; 2]; 26] = {
    let mut places = [[0; 2]; 26];
    let mut at = 0;
    while at < TABLE.len() {
        let letter = (TABLE[at].0.as_bytes()[0] - b'a') as usize;
        if places[letter][1] == 0 {
            places[letter][0] = at as u8;
        }
        at += 1;
        places[letter][1] = at as u8;
    }
    places
};

/// Whether `word` can be the label of an output column without `AS`.
pub(crate) fn is_bare_label(word: &Word<'_>) -> bool {
    if word.quoted {
        return true;
    }
    let mut buffer = [0; LONGEST];
    lowered(&word.value, &mut buffer).is_none_or(|w| NEED_AS.binary_search_by(|n| n.as_bytes().cmp(w)).is_err())
}

/// `word` in lower case; nothing if it does not fit the buffer.
pub(crate) fn lowered<'b>(word: &str, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    let buffer = buffer.get_mut(..word.len())?;
    buffer.copy_from_slice(word.as_bytes());
    buffer.make_ascii_lowercase();
    Some(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_and_fit_the_buffer() {
        assert!(TABLE.is_sorted_by_key(|row| row.0.as_bytes()));
        assert!(NEED_AS.is_sorted());
        let longest = TABLE.iter().map(|row| row.0).chain(NEED_AS.iter().copied()).map(str::len).max();
        assert_eq!(longest, Some(LONGEST));
    }
}
