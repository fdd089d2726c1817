//! Looking at a backfill and steering it, from any process.

use super::Error;
use migrate_safety_core::backfill::{Control, Statement, Status, control_statement, status_statement};
use sqlx::{AssertSqlSafe, PgConnection, Row};

/// Where a backfill is, running or not.
///
/// # Errors
/// There is none of this name, or the database cannot be read.
pub async fn status(connection: &mut PgConnection, schema: &str, name: &str) -> Result<Status, Error> {
    let Statement { sql, parameters } = status_statement(schema, name);
    let query = parameters.into_iter().fold(sqlx::query(AssertSqlSafe(sql)), sqlx::query::Query::bind);
    let row = match query.fetch_optional(connection).await {
        Ok(row) => row,
        // No backfill has ever run here.
        Err(sqlx::Error::Database(said)) if said.code().as_deref() == Some("42P01") => None,
        Err(error) => return Err(crate::Error::reading(error).into()),
    };
    let row = row.ok_or_else(|| Error::Unknown(name.to_owned()))?;
    let text: String = row.try_get("answer").map_err(crate::Error::reading)?;
    serde_json::from_str(&text).map_err(|error| crate::Error::Failed(error.to_string()).into())
}

/// Where a backfill is, in the database of a URL: of PostgreSQL or, with the features `mysql` and `sqlite`, of those, which
/// have no schema.
///
/// # Errors
/// As [`status`].
pub async fn status_at(url: &str, schema: &str, name: &str) -> Result<Status, Error> {
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    if let Some(place) = super::elsewhere::Place::of(url)? {
        return place.status(name).await;
    }
    status(&mut crate::connect(url).await?, schema, name).await
}

/// Tells a backfill in the database of a URL; see [`status_at`].
///
/// # Errors
/// As [`control()`].
pub async fn control_at(url: &str, schema: &str, name: &str, told: Control) -> Result<Status, Error> {
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    if let Some(place) = super::elsewhere::Place::of(url)? {
        return place.control(name, told).await;
    }
    control(&mut crate::connect(url).await?, schema, name, told).await
}

/// Tells a backfill to pause, to go on, or to end for good, and says where it is. Its workers hear it before their next
/// batch.
///
/// # Errors
/// There is none of this name, it is in a state where this makes no sense, or the database cannot be reached.
pub async fn control(
    connection: &mut PgConnection,
    schema: &str,
    name: &str,
    control: Control,
) -> Result<Status, Error> {
    let before = status(connection, schema, name).await?;
    let Statement { sql, parameters } = control_statement(schema, name, control);
    let query = parameters.into_iter().fold(sqlx::query(AssertSqlSafe(sql)), sqlx::query::Query::bind);
    let done = query.execute(&mut *connection).await.map_err(crate::Error::reading)?;
    if done.rows_affected() == 0 {
        let control = match control {
            Control::Pause => "pause",
            Control::Resume => "resume",
            Control::Cancel => "cancel",
        };
        return Err(Error::NothingTo { name: name.to_owned(), state: before.state, control });
    }
    status(connection, schema, name).await
}
