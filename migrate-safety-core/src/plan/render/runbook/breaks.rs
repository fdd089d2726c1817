//! When this breaks.

use super::{fence, listed};
use crate::layout::Layout;
use crate::plan::render::server::Server;
use crate::plan::{Plan, StepKind};
use std::fmt::Write;

impl Plan {
    pub(super) fn when_this_breaks(&self, out: &mut String) {
        out.push_str("\n## When this breaks\n");
        self.lock_contention(out);
        self.half_filled(out);
        self.invalid_index(out);
        self.half_run(out);
        out.push_str(WHO_TO_CALL);
    }

    fn lock_contention(&self, out: &mut String) {
        match Server::of(self.target) {
            Server::Postgres => {}
            Server::MySql => {
                let _ = writeln!(
                    out,
                    "\n### A step fails with `Lock wait timeout exceeded` (1205), or others wait behind it\n\n\
                     Another session holds a metadata lock on the table: a transaction that has read it and is still \
                     open. The step gives up after {} and nothing has changed. See who waits with the first query under \
                     \"Watch\", and which transaction is open with the last. Let that end, or end it (`KILL id`) if its \
                     owner agrees, and run the step again. sqlx keeps a row with `success = 0` of a migration that failed \
                     behind a change of the schema: delete it when the schema shows that nothing was changed.",
                    self.lock_timeout()
                );
                return;
            }
            Server::Sqlite => {
                let _ = writeln!(
                    out,
                    "\n### A step fails with `database is locked`, or the application does\n\n\
                     One connection writes at a time. The step waits for others for {}; others wait for it as long as their \
                     busy timeout says. A step that failed has changed nothing: run it again when the other writer is done.",
                    self.lock_timeout()
                );
                return;
            }
        }
        let _ = writeln!(
            out,
            "\n### A step fails with `canceling statement due to lock timeout`, or others wait behind it\n\n\
             Another session holds a lock that the step needs; the step gives up after {} and nothing has changed. See \
             who blocks whom with the first query under \"Watch\", without its 30 seconds. Let the blocking transaction \
             end, or end it (`SELECT pg_terminate_backend(pid)`) if its owner agrees, and run the step again. A step \
             that runs in no transaction has no limit of its own: watch it, and cancel it by hand.",
            self.lock_timeout()
        );
    }

    fn half_filled(&self, out: &mut String) {
        let backfills: Vec<&str> =
            self.steps().filter(|s| s.kind == StepKind::Backfill).map(|s| s.id.as_str()).collect();
        if backfills.is_empty() {
            return;
        }
        let _ = writeln!(
            out,
            "\n### A backfill stops half-way\n\n\
             Every batch is committed by itself: what is done stays done, and the application goes on with both forms. \
             Run {} again: rows that have their value are left alone. The count under \"Watch\" says how many are \
             left; the steps behind it refuse to run before it is 0. A row that fails names itself in the error: \
             correct it by hand, and run the backfill again.",
            listed(&backfills)
        );
    }

    fn invalid_index(&self, out: &mut String) {
        if !self.builds_indexes() {
            return;
        }
        out.push_str(
            "\n### An index is invalid\n\n\
             A build that was cancelled, or that found a duplicate, leaves an index that writes keep up and no query \
             uses:\n\n",
        );
        fence(
            out,
            "sql",
            "SELECT indexrelid::regclass AS index, indrelid::regclass AS on_table FROM pg_index WHERE NOT indisvalid;",
        );
        out.push_str("`DROP INDEX CONCURRENTLY` it, see to the reason, and run the step again.\n");
    }

    fn half_run(&self, out: &mut String) {
        out.push_str("\n### A release stops between two migrations\n\n");
        let recorded = match self.layout {
            Layout::Sqlx => {
                "SELECT version, description, success FROM _sqlx_migrations ORDER BY version DESC LIMIT 10;"
            }
            Layout::Diesel => "SELECT version, run_on FROM __diesel_schema_migrations ORDER BY version DESC LIMIT 10;",
            Layout::Plain => "",
        };
        if recorded.is_empty() {
            out.push_str("Compare the schema with the steps above to see which have run. ");
        } else {
            out.push_str("What has run is recorded:\n\n");
            fence(out, "sql", recorded);
        }
        out.push_str(
            "The schema after each step is one that the application of its release works with, so there is no hurry: \
             go on with the next step, or go back step by step from the last one that has run, each by its way back. A \
             step in a transaction has run completely or not at all.",
        );
        let alone = self.steps().filter(|step| step.is_migration() && !step.transaction);
        let alone: Vec<&str> = alone.map(|step| step.id.as_str()).collect();
        if !alone.is_empty() {
            let runs = if alone.len() == 1 { "runs" } else { "run" };
            let _ = write!(
                out,
                " {} {runs} in no transaction: the work, or a part of it, may be done and not recorded. Look for what \
                 the step makes before it is run again.",
                listed(&alone)
            );
        }
        out.push('\n');
    }
}

const WHO_TO_CALL: &str = "\n### Who to call\n\n| | name | reached by |\n|---|---|---|\n\
    | may stop the change | | |\n\
    | on call for the database | | |\n\
    | on call for the application | | |\n";
