//! Many cases on one server.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;
use std::time::Instant;

use crate::{Error, Measurement, PostgresServer, Probe};

/// A statement and the database it meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case<'a> {
    /// What the report calls it.
    pub name: &'a str,
    /// Makes the database the statement meets: any number of statements, committed.
    pub setup: &'a str,
    /// Settings of the session, made after the setup: `SET TimeZone = 'Europe/Berlin'`.
    pub session: &'a str,
    /// What the transaction of the statement did before it.
    pub before: &'a str,
    /// The one statement to measure.
    pub sql: &'a str,
    /// The major versions the case is for.
    pub versions: RangeInclusive<u16>,
    /// Whether tables that the setup leaves empty get synthetic rows.
    pub fill: bool,
}

impl<'a> Case<'a> {
    /// A case for all versions, with synthetic rows.
    #[must_use]
    pub fn new(name: &'a str, setup: &'a str, sql: &'a str) -> Self {
        Self { name, setup, session: "", before: "", sql, versions: 14..=u16::MAX, fill: true }
    }

    /// Whether two cases can meet the same database one after the other.
    pub(crate) fn same_database(&self, other: &Case<'_>) -> bool {
        (self.setup, self.session, self.fill) == (other.setup, other.session, other.fill)
    }
}

/// What became of a [`Case`].
#[derive(Debug)]
pub struct CaseResult {
    /// The name of the case.
    pub name: String,
    /// The measurement, or why there is none.
    pub result: Result<Measurement, Error>,
}

/// Measures the cases that are for `major` on its shared server, in two databases at a time, and
/// returns the results in the order of the cases. Progress goes to standard output.
///
/// # Errors
/// When there is no server; a case that fails has its error in its [`CaseResult`].
pub fn run_cases(major: u16, cases: &[Case<'_>]) -> Result<Vec<CaseResult>, Error> {
    const WORKERS: usize = 2;

    let server = PostgresServer::shared(major)?;
    let started = Instant::now();
    let groups = Mutex::new(group(major, cases));
    let results = Mutex::new(BTreeMap::new());
    let worker = || -> Result<(), Error> {
        let mut probe = Probe::new(&server)?;
        loop {
            let group = groups.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(group) = group else { return Ok(()) };
            for index in group {
                let result = probe.measure_case(&cases[index]);
                results.lock().unwrap_or_else(PoisonError::into_inner).insert(index, result);
            }
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(ended) => ended,
            Err(panic) => std::panic::resume_unwind(panic),
        })
    })?;
    let results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    let seconds = started.elapsed().as_secs_f32();
    println!("PostgreSQL {major}: {} cases in {seconds:.1} s", results.len());
    Ok(results.into_iter().map(|(index, result)| CaseResult { name: cases[index].name.to_owned(), result }).collect())
}

/// The indexes of the cases for `major`, those with the same database together, the last first.
fn group(major: u16, cases: &[Case<'_>]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (index, case) in cases.iter().enumerate().filter(|(_, case)| case.versions.contains(&major)) {
        match groups.iter_mut().find(|group| cases[group[0]].same_database(case)) {
            Some(group) => group.push(index),
            None => groups.push(vec![index]),
        }
    }
    groups.reverse();
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_with_one_setup_stand_together() {
        let mut old = Case::new("old", "b", "");
        old.versions = 14..=15;
        let cases = [Case::new("1", "a", ""), Case::new("2", "b", ""), Case::new("3", "a", ""), old];
        assert_eq!(group(18, &cases), [vec![1], vec![0, 2]]);
        assert_eq!(group(14, &cases), [vec![1, 3], vec![0, 2]]);
    }
}
