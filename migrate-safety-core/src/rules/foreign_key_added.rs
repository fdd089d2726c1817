//! A foreign key on a column that is in use.

use super::finding::Category;
use super::new_keys::{On, new_keys, table_name};
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::MigrationView;

const SHOP: &str = "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint); CREATE INDEX orders_user_idx ON orders (user_id);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "foreign-key-added",
    category: Category::ForeignKeys,
    title: "A foreign key on a column that is in use",
    why: "From then on, NOT VALID or not, the server refuses a row without its referenced row, and the deletion of a referenced row. A release that writes in another order, or deletes without a look at the referencing table, fails in requests.",
    source: "PostgreSQL docs, 5.5.5 Foreign Keys",
    bad: &[Sample::new(
        SHOP,
        "ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;",
    )],
    good: &[Sample::new(
        "CREATE TABLE users (id bigint PRIMARY KEY);",
        "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id)); CREATE INDEX ON orders (user_id);",
    )],
    folded_into: &["foreign-key-cascades", "foreign-key-on-partitioned-table"],
    check: Check::Outcome(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for new in new_keys(view) {
        let adopts = new.judged.effects.facts.contains(&"add-constraint/foreign-key-adopted");
        if !matches!(new.on, On::OldColumn) || adopts {
            continue;
        }
        let Some(mut findings) = findings.statement(new.statement) else { continue };
        let (child, parent) = (table_name(view.after, new.key.from), table_name(view.after, new.key.key.table));
        findings
            .flag(format!(
                "from now on a row of {child} needs its row of {parent}, and a row of {parent} that is referenced cannot \
                 be deleted"
            ))
            .at(new.span())
            .verify(format!(
                "does every running release write {parent} before {child}, and delete from {child} before {parent}?"
            ));
    }
}
