//! The statements of MySQL 8.0 to 9 and MariaDB 10.4 to 12 (reference manual, chapter "SQL Statements"; MariaDB's
//! knowledge base, "SQL Statements").

mod alter;
mod column;
mod constraint;
mod create_table;
mod data;
mod index;
mod maintenance;
mod names;
mod object;
mod options;
mod partition;
mod routine;
mod session;
mod view;
mod words;

pub(in crate::databases) use self::names::is_reserved;
use crate::databases::operation::Operation;
use crate::dialect::Target;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

/// Reads what begins with a word.
type Production = fn(&mut Cursor<'_, '_>, Target) -> Parse<Operation>;

/// The statements by their first words, longer ones before shorter ones. The words are left for the production.
const STATEMENTS: &[(&str, Production)] = &[
    ("ALTER", alter::statement),
    ("ANALYZE", maintenance::analyze),
    ("BACKUP", session::other),
    ("BEGIN NOT ATOMIC", routine::block),
    ("BEGIN", session::transaction),
    ("BINLOG", session::other),
    ("CACHE INDEX", session::other),
    ("CALL", data::call),
    ("CHANGE", session::other),
    ("CHECK", maintenance::check),
    ("CHECKSUM", session::other),
    ("CLONE", session::other),
    ("COMMIT", session::transaction),
    ("CREATE", object::create),
    ("DEALLOCATE PREPARE", session::other),
    ("DELETE", data::rows),
    ("DESC", data::question),
    ("DESCRIBE", data::question),
    ("DO", data::call),
    ("DROP", object::drop),
    ("EXECUTE", session::execute),
    ("EXPLAIN", data::question),
    ("FLUSH", session::other),
    ("GET", session::other),
    ("GRANT", session::grant),
    ("HANDLER", session::other),
    ("HELP", data::question),
    ("IMPORT TABLE", session::other),
    ("INSERT", data::rows),
    ("INSTALL", session::other),
    ("KILL", session::other),
    ("LOAD INDEX", session::other),
    ("LOAD", data::load),
    ("LOCK INSTANCE", session::other),
    ("LOCK", session::lock),
    ("OPTIMIZE", maintenance::optimize),
    ("PREPARE", session::prepare),
    ("PURGE", session::other),
    ("RELEASE", session::transaction),
    ("RENAME USER", object::users),
    ("RENAME", alter::rename_tables),
    ("REPAIR", maintenance::repair),
    ("REPLACE", data::rows),
    ("RESET", session::other),
    ("RESIGNAL", session::other),
    ("RESTART", session::other),
    ("REVOKE", session::grant),
    ("ROLLBACK", session::transaction),
    ("SAVEPOINT", session::transaction),
    ("SELECT", data::rows),
    ("SET", session::set),
    ("SHOW", data::question),
    ("SHUTDOWN", session::other),
    ("SIGNAL", session::other),
    ("START TRANSACTION", session::transaction),
    ("START", session::other),
    ("STOP", session::other),
    ("TABLE", data::rows),
    ("TRUNCATE", object::truncate),
    ("UNINSTALL", session::other),
    ("UNLOCK", session::unlock),
    ("UPDATE", data::rows),
    ("USE", session::use_database),
    ("VALUES", data::rows),
    ("WITH", data::rows),
    ("XA", session::transaction),
];

/// Reads a statement.
pub(crate) fn statement(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Operation> {
    if cursor.is_token(&Token::LParen) {
        return data::rows(cursor, target);
    }
    match STATEMENTS.iter().find(|(words, _)| cursor.is_all(words)) {
        Some((_, production)) => production(cursor, target),
        None => Err(match cursor.peek() {
            Token::Word(_) => cursor.problem(ProblemKind::Invalid, "no statement begins with this word"),
            _ => cursor.expected("a statement"),
        }),
    }
}

#[cfg(test)]
mod tests;
