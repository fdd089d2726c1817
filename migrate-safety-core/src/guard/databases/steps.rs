//! A migration that is run piece by piece, each noted, so that the next run goes on where this one stopped.

use super::attempts::Tries;
use super::notes;
use super::pieces::{Manner, Piece};
use super::run::{End, Runner, Work};
use super::session::made_again;
use super::trace::{Effect, Object, Trace};
use crate::guard::error::Reason;
use crate::guard::event::Event;
use crate::guard::host::Failure;
use crate::guard::progress::{Progress, Running, TABLE};
use crate::guard::report::Outcome;
use crate::guard::transaction::{Missed, failed};
use crate::retry::ErrorClass;
use std::time::Duration;

/// What is being done when a definition cannot be read.
const LOOKING: &str = "looking at what is to be changed";

/// A piece in its migration.
struct Place<'p> {
    work: &'p Work<'p>,
    piece: &'p Piece,
    /// What is noted as done.
    noted: &'p [String],
    /// What is done when it is.
    after: &'p [String],
    is_last: bool,
}

/// What became of a piece.
enum Step {
    Done,
    /// Another process has moved on: what it has noted counts.
    Moved,
}

impl Runner<'_> {
    /// Runs what is left of a migration.
    pub(super) async fn by_steps(&mut self, work: &Work<'_>) -> Result<End, Reason> {
        loop {
            let (noted, done_by_another) = self.look_at_note(work).await?;
            if noted.is_none() && done_by_another {
                return Ok(End::ByAnother);
            }
            if let Some(end) = self.go_on(work, noted).await? {
                return Ok(end);
            }
        }
    }

    /// What is noted, and whether another process has brought it to its end.
    async fn look_at_note(&mut self, work: &Work<'_>) -> Result<(Option<Progress>, bool), Reason> {
        let mut tries = self.tries();
        loop {
            let began = self.host.now();
            let failure = match self.look_once(work).await {
                Ok(seen) => return Ok(seen),
                Err(failure) => failure,
            };
            self.roll_back(&failure).await;
            let missed = Missed { failure, line: 1 };
            self.try_again(work, missed, true, began, "nothing was done by this run", &mut tries).await?;
        }
    }

    async fn look_once(&mut self, work: &Work<'_>) -> Result<(Option<Progress>, bool), Failure> {
        self.begin_noting().await?;
        let noted = self.host.rows(&notes::question(self.ways, &work.key)).await?;
        let noted = notes::read(noted).map_err(Failure::of_ours)?;
        let done_by_another = self.is_done_by_another(work).await?;
        self.host.commit("").await?;
        Ok((noted, done_by_another))
    }

    /// Begins a transaction in which the table of progress is there. Without a lock of the host's, a process that is done
    /// may have dropped it meanwhile.
    async fn begin_noting(&mut self) -> Result<(), Failure> {
        let in_transaction = self.ways.lock.is_none();
        if !in_transaction && !self.has_progress {
            self.host.execute(self.ways.create_progress).await?;
        }
        self.host.begin(self.ways.begin, "").await?;
        if in_transaction {
            self.host.execute(self.ways.create_progress).await?;
        }
        self.has_progress = true;
        Ok(())
    }

    /// Goes on from what is noted; nothing, if another process has moved on meanwhile.
    async fn go_on(&mut self, work: &Work<'_>, noted: Option<Progress>) -> Result<Option<End>, Reason> {
        let is_new = noted.is_none();
        let Progress { done, mut running } = noted.unwrap_or_default();
        let marks: Vec<String> = work.pieces.iter().map(Piece::mark).collect();
        let texts: Vec<&str> = marks.iter().map(String::as_str).collect();
        let progress = Progress { done, running: None };
        let from = progress.done_of(&texts).map_err(|done| Reason::EditedHalfWay {
            migration: work.migration.id.clone(),
            done,
            table: TABLE,
        })?;
        if is_new {
            if let Step::Moved = self.begin(work).await? {
                return Ok(None);
            }
        } else {
            self.resume(work, from).await?;
        }
        // What the table says; pieces of the session alone are not noted by themselves.
        let mut noted = progress.done;
        for (n, piece) in work.pieces.iter().enumerate().skip(from) {
            let is_last = n + 1 == work.pieces.len();
            let after = &marks[..=n];
            let place = Place { work, piece, noted: &noted, after, is_last };
            let running = running.take_if(|running| running.statement == marks[n]);
            let step = match &piece.manner {
                Manner::Session => self.in_session_only(&place).await?,
                Manner::Together => self.together(&place).await?,
                Manner::Alone { repeatable, trace } => self.alone(&place, *repeatable, trace, running).await?,
            };
            match step {
                Step::Moved => return Ok(None),
                Step::Done if piece.manner != Manner::Session && !is_last => noted = after.to_vec(),
                Step::Done => {}
            }
        }
        let ends_together = work.pieces.last().is_some_and(|piece| piece.manner == Manner::Together);
        if !ends_together || from == work.pieces.len() {
            self.record(work).await?;
        }
        Ok(Some(End::Done))
    }

    /// Notes that it begins, in the host's books too where the host does.
    async fn begin(&mut self, work: &Work<'_>) -> Result<Step, Reason> {
        let note = notes::write(self.ways, &work.key, &Progress::default());
        let mut tries = self.tries();
        loop {
            let began = self.host.now();
            let begun = self.begin_once(work, &note).await;
            let Err(failure) = begun else { return begun.map_err(Reason::server("beginning")) };
            self.roll_back(&failure).await;
            let missed = Missed { failure, line: 1 };
            self.try_again(work, missed, true, began, "nothing of it was done", &mut tries).await?;
        }
    }

    async fn begin_once(&mut self, work: &Work<'_>, note: &str) -> Result<Step, Failure> {
        self.begin_noting().await?;
        let moved = self.is_done_by_another(work).await? || !self.is_noted(work, None).await?;
        if moved {
            self.host.rollback().await?;
            return Ok(Step::Moved);
        }
        self.announce(work).await?;
        self.host.commit(note).await?;
        Ok(Step::Done)
    }

    /// Whether the note is what is known of it. With a lock of the host's it is.
    async fn is_noted(&mut self, work: &Work<'_>, known: Option<&[String]>) -> Result<bool, Failure> {
        if self.ways.lock.is_some() {
            return Ok(true);
        }
        let found = self.host.rows(&notes::question(self.ways, &work.key)).await?;
        let found = notes::read(found).map_err(Failure::of_ours)?;
        Ok(found.as_ref().map(|found| found.done.as_slice()) == known)
    }

    /// Notes what is done, and what is under way.
    async fn note(&mut self, place: &Place<'_>, done: &[String], running: Option<Running>) -> Result<Step, Failure> {
        let note = notes::write(self.ways, &place.work.key, &Progress { done: done.to_vec(), running });
        let noted = self.note_once(place, &note).await;
        if let Err(failure) = &noted {
            self.roll_back(failure).await;
        }
        noted
    }

    async fn note_once(&mut self, place: &Place<'_>, note: &str) -> Result<Step, Failure> {
        self.begin_noting().await?;
        if !self.is_noted(place.work, Some(place.noted)).await? {
            self.host.rollback().await?;
            return Ok(Step::Moved);
        }
        self.host.commit(note).await?;
        Ok(Step::Done)
    }

    /// Likewise, again while something is locked.
    async fn note_patiently(
        &mut self,
        place: &Place<'_>,
        done: &[String],
        running: Option<Running>,
    ) -> Result<Step, Reason> {
        let mut tries = self.tries();
        loop {
            let began = self.host.now();
            let failure = match self.note(place, done, running.clone()).await {
                Ok(step) => return Ok(step),
                Err(failure) => failure,
            };
            let missed = Missed { failure, line: place.piece.line() };
            let left = "what is done is not all noted: the next run looks at it";
            self.try_again(place.work, missed, true, began, left, &mut tries).await?;
        }
    }

    /// Makes the session what it was.
    async fn resume(&mut self, work: &Work<'_>, done: usize) -> Result<(), Reason> {
        let migration = work.migration.id.clone();
        self.current.outcome = Outcome::Resumed(done);
        self.host.tell(&Event::Resumed { migration: migration.clone(), done, of: work.pieces.len() });
        let (again, lost) = made_again(&work.pieces, done);
        if let Some(name) = lost.first() {
            let why = format!("what is left uses {name}, which was lost with the session of that run");
            let line = work.pieces.get(done).map_or(1, Piece::line);
            return Err(Reason::Unclear { migration, line, why, table: TABLE });
        }
        for sql in again {
            self.host.execute(sql).await.map_err(Reason::server("making the session's settings again"))?;
        }
        Ok(())
    }

    async fn in_session_only(&mut self, place: &Place<'_>) -> Result<Step, Reason> {
        let mut tries = self.tries();
        loop {
            let began = self.host.now();
            let Err(missed) = self.statements(place.work, place.piece).await else { return Ok(Step::Done) };
            self.fail_or_wait(place, missed, began, &mut tries).await?;
        }
    }

    /// Runs a piece in one transaction with its note, or with the end of the migration.
    async fn together(&mut self, place: &Place<'_>) -> Result<Step, Reason> {
        let mut tries = self.tries();
        loop {
            let began = self.host.now();
            let statements = self.current.statements.len();
            let missed = match self.together_once(place).await {
                Ok(step) => return Ok(step),
                Err(missed) => missed,
            };
            self.current.statements.truncate(statements);
            self.roll_back(&missed.failure).await;
            self.fail_or_wait(place, missed, began, &mut tries).await?;
        }
    }

    async fn together_once(&mut self, place: &Place<'_>) -> Result<Step, Missed> {
        let work = place.work;
        let line = place.piece.line();
        let at = |failure| Missed { failure, line };
        self.begin_noting().await.map_err(at)?;
        if !self.is_noted(work, Some(place.noted)).await.map_err(at)? {
            self.host.rollback().await.map_err(at)?;
            return Ok(Step::Moved);
        }
        self.statements(work, place.piece).await?;
        let mut notes = if place.is_last { self.ending(work).map_err(at)? } else { Vec::new() };
        notes.push(match place.is_last {
            true => notes::delete(self.ways, &work.key),
            false => notes::write(self.ways, &work.key, &Progress { done: place.after.to_vec(), running: None }),
        });
        self.host.commit(&notes.join("; ")).await.map_err(at)?;
        Ok(Step::Done)
    }

    /// Runs a piece that commits by itself, if it has not taken effect.
    async fn alone(
        &mut self,
        place: &Place<'_>,
        repeatable: bool,
        trace: &Trace,
        running: Option<Running>,
    ) -> Result<Step, Reason> {
        let seen = self.see(trace).await.map_err(Reason::server(LOOKING))?;
        let taken = match (&running, trace) {
            (None, _) => {
                let running = Running { statement: place.piece.mark(), seen: seen.clone().unwrap_or_default() };
                if let Step::Moved = self.note_patiently(place, place.noted, Some(running)).await? {
                    return Ok(Step::Moved);
                }
                false
            }
            (Some(_), Trace::NotNeeded) => false,
            (Some(running), _) => match seen.as_ref().map_or(Effect::Unclear, |now| trace.effect(&running.seen, now)) {
                Effect::Taken => true,
                Effect::NotTaken => false,
                Effect::Unclear => return Err(unclear(place)),
            },
        };
        if !taken {
            self.until_taken(place, repeatable, trace, seen).await?;
        }
        if place.is_last { Ok(Step::Done) } else { self.note_patiently(place, place.after, None).await }
    }

    /// Runs it until it gets its locks. `seen`: what there was before.
    async fn until_taken(
        &mut self,
        place: &Place<'_>,
        repeatable: bool,
        trace: &Trace,
        seen: Option<Vec<i64>>,
    ) -> Result<(), Reason> {
        let mut tries = self.tries();
        loop {
            let began = self.host.now();
            let Err(missed) = self.statements(place.work, place.piece).await else { return Ok(()) };
            if missed.failure.class() == ErrorClass::Disconnected {
                return Err(failed(place.work.migration, missed, ""));
            }
            if !repeatable {
                // A transaction of the file's own may be open.
                let _ = self.host.rollback().await;
            }
            // It may have failed after it has done something.
            let now = self.see(trace).await.map_err(Reason::server(LOOKING))?;
            if repeatable && (now == seen || *trace == Trace::NotNeeded) {
                self.fail_or_wait(place, missed, began, &mut tries).await?;
                continue;
            }
            self.note_patiently(place, place.noted, None).await?;
            let left = "what it did before it failed stays, and the next run begins with it again";
            return Err(failed(place.work.migration, missed, left));
        }
    }

    /// A number for each object of a trace; nothing, if it cannot be told.
    async fn see(&mut self, trace: &Trace) -> Result<Option<Vec<i64>>, Failure> {
        let Trace::Objects { objects, .. } = trace else { return Ok(None) };
        let mut seen = Vec::new();
        for object in objects {
            match self.definition(object).await? {
                Some(number) => seen.push(number),
                None => return Ok(None),
            }
        }
        Ok(Some(seen))
    }

    async fn definition(&mut self, object: &Object) -> Result<Option<i64>, Failure> {
        match self.host.rows(&(self.ways.show)(object)).await {
            Ok(rows) if rows.is_empty() => Ok(Some(0)),
            Ok(rows) => {
                let text: Vec<String> = rows.into_iter().flatten().map(Option::unwrap_or_default).collect();
                let hash = super::hash(&without_counter(&text.join("\n")));
                Ok(Some(i64::from_ne_bytes(hash.to_ne_bytes()).saturating_abs().max(1)))
            }
            Err(failure) => match &failure.sqlstate {
                Some(code) if self.ways.not_there.contains(&code.as_str()) => Ok(Some(0)),
                _ if failure.class() == ErrorClass::Disconnected => Err(failure),
                _ => Ok(None),
            },
        }
    }

    /// Waits for the next attempt, or takes back what was noted of a migration of which nothing is done.
    async fn fail_or_wait(
        &mut self,
        place: &Place<'_>,
        missed: Missed,
        began: Duration,
        tries: &mut Tries,
    ) -> Result<(), Reason> {
        let left = match place.noted.is_empty() {
            true => "nothing of it was done; the next run begins with it",
            false => "what stands before it is done and noted, and the next run goes on with this statement",
        };
        let Err(reason) = self.try_again(place.work, missed, true, began, left, tries).await else { return Ok(()) };
        if !reason.is_disconnect() {
            self.take_back(place).await;
        }
        Err(reason)
    }

    /// After the last attempt: the statement is not under way any more. What fails here is told, no more.
    async fn take_back(&mut self, place: &Place<'_>) {
        let taken = match place.noted.is_empty() {
            true => self.withdraw(place.work).await,
            false => self.note(place, place.noted, None).await.map(drop),
        };
        if let Err(failure) = taken {
            let id = &place.work.migration.id;
            let note = format!("migration {id}: noting how far it came failed: {failure}; the next run looks");
            self.host.tell(&Event::Noted(note.clone()));
            self.report.notes.push(note);
        }
    }

    async fn withdraw(&mut self, work: &Work<'_>) -> Result<(), Failure> {
        let withdrawn = self.withdraw_once(work).await;
        if let Err(failure) = &withdrawn {
            self.roll_back(failure).await;
        }
        withdrawn
    }

    async fn withdraw_once(&mut self, work: &Work<'_>) -> Result<(), Failure> {
        self.begin_noting().await?;
        let mut last = Vec::new();
        if self.is_noted(work, Some(&[])).await? {
            last.push(self.host.withdraw(work.migration, work.is_undo())?);
            last.push(notes::delete(self.ways, &work.key));
        }
        last.retain(|sql| !sql.is_empty());
        self.host.commit(&last.join("; ")).await
    }

    /// Writes the end of a migration down.
    async fn record(&mut self, work: &Work<'_>) -> Result<(), Reason> {
        let mut tries = self.tries();
        loop {
            let began = self.host.now();
            let Err(failure) = self.record_once(work).await else { return Ok(()) };
            self.roll_back(&failure).await;
            let missed = Missed { failure, line: work.pieces.last().map_or(1, Piece::line) };
            let left = "all of it is done and noted, and the next run records it";
            self.try_again(work, missed, true, began, left, &mut tries).await?;
        }
    }

    async fn record_once(&mut self, work: &Work<'_>) -> Result<(), Failure> {
        self.begin_noting().await?;
        let mut last = if self.is_done_by_another(work).await? { Vec::new() } else { self.ending(work)? };
        last.push(notes::delete(self.ways, &work.key));
        self.host.commit(&last.join("; ")).await
    }
}

fn unclear(place: &Place<'_>) -> Reason {
    Reason::Unclear {
        migration: place.work.migration.id.clone(),
        line: place.piece.line(),
        why: "nothing tells whether it has taken effect".to_owned(),
        table: TABLE,
    }
}

/// A definition without the number that the next row gets.
fn without_counter(definition: &str) -> String {
    const WORD: &str = " AUTO_INCREMENT=";

    let Some((before, behind)) = definition.split_once(WORD) else { return definition.to_owned() };
    before.to_owned() + behind.trim_start_matches(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_others_change_no_definition() {
        let one = "CREATE TABLE `t` (\n) ENGINE=InnoDB AUTO_INCREMENT=17 DEFAULT CHARSET=utf8mb4";
        assert_eq!(without_counter(one), "CREATE TABLE `t` (\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4");
        assert_eq!(without_counter("CREATE TABLE t (a)"), "CREATE TABLE t (a)");
    }
}
