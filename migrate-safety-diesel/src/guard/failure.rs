//! What diesel's errors mean. diesel tells the codes of few errors; the others are known by their message.

use diesel::result::{DatabaseErrorKind, Error};
use migrate_safety_core::guard::Failure;

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

/// What the server or diesel says.
pub(super) fn failure(error: &Error) -> Failure {
    let Error::DatabaseError(kind, information) = error else {
        let disconnected = matches!(error, Error::BrokenTransactionManager);
        return Failure { message: error.to_string(), disconnected, ..Failure::default() };
    };
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

/// What a migration's code says.
pub(super) fn of_code(error: &(dyn std::error::Error + 'static)) -> Failure {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<Error>() {
            return failure(error);
        }
        cause = error.source();
    }
    Failure::of_ours(error.to_string())
}
