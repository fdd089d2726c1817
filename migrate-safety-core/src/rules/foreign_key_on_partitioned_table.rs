//! A foreign key on a partitioned table that cannot be added NOT VALID.

use super::finding::Category;
use super::new_keys::{On, new_keys, table_name};
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::MigrationView;
use crate::catalog::Table;

const LOGS: &str = "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE logs (id bigint, user_id bigint) PARTITION BY RANGE (id); CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM (0) TO (1000); CREATE INDEX logs_user_idx ON logs (user_id);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "foreign-key-on-partitioned-table",
    category: Category::ForeignKeys,
    title: "A foreign key on a partitioned table before PostgreSQL 18",
    why: "NOT VALID is refused on a partitioned table before PostgreSQL 18: the key is added and checked over all partitions in one step, under its locks.",
    source: "PostgreSQL docs, ALTER TABLE, ADD table_constraint NOT VALID; measured, PG 14-18",
    bad: &[
        Sample::new(LOGS, "ALTER TABLE logs ADD CONSTRAINT logs_user_fk FOREIGN KEY (user_id) REFERENCES users (id);").on(17).with(&["constraint-validated-at-once", "rows-may-violate"]),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY);", "CREATE TABLE logs (id bigint, user_id bigint REFERENCES users (id)) PARTITION BY RANGE (id); CREATE INDEX ON logs (user_id);").on(17),
    ],
    folded_into: &["foreign-key-cascades"],
    told_once: false,
    planned: true,
    check: Check::Outcome(check),
};

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    if view.config.target.version >= 18 {
        return;
    }
    for new in new_keys(view) {
        let table = view.after.table(new.key.from);
        let checks = table.is_some_and(|table| Table::is_partitioned(table) && !table.children.is_empty());
        let adopts = new.judged.effects.facts.contains(&"add-constraint/foreign-key-adopted");
        if !checks || adopts || !matches!(new.on, On::OldColumn | On::Former(_)) {
            continue;
        }
        let Some(mut findings) = findings.statement(new.statement) else { continue };
        let child = table_name(view.after, new.key.from);
        findings
            .flag(format!(
                "all partitions of {child} are checked at once: NOT VALID is refused there before PostgreSQL 18"
            ))
            .at(new.span())
            .help(
                "add the key NOT VALID to each partition, validate each in a later migration, then add it to the \
                 partitioned table, which adopts them without reading",
            );
    }
}
