//! The report as JSON, version 1. Times are in milliseconds.

use super::{MigrationRun, Outcome, RunReport};
use serde_json::{Value, json};
use std::time::Duration;

impl RunReport {
    /// The report as JSON, version 1; times in milliseconds.
    pub fn to_json(&self) -> Value {
        json!({
            "version": 1,
            "database": self.database,
            "pending": self.history.pending,
            "out_of_order": self.history.out_of_order,
            "edited": self.history.edited,
            "missing": self.history.missing,
            "check": self.check.as_ref().map(crate::Report::to_json),
            "oldest_transactions": self.oldest_transactions,
            "waited_for_others_ms": ms(self.waited_for_others),
            "reconnects": self.reconnects,
            "replica_lag_ms": self.replica_lag.map(ms),
            "threshold_ms": ms(self.threshold),
            "migrations": self.migrations.iter().map(migration).collect::<Vec<_>>(),
            "flags": self.flags(),
            "notes": self.notes,
        })
    }
}

fn migration(run: &MigrationRun) -> Value {
    let (outcome, resumed_after) = match run.outcome {
        Outcome::Planned => ("planned", None),
        Outcome::Applied => ("applied", None),
        Outcome::Resumed(done) => ("resumed", Some(done)),
        Outcome::Failed => ("failed", None),
    };
    json!({
        "id": run.id,
        "name": run.name,
        "direction": run.direction.name(),
        "outcome": outcome,
        "resumed_after": resumed_after,
        "took_ms": ms(run.took),
        "statements": run.statements.iter().map(|statement| json!({
            "line": statement.line,
            "sql": statement.sql,
            "took_ms": ms(statement.took),
        })).collect::<Vec<_>>(),
        "locks": run.locks.iter().map(|lock| json!({
            "relation": lock.relation,
            "mode": lock.mode,
            "held_ms": ms(lock.held),
            "source": lock.source.name(),
        })).collect::<Vec<_>>(),
        "waiters": run.waiters.iter().map(|waiter| json!({
            "session": waiter.session,
            "waited_ms": ms(waiter.waited),
        })).collect::<Vec<_>>(),
        "retries": run.retries.iter().map(|retried| json!({
            "reason": retried.reason,
            "blockers": retried.blockers,
            "took_ms": ms(retried.took),
        })).collect::<Vec<_>>(),
    })
}

fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
