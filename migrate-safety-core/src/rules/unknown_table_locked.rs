//! Dynamic SQL works through a table under a lock; which table is only known when it runs.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView, own_migration};
use crate::sql::operation::{ConstraintKind, ReindexTarget, TableAction, UNKNOWN_NAME};
use crate::sql::{ObjectName, Operation};

const EVENTS: &str = "CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at); CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "unknown-table-locked",
    category: Category::LockContention,
    title: "SQL put together at run time works through a table under a lock",
    why: "Whatever name is put in, the statement keeps writers out while it reads a table through. In a loop over tables \
          it does so to one after the other, and in one transaction it keeps all of their locks to the end.",
    source: "PostgreSQL docs, 13.3.1 Table-Level Locks; 41.5.4 Executing Dynamic Commands",
    bad: &[Sample::new(
        EVENTS,
        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT inhrelid::regclass AS part FROM pg_inherits WHERE inhparent = 'events'::regclass LOOP EXECUTE format('CREATE INDEX ON %s (id)', r.part); END LOOP; END $$;",
    )
    .with(&["dynamic-sql"])],
    good: &[Sample::new(
        EVENTS,
        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT inhrelid::regclass AS part FROM pg_inherits WHERE inhparent = 'events'::regclass LOOP EXECUTE format('COMMENT ON TABLE %s IS NULL', r.part); END LOOP; END $$;",
    )
    .with(&["dynamic-sql"])],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::Opaque { like: Some(like), .. } = &view.located.operation else { return };
    let Some(long) = long_lock(like).filter(|long| may_be_hot(view, long.table)) else { return };
    let name = if is_unknown(long.table) { "a table".to_owned() } else { long.table.sql() };
    findings
        .block(format!("{} reads all of {name} while nobody can {} it", long.what, long.denied))
        .at(view.located.span)
        .help(format!("{}, {}", long.instead, own_migration(view.host)));
}

/// A statement that keeps others out of a table as long as it works through it, whichever table that is.
struct Long<'o> {
    table: &'o ObjectName,
    what: &'static str,
    denied: &'static str,
    instead: &'static str,
}

fn long_lock(operation: &Operation) -> Option<Long<'_>> {
    let (table, what, denied, instead) = match operation {
        Operation::CreateIndex(index) if !index.concurrently && !index.only => {
            (&index.table, "the index build", "write to", "build the index CONCURRENTLY on each table by its name")
        }
        Operation::Reindex { target: ReindexTarget::Table(table), concurrently: false, .. } => {
            (table, "REINDEX", "write to", "rebuild the indexes CONCURRENTLY, table by table")
        }
        Operation::ClusterTable { table: Some(table), .. } => {
            (table, "CLUSTER", "read or write", "copy the rows in order into a new table, in batches")
        }
        Operation::AlterTable(alter) => {
            let TableAction::AddConstraint(constraint) = &alter.action else { return None };
            if constraint.not_valid || constraint.not_enforced {
                return None;
            }
            let name = &alter.table;
            match &constraint.kind {
                ConstraintKind::ForeignKey(_) => {
                    (name, "the foreign key", "write to", "add it NOT VALID here, and VALIDATE CONSTRAINT")
                }
                ConstraintKind::Check(_) => {
                    (name, "the CHECK", "read or write", "add it NOT VALID here, and VALIDATE CONSTRAINT")
                }
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(Long { table, what, denied, instead })
}

fn is_unknown(name: &ObjectName) -> bool {
    name.name.contains(UNKNOWN_NAME) || name.schema.as_ref().is_some_and(|schema| schema.contains(UNKNOWN_NAME))
}

/// Whether a table that dynamic SQL names may be one that others use, and large.
fn may_be_hot(view: &OperationView<'_>, table: &ObjectName) -> bool {
    let catalog = view.scene.catalog;
    let known = catalog.resolve(table).found().and_then(|id| catalog.relation(id));
    known.is_none_or(|relation| {
        view.is_old(relation.id) && !view.sizing.is_small(relation.id, &relation.qualified())
    })
}
