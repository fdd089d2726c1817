//! What one statement does, as the server shows it.

use std::sync::PoisonError;

use crate::place::Place;
use crate::{Case, Error, LockMode, PostgresServer, ServerError, reset};

/// What a statement did. Relations are `schema.name`, unquoted, as they were called before it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measurement {
    /// The strongest lock taken on each relation that existed, from `ROW EXCLUSIVE` up.
    pub locks: Vec<(String, String)>,
    /// Tables and materialized views that got a new file.
    pub rewrites: Vec<String>,
    /// Tables and materialized views that were read as a whole.
    pub scans: Vec<String>,
    /// Indexes that got a new file while their table kept its own.
    pub rebuilds_indexes: Vec<String>,
    /// Whether the server refused it in a transaction block; then it was measured without one.
    pub requires_no_transaction: bool,
    /// The error the statement ended with. In a transaction nothing else is known then.
    pub error: Option<ServerError>,
    /// Tables that had no rows, because none could be made up.
    pub unfilled: Vec<String>,
}

impl Measurement {
    /// Adds the locks another measurement of the same case saw: the stronger mode of each relation stays.
    pub fn add_locks(&mut self, seen: Vec<(String, String)>) {
        for (relation, mode) in seen {
            match self.locks.iter_mut().find(|(known, _)| *known == relation) {
                Some((_, known)) if LockMode::from_name(known) < LockMode::from_name(&mode) => *known = mode,
                Some(_) => {}
                None => self.locks.push((relation, mode)),
            }
        }
        self.locks.sort();
    }
}

/// Measures statements in a database of its own, which it empties between cases.
pub struct Probe {
    server: PostgresServer,
    place: Option<Place>,
}

impl Probe {
    /// A probe with a new database on `server`.
    ///
    /// # Errors
    /// When the database cannot be created.
    pub fn new(server: &PostgresServer) -> Result<Self, Error> {
        Ok(Self { server: server.clone(), place: Some(Place::create(server)?) })
    }

    /// Measures `sql` in a database made by `setup`, whose empty tables get synthetic rows.
    ///
    /// # Errors
    /// When the setup fails; an error of `sql` itself is part of the measurement.
    pub fn measure(&mut self, setup: &str, sql: &str) -> Result<Measurement, Error> {
        self.measure_case(&Case::new("", setup, sql))
    }

    /// Measures a case on this server, whatever versions it is for.
    ///
    /// The next case with the same setup meets the same database.
    ///
    /// # Errors
    /// When the setup, the settings or the statements before fail; an error of the statement
    /// itself is part of the measurement.
    pub fn measure_case(&mut self, case: &Case<'_>) -> Result<Measurement, Error> {
        let server = self.server.clone();
        if !touches_cluster(case) {
            return self.measure_here(case);
        }
        let _alone = server.cluster().lock().unwrap_or_else(PoisonError::into_inner);
        let measured = self.measure_here(case);
        // Roles own objects: these go first.
        self.place = None;
        let keep = server.databases().clone();
        reset::clean_cluster(&mut server.connect("postgres")?, &keep)?;
        measured
    }

    fn measure_here(&mut self, case: &Case<'_>) -> Result<Measurement, Error> {
        let mut place = self.place(case)?;
        let measured = place.measure(case);
        // A lost connection says why once; the next case gets another.
        self.place = (!place.is_lost()).then_some(place);
        measured
    }

    /// A database made by the setup of `case`.
    fn place(&mut self, case: &Case<'_>) -> Result<Place, Error> {
        let old = self.place.take();
        let old = match old {
            Some(place) if place.is_made_for(case) => return Ok(place),
            other => other,
        };
        let mut place = match old.and_then(Place::emptied) {
            Some(place) => place,
            None => Place::create(&self.server)?,
        };
        match place.make_for(case) {
            Ok(()) => Ok(place),
            Err(error) => {
                self.place = Some(place);
                Err(error)
            }
        }
    }
}

/// Whether a case changes what all databases of a server share.
fn touches_cluster(case: &Case<'_>) -> bool {
    const WORDS: [&str; 7] = ["role", "user", "group", "database", "system", "tablespace", "subscription"];

    [case.setup, case.session, case.before, case.sql].iter().any(|sql| {
        let mut words =
            sql.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).peekable();
        while let Some(word) = words.next() {
            let groups_rows = words.peek().is_some_and(|next| next.eq_ignore_ascii_case("by"));
            if !groups_rows && WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)) {
                return true;
            }
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_looks_see_the_stronger_lock() {
        let locks = |modes: &[(&str, &str)]| modes.iter().map(|(r, m)| ((*r).to_owned(), (*m).to_owned())).collect();
        let mut measured =
            Measurement { locks: locks(&[("a", "SHARE"), ("b", "ROW EXCLUSIVE")]), ..Measurement::default() };
        measured.add_locks(locks(&[("a", "ROW EXCLUSIVE"), ("b", "SHARE"), ("c", "SHARE")]));
        let expected: Vec<(String, String)> = locks(&[("a", "SHARE"), ("b", "SHARE"), ("c", "SHARE")]);
        assert_eq!(measured.locks, expected);
    }

    #[test]
    fn roles_are_shared_and_tables_are_not() {
        assert!(touches_cluster(&Case::new("", "", "CREATE ROLE app")));
        assert!(touches_cluster(&Case::new("", "CREATE GROUP app", "")));
        assert!(!touches_cluster(&Case::new("", "CREATE TABLE users (id int)", "DROP TABLE users")));
        assert!(!touches_cluster(&Case::new("", "", "SELECT count(*) FROM users GROUP BY name")));
    }
}
