//! Names, and the words that cannot be names without quotes (MySQL: `information_schema.keywords`; MariaDB: what its
//! parser refuses).

use crate::databases::name::{Name, ObjectName};
use crate::databases::reader;
use crate::dialect::{Dialect, Target};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::statement::ProblemKind;
use crate::sql::token::{Token, Word};

/// A name.
pub(super) fn name(cursor: &mut Cursor<'_, '_>) -> Parse<Name> {
    refuse(cursor, RESERVED)?;
    reader::name(cursor)
}

/// The name of something that is being made: one that the target takes.
pub(super) fn new_name(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Name> {
    refuse(cursor, if target.dialect == Dialect::MariaDb { RESERVED_MARIADB } else { RESERVED_MYSQL })?;
    name(cursor)
}

/// `name`, `database.name`.
pub(super) fn object_name(cursor: &mut Cursor<'_, '_>) -> Parse<ObjectName> {
    refuse(cursor, RESERVED)?;
    reader::object_name(cursor)
}

/// The name of a table or a view that is being made.
pub(super) fn new_object_name(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<ObjectName> {
    refuse(cursor, if target.dialect == Dialect::MariaDb { RESERVED_MARIADB } else { RESERVED_MYSQL })?;
    object_name(cursor)
}

/// `(a, b, c)`: names.
pub(super) fn names(cursor: &mut Cursor<'_, '_>) -> Parse<Vec<Name>> {
    cursor.parens(|c| c.list(name))
}

/// Whether a word cannot be a name without quotes in MySQL or in MariaDB.
pub(in crate::databases) fn is_reserved(word: &str) -> bool {
    let upper = word.to_ascii_uppercase();
    [RESERVED, RESERVED_MYSQL, RESERVED_MARIADB].iter().any(|words| words.binary_search(&&*upper).is_ok())
}

/// An error, if one of these words stands here.
fn refuse(cursor: &Cursor<'_, '_>, words: &[&str]) -> Parse<()> {
    let Token::Word(Word { value, quoted: false }) = cursor.peek() else { return Ok(()) };
    let upper = value.to_ascii_uppercase();
    if words.binary_search(&&*upper).is_err() {
        return Ok(());
    }
    let message = format!("expected a name, found the reserved word `{value}`: a name needs backticks");
    Err(cursor.problem(ProblemKind::Invalid, message))
}

/// Reserved in both. Sorted.
#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "ACCESSIBLE", "ADD", "ALL", "ALTER", "ANALYZE", "AND", "AS", "ASC", "ASENSITIVE", "BEFORE", "BETWEEN", "BIGINT",
    "BINARY", "BLOB", "BOTH", "BY", "CALL", "CASCADE", "CASE", "CHANGE", "CHAR", "CHARACTER", "CHECK", "COLLATE",
    "COLUMN", "CONDITION", "CONSTRAINT", "CONTINUE", "CONVERT", "CREATE", "CROSS", "CURRENT_DATE", "CURRENT_TIME",
    "CURRENT_TIMESTAMP", "CURRENT_USER", "CURSOR", "DATABASES", "DAY_HOUR", "DAY_MICROSECOND", "DAY_MINUTE",
    "DAY_SECOND", "DEC", "DECIMAL", "DECLARE", "DEFAULT", "DELAYED", "DELETE", "DESC", "DESCRIBE", "DETERMINISTIC",
    "DISTINCT", "DISTINCTROW", "DIV", "DOUBLE", "DROP", "DUAL", "EACH", "ELSE", "ELSEIF", "ENCLOSED", "ESCAPED",
    "EXCEPT", "EXISTS", "EXIT", "EXPLAIN", "FALSE", "FETCH", "FLOAT", "FLOAT4", "FLOAT8", "FOR", "FORCE", "FOREIGN",
    "FROM", "FULLTEXT", "GRANT", "GROUP", "HAVING", "HIGH_PRIORITY", "HOUR_MICROSECOND", "HOUR_MINUTE",
    "HOUR_SECOND", "IF", "IGNORE", "IN", "INDEX", "INFILE", "INNER", "INOUT", "INSENSITIVE", "INSERT", "INT",
    "INT1", "INT2", "INT3", "INT4", "INT8", "INTEGER", "INTERSECT", "INTERVAL", "INTO", "IS", "ITERATE", "JOIN",
    "KEY", "KEYS", "KILL", "LEADING", "LEAVE", "LEFT", "LIKE", "LIMIT", "LINEAR", "LINES", "LOAD", "LOCALTIME",
    "LOCALTIMESTAMP", "LOCK", "LONG", "LONGBLOB", "LONGTEXT", "LOOP", "LOW_PRIORITY", "MATCH", "MAXVALUE",
    "MEDIUMBLOB", "MEDIUMINT", "MEDIUMTEXT", "MIDDLEINT", "MINUTE_MICROSECOND", "MINUTE_SECOND", "MOD", "MODIFIES",
    "NATURAL", "NOT", "NO_WRITE_TO_BINLOG", "NULL", "NUMERIC", "ON", "OPTIMIZE", "OPTIONALLY", "OR", "ORDER", "OUT",
    "OUTER", "OUTFILE", "OVER", "PARTITION", "PRECISION", "PRIMARY", "PROCEDURE", "PURGE", "RANGE", "READ", "READS",
    "READ_WRITE", "REAL", "RECURSIVE", "REFERENCES", "REGEXP", "RELEASE", "RENAME", "REPEAT", "REPLACE", "REQUIRE",
    "RESIGNAL", "RESTRICT", "RETURN", "REVOKE", "RIGHT", "RLIKE", "ROWS", "ROW_NUMBER", "SCHEMAS",
    "SECOND_MICROSECOND", "SELECT", "SENSITIVE", "SEPARATOR", "SET", "SHOW", "SIGNAL", "SMALLINT", "SPATIAL",
    "SPECIFIC", "SQL", "SQLEXCEPTION", "SQLSTATE", "SQLWARNING", "SQL_BIG_RESULT", "SQL_CALC_FOUND_ROWS",
    "SQL_SMALL_RESULT", "SSL", "STARTING", "STRAIGHT_JOIN", "TABLE", "TERMINATED", "THEN", "TINYBLOB", "TINYINT",
    "TINYTEXT", "TO", "TRAILING", "TRIGGER", "TRUE", "UNDO", "UNION", "UNIQUE", "UNLOCK", "UNSIGNED", "UPDATE",
    "USAGE", "USE", "USING", "UTC_DATE", "UTC_TIME", "UTC_TIMESTAMP", "VALUES", "VARBINARY", "VARCHAR",
    "VARCHARACTER", "VARYING", "WHEN", "WHERE", "WHILE", "WITH", "WRITE", "XOR", "YEAR_MONTH", "ZEROFILL",
];

/// Reserved in MySQL 8.0 besides. Sorted.
#[rustfmt::skip]
const RESERVED_MYSQL: &[&str] = &[
    "CUBE", "CUME_DIST", "DATABASE", "DENSE_RANK", "EMPTY", "FIRST_VALUE", "FUNCTION", "GENERATED", "GET",
    "GROUPING", "GROUPS", "IO_AFTER_GTIDS", "IO_BEFORE_GTIDS", "JSON_TABLE", "LAG", "LAST_VALUE", "LATERAL", "LEAD",
    "NTH_VALUE", "NTILE", "OF", "OPTIMIZER_COSTS", "OPTION", "PERCENT_RANK", "RANK", "ROW", "SCHEMA", "STORED",
    "SYSTEM", "VIRTUAL", "WINDOW",
];

/// Reserved in MariaDB 10.11 besides. Sorted.
#[rustfmt::skip]
const RESERVED_MARIADB: &[&str] = &[
    "CURRENT_ROLE", "DELETE_DOMAIN_ID", "DO_DOMAIN_IDS", "IGNORE_DOMAIN_IDS", "MASTER_DEMOTE_TO_REPLICA",
    "MASTER_DEMOTE_TO_SLAVE", "MASTER_SSL_VERIFY_SERVER_CERT", "OFFSET", "PAGE_CHECKSUM", "PARSE_VCOL_EXPR",
    "PORTION", "REF_SYSTEM_ID", "RETURNING", "STATS_AUTO_RECALC", "STATS_PERSISTENT", "STATS_SAMPLE_PAGES",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_are_sorted() {
        for words in [RESERVED, RESERVED_MYSQL, RESERVED_MARIADB] {
            assert!(words.is_sorted());
        }
    }
}
