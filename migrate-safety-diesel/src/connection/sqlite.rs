//! SQLite. diesel keeps the library's codes to itself; what hangs on them is known by the message.

use super::{Driver, of_diesel};
use diesel::connection::LoadConnection;
use diesel::deserialize::FromSql;
use diesel::result::{Error, QueryResult};
use diesel::row::{Field, Row};
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use diesel::{SqliteConnection, sql_query};
use migrate_safety_core::Dialect;
use migrate_safety_core::guard::Failure;
use migrate_safety_core::retry::{ErrorClass, sqlite_code};

impl Driver for SqliteConnection {
    const DIALECT: Dialect = Dialect::Sqlite;

    fn rows(&mut self, sql: &str) -> QueryResult<Vec<Vec<Option<String>>>> {
        LoadConnection::load(self, sql_query(sql))?.map(|row| texts(&row?)).collect()
    }

    fn failure(error: &Error) -> Failure {
        match error {
            Error::DatabaseError(_, said) => {
                let code = sqlite_code(said.message());
                Failure {
                    sqlstate: code.map(|code| code.to_string()),
                    message: said.message().to_owned(),
                    meaning: Some(code.map_or(ErrorClass::Other, ErrorClass::of_sqlite)),
                    ..Failure::default()
                }
            }
            Error::RollbackErrorOnCommit { commit_error, .. } => Self::failure(commit_error),
            other => of_diesel(other),
        }
    }
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
