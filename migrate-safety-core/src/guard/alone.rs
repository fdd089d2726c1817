//! Migrations without a transaction: statement by statement, each noted, so that the next run goes on where this stopped.

use super::activity::ask;
use super::concurrent::{Concurrent, Decision, Found, Then};
use super::error::Reason;
use super::event::Event;
use super::host::Failure;
use super::progress::{self, Key, Progress, Running};
use super::report::{Outcome, StatementRun};
use super::run::{Runner, Work};
use super::transaction::{Missed, Note, Stretch};
use super::units::{Manner, Unit};
use crate::retry::ErrorClass;

/// A piece that runs by itself.
struct Lone<'u> {
    unit: &'u Unit,
    quiet: bool,
    concurrent: Option<&'u Concurrent>,
    /// What was there before it was first begun, if that was looked at.
    seen: Option<Vec<i64>>,
    /// It is noted that it has begun.
    noted: bool,
    sets_timeout: bool,
}

impl Runner<'_> {
    /// Runs what is left of a migration and writes `ending` down; without one, the note that all is done stays.
    pub(super) async fn without_transaction(&mut self, work: &Work<'_>, ending: Option<&[Note]>) -> Result<(), Reason> {
        let key = self.key(work);
        let units = &work.units.units;
        let mut progress = self.load(&key).await?;
        let texts: Vec<&str> = units.iter().map(|unit| unit.sql.as_str()).collect();
        let done = progress.done_of(&texts).map_err(|done| Reason::EditedHalfWay {
            migration: work.migration.id.clone(),
            done,
            table: progress::TABLE,
        })?;
        if done > 0 || progress.running.is_some() {
            self.current.outcome = Outcome::Resumed(done);
            let migration = work.migration.id.clone();
            self.host.tell(&Event::Resumed { migration, done, of: units.len() });
            for unit in units.iter().take(done).filter(|unit| unit.settings) {
                self.host.execute(&unit.sql).await.map_err(Reason::server("making the session's settings again"))?;
            }
        }
        let mut ended = false;
        for (n, unit) in units.iter().enumerate().skip(done) {
            let left = left_of(n);
            let sets_timeout = n < work.units.own_timeout_from;
            progress.done.push(unit.sql.clone());
            let after = Progress { done: progress.done.clone(), running: None };
            match &unit.manner {
                Manner::InTransaction { begin } => {
                    let notes = match ending.filter(|_| n + 1 == units.len()) {
                        Some(ending) => self.endings(&key, ending),
                        None => vec![self.note(&key, &after).await?],
                    };
                    ended = n + 1 == units.len();
                    let units = std::slice::from_ref(unit);
                    let stretch = Stretch { units, begin, sets_timeout, repeatable: true };
                    self.in_transaction(work, &stretch, &notes, &left).await?;
                }
                Manner::Alone { repeatable, quiet, concurrent } => {
                    let before = Progress { done: progress.done[..n].to_vec(), running: progress.running.take() };
                    let seen = before.seen_before(&unit.sql).map(<[i64]>::to_vec);
                    let (quiet, concurrent) = (*quiet, concurrent.as_ref());
                    if seen.is_some() && !repeatable {
                        let (id, line) = (&work.migration.id, unit.line);
                        self.report.notes.push(format!(
                            "migration {id}: the statement of line {line} was under way when an earlier run ended; it \
                             was run again from its beginning"
                        ));
                    }
                    let mut lone = Lone { unit, quiet, concurrent, noted: seen.is_some(), seen, sets_timeout };
                    self.alone(work, &mut lone, &key, &before.done, *repeatable, &left).await?;
                    if n + 1 < units.len() || ending.is_none() {
                        let noted = self.host.execute(&key.write(&after)).await;
                        noted.map_err(Reason::server("noting what is done"))?;
                    }
                }
            }
            progress.running = None;
        }
        if work.is_code {
            let run = self.host.run_code(work.migration, work.is_undo()).await;
            run.map_err(|failure| Reason::Failed {
                migration: work.migration.id.clone(),
                line: 1,
                failure: Box::new(failure),
                left: "what its code has done is not known".to_owned(),
            })?;
        }
        match ending.filter(|_| !ended) {
            Some(ending) => self.write_ending(work, &self.endings(&key, ending)).await,
            None => Ok(()),
        }
    }

    /// Opens a transaction in which the progress of a migration is forgotten, for whoever records it in there.
    pub(super) async fn forget_progress(&mut self, work: &Work<'_>) -> Result<(), Reason> {
        let delete = if self.has_progress { self.key(work).delete() } else { String::new() };
        self.host.begin("BEGIN", &delete).await.map_err(Reason::server("forgetting what is done"))
    }

    fn key(&self, work: &Work<'_>) -> Key {
        Key { books: self.host.books(), version: work.migration.id.clone(), direction: work.direction }
    }

    /// What an earlier run has noted.
    async fn load(&mut self, key: &Key) -> Result<Progress, Reason> {
        if !self.left_progress {
            return Ok(Progress::default());
        }
        self.noted(key).await.map_err(Reason::server("reading what an earlier run has done"))
    }

    /// What is noted.
    async fn noted(&mut self, key: &Key) -> Result<Progress, Failure> {
        let rows: Vec<Progress> = ask(self.host, &key.question()).await?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }

    /// The note of some progress, with a table to write it to.
    async fn note(&mut self, key: &Key, progress: &Progress) -> Result<Note, Reason> {
        self.make_table().await.map_err(Reason::server("making a table for what is done"))?;
        Ok(Note::Sql(key.write(progress)))
    }

    async fn make_table(&mut self) -> Result<(), Failure> {
        if !self.has_progress {
            self.host.execute(progress::CREATE).await?;
            self.has_progress = true;
        }
        Ok(())
    }

    fn endings(&self, key: &Key, ending: &[Note]) -> Vec<Note> {
        let delete = self.has_progress.then(|| Note::Sql(key.delete()));
        ending.iter().cloned().chain(delete).collect()
    }

    async fn write_ending(&mut self, work: &Work<'_>, notes: &[Note]) -> Result<(), Reason> {
        let doing = Reason::server("recording the migration");
        let sql = self.written_down(work, notes).map_err(&doing)?;
        // In one message: a short migration is felt by its messages.
        if let Err(failure) = self.host.execute(&format!("BEGIN; {sql}; COMMIT")).await {
            if failure.class() != ErrorClass::Disconnected {
                self.host.execute("ROLLBACK").await.map_err(&doing)?;
            }
            return Err(doing(failure));
        }
        Ok(())
    }

    /// Runs one piece by itself, cleaning up after attempts that failed.
    async fn alone(
        &mut self,
        work: &Work<'_>,
        lone: &mut Lone<'_>,
        key: &Key,
        done: &[String],
        repeatable: bool,
        left: &str,
    ) -> Result<(), Reason> {
        let mut tries = self.tries();
        let wanted = lone.unit.wanted.clone();
        loop {
            if !lone.quiet {
                self.hold_back(work, &wanted, &mut tries).await?;
            }
            let began = self.host.now();
            let Err(failure) = self.alone_once(work, lone, key, done).await else { return Ok(()) };
            if !repeatable && failure.class() != ErrorClass::Disconnected {
                // A transaction of the file's own may be open.
                self.host.execute("ROLLBACK").await.map_err(Reason::server("rolling back"))?;
            }
            let missed = Missed { failure, line: lone.unit.line };
            if let Err(reason) = self.try_again(work, &wanted, missed, began, repeatable, left, &mut tries).await {
                if !reason.is_disconnect() {
                    self.clean_up(work, lone, key, done).await;
                }
                return Err(reason);
            }
        }
    }

    async fn alone_once(
        &mut self,
        work: &Work<'_>,
        lone: &mut Lone<'_>,
        key: &Key,
        done: &[String],
    ) -> Result<(), Failure> {
        let mut first = Vec::new();
        if lone.sets_timeout {
            let timeout = if lone.quiet { self.settings.patience } else { self.settings.lock_timeout };
            first.push(format!("SET lock_timeout = {}", timeout.as_millis()));
        }
        let then = match self.needs_no_look(lone) {
            true => Then::Run,
            false => self.repair(work, lone, key, &mut first).await?,
        };
        if !lone.noted {
            self.make_table().await?;
            let statement = lone.unit.sql.clone();
            first.push(match (lone.concurrent, lone.seen.clone()) {
                // The server notes by itself what is there.
                (Some(concurrent), None) => key.write_begun(done, &statement, &concurrent.numbers()),
                (_, seen) => {
                    let running = Some(Running { statement, seen: seen.unwrap_or_default() });
                    key.write(&Progress { done: done.to_vec(), running })
                }
            });
        }
        if !first.is_empty() {
            self.host.execute(&first.join("; ")).await?;
        }
        lone.noted = true;
        let sql = match &then {
            Then::Done => return Ok(()),
            Then::Run => &lone.unit.sql,
            Then::Instead(sql) => sql,
        };
        let started = self.host.now();
        self.host.execute(sql).await?;
        let took = self.host.now().saturating_sub(started);
        self.current.statements.push(StatementRun { line: lone.unit.line, sql: sql.clone(), took });
        self.look_at_replicas().await;
        Ok(())
    }

    /// Whether nothing can have been left of the statement: it has not been begun before, and when the catalog was
    /// read there was nothing of its name to repair.
    fn needs_no_look(&self, lone: &Lone<'_>) -> bool {
        let known =
            |concurrent: &Concurrent| self.invalid.as_ref().is_some_and(|invalid| !concurrent.may_find(invalid));
        !lone.noted && lone.concurrent.is_some_and(known)
    }

    /// Looks at what is there, takes away what an attempt has left, and says what remains to be done. What has to be
    /// set before anything is changed is taken from `first`.
    async fn repair(
        &mut self,
        work: &Work<'_>,
        lone: &mut Lone<'_>,
        key: &Key,
        first: &mut Vec<String>,
    ) -> Result<Then, Failure> {
        let Some(concurrent) = lone.concurrent else {
            lone.seen.get_or_insert_default();
            return Ok(Then::Run);
        };
        if lone.noted && lone.seen.is_none() {
            lone.seen = self.noted(key).await?.running.map(|running| running.seen);
        }
        let mut found: Vec<Found> = ask(self.host, &concurrent.question()).await?;
        let Decision { repair, then } = concurrent.decide(&found, lone.seen.as_deref());
        if !repair.is_empty() {
            for sql in first.drain(..) {
                self.host.execute(&sql).await?;
            }
        }
        for sql in &repair {
            let migration = work.migration.id.clone();
            self.host.tell(&Event::Repairing { migration, sql: sql.clone() });
            self.host.execute(sql).await?;
        }
        if !repair.is_empty() {
            self.report.notes.push(format!("migration {}: {}", work.migration.id, repair.join("; ")));
            found = ask(self.host, &concurrent.question()).await?;
        }
        lone.seen.get_or_insert_with(|| found.iter().map(|object| object.oid).collect());
        Ok(then)
    }

    /// After the last attempt: an invalid index would still cost every write. What fails here is told, no more.
    async fn clean_up(&mut self, work: &Work<'_>, lone: &mut Lone<'_>, key: &Key, done: &[String]) {
        if !lone.noted {
            return;
        }
        let progress = Progress { done: done.to_vec(), running: None };
        let sql = if done.is_empty() { key.delete() } else { key.write(&progress) };
        let cleaned = match self.repair(work, lone, key, &mut Vec::new()).await {
            Ok(_) => self.host.execute(&sql).await,
            Err(failure) => Err(failure),
        };
        if let Err(failure) = cleaned {
            let note = format!("migration {}: cleaning up failed: {failure}; the next run does it", work.migration.id);
            self.host.tell(&Event::Noted(note.clone()));
            self.report.notes.push(note);
        }
    }

    /// Our table goes when there is nothing in it.
    pub(super) async fn drop_progress(&mut self) -> Result<(), Failure> {
        if self.has_progress {
            self.host.execute(progress::DROP).await?;
            self.has_progress = false;
        }
        Ok(())
    }
}

/// What is left of a migration whose statement number `n` fails.
fn left_of(n: usize) -> String {
    match n {
        0 => "nothing before it was done; the next run begins with it".to_owned(),
        1 => "the statement before it is done and noted, and the next run goes on with this one".to_owned(),
        n => format!("the {n} statements before it are done and noted, and the next run goes on with this one"),
    }
}
