//! Types of columns compared: what the storage engine has to do when one becomes another.

use crate::databases::name::Name;
use crate::databases::operation::{ColumnDef, DataType};
use crate::databases::schema::Table;

/// How a column's type changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TypeChange {
    /// The same but for how it is shown.
    Same,
    /// `VARCHAR` or `VARBINARY` that may be longer, with as many bytes of length before each value.
    Longer,
    /// The same with one byte of length before and two after; the most bytes that a value had before.
    LongerAcrossByte { before: u32 },
    /// Members behind the last one of an `ENUM` or `SET`, stored in as many bytes.
    MembersAppended,
    /// `VARCHAR` that becomes a `VARBINARY` of no fewer bytes, with as many bytes of length before each value.
    ToBytes,
    /// Anything else.
    Other,
}

/// How the character set of a column changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CharsetChange {
    Same,
    /// Another order of the same characters in the same bytes.
    Collation,
    /// `utf8mb3` to `utf8mb4`: every value stays as it is.
    Extended,
    Other,
}

/// How the type of a column changes; lengths in bytes are those in its character set.
pub(super) fn type_change(old: (&ColumnDef, &Table), new: (&ColumnDef, &Table)) -> TypeChange {
    let (from, to) = (&old.0.data_type, &new.0.data_type);
    if ("varchar", "varbinary") == (&*from.name, &*to.name) {
        let (before, after) = (length(from).saturating_mul(bytes_of_char(&charset(old.0, old.1))), length(to));
        let fits = after >= before && (before > 255 || after <= 255);
        return if fits { TypeChange::ToBytes } else { TypeChange::Other };
    }
    if from.name != to.name || from.unsigned != to.unsigned {
        return TypeChange::Other;
    }
    match &*from.name {
        "varchar" | "varbinary" => {
            let bytes = |(column, table): (&ColumnDef, &Table)| {
                length(&column.data_type).saturating_mul(bytes_of_char(&charset(column, table)))
            };
            let (before, after) = match &*from.name {
                "varchar" => (bytes(old), bytes(new)),
                _ => (length(from), length(to)),
            };
            match (length(from), length(to)) {
                (from, to) if to < from => TypeChange::Other,
                (from, to) if from == to && before == after => TypeChange::Same,
                _ if before <= 255 && after > 255 => TypeChange::LongerAcrossByte { before },
                _ => TypeChange::Longer,
            }
        }
        "enum" | "set" => members(from, to),
        _ if arguments(from) == arguments(to) => TypeChange::Same,
        _ => TypeChange::Other,
    }
}

/// How the character set of a column changes.
pub(super) fn charset_change(old: (&ColumnDef, &Table), new: (&ColumnDef, &Table)) -> CharsetChange {
    if !is_text(&old.0.data_type) || !is_text(&new.0.data_type) {
        return CharsetChange::Same;
    }
    let (from, to) = (charset(old.0, old.1), charset(new.0, new.1));
    if from == to {
        let same = collation(old.0, old.1) == collation(new.0, new.1);
        return if same { CharsetChange::Same } else { CharsetChange::Collation };
    }
    if from == *"utf8mb3" && to == *"utf8mb4" { CharsetChange::Extended } else { CharsetChange::Other }
}

/// Whether values have a character set.
pub(crate) fn is_text(data_type: &DataType) -> bool {
    matches!(&*data_type.name, "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" | "enum" | "set")
}

/// Whether the type holds no less than another: none of its values is refused or cut.
pub(in crate::databases) fn holds(new: &DataType, old: &DataType) -> bool {
    const INTEGERS: [&str; 5] = ["tinyint", "smallint", "mediumint", "int", "bigint"];
    const TEXTS: [&str; 4] = ["tinytext", "text", "mediumtext", "longtext"];
    const BLOBS: [&str; 4] = ["tinyblob", "blob", "mediumblob", "longblob"];

    let rank = |list: &[&str], name: &str| list.iter().position(|other| *other == name);
    for list in [&INTEGERS[..], &TEXTS, &BLOBS] {
        if let (Some(before), Some(after)) = (rank(list, &old.name), rank(list, &new.name)) {
            // An unsigned value needs a larger signed type; a negative one fits no unsigned type.
            return match (old.unsigned, new.unsigned) {
                (false, true) => false,
                (true, false) => after > before,
                _ => after >= before,
            };
        }
    }
    if let Some(at) = rank(&INTEGERS, &old.name) {
        const DIGITS: [u32; 5] = [4, 6, 8, 11, 20];
        let digits = DIGITS.get(at).copied().unwrap_or(u32::MAX);
        return match &*new.name {
            "char" | "varchar" => length(new) >= digits,
            "text" | "mediumtext" | "longtext" => true,
            "decimal" => {
                let arguments = arguments(new);
                let number = |at: usize| arguments.get(at).and_then(|n| n.parse::<u32>().ok()).unwrap_or(0);
                // A sign is no digit of a decimal.
                number(0).saturating_sub(number(1)) + 1 >= digits
            }
            "double" => &*old.name != "bigint",
            _ => false,
        };
    }
    if let ("enum", "char" | "varchar") = (&*old.name, &*new.name) {
        let longest = old.arguments.iter().map(|member| member.chars().count()).max().unwrap_or(0);
        return usize::try_from(length(new)).is_ok_and(|length| length >= longest);
    }
    let numbers =
        |data_type: &DataType| -> Vec<u32> { arguments(data_type).iter().filter_map(|a| a.parse().ok()).collect() };
    match (&*old.name, &*new.name) {
        ("char" | "varchar", "char" | "varchar") | ("binary" | "varbinary", "binary" | "varbinary") => {
            length(new) >= length(old)
        }
        ("char" | "varchar", "text" | "mediumtext" | "longtext") => true,
        ("decimal", "decimal") => match (numbers(old).as_slice(), numbers(new).as_slice()) {
            ([before, scale_before], [after, scale_after]) => {
                scale_after >= scale_before && after - scale_after.min(after) >= before - scale_before.min(before)
            }
            _ => false,
        },
        ("float", "double") | ("date", "datetime") | ("timestamp", "datetime") => true,
        ("enum" | "set", "enum" | "set") => {
            old.name == new.name && old.arguments.iter().all(|member| new.arguments.contains(member))
        }
        ("datetime", "datetime") | ("timestamp", "timestamp") | ("time", "time") | ("bit", "bit") => {
            length(new) >= length(old)
        }
        (before, after) => before == after && arguments(old) == arguments(new),
    }
}

/// The character set of a column: its own, or that of its table.
pub(crate) fn charset(column: &ColumnDef, table: &Table) -> Name {
    let of_collation = |name: &Name| name.as_str().split('_').next().filter(|name| !name.is_empty()).map(Name::new);
    let options = &table.options;
    let found = column
        .charset
        .clone()
        .or_else(|| column.collation.as_ref().and_then(of_collation))
        .or_else(|| options.charset.clone())
        .or_else(|| options.collation.as_ref().and_then(of_collation));
    match found {
        Some(name) if name == *"utf8" => Name::new("utf8mb3"),
        Some(name) => name,
        None => Name::new("utf8mb4"),
    }
}

/// The collation of a column, as far as it is written.
pub(crate) fn collation(column: &ColumnDef, table: &Table) -> Option<Name> {
    let own = column.collation.clone();
    own.or_else(|| if column.charset.is_none() { table.options.collation.clone() } else { None })
}

/// The most bytes of a character (reference manual, "Supported Character Sets and Collations").
pub(crate) fn bytes_of_char(charset: &Name) -> u32 {
    const BYTES: [(u32, &[&str]); 3] = [
        (4, &["utf8mb4", "utf16", "utf16le", "utf32", "gb18030"]),
        (3, &["utf8mb3", "ujis", "eucjpms"]),
        (2, &["ucs2", "big5", "cp932", "euckr", "gb2312", "gbk", "sjis"]),
    ];
    BYTES.iter().find(|(_, names)| names.iter().any(|name| charset == *name)).map_or(1, |(bytes, _)| *bytes)
}

/// The first number in parentheses; without one, what the server takes.
fn length(data_type: &DataType) -> u32 {
    let usual = match &*data_type.name {
        "char" | "binary" | "bit" => 1,
        _ => 0,
    };
    data_type.arguments.first().and_then(|length| length.parse().ok()).unwrap_or(usual)
}

/// What stands in parentheses, as far as it matters.
fn arguments(data_type: &DataType) -> Vec<Box<str>> {
    match &*data_type.name {
        // How many digits are shown.
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year" => Vec::new(),
        "decimal" => {
            let mut arguments = data_type.arguments.clone();
            for usual in ["10", "0"].iter().skip(arguments.len()) {
                arguments.push((*usual).into());
            }
            arguments
        }
        "char" | "binary" | "bit" | "datetime" | "timestamp" | "time" => vec![length(data_type).to_string().into()],
        _ => data_type.arguments.clone(),
    }
}

fn members(from: &DataType, to: &DataType) -> TypeChange {
    let bytes = |data_type: &DataType| match (&*data_type.name, data_type.arguments.len()) {
        ("enum", count) => 1 + usize::from(count > 255),
        (_, count) => match count.div_ceil(8) {
            bytes @ 0..=4 => bytes,
            _ => 8,
        },
    };
    if from.arguments == to.arguments {
        TypeChange::Same
    } else if to.arguments.starts_with(&from.arguments) && bytes(from) == bytes(to) {
        TypeChange::MembersAppended
    } else {
        TypeChange::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `varchar(20)`, `int unsigned`.
    fn written(text: &str) -> DataType {
        let (text, unsigned) = match text.strip_suffix(" unsigned") {
            Some(text) => (text, true),
            None => (text, false),
        };
        let (name, arguments) = text.split_once('(').unwrap_or((text, ""));
        let arguments = arguments.trim_end_matches(')').split(',').filter(|a| !a.is_empty()).map(Into::into).collect();
        DataType { name: name.into(), arguments, unsigned }
    }

    #[test]
    fn what_holds_every_value_of_what() {
        let cases = [
            ("int", "bigint", true),
            ("bigint", "int", false),
            ("int", "int unsigned", false),
            ("int unsigned", "bigint", true),
            ("int unsigned", "int", false),
            ("int(11)", "int(5)", true),
            ("int", "varchar(11)", true),
            ("int", "varchar(10)", false),
            ("int", "decimal(10,0)", true),
            ("int", "decimal(10,2)", false),
            ("bigint", "double", false),
            ("varchar(50)", "varchar(20)", false),
            ("varchar(50)", "text", true),
            ("text", "varchar(50)", false),
            ("mediumtext", "text", false),
            ("decimal(10,2)", "decimal(12,4)", true),
            ("decimal(10,2)", "decimal(11,4)", false),
            ("decimal", "decimal(10,0)", true),
            ("enum(a,b)", "enum(b,a,c)", true),
            ("enum(a,b)", "enum(a)", false),
            ("enum(a,bbb)", "varchar(2)", false),
            ("datetime(6)", "datetime", false),
            ("date", "datetime", true),
            ("datetime", "date", false),
            ("float", "double", true),
            ("double", "float", false),
            ("json", "json", true),
        ];
        for (old, new, expected) in cases {
            assert_eq!(holds(&written(new), &written(old)), expected, "{old} to {new}");
        }
    }
}
