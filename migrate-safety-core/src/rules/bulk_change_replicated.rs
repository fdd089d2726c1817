//! A change so large that replicas fall behind.

use super::extent::Rows;
use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::effects::RelationRef;
use crate::estimate::{self, CHANGED, Estimate, REPLAYED, Work, about, grouped};

/// The longest a replica may fall behind.
const MOST_SECONDS: u64 = 60;

const HELP: &str =
    "change the rows in batches with a pause between them, and watch `replay_lag` in pg_stat_replication";

const TABLES: &str = "CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "bulk-change-replicated",
    category: Category::ReplicationLag,
    title: "A change so large that replicas fall behind",
    why: "A replica replays the log in one process. While it works through a large change it shows old data to \
          whoever reads from it, and a failover to it loses or waits for what it lacks.",
    source: "PostgreSQL docs, 26.2.5 Streaming Replication",
    bad: &[
        Sample::new(TABLES, "UPDATE users SET org_id = 1 WHERE org_id IS NULL;").with(&["backfill-not-batched"]),
        Sample::new(TABLES, "DELETE FROM users;").rows(&[("public.users", 5_000_000)]).with(&["backfill-not-batched", "delete-rows"]),
        Sample::new(TABLES, "ALTER TABLE users ALTER COLUMN org_id TYPE numeric;")
            .rows(&[("public.users", 50_000_000)])
            .with(&["long-lock", "no-lock-timeout", "type-changed"]),
    ],
    good: &[
        Sample::new(TABLES, "UPDATE users SET org_id = 1 WHERE org_id IS NULL;").rows(&[("public.users", 400)]),
        Sample::new(TABLES, "UPDATE users SET org_id = 1 WHERE id = 7;"),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    for change in view.changes.iter().filter(|c| c.rows == Rows::All && view.is_hot(c.table)) {
        let sources = view.effects.scans.iter().filter(|scan| view.is_hot(scan.id));
        // Of what it copies the source tells how much it is.
        let read = if change.verb.locks_rows() { None } else { sources.into_iter().find(|s| s.id != change.table) };
        let table = match (read, view.scene.catalog.relation(change.table)) {
            (Some(source), _) => source.clone(),
            (None, Some(table)) if change.verb.locks_rows() => RelationRef { name: table.qualified(), id: change.table },
            _ => continue,
        };
        match view.sizing.rows(&table) {
            Some(rows) => weigh(view, &estimate::change(&table, view.sizing), rows, findings),
            None => ask(view, &table, findings),
        }
    }
    // That nobody can use a table meanwhile has been said; this is worth saying only of one that is known to be large.
    for estimate in estimate::of_structure(view.located, view.effects, view.judged, view.scene.catalog, view.sizing) {
        if let Some(rows) = estimate.rows {
            weigh(view, &estimate, rows, findings);
        }
    }
}

/// Says how long a replica needs for what a piece of work writes.
fn weigh(view: &OperationView<'_>, estimate: &Estimate, rows: u64, findings: &mut Findings<'_>) {
    if estimate.replay.as_secs() > MOST_SECONDS {
        let (name, behind) = (&estimate.relation, about(estimate.replay));
        let written = match estimate.work {
            Work::Change => format!("at {} rows a second", grouped(CHANGED)),
            _ => format!("at {} MB a second", REPLAYED / 1_000_000),
        };
        let finding = findings.flag(format!(
            "replicas fall behind by about {behind}: they replay this for {} rows of {name}, {written}",
            grouped(rows)
        ));
        finding.at(view.located.span).help(match estimate.work {
            Work::Change => HELP,
            _ => "run it when little depends on the replicas, and watch `replay_lag` in pg_stat_replication",
        });
    }
}

/// Asks how many rows there are.
fn ask(view: &OperationView<'_>, table: &RelationRef, findings: &mut Findings<'_>) {
    let Some(relation) = view.scene.catalog.relation(table.id) else { return };
    let regclass = relation.object_name().sql().replace('\'', "''");
    let name = &table.name;
    findings
        .flag(format!("replicas fall behind while they replay this, by a second for each {CHANGED} rows of {name}"))
        .at(view.located.span)
        .help(HELP)
        .verify(format!("SELECT reltuples::bigint FROM pg_class WHERE oid = '{regclass}'::regclass -- rows in {name}"));
}
