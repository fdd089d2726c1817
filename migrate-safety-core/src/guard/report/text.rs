//! The report for people.

use super::{HeldLock, LockSource, MigrationRun, Outcome, RunReport, Waiter};
use std::fmt;

impl fmt::Display for RunReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let history = &self.history;
        let named = [
            ("runs out of order: older than the newest applied one", &history.out_of_order),
            ("edited since it was applied", &history.edited),
            ("applied, but not here", &history.missing),
        ];
        for (what, versions) in named {
            versions.iter().try_for_each(|version| writeln!(f, "migration {version}: {what}"))?;
        }
        for old in &self.oldest_transactions {
            writeln!(f, "open before the run: {old}")?;
        }
        self.migrations.iter().try_for_each(|run| write!(f, "{run}"))?;
        if let Some(lag) = self.replica_lag {
            writeln!(f, "replicas: at most {lag:.1?} behind")?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "note: {note}"))?;
        self.flags().iter().try_for_each(|flag| writeln!(f, "FLAG: {flag}"))?;
        match (self.migrations.len(), &self.check) {
            (0, None) => writeln!(f, "Nothing to run."),
            (0, Some(_)) => writeln!(f, "Nothing was run."),
            (1, _) => writeln!(f, "1 migration."),
            (n, _) => writeln!(f, "{n} migrations."),
        }
    }
}

impl fmt::Display for MigrationRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, name, way, took) = (&self.id, &self.name, self.direction.name(), self.took);
        match self.outcome {
            Outcome::Planned => writeln!(f, "{id} {name} ({way}): to be run")?,
            Outcome::Applied => writeln!(f, "{id} {name} ({way}): {took:.1?}")?,
            Outcome::Resumed(1) => writeln!(f, "{id} {name} ({way}): {took:.1?}, 1 statement was done before")?,
            Outcome::Resumed(n) => writeln!(f, "{id} {name} ({way}): {took:.1?}, {n} statements were done before")?,
            Outcome::Failed => writeln!(f, "{id} {name} ({way}): not done")?,
        }
        for statement in &self.statements {
            let first = statement.sql.lines().next().unwrap_or_default();
            let more = if statement.sql.lines().nth(1).is_some() { " …" } else { "" };
            match self.outcome {
                Outcome::Planned => writeln!(f, "    line {}: {first}{more}", statement.line)?,
                _ => writeln!(f, "    line {}: {:.1?}  {first}{more}", statement.line, statement.took)?,
            }
        }
        for lock in &self.locks {
            match self.outcome {
                Outcome::Planned => writeln!(f, "    will take {} on {}", lock.mode, lock.relation)?,
                _ => writeln!(f, "    {lock}")?,
            }
        }
        for waiter in &self.waiters {
            writeln!(f, "    {waiter}")?;
        }
        for retried in &self.retries {
            writeln!(f, "    tried for {:.1?}: {}", retried.took, retried.reason)?;
            retried.blockers.iter().try_for_each(|blocker| writeln!(f, "        in the way: {blocker}"))?;
        }
        Ok(())
    }
}

impl fmt::Display for HeldLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = match self.source {
            LockSource::Observed => "",
            LockSource::Foreseen => " (foreseen)",
        };
        write!(f, "held {} on {} for {:.1?}{how}", self.mode, self.relation, self.held)
    }
}

impl fmt::Display for Waiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "waited for, {:.1?}, by {}", self.waited, self.session)
    }
}
