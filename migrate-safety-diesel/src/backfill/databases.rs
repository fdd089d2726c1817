//! Connections to MySQL, MariaDB and SQLite.

use super::driver::{Link, not_connected};
use super::{Control, Error, Status};
use crate::connection::Driver;
use diesel::result::{ConnectionResult, QueryResult};
use migrate_safety_core::Dialect;
use migrate_safety_core::backfill::{Backfill, DatabasePlan, Failure, Statement, control_on, status_on};
use migrate_safety_core::databases::live::Live;

/// Where a database is.
#[derive(Clone)]
pub(super) struct Place {
    dialect: Dialect,
    url: String,
    open: fn(&str) -> ConnectionResult<Box<dyn Connection>>,
}

impl Place {
    /// That of a URL, if it is not one of PostgreSQL.
    pub(super) fn of(url: &str) -> Option<Self> {
        match Dialect::of_url(url)? {
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => {
                Some(Self { dialect: Dialect::Sqlite, url: uri(url), open: open::<diesel::SqliteConnection> })
            }
            #[cfg(feature = "mysql")]
            Dialect::MySql | Dialect::MariaDb => {
                let url = url.replacen("mariadb:", "mysql:", 1);
                Some(Self { dialect: Dialect::MySql, url, open: open::<diesel::MysqlConnection> })
            }
            _ => None,
        }
    }

    fn reach(&self) -> Result<Box<dyn Connection>, Error> {
        (self.open)(&self.url).map_err(|error| Error::Unreachable(error.to_string()))
    }

    /// Holds a backfill against the live schema.
    pub(super) fn prepare(&self, backfill: &Backfill) -> Result<DatabasePlan, Error> {
        Ok(backfill.prepare_on(&self.reach()?.live()?.schema())?)
    }

    /// Where a backfill is.
    pub(super) fn status(&self, name: &str) -> Result<Status, Error> {
        self.status_over(&mut *self.reach()?, name)
    }

    fn status_over(&self, connection: &mut dyn Connection, name: &str) -> Result<Status, Error> {
        let rows = match connection.texts(&status_on(self.dialect, name).unwrap_or_default()) {
            Ok(rows) => rows,
            // No backfill has ever run here.
            Err(failure) if failure.message.contains("no such table") || failure.message.contains("doesn't exist") => {
                Vec::new()
            }
            Err(failure) => return Err(refused(failure)),
        };
        let row = rows.first().ok_or_else(|| Error::Unknown(name.to_owned()))?;
        let status: Result<Status, _> = serde_json::from_str(row);
        let status = status.map_err(|error| crate::Error::Refused(error.to_string()))?;
        Ok(Status { alive: status.workers > 0, ..status })
    }

    /// Tells a backfill to pause, to go on, or to end for good.
    pub(super) fn control(&self, name: &str, control: Control) -> Result<Status, Error> {
        let mut connection = self.reach()?;
        let before = self.status_over(&mut *connection, name)?;
        let sql = control_on(self.dialect, name, control).unwrap_or_default();
        if connection.execute(&sql).map_err(refused)? == 0 {
            return Err(Error::NothingTo { name: name.to_owned(), state: before.state });
        }
        self.status_over(&mut *connection, name)
    }
}

/// For SQLite itself: the file has to be there, since there are no rows to move in one that is not.
#[cfg(feature = "sqlite")]
fn uri(url: &str) -> String {
    let rest = url.split_once(':').map_or(url, |(_, rest)| rest);
    let rest = rest.strip_prefix("//").unwrap_or(rest);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let mode = |pair: &str| pair.starts_with("mode=");
    let mut pairs: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && *pair != "mode=rwc").collect();
    if !pairs.iter().any(|pair| mode(pair)) {
        pairs.push("mode=rw");
    }
    format!("file:{}?{}", path.replace('#', "%23"), pairs.join("&"))
}

fn refused(failure: Failure) -> Error {
    crate::Error::Refused(failure.message).into()
}

/// A connection, of whichever of them.
trait Connection {
    fn batch(&mut self, sql: &str) -> Result<(), Failure>;
    fn execute(&mut self, sql: &str) -> Result<u64, Failure>;
    /// The first column of the rows.
    fn texts(&mut self, sql: &str) -> Result<Vec<String>, Failure>;
    fn live(&mut self) -> Result<Live, crate::Error>;
}

fn open<C: Driver>(url: &str) -> ConnectionResult<Box<dyn Connection>> {
    Ok(Box::new(C::establish(url)?))
}

impl<C: Driver> Connection for C {
    fn batch(&mut self, sql: &str) -> Result<(), Failure> {
        let sent = self.batch_execute(sql);
        told(self, sent)
    }

    fn execute(&mut self, sql: &str) -> Result<u64, Failure> {
        let count = self.count(sql);
        told(self, count).map(|rows| rows as u64)
    }

    fn texts(&mut self, sql: &str) -> Result<Vec<String>, Failure> {
        let rows = self.rows(sql);
        let rows = told(self, rows)?;
        Ok(rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect())
    }

    fn live(&mut self) -> Result<Live, crate::Error> {
        crate::databases::read(self)
    }
}

fn told<C: Driver, T>(connection: &mut C, answer: QueryResult<T>) -> Result<T, Failure> {
    answer.map_err(|error| {
        let said = connection.said(&error);
        Failure::of_class(said.failure.class(), said.is_about_a_row, said.failure.message)
    })
}

/// A connection to be.
pub(super) struct DatabaseLink {
    place: Place,
    connection: Option<Box<dyn Connection>>,
}

impl DatabaseLink {
    pub(super) fn new(place: Place) -> Self {
        Self { place, connection: None }
    }

    fn connected(&mut self) -> Result<&mut dyn Connection, Failure> {
        match &mut self.connection {
            Some(connection) => Ok(&mut **connection),
            None => Err(not_connected()),
        }
    }
}

impl Link for DatabaseLink {
    fn connect(&mut self) -> Result<(), Failure> {
        self.connection = None;
        let connection = (self.place.open)(&self.place.url);
        self.connection = Some(connection.map_err(|error| Failure::disconnected(error.to_string()))?);
        Ok(())
    }

    fn batch(&mut self, sql: &str) -> Result<(), Failure> {
        self.connected()?.batch(sql)
    }

    /// What is sent to these has no parameters.
    fn execute(&mut self, statement: Statement) -> Result<u64, Failure> {
        self.connected()?.execute(&statement.sql)
    }

    fn fetch(&mut self, statement: Statement) -> Result<Vec<String>, Failure> {
        self.connected()?.texts(&statement.sql)
    }
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use super::uri;

    #[test]
    fn a_file_that_is_not_there_is_not_made() {
        for (url, told) in [
            ("sqlite:app.db", "file:app.db?mode=rw"),
            ("sqlite:///srv/app.db?mode=rwc", "file:/srv/app.db?mode=rw"),
            ("sqlite://app#1.db?cache=shared&mode=ro", "file:app%231.db?cache=shared&mode=ro"),
        ] {
            assert_eq!(uri(url), told);
        }
    }
}
