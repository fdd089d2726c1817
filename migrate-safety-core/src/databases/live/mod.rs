//! What a live MySQL, MariaDB or SQLite database holds.
//!
//! These servers tell their schema as the statements that make it, so that reading it is putting questions, and
//! replaying the answers. The adapters put the questions; nothing here connects to anything.

#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "sqlite")]
mod sqlite;

use super::parse;
use super::schema::Schema;
use crate::catalog::Stamp;
use crate::catalog::introspect::{Applied, AppliedMigration, Unread, Unreadable};
use crate::config::Config;
use crate::dialect::{Dialect, Target};
use crate::layout::{Layout, MigrationSet, Source};
use std::collections::BTreeMap;

/// A row of an answer: the columns as text.
pub type Row = Vec<Option<String>>;

/// What a live database holds.
#[derive(Clone, Debug)]
pub struct Live {
    /// The server, in its version.
    pub target: Target,
    /// The statements that make its tables, indexes, views and triggers, in this order.
    pub statements: Vec<String>,
    /// Rows of tables, as far as the server knows them without counting for long: estimates in MySQL.
    pub table_rows: BTreeMap<String, u64>,
    /// The character set and the collation of what says nothing of its own (MySQL).
    pub usual_charset: Option<(String, String)>,
    /// The migrations that a host has recorded; absent without its bookkeeping table.
    pub applied: Option<Applied>,
    /// What could not be read, and why; everything else is there.
    pub unread: Vec<Unread>,
}

/// Why a database cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The server answered a question with an error.
    #[error("the server refused `{question}`: {reason}")]
    Refused {
        /// The question.
        question: String,
        /// What it said.
        reason: String,
    },
    /// Its version is not one that is known.
    #[error("the server calls its version `{0}`, which is none that is known")]
    Version(String),
    /// The connection has no database.
    #[error("the URL names no database: end it with /NAME")]
    NoDatabase,
    /// An answer is not what was asked for.
    #[error("the server's answer to `{0}` was not understood")]
    Answer(String),
    /// This build knows nothing of the dialect.
    #[error("this build lacks the feature `{0}` of migrate-safety-core")]
    Feature(&'static str),
    /// There are fewer answers than questions.
    #[error("the reading was not carried through to its end")]
    Unfinished,
}

/// A reading of a database, question by question.
#[derive(Debug)]
pub struct Reading {
    dialect: Dialect,
    questions: std::collections::VecDeque<Question>,
    asked: Option<Question>,
    target: Option<Target>,
    live: Live,
}

/// A question, and what it is about.
#[derive(Clone, Debug)]
struct Question {
    about: About,
    sql: String,
}

/// What a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "mysql"), allow(dead_code, reason = "SQLite answers some at once"))]
enum About {
    /// Nothing is told: a setting.
    Nothing,
    Version,
    /// The names of what there is, or the statements that make it.
    Objects,
    /// One table or view.
    Object(String),
    Triggers,
    Rows,
    Applied(Layout),
}

impl Reading {
    /// A reading of a database of this dialect.
    ///
    /// # Errors
    /// It is PostgreSQL, whose catalog is read by [`crate::catalog::introspect`], or this build lacks the dialect.
    pub fn new(dialect: Dialect) -> Result<Self, ReadError> {
        if let Some(feature) = dialect.missing_feature() {
            return Err(ReadError::Feature(feature));
        }
        let questions = match dialect {
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => sqlite::first_questions(),
            #[cfg(feature = "mysql")]
            Dialect::MySql | Dialect::MariaDb => mysql::first_questions(),
            _ => return Err(ReadError::Feature("live")),
        };
        let live = Live {
            target: Target::usual(dialect),
            statements: Vec::new(),
            table_rows: BTreeMap::new(),
            usual_charset: None,
            applied: None,
            unread: Vec::new(),
        };
        Ok(Self { dialect, questions: questions.into(), asked: None, target: None, live })
    }

    /// The next question: SQL whose answer belongs into [`Self::take`], with every column as text.
    pub fn next_question(&mut self) -> Option<&str> {
        self.asked = self.questions.pop_front();
        self.asked.as_ref().map(|question| question.sql.as_str())
    }

    /// Takes the answer to the question that was asked last, or the error that the server gave.
    ///
    /// # Errors
    /// Without the answer, nothing can be told of the database.
    pub fn take(&mut self, answer: Result<Vec<Row>, String>) -> Result<(), ReadError> {
        let question = self.asked.take().ok_or(ReadError::Unfinished)?;
        let rows = match (answer, &question.about) {
            (Ok(rows), _) => rows,
            (Err(reason), About::Object(object)) => {
                let object = object.clone();
                self.live.unread.push(Unread { object, reason: Unreadable::Refused(reason) });
                return Ok(());
            }
            (Err(reason), About::Applied(layout)) => {
                let object = layout.bookkeeping_table().unwrap_or_default().to_owned();
                self.live.unread.push(Unread { object, reason: Unreadable::Refused(reason) });
                return Ok(());
            }
            // Of a table that is gone meanwhile, or may not be read, the size is not known.
            (Err(_), About::Rows) => return Ok(()),
            (Err(reason), _) => return Err(ReadError::Refused { question: question.sql, reason }),
        };
        match &question.about {
            About::Nothing => {}
            About::Rows => self.take_rows(&rows),
            About::Applied(layout) => self.take_applied(*layout, &rows),
            _ => {
                let more = match self.dialect {
                    #[cfg(feature = "sqlite")]
                    Dialect::Sqlite => sqlite::take(self, &question, &rows)?,
                    #[cfg(feature = "mysql")]
                    Dialect::MySql | Dialect::MariaDb => mysql::take(self, &question, &rows)?,
                    _ => Vec::new(),
                };
                self.questions.extend(more);
            }
        }
        Ok(())
    }

    /// What was read.
    ///
    /// # Errors
    /// Not all questions have been answered.
    pub fn finish(mut self) -> Result<Live, ReadError> {
        match self.target {
            Some(target) if self.questions.is_empty() && self.asked.is_none() => {
                self.live.target = target;
                self.live.note_what_is_not_understood();
                Ok(self.live)
            }
            _ => Err(ReadError::Unfinished),
        }
    }

    fn take_rows(&mut self, rows: &[Row]) {
        for row in rows {
            if let [Some(table), Some(rows), ..] = row.as_slice()
                && let Ok(rows) = rows.parse()
            {
                self.live.table_rows.insert(table.clone(), rows);
            }
        }
    }

    fn take_applied(&mut self, layout: Layout, rows: &[Row]) {
        let migration = |row: &Row| {
            let [Some(version), checksum, success, ..] = row.as_slice() else { return None };
            Some(AppliedMigration {
                version: version.clone(),
                checksum: checksum.clone(),
                success: success.as_deref() != Some("0"),
            })
        };
        self.live.applied = Applied::read(layout, rows.iter().filter_map(migration).collect());
    }
}

/// Asks what a host has recorded in its table; `text` casts a column to text.
fn applied_question(layout: Layout, text: &str) -> Option<Question> {
    let table = layout.bookkeeping_table()?;
    let columns = match layout {
        Layout::Sqlx => format!("CAST(version AS {text}), LOWER(HEX(checksum)), CAST(success AS {text})"),
        _ => format!("CAST(version AS {text}), NULL, '1'"),
    };
    Some(Question { about: About::Applied(layout), sql: format!("SELECT {columns} FROM {table} ORDER BY version") })
}

impl Live {
    /// Its schema.
    pub fn schema(&self) -> Schema {
        let mut schema = Schema::new(self.target, true);
        for statement in &self.statements {
            for statement in parse(self.target, statement).statements {
                schema.apply(&statement.operation, Stamp::BEFORE);
            }
        }
        schema
    }

    /// Settings of a check of what it has not seen yet: for its version, on its schema, with its sizes where the
    /// settings tell none.
    pub fn settings(&self, config: &Config) -> Config {
        let text = self.statements.iter().map(|statement| format!("{statement};\n")).collect::<String>();
        let mut table_rows = self.table_rows.clone();
        table_rows.extend(config.table_rows.clone());
        let schema = Some(Source { path: "the database".into(), text: text.into() });
        Config { target: self.target, schema, table_rows, ..config.clone() }
    }

    /// The migrations that it has not recorded as applied.
    pub fn pending(&self, set: &MigrationSet) -> MigrationSet {
        let mut pending = set.clone();
        if let Some(applied) = &self.applied {
            pending.migrations.retain(|migration| !applied.has(&migration.id));
        }
        pending
    }

    fn note_what_is_not_understood(&mut self) {
        for text in &self.statements {
            let script = parse(self.target, text);
            if script.statements.iter().any(|statement| !statement.understood()) {
                let line = text.lines().next().unwrap_or_default().to_owned();
                self.unread.push(Unread { object: line, reason: Unreadable::NotUnderstood(text.clone()) });
            }
        }
    }
}
