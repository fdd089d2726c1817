//! PostgreSQL. diesel tells the codes of few errors; the others are known by their message.

use super::{Driver, Said};
use crate::live::Answer;
use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error, QueryResult};
use diesel::{PgConnection, RunQueryDsl, sql_query};
use migrate_safety_core::Dialect;
use migrate_safety_core::guard::Failure;

impl Driver for PgConnection {
    const DIALECT: Dialect = Dialect::Postgres;

    const FOLLOWS_TRANSACTIONS: bool = true;

    /// Only one column is ever asked for here.
    fn rows(&mut self, sql: &str) -> QueryResult<Vec<Vec<Option<String>>>> {
        let sql = format!("SELECT * FROM ({sql}) AS answers (answer)");
        let rows: Vec<Answer> = sql_query(sql).load(self)?;
        Ok(rows.into_iter().map(|row| vec![Some(row.answer)]).collect())
    }

    fn count(&mut self, sql: &str) -> QueryResult<usize> {
        sql_query(sql).execute(self)
    }

    fn said(&mut self, error: &Error) -> Said {
        match error {
            Error::DatabaseError(kind, information) => Said::of_failure(failure(kind, &**information)),
            other => Said::of_diesel(other),
        }
    }
}

/// The server's messages (src/backend/tcop/postgres.c, storage/lmgr, access/common, utils/misc …; in English) and codes.
const MESSAGES: [(&str, &str); 9] = [
    ("canceling statement due to lock timeout", "55P03"),
    ("could not obtain lock on ", "55P03"),
    ("deadlock detected", "40P01"),
    ("canceling statement due to statement timeout", "57014"),
    ("canceling statement due to user request", "57014"),
    ("permission denied for ", "42501"),
    ("must be owner of ", "42501"),
    ("terminating connection due to ", "57P01"),
    ("the database system is ", "57P03"),
];

/// What the server says.
fn failure(kind: &DatabaseErrorKind, information: &dyn DatabaseErrorInformation) -> Failure {
    let message = information.message().to_owned();
    let by_message = MESSAGES.iter().find(|(known, _)| message.starts_with(known)).map(|(_, code)| *code);
    let code = match kind {
        DatabaseErrorKind::SerializationFailure => Some("40001"),
        DatabaseErrorKind::ReadOnlyTransaction => Some("25006"),
        DatabaseErrorKind::UniqueViolation => Some("23505"),
        DatabaseErrorKind::ForeignKeyViolation => Some("23503"),
        DatabaseErrorKind::NotNullViolation => Some("23502"),
        DatabaseErrorKind::CheckViolation => Some("23514"),
        DatabaseErrorKind::ExclusionViolation => Some("23P01"),
        DatabaseErrorKind::RestrictViolation => Some("23001"),
        _ => by_message,
    };
    Failure {
        sqlstate: code.map(str::to_owned),
        message,
        detail: information.details().map(str::to_owned),
        hint: information.hint().map(str::to_owned),
        disconnected: matches!(kind, DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand),
        ..Failure::default()
    }
}
