//! MySQL and MariaDB. diesel keeps the server's numbers to itself, and the server is asked for them.

use super::{Driver, Said};
use diesel::connection::{LoadConnection, SimpleConnection};
use diesel::deserialize::{FromSql, Result};
use diesel::mysql::data_types::MysqlTime;
use diesel::mysql::{Mysql, MysqlType, MysqlValue};
use diesel::result::{Error, QueryResult};
use diesel::row::{Field, Row};
use diesel::sql_types::{BigInt, Binary, Datetime, Double, Unsigned};
use diesel::{MysqlConnection, RunQueryDsl, sql_query};
use migrate_safety_core::Dialect;
use migrate_safety_core::guard::Failure;
use migrate_safety_core::retry::{ErrorClass, mysql_is_about_a_row};

impl Driver for MysqlConnection {
    const DIALECT: Dialect = Dialect::MySql;

    fn rows(&mut self, sql: &str) -> QueryResult<Vec<Vec<Option<String>>>> {
        let unprepared = match LoadConnection::load(self, sql_query(sql)) {
            Ok(rows) => return rows.map(|row| texts(&row?)).collect(),
            Err(error) => error,
        };
        match unprepared {
            // It was not executed: it gives no rows, or fails when it is executed, as `SHOW CREATE TABLE` of what is not
            // there. Rows that it gives nevertheless are lost, and must not pass for none.
            Error::DeserializationError(why) => {
                self.batch_execute(sql)?;
                let lost = sql.trim_start().get(..4).is_some_and(|word| word.eq_ignore_ascii_case("SHOW"));
                if lost { Err(Error::DeserializationError(why)) } else { Ok(Vec::new()) }
            }
            error => Err(error),
        }
    }

    fn count(&mut self, sql: &str) -> QueryResult<usize> {
        sql_query(sql).execute(self)
    }

    /// diesel prepares every question, and MySQL (measured: 9.7) tells the columns of `SHOW CREATE TABLE` only when it is
    /// executed, so that diesel cannot read them. MariaDB tells them before.
    fn unfit(&mut self) -> Option<String> {
        let prepared = LoadConnection::load(self, sql_query("SHOW CREATE TABLE information_schema.TABLES")).err()?;
        matches!(prepared, Error::DeserializationError(_)).then(|| {
            "diesel cannot read the schema of this MySQL server, which tells the columns of SHOW CREATE TABLE only to a \
             driver that does not prepare it; `migrate-safety run` and `migrate-safety backfill` do it over a driver of \
             their own, with diesel's bookkeeping (on MariaDB, this connection will do)"
                .to_owned()
        })
    }

    fn said(&mut self, error: &Error) -> Said {
        match error {
            Error::DatabaseError(_, said) => {
                let message = said.message().to_owned();
                let asked = self.batch_execute(DIAGNOSE).and_then(|()| self.rows(DIAGNOSIS));
                let forgotten = self.batch_execute(FORGET);
                match (asked, forgotten) {
                    (Ok(rows), _) => of_server(message, &rows),
                    (Err(_), Ok(())) => Said::of_failure(Failure { message, ..Failure::default() }),
                    // Whoever does not answer this either is gone.
                    (Err(_), Err(_)) => Said::of_failure(Failure { message, disconnected: true, ..Failure::default() }),
                }
            }
            Error::RollbackErrorOnCommit { commit_error, .. } => self.said(commit_error),
            other => Said::of_diesel(other),
        }
    }
}

/// What the statement before has failed with. A statement about that leaves it. The error is the last condition of MySQL,
/// and the first of MariaDB, which says behind it where in a trigger it was.
const DIAGNOSE: &str = "GET DIAGNOSTICS @migrate_safety_number = NUMBER; \
    GET DIAGNOSTICS CONDITION 1 @migrate_safety_first = MYSQL_ERRNO, @migrate_safety_first_state = RETURNED_SQLSTATE, \
    @migrate_safety_first_message = MESSAGE_TEXT; \
    GET DIAGNOSTICS CONDITION @migrate_safety_number @migrate_safety_last = MYSQL_ERRNO, \
    @migrate_safety_last_state = RETURNED_SQLSTATE, @migrate_safety_last_message = MESSAGE_TEXT";
const DIAGNOSIS: &str = "SELECT @migrate_safety_first, @migrate_safety_first_state, @migrate_safety_first_message \
    UNION ALL SELECT @migrate_safety_last, @migrate_safety_last_state, @migrate_safety_last_message";
const FORGET: &str = "SET @migrate_safety_number = NULL, @migrate_safety_first = NULL, \
    @migrate_safety_first_state = NULL, @migrate_safety_first_message = NULL, @migrate_safety_last = NULL, \
    @migrate_safety_last_state = NULL, @migrate_safety_last_message = NULL";

/// `conditions`: number, SQLSTATE and message of each.
fn of_server(message: String, conditions: &[Vec<Option<String>>]) -> Said {
    let found = conditions.iter().find_map(|condition| match condition.as_slice() {
        // A long message is cut.
        [Some(number), Some(state), Some(text)] if message.starts_with(text.as_str()) => {
            Some((number.parse().ok()?, state.as_str()))
        }
        _ => None,
    });
    let (number, state): (Option<u16>, &str) = found.map_or((None, ""), |(number, state)| (Some(number), state));
    let meaning = match number {
        _ if state == "45000" => ErrorClass::Raised,
        number => number.map_or(ErrorClass::Other, ErrorClass::of_mysql),
    };
    let failure = Failure {
        sqlstate: number.map(|number| number.to_string()),
        message,
        disconnected: meaning == ErrorClass::Disconnected,
        meaning: Some(meaning),
        ..Failure::default()
    };
    Said { failure, is_about_a_row: number.is_some_and(|number| mysql_is_about_a_row(number, state)) }
}

/// Prepared statements give numbers and times in binary.
fn texts<'r>(row: &impl Row<'r, Mysql>) -> QueryResult<Vec<Option<String>>> {
    let text = |at| {
        let field = row.get(at);
        let value = field.as_ref().and_then(Field::value);
        value.map(text).transpose().map_err(Error::DeserializationError)
    };
    (0..row.field_count()).map(text).collect()
}

fn text(value: MysqlValue<'_>) -> Result<String> {
    use MysqlType as Type;
    Ok(match value.value_type() {
        Type::Tiny | Type::Short | Type::Long | Type::LongLong => {
            <i64 as FromSql<BigInt, Mysql>>::from_sql(value)?.to_string()
        }
        Type::UnsignedTiny | Type::UnsignedShort | Type::UnsignedLong | Type::UnsignedLongLong => {
            <u64 as FromSql<Unsigned<BigInt>, Mysql>>::from_sql(value)?.to_string()
        }
        Type::Float | Type::Double => <f64 as FromSql<Double, Mysql>>::from_sql(value)?.to_string(),
        Type::Date | Type::DateTime | Type::Timestamp | Type::Time => {
            let MysqlTime { year, month, day, hour, minute, second, second_part, .. } =
                <MysqlTime as FromSql<Datetime, Mysql>>::from_sql(value)?;
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{second_part:06}")
        }
        _ => {
            let bytes = <Vec<u8> as FromSql<Binary, Mysql>>::from_sql(value)?;
            String::from_utf8_lossy(&bytes).into_owned()
        }
    })
}
