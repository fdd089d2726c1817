//! Options of tables (reference manual, "CREATE TABLE Statement", "Table Options"; MariaDB, "CREATE TABLE").

use super::words::{only, skip_parens, value};
use crate::databases::name::Name;
use crate::databases::operation::TableOptions;
use crate::dialect::{Dialect, Target};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::token::Token;

/// What is done with the value of an option.
type Keep = fn(&mut TableOptions, Box<str>);

/// Options that effects or the schema care for.
const KEPT: &[(&str, Keep)] = &[
    ("ENGINE", |o, v| o.engine = Some(Name::new(&v))),
    ("TYPE", |o, v| o.engine = Some(Name::new(&v))),
    ("AUTO_INCREMENT", |o, v| o.auto_increment = v.parse().ok()),
    ("CHARACTER SET", |o, v| o.charset = Some(Name::new(&v))),
    ("CHAR SET", |o, v| o.charset = Some(Name::new(&v))),
    ("CHARSET", |o, v| o.charset = Some(Name::new(&v))),
    ("COLLATE", |o, v| o.collation = Some(Name::new(&v))),
    ("COMMENT", |o, v| o.comment = Some(v)),
    ("ROW_FORMAT", |o, v| o.row_format = Some(Name::new(&v))),
];

/// The other options with a value.
const OTHERS: &[&str] = &[
    "AUTOEXTEND_SIZE",
    "AVG_ROW_LENGTH",
    "CHECKSUM",
    "COMPRESSION",
    "CONNECTION",
    "DATA DIRECTORY",
    "DELAY_KEY_WRITE",
    "ENCRYPTED",
    "ENCRYPTION",
    "ENCRYPTION_KEY_ID",
    "ENGINE_ATTRIBUTE",
    "INDEX DIRECTORY",
    "INSERT_METHOD",
    "ITEF_QUOTES",
    "KEY_BLOCK_SIZE",
    "MAX_ROWS",
    "MIN_ROWS",
    "PACK_KEYS",
    "PAGE_CHECKSUM",
    "PAGE_COMPRESSED",
    "PAGE_COMPRESSION_LEVEL",
    "PASSWORD",
    "SECONDARY_ENGINE",
    "SECONDARY_ENGINE_ATTRIBUTE",
    "SEQUENCE",
    "STATS_AUTO_RECALC",
    "STATS_PERSISTENT",
    "STATS_SAMPLE_PAGES",
    "STORAGE",
    "TABLE_CHECKSUM",
    "TABLESPACE",
    "TRANSACTIONAL",
];

/// An option of a table, if one stands here.
pub(super) fn option(cursor: &mut Cursor<'_, '_>, target: Target, options: &mut TableOptions) -> Parse<bool> {
    let mark = cursor.mark();
    if cursor.eat_all("WITH SYSTEM VERSIONING") {
        only(cursor, target, Dialect::MariaDb, mark, "`WITH SYSTEM VERSIONING`");
        options.system_versioned = true;
        return Ok(true);
    }
    if cursor.eat_all("START TRANSACTION") {
        return Ok(true);
    }
    if cursor.eat("UNION") {
        cursor.eat_token(&Token::Eq);
        return skip_parens(cursor).map(|()| true);
    }
    cursor.eat("DEFAULT");
    if let Some((_, keep)) = KEPT.iter().find(|(words, _)| cursor.eat_all(words)) {
        keep(options, value(cursor)?);
        return Ok(true);
    }
    if let Some(words) = OTHERS.iter().find(|words| cursor.eat_all(words)) {
        let value = value(cursor)?;
        options.others.push((words.to_ascii_lowercase().into(), value));
        return Ok(true);
    }
    // Storage engines of MariaDB have options of their own: `IETF_QUOTES=1`.
    let name = match (cursor.peek(), cursor.peek_nth(1)) {
        (Token::Word(word), Token::Eq) if target.dialect == Dialect::MariaDb => word.value.to_ascii_lowercase(),
        _ => {
            cursor.rewind(mark);
            return Ok(false);
        }
    };
    cursor.skip();
    let value = value(cursor)?;
    options.others.push((name.into(), value));
    Ok(true)
}

/// The options behind the parentheses of `CREATE TABLE`, with commas between them or not.
pub(super) fn options(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<TableOptions> {
    let mut options = TableOptions::default();
    while option(cursor, target, &mut options)? {
        cursor.eat_token(&Token::Comma);
    }
    Ok(options)
}

/// The options of `CREATE` and `ALTER DATABASE`.
pub(super) fn of_database(cursor: &mut Cursor<'_, '_>) -> Parse<()> {
    const OPTIONS: &[&str] =
        &["CHARACTER SET", "CHARSET", "COLLATE", "ENCRYPTION", "COMMENT", "READ ONLY", "UPGRADE DATA DIRECTORY NAME"];

    loop {
        let default = cursor.eat("DEFAULT");
        if OPTIONS.iter().any(|option| cursor.eat_all(option)) {
            if !cursor.at_end() {
                value(cursor)?;
            }
        } else if default {
            return Err(cursor.expected("an option of a database"));
        } else {
            return Ok(());
        }
    }
}
