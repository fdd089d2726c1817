//! SQLite's grammar, as of 3.54. Sources: "SQL As Understood By SQLite" and the rules of its parser (parse.y).

mod alter_table;
mod column;
mod create;
mod create_table;
mod names;
mod others;
mod session;
mod trigger;
mod virtual_table;

pub(in crate::databases) use self::names::is_reserved;
use self::names::object_name;
use crate::databases::dml;
use crate::databases::operation::{Operation, Query};
use crate::dialect::Target;
use crate::sql::cursor::{Cursor, Mark, Parse};
use crate::sql::statement::{Problem, ProblemKind};

/// Reads a statement.
pub(crate) fn statement(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Operation> {
    let start = cursor.mark();
    let mut reader = Reader { target, cursor };
    if let Some((_, read)) = STATEMENTS.iter().find(|(word, _)| reader.cursor.is(word)) {
        reader.cursor.skip();
        return read(&mut reader);
    }
    let operation = dml::statement(reader.cursor)?;
    reader.refuse_what_others_know(start, operation.as_ref());
    operation.ok_or_else(|| reader.cursor.expected("a statement"))
}

type Read = fn(&mut Reader<'_, '_, '_>) -> Parse<Operation>;

/// Statements by their first words; those that read and write rows are others.
const STATEMENTS: [(&str, Read); 17] = [
    ("CREATE", create::create),
    ("ALTER", alter_table::alter),
    ("DROP", drop),
    ("PRAGMA", session::pragma),
    ("BEGIN", session::begin),
    ("COMMIT", session::commit),
    ("END", session::commit),
    ("ROLLBACK", session::rollback),
    ("SAVEPOINT", session::savepoint),
    ("RELEASE", session::release),
    ("VACUUM", session::vacuum),
    ("REINDEX", session::reindex),
    ("ANALYZE", session::analyze),
    ("ATTACH", session::attach),
    ("DETACH", session::detach),
    ("EXPLAIN", explain),
    ("TABLE", no_table_statement),
];

/// A cursor with the version of the library.
struct Reader<'r, 's, 't> {
    target: Target,
    cursor: &'r mut Cursor<'s, 't>,
}

impl Reader<'_, '_, '_> {
    /// Notes that libraries before this version reject what stands from `mark` to here.
    fn since(&mut self, version: u16, mark: Mark, what: &str) {
        if self.target.version < version {
            let needed = Target::sqlite(version);
            self.refuse(mark, format!("{what} needs {needed}; the target is {}", self.target));
        }
    }

    /// Notes that the library rejects what stands from `mark` to here.
    fn refuse(&mut self, mark: Mark, message: impl Into<Box<str>>) {
        let span = self.cursor.span_from(mark);
        self.cursor.note(Problem { kind: ProblemKind::Invalid, span, message: message.into() });
    }
}

fn drop(reader: &mut Reader<'_, '_, '_>) -> Parse<Operation> {
    let kinds = ["TABLE", "INDEX", "VIEW", "TRIGGER"];
    let cursor = &mut *reader.cursor;
    let Some(kind) = cursor.eat_one_of(&kinds) else {
        return Err(cursor.expected("`TABLE`, `INDEX`, `VIEW` or `TRIGGER`"));
    };
    let if_exists = cursor.if_exists();
    let name = object_name(cursor)?;
    Ok(match kind {
        "TABLE" => Operation::DropTable { tables: vec![name], if_exists, temporary: false },
        "INDEX" => Operation::DropIndex { index: name, table: None, if_exists, online: Default::default() },
        "VIEW" => Operation::DropView { views: vec![name], if_exists },
        _ => Operation::DropTrigger { trigger: name, if_exists },
    })
}

/// `EXPLAIN` runs nothing.
fn explain(reader: &mut Reader<'_, '_, '_>) -> Parse<Operation> {
    let mark = reader.cursor.mark();
    reader.cursor.eat_all("QUERY PLAN");
    if reader.cursor.is("EXPLAIN") {
        return Err(reader.cursor.expected("a statement"));
    }
    statement(reader.cursor, reader.target)?;
    Ok(Operation::Select(Box::new(Query { sql: reader.cursor.text_from(mark).into(), ..Query::default() })))
}

/// `TABLE t` is a query for other servers.
fn no_table_statement(reader: &mut Reader<'_, '_, '_>) -> Parse<Operation> {
    Err(reader.cursor.problem(ProblemKind::Invalid, "`TABLE t` is unknown to SQLite: write `SELECT * FROM t`"))
}

#[cfg(test)]
mod tests;
