//! Names as statements have them.

use crate::dialect::Dialect;

/// A name as it has to be written in a statement.
pub(crate) fn quoted(dialect: Dialect, name: &str) -> String {
    let plain =
        name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !name.starts_with(|c: char| c.is_ascii_digit());
    match dialect {
        _ if plain && !is_reserved(dialect, name) => name.to_owned(),
        Dialect::MySql | Dialect::MariaDb => format!("`{}`", name.replace('`', "``")),
        _ => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

fn is_reserved(dialect: Dialect, word: &str) -> bool {
    match dialect {
        #[cfg(feature = "mysql")]
        Dialect::MySql | Dialect::MariaDb => crate::databases::mysql::grammar::is_reserved(word),
        #[cfg(feature = "sqlite")]
        Dialect::Sqlite => crate::databases::sqlite::grammar::is_reserved(word),
        _ => false,
    }
}
