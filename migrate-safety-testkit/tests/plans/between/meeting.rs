//! A fill and a writer that meet: each has a row that the other one wants.

use super::client::{Client, filled};
use super::play::{KEYS, Model, Play, connected, place, tried};
use crate::host;
use migrate_safety_core::plan::{PhaseName, Step, StepKind};
use migrate_safety_testkit::Database;
use std::thread;
use std::time::Duration;

/// How often the fill is looked at that does not come upon the row, 10 ms apart.
const LOOKS: usize = 100;

/// Other sessions of the database that wait for a lock.
const WAITING: &str =
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

impl Play<'_> {
    /// Plays it for each release that may run during a fill; how often a fill had to wait.
    ///
    /// # Errors
    /// The release fails, the fill does, or what was written is not found.
    pub(crate) fn meet(&self) -> Result<usize, String> {
        let is_fill = |step: &&Step| step.kind == StepKind::Backfill;
        let mut waited = 0;
        for phase in self.plan.phases.iter().filter(|phase| phase.steps.iter().any(|step| is_fill(&step))) {
            for at in &self.scenes.during[place(phase.name)] {
                waited += self.meet_with(&self.clients[*at], phase.name)?;
            }
        }
        Ok(waited)
    }

    fn meet_with(&self, client: &Client, phase: PhaseName) -> Result<usize, String> {
        let database = self.scene.start()?;
        let mut stepping = connected(&database)?;
        let mut writing = connected(&database)?;
        let (mut waited, mut model) = (0, Model::new());
        let keys = [KEYS.end - 1, KEYS.start];
        // Rows from before the plan: the fill changes them.
        let old = self.clients.first().ok_or("no release")?;
        for key in keys {
            host::batch(&mut writing, &self.text(old, &old.insert, key, 0))?;
        }
        let steps = self.plan.phases.iter().flat_map(|phase| phase.steps.iter().map(|step| (phase.name, step)));
        for (number, (of, step)) in steps.enumerate() {
            let told = |error: String| format!("{} at {} ({}): {error}", client.name, step.id, step.title);
            if of != phase || step.kind != StepKind::Backfill {
                tried(&mut stepping, step)?;
                continue;
            }
            // To make NULL what is not filled changes nothing.
            let is_write = |value: &usize| self.act.values[*value].1 != ["NULL"];
            let all = self.act.values.len();
            let value = (1..all).cycle().skip(number % (all - 1)).find(is_write).ok_or("no value")?;
            let texts = keys.map(|key| self.text(client, &client.update, key, value));
            waited += usize::from(self.met(&database, (&mut writing, &mut stepping), step, &texts).map_err(told)?);
            model.extend(keys.map(|key| (key, value)));
            for key in keys {
                self.found(&mut writing, client, key, &model).map_err(told)?;
            }
        }
        let last = self.clients.last().ok_or("no release")?;
        keys.into_iter().try_for_each(|key| self.found(&mut writing, last, key, &model))?;
        Ok(waited)
    }

    /// Changes a row, has the step come upon it, and changes another one in the same transaction. Whether it came.
    fn met(
        &self,
        database: &Database,
        (writing, stepping): (&mut postgres::Client, &mut postgres::Client),
        step: &Step,
        [first, then]: &[String; 2],
    ) -> Result<bool, String> {
        let mut looking = connected(database)?;
        host::batch(writing, &format!("BEGIN;\n{first}"))?;
        thread::scope(|scope| {
            let stepping = scope.spawn(|| tried(stepping, step));
            let mut is_waiting = false;
            for _ in 0..LOOKS {
                is_waiting = host::value(&mut looking, WAITING)? != "0";
                if is_waiting || stepping.is_finished() {
                    break;
                }
                thread::sleep(Duration::from_millis(10));
            }
            let wrote = host::batch(writing, &format!("{then}COMMIT"));
            let ran = stepping.join().unwrap_or_else(|_| Err("the step panicked".to_owned()));
            wrote.and(ran).and(Ok(is_waiting))
        })
    }

    fn text(&self, client: &Client, statements: &[String], key: u32, value: usize) -> String {
        let values = self.values(client.form, value);
        statements.iter().map(|sql| format!("{};\n", filled(sql, key, values))).collect()
    }
}
