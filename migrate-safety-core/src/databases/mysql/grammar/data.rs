//! Statements on rows.

use super::names;
use crate::databases::dml;
use crate::databases::operation::{Operation, Query};
use crate::dialect::Target;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::statement::{Problem, ProblemKind};

/// `SELECT`, `INSERT`, `UPDATE`, `DELETE` …
pub(super) fn rows(cursor: &mut Cursor<'_, '_>, _target: Target) -> Parse<Operation> {
    dml::statement(cursor)?.ok_or_else(|| cursor.expected("a statement on rows"))
}

/// `SHOW`, `DESCRIBE`, `EXPLAIN`, `HELP`: they change nothing.
pub(super) fn question(cursor: &mut Cursor<'_, '_>, _target: Target) -> Parse<Operation> {
    let mark = cursor.mark();
    cursor.skip();
    if cursor.at_end() {
        return Err(cursor.expected("what is asked for"));
    }
    cursor.skip_rest();
    Ok(Operation::Select(Box::new(Query { sql: cursor.text_from(mark).into(), ..Query::default() })))
}

/// `CALL routine(…)`, `DO expression, …`.
pub(super) fn call(cursor: &mut Cursor<'_, '_>, _target: Target) -> Parse<Operation> {
    let mark = cursor.mark();
    if !cursor.eat("CALL") {
        cursor.expect("DO")?;
        cursor.skip_rest();
        return Ok(Operation::Call { routine: None, mentions: Vec::new() });
    }
    let routine = names::object_name(cursor)?;
    cursor.skip_rest();
    let message = format!("what the procedure {routine} does is not looked into").into();
    cursor.note(Problem { kind: ProblemKind::Dynamic, span: cursor.span_from(mark), message });
    Ok(Operation::Call { routine: Some(routine), mentions: Vec::new() })
}

/// `LOAD DATA … INTO TABLE t …`, `LOAD XML …`.
pub(super) fn load(cursor: &mut Cursor<'_, '_>, _target: Target) -> Parse<Operation> {
    cursor.expect("LOAD")?;
    if cursor.eat_one_of(&["DATA", "XML"]).is_none() {
        return Err(cursor.expected("`DATA`"));
    }
    cursor.skip_until(|c| c.is_all("INTO TABLE"));
    cursor.expect("INTO TABLE")?;
    let table = names::object_name(cursor)?;
    cursor.skip_rest();
    Ok(Operation::LoadData { table })
}
