//! SQLite's grammar, as of 3.54. Sources: "SQL As Understood By SQLite" and the rules of its parser (parse.y).

mod alter_table;
mod column;
mod create;
mod create_table;
mod names;
mod session;
mod trigger;
mod virtual_table;

use self::names::object_name;
use crate::databases::dml;
use crate::databases::operation::{Operation, Query};
use crate::dialect::Target;
use crate::sql::cursor::{Cursor, Mark, Parse};
use crate::sql::statement::{Problem, ProblemKind};
use crate::sql::token::Token;

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

    /// `INSERT`, `UPDATE` and `DELETE` are read for all servers; some forms are unknown to this one.
    fn refuse_what_others_know(&mut self, start: Mark, operation: Option<&Operation>) {
        const OTHERS: [(&str, &str); 10] = [
            ("ON DUPLICATE", "`ON DUPLICATE KEY UPDATE` is MySQL's: write `ON CONFLICT … DO UPDATE SET`"),
            ("INSERT IGNORE", "`INSERT IGNORE` is MySQL's: write `INSERT OR IGNORE`"),
            ("INSERT LOW_PRIORITY", "`LOW_PRIORITY` is MySQL's"),
            ("INSERT DELAYED", "`DELAYED` is MySQL's"),
            ("INSERT HIGH_PRIORITY", "`HIGH_PRIORITY` is MySQL's"),
            ("UPDATE IGNORE", "`UPDATE IGNORE` is MySQL's: write `UPDATE OR IGNORE`"),
            ("DELETE IGNORE", "`DELETE IGNORE` is MySQL's"),
            ("STRAIGHT_JOIN", "`STRAIGHT_JOIN` is MySQL's"),
            ("FOR UPDATE", "`FOR UPDATE` is unknown to SQLite: a transaction that writes has the whole database"),
            ("FOR SHARE", "`FOR SHARE` is unknown to SQLite"),
        ];
        const SINCE: [(&str, u16, &str); 3] =
            [("RETURNING", 335, "`RETURNING`"), ("RIGHT JOIN", 339, "`RIGHT JOIN`"), ("FULL JOIN", 339, "`FULL JOIN`")];
        let Some(operation) = operation else { return };
        let end = self.cursor.mark();
        self.cursor.rewind(start);
        let mut depth = 0usize;
        // Whether an `ON` would be that of a join.
        let mut joins = false;
        while self.cursor.mark() != end {
            let mark = self.cursor.mark();
            match self.cursor.peek() {
                Token::LParen => depth += 1,
                Token::RParen => depth = depth.saturating_sub(1),
                Token::Word(_) if depth == 0 => {
                    if joins && self.cursor.is_all("ON CONFLICT") {
                        self.cursor.eat_all("ON CONFLICT");
                        self.refuse(
                            mark,
                            "the parser takes this `ON` for that of a join: write `WHERE true` before it",
                        );
                    }
                    let is = |words: &[&str]| words.iter().any(|word| self.cursor.is(word));
                    joins = is(&["FROM", "JOIN"])
                        || (joins && !is(&["ON", "USING", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION"]));
                    if let Some((words, message)) = OTHERS.iter().find(|(words, _)| self.cursor.is_all(words)) {
                        self.cursor.eat_all(words);
                        self.refuse(mark, *message);
                        continue;
                    }
                    if let Some((words, version, what)) = SINCE.iter().find(|(words, ..)| self.cursor.is_all(words)) {
                        self.cursor.eat_all(words);
                        self.since(*version, mark, what);
                        continue;
                    }
                }
                _ => {}
            }
            self.cursor.skip();
        }
        self.cursor.rewind(start);
        self.alias_without_as(operation);
        self.cursor.rewind(end);
        let (tables, verb) = match operation {
            Operation::Update(update) => {
                if update.assignments.iter().any(|(qualifier, ..)| qualifier.is_some()) {
                    self.refuse(start, "a column that is set has no table before it");
                }
                (update.tables.len(), "UPDATE")
            }
            Operation::Delete(delete) => (delete.tables.len(), "DELETE"),
            Operation::Insert(insert) => {
                let begins = |word: &str| {
                    insert.source.sql.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
                };
                let known =
                    insert.source.sql.is_empty() || ["VALUES", "SELECT", "WITH", "("].iter().any(|word| begins(word));
                if !known {
                    self.refuse(start, "`INSERT … SET` and `VALUE` are MySQL's: write columns and `VALUES`");
                }
                return;
            }
            _ => return,
        };
        if tables != 1 {
            self.refuse(start, format!("`{verb}` changes one table in SQLite"));
        }
    }
}

impl Reader<'_, '_, '_> {
    /// The table of `UPDATE` and `DELETE` has an alias behind `AS` alone.
    fn alias_without_as(&mut self, operation: &Operation) {
        let first = match operation {
            Operation::Update(_) => "UPDATE",
            Operation::Delete(_) => "DELETE",
            _ => return,
        };
        // Common table expressions stand before it.
        self.cursor.skip_until(|c| c.is(first));
        self.cursor.skip();
        if self.cursor.eat("OR") {
            self.cursor.skip();
        }
        self.cursor.eat("FROM");
        if object_name(self.cursor).is_err() {
            return;
        }
        let behind = ["AS", "INDEXED", "NOT", "SET", "WHERE", "RETURNING", "ORDER", "LIMIT"];
        let mark = self.cursor.mark();
        let is_alias = matches!(self.cursor.peek(), Token::Word(_)) && !behind.iter().any(|word| self.cursor.is(word));
        if is_alias {
            self.cursor.skip();
            self.refuse(mark, format!("the alias of the table of `{first}` stands behind `AS`"));
        }
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
