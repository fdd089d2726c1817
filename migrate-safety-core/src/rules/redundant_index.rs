//! A new index that another one makes needless.

use super::finding::Category;
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::MigrationView;
use crate::catalog::{Catalog, Column, Index, IndexKey, Relation, RelationId};
use crate::sql::{Ident, ObjectName, Span};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "redundant-index",
    category: Category::IndexDependencies,
    title: "A new index that another one makes needless",
    why: "Whatever it finds, the other index finds as well; but each INSERT, and each UPDATE that is not HOT, writes both, and both take memory and replication traffic.",
    source: "PostgreSQL docs, 11.3 Multicolumn Indexes",
    bad: &[
        Sample::new(
            "",
            "CREATE TABLE users (id bigint PRIMARY KEY, email text UNIQUE); CREATE INDEX users_email_idx ON users (email);",
        ),
        Sample::new(
            "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, placed date); CREATE INDEX orders_user_placed_idx ON orders (user_id, placed);",
            "-- no-transaction\nCREATE INDEX CONCURRENTLY orders_user_idx ON orders (user_id);",
        ),
    ],
    good: &[
        Sample::new(
            "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, placed date); CREATE INDEX orders_user_placed_idx ON orders (user_id, placed);",
            "-- no-transaction\nCREATE INDEX CONCURRENTLY orders_placed_idx ON orders (placed);",
        ),
        Sample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE INDEX users_email_idx ON users (email);",
            "CREATE TABLE seats (id bigint PRIMARY KEY, row_name text, number int); CREATE UNIQUE INDEX ON seats (row_name, number); CREATE INDEX ON seats (row_name) WHERE number IS NULL;",
        ),
    ],
    check: Check::Outcome(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for relation in view.after.made_by(view.number) {
        let Some(index) = relation.index().filter(|index| index.parent.is_none()) else { continue };
        let others = view.after.indexes_of(index.table).iter().filter(|id| **id != relation.id);
        let covering = others.filter_map(|id| Some((view.after.relation(*id)?, view.after.index(*id)?)));
        let Some((other, covering)) =
            covering.into_iter().find(|(other, covering)| covers(view.after, (other, covering), (relation, index)))
        else {
            continue;
        };
        let Some((statement, span)) = place(view, relation) else { continue };
        let Some(mut findings) = findings.statement(statement) else { continue };
        let how = if covering.keys.len() == index.keys.len() { "has the same key" } else { "begins with the same key" };
        findings
            .flag(format!("{} is needless: {} {how}", relation.name, other.name))
            .at(span)
            .help("leave it out, unless its size or the order of its key matters to a query");
    }
}

/// The statement that made an index.
fn place(view: &MigrationView<'_>, index: &Relation) -> Option<(usize, Span)> {
    let made = view.operations.iter().find(|(_, judged)| judged.now.statement == index.created.statement);
    made.map(|(statement, judged)| (*statement, judged.located.span))
}

/// Whether whatever an index finds and demands another one does as well.
fn covers(catalog: &Catalog, (other, covering): (&Relation, &Index), (new, index): (&Relation, &Index)) -> bool {
    let same_length = covering.keys.len() == index.keys.len();
    let ordered = index.method == *"btree";
    let prefix = covering.keys.len() >= index.keys.len() && (ordered || same_length);
    let first = covering.keys.iter().zip(&index.keys).all(|(a, b)| same_key(catalog, index.table, a, b));
    let included = index
        .include
        .iter()
        .all(|column| covering.include.contains(column) || covering.keys.iter().any(|key| key.column == Some(*column)));
    // Of two that are alike the older one stays, unless the newer one demands more.
    let needless = if index.unique {
        same_length && covering.unique && covering.nulls_not_distinct == index.nulls_not_distinct && other.id < new.id
    } else {
        !same_length || covering.unique || other.id < new.id
    };
    covering.method == index.method
        && covering.valid
        && covering.predicate.as_ref().map(|p| &p.expr) == index.predicate.as_ref().map(|p| &p.expr)
        && prefix
        && first
        && included
        && needless
}

/// Whether two elements order rows in the same way.
fn same_key(catalog: &Catalog, table: RelationId, a: &IndexKey, b: &IndexKey) -> bool {
    let column = |key: &IndexKey| key.column.and_then(|id| catalog.column(table, id));
    let collation = |key: &IndexKey| {
        let written = key.collation.as_ref().or(column(key).and_then(|c: &Column| c.collation.as_deref()));
        written.map(|name| name.name.clone())
    };
    let class = |key: &IndexKey| key.operator_class.as_ref().map(|class: &ObjectName| -> Ident { class.name.clone() });
    a.column == b.column
        && a.expression.as_ref().map(|e| &e.expr) == b.expression.as_ref().map(|e| &e.expr)
        && collation(a) == collation(b)
        && class(a) == class(b)
        && a.descending == b.descending
        && a.nulls_first == b.nulls_first
}
