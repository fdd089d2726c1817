//! A table is about to take no more columns instantly.

use crate::databases::operation::{Algorithm, Operation};
use crate::databases::rule::{DatabaseRule, Look, MYSQL};
use crate::databases::view::StatementView;
use crate::dialect::{Dialect, Target};
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "row-versions-used-up",
        category: Category::Deployability,
        title: "A table is about to take no more columns instantly",
        why: "Each statement that adds or drops a column instantly makes a row version, and a table has 64 of them (255 \
              from 9.1). Behind the last one ALGORITHM=INSTANT fails with error 4092, and without the clause the table is \
              rebuilt, at a time that nobody chose. A rebuild counts from zero again.",
        source: "MySQL manual, 17.12.1 Online DDL Operations, Adding a Column; measured on MySQL 9.7",
        bad: &[Sample::new(WORN, "ALTER TABLE t ADD COLUMN last int, ALGORITHM=INSTANT;").of(Target::mysql(800))],
        good: &[Sample::new("CREATE TABLE t (id int PRIMARY KEY);", "ALTER TABLE t ADD COLUMN a int, ALGORITHM=INSTANT;")
            .of(Target::mysql(800))],
        folded_into: &["statement-fails"],
        ..Rule::BASE
    },
    dialects: MYSQL,
    look: Look::Statement(look),
};

/// A table with 60 row versions.
const WORN: &str = "CREATE TABLE t (id int PRIMARY KEY, x int);
    ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a;
    ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a;
    ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a;
    ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a;
    ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a;
    ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a;
    ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a;
    ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a;
    ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a;
    ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a;
    ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a;
    ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a;
    ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a;
    ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a;
    ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a; ALTER TABLE t ADD COLUMN a int; ALTER TABLE t DROP COLUMN a;";

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    let Operation::AlterTable(alter) = view.operation() else { return };
    let adds = view.outcome.effects.facts.iter().any(|fact| matches!(*fact, "add-column/instant" | "drop-column/instant"));
    if view.target().dialect != Dialect::MySql || view.outcome.algorithm != Some(Algorithm::Instant) || !adds {
        return;
    }
    let Some(table) = view.table(&alter.table) else { return };
    let most: u16 = if view.target().is_from(901, 0) { 255 } else { 64 };
    let left = most.saturating_sub(table.row_versions).saturating_sub(1);
    if left > most / 10 {
        return;
    }
    findings
        .flag(format!("{} can take {left} more such changes after this one; the next ones rebuild it", table.name))
        .at(view.span())
        .help("rebuild it at a time of your choice: `ALTER TABLE … FORCE, ALGORITHM=INPLACE, LOCK=NONE`");
}
