//! Partitions: `PARTITION BY …`, and what `ALTER TABLE` does with them.

use super::names;
use super::words::{only, skip_parens, value};
use crate::databases::operation::PartitionAction;
use crate::dialect::{Dialect, Target};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::token::Token;

/// `PARTITION BY …`, if it stands here.
pub(super) fn partition_by(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<bool> {
    if !cursor.eat_all("PARTITION BY") {
        return Ok(false);
    }
    method(cursor, target)?;
    if cursor.eat("PARTITIONS") {
        cursor.integer()?;
    }
    if cursor.eat_all("SUBPARTITION BY") {
        method(cursor, target)?;
        if cursor.eat("SUBPARTITIONS") {
            cursor.integer()?;
        }
    }
    if cursor.is_token(&Token::LParen) {
        definitions(cursor)?;
    }
    Ok(true)
}

/// An action of `ALTER TABLE` on partitions, if one stands here.
pub(super) fn action(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Option<PartitionAction>> {
    /// Those that name partitions and say nothing else.
    const ON_NAMES: [(&str, PartitionAction); 6] = [
        ("TRUNCATE PARTITION", PartitionAction::Truncate),
        ("ANALYZE PARTITION", PartitionAction::Analyze),
        ("CHECK PARTITION", PartitionAction::Check),
        ("OPTIMIZE PARTITION", PartitionAction::Optimize),
        ("REBUILD PARTITION", PartitionAction::Rebuild),
        ("REPAIR PARTITION", PartitionAction::Repair),
    ];
    const TABLESPACES: [(&str, PartitionAction); 2] =
        [("DISCARD PARTITION", PartitionAction::Discard), ("IMPORT PARTITION", PartitionAction::Import)];

    let mark = cursor.mark();
    if let Some((_, action)) = ON_NAMES.iter().find(|(words, _)| cursor.eat_all(words)) {
        partition_names(cursor)?;
        while cursor.eat_one_of(&["FOR", "UPGRADE", "QUICK", "FAST", "MEDIUM", "EXTENDED", "CHANGED"]).is_some() {}
        return Ok(Some(*action));
    }
    if let Some((_, action)) = TABLESPACES.iter().find(|(words, _)| cursor.eat_all(words)) {
        partition_names(cursor)?;
        cursor.expect("TABLESPACE")?;
        return Ok(Some(*action));
    }
    if partition_by(cursor, target)? {
        return Ok(Some(PartitionAction::By));
    }
    if cursor.eat_all("REMOVE PARTITIONING") {
        return Ok(Some(PartitionAction::Remove));
    }
    if cursor.eat_all("ADD PARTITION") {
        cursor.if_not_exists();
        cursor.eat_one_of(&["NO_WRITE_TO_BINLOG", "LOCAL"]);
        if cursor.eat("PARTITIONS") {
            cursor.integer()?;
            return Ok(Some(PartitionAction::Spread));
        }
        definitions(cursor)?;
        return Ok(Some(PartitionAction::Add));
    }
    if cursor.eat_all("DROP PARTITION") {
        cursor.if_exists();
        cursor.list(names::name)?;
        return Ok(Some(PartitionAction::Drop));
    }
    if cursor.eat_all("COALESCE PARTITION") {
        cursor.eat_one_of(&["NO_WRITE_TO_BINLOG", "LOCAL"]);
        cursor.integer()?;
        return Ok(Some(PartitionAction::Coalesce));
    }
    if cursor.eat_all("REORGANIZE PARTITION") {
        cursor.eat_one_of(&["NO_WRITE_TO_BINLOG", "LOCAL"]);
        if !cursor.at_end() && !cursor.is_token(&Token::Comma) {
            cursor.list(names::name)?;
            cursor.expect("INTO")?;
            definitions(cursor)?;
        }
        return Ok(Some(PartitionAction::Reorganize));
    }
    if cursor.eat_all("EXCHANGE PARTITION") {
        names::name(cursor)?;
        cursor.expect("WITH TABLE")?;
        names::object_name(cursor)?;
        let _ = cursor.eat_all("WITH VALIDATION") || cursor.eat_all("WITHOUT VALIDATION");
        return Ok(Some(PartitionAction::Exchange));
    }
    if cursor.is_all("CONVERT PARTITION") || cursor.is_all("CONVERT TABLE") {
        return convert(cursor, target).map(|()| Some(PartitionAction::Exchange));
    }
    cursor.rewind(mark);
    Ok(None)
}

/// `CONVERT PARTITION p TO TABLE t`, `CONVERT TABLE t TO PARTITION p …` (MariaDB 10.7).
fn convert(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<()> {
    let mark = cursor.mark();
    if cursor.eat_all("CONVERT PARTITION") {
        names::name(cursor)?;
        cursor.expect("TO TABLE")?;
        names::object_name(cursor)?;
    } else {
        cursor.expect("CONVERT TABLE")?;
        names::object_name(cursor)?;
        cursor.expect("TO")?;
        definition(cursor)?;
    }
    let _ = cursor.eat_all("WITH VALIDATION") || cursor.eat_all("WITHOUT VALIDATION");
    only(cursor, target, Dialect::MariaDb, mark, "`CONVERT` of a partition");
    Ok(())
}

fn partition_names(cursor: &mut Cursor<'_, '_>) -> Parse<()> {
    cursor.eat_one_of(&["NO_WRITE_TO_BINLOG", "LOCAL"]);
    if cursor.eat("ALL") { Ok(()) } else { cursor.list(names::name).map(drop) }
}

fn method(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<()> {
    let mark = cursor.mark();
    if cursor.eat("SYSTEM_TIME") {
        only(cursor, target, Dialect::MariaDb, mark, "`PARTITION BY SYSTEM_TIME`");
        cursor.skip_until(|c| {
            c.is_token(&Token::LParen) || c.is("PARTITIONS") || c.is("SUBPARTITION") || c.is_token(&Token::Comma)
        });
        return Ok(());
    }
    let linear = cursor.eat("LINEAR");
    if cursor.eat("HASH") {
        return skip_parens(cursor);
    }
    if cursor.eat("KEY") {
        if cursor.eat("ALGORITHM") {
            value(cursor)?;
        }
        return skip_parens(cursor);
    }
    if !linear && cursor.eat_one_of(&["RANGE", "LIST"]).is_some() {
        cursor.eat("COLUMNS");
        return skip_parens(cursor);
    }
    Err(cursor.expected("`RANGE`, `LIST`, `HASH` or `KEY`"))
}

fn definitions(cursor: &mut Cursor<'_, '_>) -> Parse<()> {
    cursor.parens(|c| c.list(definition).map(drop))
}

/// `PARTITION p VALUES LESS THAN (…) …`.
fn definition(cursor: &mut Cursor<'_, '_>) -> Parse<()> {
    cursor.expect("PARTITION")?;
    names::name(cursor)?;
    if cursor.eat_all("VALUES LESS THAN") {
        if !cursor.eat("MAXVALUE") {
            skip_parens(cursor)?;
        }
    } else if cursor.eat_all("VALUES IN") {
        skip_parens(cursor)?;
    } else {
        // What MariaDB says of history: `HISTORY`, `CURRENT`, `DEFAULT`.
        cursor.eat_one_of(&["HISTORY", "CURRENT", "DEFAULT"]);
    }
    partition_options(cursor)?;
    if cursor.is_token(&Token::LParen) {
        cursor.parens(|c| {
            c.list(|c| {
                c.expect("SUBPARTITION")?;
                names::name(c)?;
                partition_options(c)
            })
        })?;
    }
    Ok(())
}

fn partition_options(cursor: &mut Cursor<'_, '_>) -> Parse<()> {
    const OPTIONS: &[&str] = &[
        "STORAGE ENGINE",
        "ENGINE",
        "COMMENT",
        "DATA DIRECTORY",
        "INDEX DIRECTORY",
        "MAX_ROWS",
        "MIN_ROWS",
        "NODEGROUP",
        "TABLESPACE",
    ];
    while OPTIONS.iter().any(|option| cursor.eat_all(option)) {
        value(cursor)?;
    }
    Ok(())
}
