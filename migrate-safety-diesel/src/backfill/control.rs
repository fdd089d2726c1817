//! Looking at a backfill and steering it, from any process.

#[cfg(any(feature = "mysql", feature = "sqlite"))]
use super::databases::Place;
#[cfg(feature = "postgres")]
use super::postgres::{connect, fetch, query};
use super::{Control, Error, Status, known};
#[cfg(feature = "postgres")]
use diesel::{PgConnection, RunQueryDsl, result::Error as Diesel};
#[cfg(feature = "postgres")]
use migrate_safety_core::backfill::{control_statement, status_statement};

/// Where a backfill is, in the database of a URL as [`Runner::run`](super::Runner::run) takes it; MySQL, MariaDB and SQLite
/// have no schemas.
///
/// # Errors
/// There is none of this name, or the database cannot be reached or read.
pub fn status_at(url: &str, schema: &str, name: &str) -> Result<Status, Error> {
    known(url)?;
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    if let Some(place) = Place::of(url) {
        return place.status(name);
    }
    #[cfg(feature = "postgres")]
    return status(&mut connect(url)?, schema, name);
    #[cfg(not(feature = "postgres"))]
    Err(lacks_postgres(schema))
}

/// Tells a backfill in the database of a URL; see [`status_at`].
///
/// # Errors
/// As [`status_at`]; also, it is in a state where this makes no sense.
pub fn control_at(url: &str, schema: &str, name: &str, told: Control) -> Result<Status, Error> {
    known(url)?;
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    if let Some(place) = Place::of(url) {
        return place.control(name, told);
    }
    #[cfg(feature = "postgres")]
    return control(&mut connect(url)?, schema, name, told);
    #[cfg(not(feature = "postgres"))]
    Err(lacks_postgres(schema))
}

/// Only PostgreSQL has schemas.
#[cfg(not(feature = "postgres"))]
fn lacks_postgres(_schema: &str) -> Error {
    Error::Feature("postgres")
}

/// Where a backfill is, running or not.
///
/// # Errors
/// There is none of this name, or the database cannot be read.
#[cfg(feature = "postgres")]
pub fn status(connection: &mut PgConnection, schema: &str, name: &str) -> Result<Status, Error> {
    let rows = match fetch(connection, status_statement(schema, name)) {
        Ok(rows) => rows,
        // No backfill has ever run here.
        Err(Diesel::DatabaseError(_, said)) if said.message().contains("does not exist") => Vec::new(),
        Err(error) => return Err(crate::Error::from(error).into()),
    };
    let text = rows.first().ok_or_else(|| Error::Unknown(name.to_owned()))?;
    serde_json::from_str(text).map_err(|error| crate::Error::Refused(error.to_string()).into())
}

/// Tells a backfill to pause, to go on, or to end for good, and says where it is. Its workers hear it before their next
/// batch.
///
/// # Errors
/// There is none of this name, it is in a state where this makes no sense, or the database cannot be reached.
#[cfg(feature = "postgres")]
pub fn control(connection: &mut PgConnection, schema: &str, name: &str, control: Control) -> Result<Status, Error> {
    let before = status(connection, schema, name)?;
    let done = query(control_statement(schema, name, control)).execute(connection).map_err(crate::Error::from)?;
    if done == 0 {
        return Err(Error::NothingTo { name: name.to_owned(), state: before.state });
    }
    status(connection, schema, name)
}
