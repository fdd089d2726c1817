//! SQLite. diesel keeps the library's codes to itself; what hangs on them is known by the message.

use super::{Driver, Said};
use diesel::connection::LoadConnection;
use diesel::deserialize::FromSql;
use diesel::result::{Error, QueryResult};
use diesel::row::{Field, Row};
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use diesel::{RunQueryDsl, SqliteConnection, sql_query};
use migrate_safety_core::Dialect;
use migrate_safety_core::guard::Failure;
use migrate_safety_core::retry::{ErrorClass, sqlite_code, sqlite_is_about_a_row};

impl Driver for SqliteConnection {
    const DIALECT: Dialect = Dialect::Sqlite;

    fn rows(&mut self, sql: &str) -> QueryResult<Vec<Vec<Option<String>>>> {
        LoadConnection::load(self, sql_query(sql))?.map(|row| texts(&row?)).collect()
    }

    fn count(&mut self, sql: &str) -> QueryResult<usize> {
        sql_query(sql).execute(self)
    }

    fn said(&mut self, error: &Error) -> Said {
        match error {
            Error::DatabaseError(_, said) => {
                let message = said.message().to_owned();
                let code = sqlite_code(&message).or_else(|| is_raised(self, &message).then_some(RAISED));
                let sqlstate = code.map(|code| code.to_string());
                let meaning = Some(code.map_or(ErrorClass::Other, ErrorClass::of_sqlite));
                let failure = Failure { sqlstate, message, meaning, ..Failure::default() };
                Said { failure, is_about_a_row: code.is_some_and(sqlite_is_about_a_row) }
            }
            Error::RollbackErrorOnCommit { commit_error, .. } => self.said(commit_error),
            other => Said::of_diesel(other),
        }
    }
}

/// CONSTRAINT_TRIGGER.
const RAISED: i32 = 1811;

/// Whether a trigger raises this: the words are its own.
fn is_raised(connection: &mut SqliteConnection, message: &str) -> bool {
    let literal = format!("'{}'", message.replace('\'', "''"));
    // As it is written in the trigger: a literal of a literal.
    let written = literal.replace('\'', "''");
    let triggers = "SELECT sql FROM sqlite_master WHERE type = 'trigger' \
                    UNION ALL SELECT sql FROM sqlite_temp_master WHERE type = 'trigger'";
    let sql = format!("SELECT 1 FROM ({triggers}) WHERE sql LIKE '%RAISE%' AND instr(sql, '{written}') LIMIT 1");
    connection.rows(&sql).is_ok_and(|rows| !rows.is_empty())
}

/// SQLite makes a text of any value.
fn texts<'r>(row: &impl Row<'r, Sqlite>) -> QueryResult<Vec<Option<String>>> {
    let text = |at| {
        let field = row.get(at);
        let value = field.as_ref().and_then(Field::value);
        let text = value.map(<String as FromSql<Text, Sqlite>>::from_sql).transpose();
        text.map_err(Error::DeserializationError)
    };
    (0..row.field_count()).map(text).collect()
}
