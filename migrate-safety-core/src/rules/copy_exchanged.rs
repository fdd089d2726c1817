//! A table that is copied, and whose place the copy takes.

use super::finding::Category;
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::stand_in::stand_in;
use super::view::{Judged, MigrationView};
use crate::catalog::{Relation, RelationId};
use crate::effects::BreakageKind;
use crate::sql::{LockMode, Operation};

const PLANS: &str = "CREATE TABLE plans (code text PRIMARY KEY, price int);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "copy-exchanged",
    category: Category::DataLoss,
    title: "A copy takes the place of a table that is written meanwhile",
    why: "The copy holds what was committed when the copying statement began. What the application writes from then on \
          goes to the old table, until the exchange waits for the last writer: the new table never sees it, and nothing \
          fails.",
    source: "PostgreSQL docs, 13.2.1 Read Committed Isolation Level; measured, PG 14–18",
    bad: &[
        Sample::new(
            PLANS,
            "CREATE TABLE plans_new (LIKE plans INCLUDING ALL); INSERT INTO plans_new SELECT code, price FROM plans; \
             ALTER TABLE plans RENAME TO plans_old; ALTER TABLE plans_new RENAME TO plans;",
        )
        .rows(FEW),
        Sample::new(
            PLANS,
            "CREATE TABLE plans_new AS TABLE plans; ALTER TABLE plans RENAME TO plans_old; ALTER TABLE plans_new RENAME TO \
             plans;",
        )
        .rows(FEW),
    ],
    good: &[
        Sample::new(
            PLANS,
            "LOCK TABLE plans IN ACCESS EXCLUSIVE MODE; CREATE TABLE plans_new (LIKE plans INCLUDING ALL); INSERT INTO \
             plans_new SELECT code, price FROM plans; ALTER TABLE plans RENAME TO plans_old; ALTER TABLE plans_new RENAME \
             TO plans;",
        )
        .rows(FEW),
        Sample::new(
            PLANS,
            "ALTER TABLE plans RENAME TO plans_old; CREATE TABLE plans (LIKE plans_old INCLUDING ALL); INSERT INTO plans \
             SELECT code, price FROM plans_old;",
        )
        .rows(FEW),
    ],
    check: Check::Outcome(check),
    ..Rule::BASE
};

const FEW: &[(&str, u64)] = &[("public.plans", 100), ("public.plans_old", 100)];

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for (at, (_, judged)) in view.operations.iter().enumerate() {
        let replaced = judged.effects.breaks.iter().filter(|broken| broken.column.is_none());
        let replaced = replaced.filter(|b| matches!(b.what, BreakageKind::Renamed | BreakageKind::Gone));
        for old in replaced.map(|broken| &broken.relation).filter(|old| view.was_known(old.id)) {
            let new = stand_in(view, judged, &old.name).filter(|new| new.id != old.id && new.table().is_some());
            let before = view.operations.get(..at).unwrap_or_default();
            let copied = new.and_then(|new| before.iter().position(|(_, other)| copies(other, old.id, new)));
            let Some((copied, (statement, copy))) = copied.and_then(|at| Some((at, before.get(at)?))) else { continue };
            let earlier = before.get(..copied).unwrap_or_default();
            if earlier.iter().any(|(_, other)| keeps_writers_off(other, copy, old.id)) {
                continue;
            }
            let Some(mut to) = findings.statement(*statement) else { continue };
            let message = format!("what is written to {0} from here on is lost: the copy takes the place of {0}", old.name);
            to.block(message).at(copy.located.span).help(format!(
                "have a trigger on {0} write each change to the copy as well before it is filled, and fill it in batches; \
                 or, if it is small, begin the transaction with `LOCK TABLE {0} IN SHARE ROW EXCLUSIVE MODE`",
                old.name
            ));
        }
    }
}

/// Whether it fills `new` from the table `old`.
fn copies(judged: &Judged, old: RelationId, new: &Relation) -> bool {
    let fills = match &judged.located.operation {
        Operation::Insert(_) => judged.writes.iter().any(|write| write.table.id == new.id),
        Operation::CreateTableAs { with_data, .. } => *with_data && new.created.statement == judged.now.statement,
        _ => false,
    };
    fills && judged.effects.scans.iter().any(|scanned| scanned.id == old)
}

/// Whether nobody writes to the table between this operation and the end of the transaction that copies it.
fn keeps_writers_off(judged: &Judged, copy: &Judged, table: RelationId) -> bool {
    judged.now.transaction == copy.now.transaction
        && judged.effects.locks.iter().any(|lock| {
            lock.relation.id == table && lock.mode.conflicts().any(|mode| mode == LockMode::RowExclusive)
        })
}
