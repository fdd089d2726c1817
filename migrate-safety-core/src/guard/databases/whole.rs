//! A migration that is one transaction, its bookkeeping included.

use super::notes;
use super::pieces::Piece;
use super::run::{End, Runner, Work};
use crate::guard::error::Reason;
use crate::guard::host::Failure;
use crate::guard::report::StatementRun;
use crate::guard::transaction::Missed;
use crate::retry::ErrorClass;

impl Runner<'_> {
    /// Runs it until it gets its locks.
    pub(super) async fn whole(&mut self, work: &Work<'_>, piece: &Piece) -> Result<End, Reason> {
        let left = "it was rolled back, and nothing of it is left";
        let mut tries = self.tries();
        loop {
            let began = self.host.now();
            let statements = self.current.statements.len();
            let missed = match self.attempt(work, piece).await {
                Ok(end) => return Ok(end),
                Err(missed) => missed,
            };
            self.current.statements.truncate(statements);
            self.roll_back(&missed.failure).await;
            self.try_again(work, missed, true, began, left, &mut tries).await?;
        }
    }

    async fn attempt(&mut self, work: &Work<'_>, piece: &Piece) -> Result<End, Missed> {
        let line = piece.line();
        let at = |failure| Missed { failure, line };
        self.host.begin(self.ways.begin, "").await.map_err(at)?;
        if self.is_done_by_another(work).await.map_err(at)? {
            self.host.rollback().await.map_err(at)?;
            return Ok(End::ByAnother);
        }
        self.announce(work).await.map_err(at)?;
        self.statements(work, piece).await?;
        let ending = self.ending(work).map_err(at)?;
        self.host.commit(&ending.join("; ")).await.map_err(at)?;
        Ok(End::Done)
    }

    /// Runs the statements of a piece, and notes them in the report.
    pub(super) async fn statements(&mut self, work: &Work<'_>, piece: &Piece) -> Result<(), Missed> {
        if work.is_code {
            let ran = self.host.run_code(work.migration, work.is_undo()).await;
            return ran.map_err(|failure| Missed { failure, line: piece.line() });
        }
        for part in &piece.statements {
            let started = self.host.now();
            let line = part.line;
            self.host.execute(&part.sql).await.map_err(|failure| Missed { failure, line })?;
            let took = self.host.now().saturating_sub(started);
            self.current.statements.push(StatementRun { line, sql: part.sql.clone(), took });
        }
        Ok(())
    }

    /// Whether another process was faster. With a lock of the host's there is none.
    pub(super) async fn is_done_by_another(&mut self, work: &Work<'_>) -> Result<bool, Failure> {
        if self.ways.lock.is_some() {
            return Ok(false);
        }
        let version = (self.ways.literal)(&work.migration.id);
        let rows = self.host.rows(&format!("SELECT 1 FROM {} WHERE version = {version}", work.key.books)).await?;
        Ok(rows.is_empty() == work.is_undo())
    }

    /// Says in the host's books that the migration is under way, where the host does.
    pub(super) async fn announce(&mut self, work: &Work<'_>) -> Result<(), Failure> {
        let sql = self.host.announce(work.migration, work.is_undo())?;
        if sql.is_empty() { Ok(()) } else { self.host.execute(&sql).await }
    }

    /// The statements that record the migration, or take it out of the books.
    pub(super) fn ending(&self, work: &Work<'_>) -> Result<Vec<String>, Failure> {
        let took = self.host.now().saturating_sub(self.migration_began);
        let mut ending = vec![match work.is_undo() {
            true => self.host.forget(work.migration)?,
            false => self.host.record(work.migration, took)?,
        }];
        if !self.host.keeps_checksums() {
            let checksum = self.host.checksum(work.migration);
            let checksum = Some(checksum.as_str()).filter(|_| !work.is_undo());
            ending.push(notes::checksum(self.ways, &work.key.books, &work.key.version, checksum));
        }
        Ok(ending)
    }

    /// Ends a transaction that failed, if it is still there: the server may have ended it, or the file itself.
    pub(super) async fn roll_back(&mut self, failure: &Failure) {
        if failure.class() != ErrorClass::Disconnected {
            let _ = self.host.rollback().await;
        }
    }
}
