//! A loop over batches without a pause.

use super::batches::batches;
use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::StatementView;
use crate::sql::operation::LoopFacts;

/// So few batches need no pause.
const FEW_ROUNDS: u64 = 10;

const TABLES: &str = "CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "loop-without-pause",
    category: Category::ConcurrentWrites,
    title: "A loop over batches without a pause",
    why: "Without a pause the batches take all the disk and the log can carry: replicas fall behind, vacuum does not \
          keep up, and whoever waits for a row of one batch may wait again for the next.",
    source: "PostgreSQL docs, 26.2.5 Streaming Replication; 24.1 Routine Vacuuming",
    bad: &[Sample::new(
        TABLES,
        "-- no-transaction\nDO $$ BEGIN LOOP UPDATE users SET org_id = 1 WHERE id IN (SELECT id FROM users WHERE \
         org_id IS NULL LIMIT 1000); EXIT WHEN NOT FOUND; COMMIT; END LOOP; END $$;",
    )],
    good: &[Sample::new(
        TABLES,
        "-- no-transaction\nDO $$ BEGIN LOOP UPDATE users SET org_id = 1 WHERE id IN (SELECT id FROM users WHERE \
         org_id IS NULL LIMIT 1000); EXIT WHEN NOT FOUND; COMMIT; PERFORM pg_sleep(0.05); END LOOP; END $$;",
    )],
    check: Check::Statement(check),
    ..Rule::BASE
};

fn check(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    let is_long = |facts: &LoopFacts| facts.rounds.is_none_or(|rounds| rounds > FEW_ROUNDS);
    let rushes = |loops: &[LoopFacts]| {
        !loops.iter().any(|facts| facts.sleeps) && loops.iter().any(|facts| facts.commits && is_long(facts))
    };
    let Some(batch) = batches(view).find(|batch| rushes(batch.loops)) else { return };
    findings
        .flag(format!("one batch of {} follows the other without a pause", batch.write.table.name))
        .at(batch.judged.located.span)
        .help("put `PERFORM pg_sleep(0.1);` behind the COMMIT: replicas, vacuum and waiting writers catch up");
}
