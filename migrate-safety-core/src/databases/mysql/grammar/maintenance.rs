//! `ANALYZE`, `CHECK`, `OPTIMIZE`, `REPAIR`.

use super::data;
use super::names;
use crate::databases::operation::{Maintenance, Operation};
use crate::dialect::Target;
use crate::sql::cursor::{Cursor, Parse};

/// `ANALYZE TABLE …`, `ANALYZE` of a statement (MariaDB).
pub(super) fn analyze(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Operation> {
    let mark = cursor.mark();
    cursor.expect("ANALYZE")?;
    cursor.eat_one_of(&["NO_WRITE_TO_BINLOG", "LOCAL"]);
    let is_table = cursor.is("TABLE") || cursor.is("TABLES");
    cursor.rewind(mark);
    if is_table {
        return maintain(cursor, "ANALYZE", Maintenance::Analyze);
    }
    // MariaDB runs the statement.
    cursor.expect("ANALYZE")?;
    if cursor.eat("FORMAT") {
        super::words::value(cursor)?;
    }
    data::rows(cursor, target)
}

/// `CHECK TABLE …`.
pub(super) fn check(cursor: &mut Cursor<'_, '_>, _target: Target) -> Parse<Operation> {
    maintain(cursor, "CHECK", Maintenance::Check)
}

/// `OPTIMIZE TABLE …`.
pub(super) fn optimize(cursor: &mut Cursor<'_, '_>, _target: Target) -> Parse<Operation> {
    maintain(cursor, "OPTIMIZE", Maintenance::Optimize)
}

/// `REPAIR TABLE …`.
pub(super) fn repair(cursor: &mut Cursor<'_, '_>, _target: Target) -> Parse<Operation> {
    maintain(cursor, "REPAIR", Maintenance::Repair)
}

fn maintain(cursor: &mut Cursor<'_, '_>, verb: &str, command: Maintenance) -> Parse<Operation> {
    /// What may follow the tables; nothing depends on it.
    const FOLLOWING: [&str; 12] = [
        "FOR",
        "QUICK",
        "FAST",
        "MEDIUM",
        "EXTENDED",
        "CHANGED",
        "USE_FRM",
        "UPDATE",
        "DROP",
        "PERSISTENT",
        "WAIT",
        "NOWAIT",
    ];

    cursor.expect(verb)?;
    cursor.eat_one_of(&["NO_WRITE_TO_BINLOG", "LOCAL"]);
    if cursor.eat_one_of(&["TABLE", "TABLES", "VIEW", "VIEWS"]).is_none() {
        return Err(cursor.expected("`TABLE`"));
    }
    let tables = cursor.list(names::object_name)?;
    if FOLLOWING.iter().any(|word| cursor.is(word)) {
        cursor.skip_rest();
    }
    Ok(Operation::Maintain { command, tables, into_file: false })
}
