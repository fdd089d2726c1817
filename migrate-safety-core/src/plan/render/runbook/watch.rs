//! What to watch while it runs.

use super::fence;
use crate::plan::Plan;
use std::fmt::Write;

/// What is watched: when to stop, and the query.
const SIGNALS: &[(&str, &str)] = &[
    (
        "A session has waited for a lock for more than 30 s: cancel the step (`SELECT pg_cancel_backend(pid)`), it can \
         be run again",
        "SELECT waiting.pid, now() - waiting.query_start AS waits, left(waiting.query, 60) AS query,\n       \
         blocking.pid AS blocked_by, blocking.state, now() - blocking.xact_start AS open_for,\n       \
         left(blocking.query, 60) AS blocking_query\n\
         FROM pg_stat_activity AS waiting\n\
         CROSS JOIN unnest(pg_blocking_pids(waiting.pid)) AS blocker\n\
         JOIN pg_stat_activity AS blocking ON blocking.pid = blocker\n\
         WHERE waiting.wait_event_type = 'Lock' AND now() - waiting.query_start > interval '30 seconds'\n\
         ORDER BY waits DESC;",
    ),
    (
        "A replica is more than 60 s behind: pause what moves data until it is below 30 s",
        "SELECT application_name, state, replay_lag FROM pg_stat_replication\n\
         WHERE replay_lag > interval '60 seconds';",
    ),
    (
        "A transaction has been open for more than 5 minutes: do not start a step before it has ended",
        "SELECT pid, usename, state, now() - xact_start AS open_for, left(query, 60) AS query\n\
         FROM pg_stat_activity WHERE now() - xact_start > interval '5 minutes' ORDER BY xact_start;",
    ),
];

const INDEX_PROGRESS: (&str, &str) = (
    "How far an index is",
    "SELECT relid::regclass AS on_table, phase, blocks_done, blocks_total, lockers_done, lockers_total\n\
     FROM pg_stat_progress_create_index;",
);

impl Plan {
    pub(super) fn watch(&self, out: &mut String) {
        out.push_str("\n## Watch\n");
        for (signal, query) in SIGNALS {
            write_signal(signal, query, out);
        }
        if self.builds_indexes() {
            write_signal(INDEX_PROGRESS.0, INDEX_PROGRESS.1, out);
        }
        for step in self.steps() {
            if let Some(prepared) = &step.backfill {
                let signal = format!("How many rows {} still has to move; 0 when it is done", step.id);
                write_signal(&signal, &format!("{};", prepared.mismatches_sql()), out);
            }
        }
    }

    /// Whether a step builds an index outside a transaction, which may leave it invalid.
    pub(super) fn builds_indexes(&self) -> bool {
        self.steps().any(|step| !step.transaction && !step.work.indexed.is_empty())
    }
}

fn write_signal(signal: &str, query: &str, out: &mut String) {
    let _ = writeln!(out, "\n{signal}:\n");
    fence(out, "sql", query);
}
