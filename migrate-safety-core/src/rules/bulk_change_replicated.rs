//! A change so large that replicas fall behind.

use super::extent::Rows;
use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::effects::RelationRef;

/// Rows a second that a replica is taken to replay: one process does it, for an update of a row with two or three
/// indexes.
const CHANGED_A_SECOND: u64 = 10_000;

/// The same where a table is written anew: whole pages.
const REWRITTEN_A_SECOND: u64 = 100_000;

/// The longest a replica may fall behind.
const MOST_SECONDS: u64 = 60;

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
        weigh(view, &table, CHANGED_A_SECOND, true, findings);
    }
    for rewritten in view.effects.rewrites.iter().filter(|r| view.is_hot(r.id)) {
        // That nobody can use it meanwhile has been said; this is worth saying only of a table that is known to be large.
        weigh(view, rewritten, REWRITTEN_A_SECOND, false, findings);
    }
}

/// Estimates how long a replica needs for all rows of a table; asks where their number is not known.
fn weigh(view: &OperationView<'_>, table: &RelationRef, rate: u64, ask: bool, findings: &mut Findings<'_>) {
    let name = &table.name;
    let known = view.config.table_rows.get(name);
    let help = "change the rows in batches with a pause between them, and watch `replay_lag` in pg_stat_replication";
    match known {
        Some(rows) if rows / rate > MOST_SECONDS => {
            let seconds = rows / rate;
            findings
                .flag(format!(
                    "replicas fall behind by about {seconds} s: {rows} rows of {name}, at {rate} rows a second"
                ))
                .at(view.located.span)
                .help(help);
        }
        None if ask => {
            let Some(relation) = view.scene.catalog.relation(table.id) else { return };
            let regclass = relation.object_name().sql().replace('\'', "''");
            findings
                .flag(format!("replicas fall behind while they replay this, by a second for each {rate} rows of {name}"))
                .at(view.located.span)
                .help(help)
                .verify(format!(
                    "SELECT reltuples::bigint FROM pg_class WHERE oid = '{regclass}'::regclass -- rows in {name}"
                ));
        }
        _ => {}
    }
}
