//! The report for people.

use super::{HeldLock, LockSource, MigrationRun, Outcome, RunReport, StatementRun, Waiter};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

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
        let (shown, rest) = longest(&self.statements);
        for statement in shown {
            let first = statement.sql.lines().next().unwrap_or_default();
            let more = if statement.sql.lines().nth(1).is_some() { " …" } else { "" };
            match self.outcome {
                Outcome::Planned => writeln!(f, "    line {}: {first}{more}", statement.line)?,
                _ => writeln!(f, "    line {}: {:.1?}  {first}{more}", statement.line, statement.took)?,
            }
        }
        match (rest.len(), self.outcome) {
            (0, _) => {}
            (n, Outcome::Planned) => writeln!(f, "    and {n} more statements")?,
            (n, _) => {
                writeln!(f, "    and {n} shorter statements: {:.1?}", rest.iter().map(|s| s.took).sum::<Duration>())?;
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

/// The statements that took longest, in the order in which they ran, and the rest. JSON has all of them.
fn longest(statements: &[StatementRun]) -> (Vec<&StatementRun>, Vec<&StatementRun>) {
    const SHOWN: usize = 20;

    let mut by_time: Vec<usize> = (0..statements.len()).collect();
    by_time.sort_by_key(|at| statements.get(*at).map(|statement| Reverse(statement.took)));
    let shown: BTreeSet<usize> = by_time.into_iter().take(SHOWN).collect();
    let (shown, rest): (Vec<_>, Vec<_>) = statements.iter().enumerate().partition(|(at, _)| shown.contains(at));
    let statements = |list: Vec<(usize, _)>| list.into_iter().map(|(_, statement)| statement).collect();
    (statements(shown), statements(rest))
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

#[cfg(test)]
mod tests {
    use super::super::Direction;
    use super::*;

    #[test]
    fn of_many_statements_the_longest_are_shown() {
        let statement = |line: u32| StatementRun {
            line,
            sql: format!("INSERT INTO t VALUES ({line})"),
            took: Duration::from_millis(if line.is_multiple_of(10) { 100 } else { 1 }),
        };
        let statements = (1..=200).map(statement).collect();
        let mut run = MigrationRun { statements, ..MigrationRun::new("1", "a", Direction::Up, Outcome::Applied) };
        let text = run.to_string();
        let shown: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(shown.len(), 21);
        assert_eq!(shown[0], "    line 10: 100.0ms  INSERT INTO t VALUES (10)");
        assert_eq!(shown[20], "    and 180 shorter statements: 180.0ms");
        run.statements.truncate(20);
        assert_eq!(run.to_string().lines().count(), 21);
    }
}
