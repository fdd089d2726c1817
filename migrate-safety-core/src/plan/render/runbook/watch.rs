//! What to watch while it runs.

use super::fence;
use crate::plan::Plan;
use crate::plan::render::server::Server;
use std::fmt::Write;

/// What is watched: when to stop, and the query.
type Signals = &'static [(&'static str, &'static str)];

impl Server {
    fn signals(self) -> Signals {
        match self {
            Self::Postgres => OF_POSTGRES,
            Self::MySql => OF_MYSQL,
            Self::Sqlite => OF_SQLITE,
        }
    }
}

const OF_MYSQL: Signals = &[
    (
        "A session waits for a metadata lock, and others queue behind it: cancel the step (`KILL QUERY id`), it can be run \
         again",
        "SELECT id, user, time AS waits_seconds, state, left(info, 60) AS query\n\
         FROM information_schema.processlist\n\
         WHERE state LIKE 'Waiting for%metadata lock' ORDER BY time DESC;",
    ),
    (
        "A replica is more than 60 s behind (`Seconds_Behind_Source`): pause what moves data, or the tool that copies, \
         until it is below 30 s; asked on the replica (before MySQL 8.0.22, and in MariaDB: `SHOW SLAVE STATUS`)",
        "SHOW REPLICA STATUS;",
    ),
    (
        "A transaction has been open for more than 5 minutes: do not start a step before it has ended",
        "SELECT trx_mysql_thread_id AS id, trx_started, trx_rows_locked, left(trx_query, 60) AS query\n\
         FROM information_schema.innodb_trx\n\
         WHERE trx_started < now() - INTERVAL 5 MINUTE ORDER BY trx_started;",
    ),
];

const OF_SQLITE: Signals = &[(
    "The application reports `database is locked` (SQLITE_BUSY): a step has held the write lock for longer than the busy \
     timeout of the others; the log that waits to be written back tells how much there is",
    "PRAGMA wal_checkpoint(PASSIVE);",
)];

const OF_POSTGRES: Signals = &[
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
        for (signal, query) in Server::of(self.target).signals() {
            write_signal(signal, query, out);
        }
        if self.builds_indexes() {
            write_signal(INDEX_PROGRESS.0, INDEX_PROGRESS.1, out);
        }
        for step in self.steps() {
            let prepared = step.backfill.as_ref().map(crate::backfill::Prepared::mismatches_sql);
            if let Some(remaining) = prepared.or_else(|| step.batches.as_ref().map(|batches| batches.remaining.clone()))
            {
                let signal = format!("How many rows {} still has to move; 0 when it is done", step.id);
                write_signal(&signal, &format!("{remaining};"), out);
            }
        }
    }

    /// Whether a step builds an index outside a transaction, which may leave it invalid.
    pub(super) fn builds_indexes(&self) -> bool {
        let is_postgres = Server::of(self.target) == Server::Postgres;
        is_postgres && self.steps().any(|step| !step.transaction && !step.work.indexed.is_empty())
    }
}

fn write_signal(signal: &str, query: &str, out: &mut String) {
    let _ = writeln!(out, "\n{signal}:\n");
    fence(out, "sql", query);
}
