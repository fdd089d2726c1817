//! The measured times, quoted in a plan's runbook.

use super::{Direction, MigrationRun, Outcome, RunReport};
use crate::written::{STEPS, slug};

impl RunReport {
    /// A runbook whose column "measured" has the times of this run, where it ran the migration of a step. None if the
    /// text is no runbook, or the run ran none of its steps.
    pub fn quoted_in(&self, runbook: &str) -> Option<String> {
        let mut quoted = 0;
        let mut in_table = false;
        let mut text = String::new();
        for line in runbook.split_inclusive('\n') {
            in_table = line.starts_with(STEPS) || (in_table && line.starts_with('|'));
            match Some(line).filter(|_| in_table).and_then(|line| self.measured(line)) {
                Some(measured) => {
                    quoted += 1;
                    text.push_str(&measured);
                }
                None => text.push_str(line),
            }
        }
        (quoted > 0).then_some(text)
    }

    /// The line of a step with its time.
    fn measured(&self, line: &str) -> Option<String> {
        let mut cells = line.trim_start_matches('|').split(" | ");
        let (step, title) = (cells.next()?.trim(), cells.nth(1)?);
        let name = slug(step, title);
        let was_run = |run: &&MigrationRun| {
            let is_done = matches!(run.outcome, Outcome::Applied | Outcome::Resumed(_));
            is_done && run.direction == Direction::Up && run.name.replace(' ', "_") == name
        };
        let run = self.migrations.iter().find(was_run)?;
        let (before, _) = line.trim_end().strip_suffix('|')?.rsplit_once('|')?;
        Some(format!("{before}| {} |\n", run.summary()))
    }
}

impl MigrationRun {
    /// How long it took, and its longest lock.
    fn summary(&self) -> String {
        let lock = self.locks.first().map(|lock| format!(", {} on {} for {:.1?}", lock.mode, lock.relation, lock.held));
        format!("{:.1?}{}", self.took, lock.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn times_stand_at_their_steps() {
        let mut run = MigrationRun::new("7", "expand 1 refuse new nulls in a", Direction::Up, Outcome::Applied);
        run.took = Duration::from_millis(1500);
        let mut report = RunReport { migrations: vec![run], ..RunReport::default() };
        let row = "| expand-1 | 1 | refuse new nulls in a, at once | none \\| few | 2 s |";
        let rest = "| expand-10 | 1 | x | y | z | |\n\n| expand-1 | 1 | refuse new nulls in a | a | b | |\n";
        let runbook = |cell: &str| format!("# Runbook\n{STEPS}\n|---|---|---|---|---|---|\n{row}{cell} |\n{rest}");
        assert_eq!(report.quoted_in(&runbook("")), Some(runbook(" 1.5s")));
        // A second rehearsal replaces the first.
        assert_eq!(report.quoted_in(&runbook(" 7.0s")), Some(runbook(" 1.5s")));
        report.migrations[0].outcome = Outcome::Failed;
        assert_eq!(report.quoted_in(&runbook("")), None);
    }
}
