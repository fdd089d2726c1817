//! The catalog of a live server.
//!
//! Nothing here does I/O: [`Reading`] says what to execute and takes the answers, so that a synchronous and an
//! asynchronous driver share all of it.
//!
//! ```text
//! let mut reading = Reading::new(Limits::default());
//! while let Some(step) = reading.next_step() {
//!     match step {
//!         Step::Execute(sql) => connection.execute(&sql)?,
//!         Step::Fetch(sql) => reading.take(connection.one_text_column(&sql)?)?,
//!     }
//! }
//! let live = reading.finish()?;
//! ```
//!
//! All of it belongs into one transaction, begun with [`BEGIN`]. It needs no right but `CONNECT`: everything comes from
//! `pg_catalog`, the migrations that a host has recorded excepted. The only locks are ACCESS SHARE, on relations whose
//! expressions have to be written out; one that another session has locked ACCESS EXCLUSIVE is left out and named in
//! [`Live::unread`].

mod applied;
mod build;
mod queries;
mod rows;
mod statistics;
mod text;

pub use applied::{Applied, AppliedMigration};
pub use statistics::{IndexStatistics, Replica, Statistics, TableStatistics};

use super::Catalog;
use crate::dialect::Target;
use build::Builder;
use queries::Question;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// How the transaction of a reading begins.
pub const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// How long a server may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// `lock_timeout`.
    pub lock_timeout: Duration,
    /// `statement_timeout`.
    pub statement_timeout: Duration,
}

impl Default for Limits {
    /// Two seconds for a lock, a minute for a statement.
    fn default() -> Self {
        Self { lock_timeout: Duration::from_secs(2), statement_timeout: Duration::from_secs(60) }
    }
}

/// What to do next with the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Run this, several statements in one message; it gives nothing.
    Execute(String),
    /// Run this and hand the one text column of its rows to [`Reading::take`].
    Fetch(String),
}

/// What a live server holds.
#[derive(Clone, Debug)]
pub struct Live {
    /// The schema. What belongs to an extension is not in it.
    pub catalog: Catalog,
    /// The name of the database.
    pub database: String,
    /// Sizes and use.
    pub statistics: Statistics,
    /// The migrations that a host has recorded; absent without its bookkeeping table.
    pub applied: Option<Applied>,
    /// What could not be read, and why; everything else is there.
    pub unread: Vec<Unread>,
}

/// Something of which the catalog does not hold everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The object: `public.users`.
    pub object: String,
    /// Why.
    pub reason: Unreadable,
}

/// Why something could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Another session holds ACCESS EXCLUSIVE on it or waits for it: its expressions are missing.
    Locked,
    /// The server's own text was not understood.
    NotUnderstood(String),
    /// The bookkeeping table may not be read.
    Forbidden,
    /// The server answered with an error.
    Refused(String),
}

impl std::fmt::Display for Unread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let object = &self.object;
        match &self.reason {
            Unreadable::Locked => write!(
                f,
                "{object}: another session holds or awaits ACCESS EXCLUSIVE on it, so that its expressions were not \
                 read; try again when it has ended"
            ),
            Unreadable::NotUnderstood(text) => write!(f, "{object}: this was not understood: {text}"),
            Unreadable::Refused(error) => write!(f, "{object}: the server did not tell what it is: {error}"),
            Unreadable::Forbidden => write!(
                f,
                "{object}: this role may not read it, so that what has been applied is not known; grant SELECT on it"
            ),
        }
    }
}

/// A server that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// An answer is not what was asked for.
    #[error("the server's answer about {question} was not understood: {reason}")]
    Answer {
        /// What was asked about.
        question: String,
        /// What is wrong with the answer.
        reason: String,
    },
    /// A server that is too old.
    #[error("PostgreSQL {0} is too old to be read: 12 is the oldest")]
    TooOld(u16),
    /// There are fewer answers than questions.
    #[error("the reading was not carried through to its end")]
    Unfinished,
}

/// The oldest server whose catalog has all that is asked for.
const OLDEST: u16 = 12;

/// A reading of a server's catalog, step by step.
#[derive(Debug)]
pub struct Reading {
    settings: Option<String>,
    questions: std::vec::IntoIter<Question>,
    asked: Option<Asked>,
    kinds: Option<rows::KindsRow>,
    builder: Option<Builder>,
    statistics: Statistics,
    applied: Option<Applied>,
}

/// What the next answer is about.
#[derive(Debug)]
enum Asked {
    Catalog(Question),
    Applied,
}

impl Reading {
    /// Nothing asked yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            settings: Some(settings(limits)),
            questions: Question::ALL.to_vec().into_iter(),
            asked: None,
            kinds: None,
            builder: None,
            statistics: Statistics::default(),
            applied: None,
        }
    }

    /// What to do next; nothing when all has been asked.
    pub fn next_step(&mut self) -> Option<Step> {
        if let Some(settings) = self.settings.take() {
            return Some(Step::Execute(settings));
        }
        while let Some(question) = self.questions.next() {
            let is_empty = self.kinds.is_some_and(|kinds| kinds.leaves_empty(question));
            if is_empty && self.take_catalog(question, &[]).is_ok() {
                continue;
            }
            self.asked = Some(Asked::Catalog(question));
            return Some(Step::Fetch(question.sql().to_owned()));
        }
        if self.asked.is_some() && self.applied.is_none() {
            let builder = self.builder.as_ref()?;
            self.applied = Some(Applied::find(&builder.catalog)?);
            let sql = self.applied.as_ref()?.readable_question();
            self.asked = Some(Asked::Applied);
            return Some(Step::Fetch(sql));
        }
        let applied = self.applied.as_ref().filter(|applied| applied.readable && !applied.asked)?;
        let sql = applied.question();
        self.asked = Some(Asked::Applied);
        Some(Step::Fetch(sql))
    }

    /// Takes the answer to the question that was asked last.
    ///
    /// # Errors
    /// The rows are not what was asked for.
    pub fn take(&mut self, rows: Vec<String>) -> Result<(), ReadError> {
        match (&self.asked, &mut self.applied) {
            (Some(Asked::Catalog(question)), _) => self.take_catalog(*question, &rows),
            (Some(Asked::Applied), Some(applied)) => applied.take(&rows),
            _ => Err(ReadError::Unfinished),
        }
    }

    /// All that was read.
    ///
    /// # Errors
    /// Not everything has been asked.
    pub fn finish(self) -> Result<Live, ReadError> {
        let builder = self.builder.filter(|_| self.questions.len() == 0).ok_or(ReadError::Unfinished)?;
        let (catalog, database, mut unread) = builder.finish();
        let applied = self.applied.filter(|applied| {
            if !applied.readable {
                unread.push(Unread { object: applied.table.clone(), reason: Unreadable::Forbidden });
            }
            applied.readable
        });
        Ok(Live { catalog, database, statistics: self.statistics, applied, unread })
    }

    fn take_catalog(&mut self, question: Question, rows: &[String]) -> Result<(), ReadError> {
        if question == Question::Server {
            let server: rows::ServerRow = first(question, rows)?;
            let version = u16::try_from(server.version / 10_000).unwrap_or(u16::MAX);
            if version < OLDEST {
                return Err(ReadError::TooOld(version));
            }
            let target = Target::postgres(version.min(Target::NEWEST_POSTGRES));
            self.builder = Some(Builder::new(target, server));
            return Ok(());
        }
        let Some(builder) = &mut self.builder else { return Err(ReadError::Unfinished) };
        match question {
            Question::Server => {}
            Question::Kinds => self.kinds = parsed(question, rows)?.into_iter().next(),
            Question::Spaces => builder.add_spaces(parsed(question, rows)?),
            Question::Collations => builder.add_collations(parsed(question, rows)?),
            Question::Types => builder.add_types(parsed(question, rows)?),
            Question::Relations => builder.add_relations(parsed(question, rows)?),
            Question::Parents => builder.add_parents(parsed(question, rows)?),
            Question::Columns => builder.add_columns(parsed(question, rows)?),
            Question::Constraints => builder.keep_constraints(parsed(question, rows)?),
            Question::Indexes => {
                builder.add_indexes(parsed(question, rows)?);
                builder.add_constraints();
            }
            Question::Sequences => builder.add_sequences(parsed(question, rows)?),
            Question::Routines => builder.add_routines(parsed(question, rows)?),
            Question::Triggers => builder.add_triggers(parsed(question, rows)?),
            Question::Rules => builder.keep_rules(parsed(question, rows)?),
            Question::Policies => builder.keep_policies(parsed(question, rows)?),
            Question::StatisticsObjects => builder.add_statistics_objects(parsed(question, rows)?),
            Question::Comments => builder.keep_comments(parsed(question, rows)?),
            Question::Tables => self.statistics.add_tables(builder, parsed(question, rows)?),
            Question::IndexUse => self.statistics.add_indexes(builder, parsed(question, rows)?),
            Question::Health => {
                if let Some(health) = parsed(question, rows)?.into_iter().next() {
                    self.statistics.add_health(&health);
                }
            }
            Question::Replicas => self.statistics.add_replicas(parsed(question, rows)?),
            Question::Views => builder.add_views(parsed(question, rows)?),
        }
        Ok(())
    }
}

/// What the texts that a server writes depend on, and how long it may take.
fn settings(limits: Limits) -> String {
    let mut settings = vec![
        format!("SET LOCAL lock_timeout = {}", limits.lock_timeout.as_millis()),
        format!("SET LOCAL statement_timeout = {}", limits.statement_timeout.as_millis()),
    ];
    // Without a search path, every name is written with its schema.
    for setting in [
        "search_path = ''",
        // Compiling what is asked takes longer than answering it.
        "jit = off",
        "quote_all_identifiers = off",
        "standard_conforming_strings = on",
        "datestyle = 'ISO, MDY'",
        "intervalstyle = 'postgres'",
        "timezone = 'UTC'",
        "bytea_output = 'hex'",
        "extra_float_digits = 1",
    ] {
        settings.push(format!("SET LOCAL {setting}"));
    }
    settings.join("; ")
}

fn parsed<R: DeserializeOwned>(question: Question, rows: &[String]) -> Result<Vec<R>, ReadError> {
    let row = |text: &String| serde_json::from_str(text).map_err(|error| not_understood(question, &error.to_string()));
    rows.iter().map(row).collect()
}

fn first<R: DeserializeOwned>(question: Question, rows: &[String]) -> Result<R, ReadError> {
    parsed(question, rows)?.into_iter().next().ok_or_else(|| not_understood(question, "there is none"))
}

fn not_understood(question: Question, reason: &str) -> ReadError {
    ReadError::Answer { question: format!("{question:?}").to_ascii_lowercase(), reason: reason.to_owned() }
}
