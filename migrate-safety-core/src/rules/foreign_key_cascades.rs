//! A foreign key that deletes or changes rows by itself.

use super::finding::Category;
use super::new_keys::{NewKey, On, listed, names, new_keys, table_name};
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::{self, MigrationView};
use crate::catalog::{Catalog, ConstraintKind, ForeignKey, RelationId};
use crate::sql::Ident;
use crate::sql::operation::ReferentialAction as Action;
use std::collections::HashSet;

const SHOP: &str = "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint); CREATE INDEX orders_user_idx ON orders (user_id); CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id) ON DELETE CASCADE); CREATE INDEX items_order_idx ON items (order_id);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "foreign-key-cascades",
    category: Category::ForeignKeys,
    title: "A foreign key that deletes or changes rows by itself",
    why: "With ON DELETE CASCADE one DELETE takes all rows below it along, through every further cascade, in one transaction and without a word to the application: lost data where nobody meant it, and locks and replication lag where somebody did. SET NULL and SET DEFAULT overwrite as silently.",
    source: "PostgreSQL docs, 5.5.5 Foreign Keys",
    bad: &[
        Sample::new(
            SHOP,
            "ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE NOT VALID;",
        ),
        Sample::new(
            SHOP,
            "ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE SET NULL NOT VALID;",
        ),
    ],
    good: &[Sample::new(
        "CREATE TABLE users (id bigint PRIMARY KEY);",
        "CREATE TABLE sessions (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE); CREATE INDEX ON sessions (user_id);",
    )],
    check: Check::Outcome(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    let mut columns_added: Vec<(usize, RelationId)> = Vec::new();
    for new in new_keys(view) {
        let key = new.key.key;
        let Some(action) = telling_action(&new) else { continue };
        let added = matches!(new.on, On::NewColumn);
        // Of several columns that one statement adds the first stands for all.
        if added && columns_added.contains(&(new.statement, new.key.from)) {
            continue;
        }
        let Some(mut findings) = findings.statement(new.statement) else { continue };
        let columns = names(view.after, new.key.from, &key.columns);
        let child = table_name(view.after, new.key.from);
        let finding = findings.flag(sentence(view.after, new.key.from, key, action, &columns));
        finding.at(new.span()).help(
            "if that is not meant, leave the action out and delete in the application, in batches; if it is, say so in \
             an `allow` comment",
        );
        if added {
            columns_added.push((new.statement, new.key.from));
            finding.verify(format!("is it meant that rows of {child} go with what their new columns reference?"));
        } else {
            finding.verify(largest(view.after, new.key.from, &columns));
        }
    }
}

/// What the key does by itself to rows that were there before: by a delete, else by an update.
fn telling_action(new: &NewKey<'_>) -> Option<(Event, Action)> {
    let key = new.key.key;
    let acts = |action| !matches!(action, Action::NoAction | Action::Restrict);
    let delete = Some((Event::Delete, key.on_delete)).filter(|(_, action)| acts(*action));
    let update = Some((Event::Update, key.on_update)).filter(|(_, action)| acts(*action));
    match new.on {
        On::NewTable => None,
        // What nobody has written yet can be lost by nobody; the row itself can.
        On::NewColumn => delete.filter(|(_, action)| *action == Action::Cascade),
        On::OldColumn => delete.or(update),
        On::Former(former) => {
            let ConstraintKind::ForeignKey(former) = &former.kind else { return delete.or(update) };
            let changed = |(event, action): &(Event, Action)| match event {
                Event::Delete => former.on_delete != *action,
                Event::Update => former.on_update != *action,
            };
            delete.filter(changed).or(update.filter(changed))
        }
    }
}

/// What happens to a referenced row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Delete,
    Update,
}

fn sentence(
    catalog: &Catalog,
    from: RelationId,
    key: &ForeignKey,
    (event, action): (Event, Action),
    columns: &[Ident],
) -> String {
    let (child, parent) = (table_name(catalog, from), table_name(catalog, key.table));
    let cause = match event {
        Event::Delete => format!("deleting a row of {parent} now"),
        Event::Update => format!("changing the key of a row of {parent} now"),
    };
    let columns = listed(columns);
    match (event, action) {
        (Event::Delete, Action::Cascade) => {
            let below: Vec<RelationId> = reached(catalog, from, |id| downward(catalog, id));
            let chain = match named(catalog, &below) {
                Some(below) => format!(", and with them those of {below}"),
                None => String::new(),
            };
            let mut above = reached(catalog, key.table, |id| upward(catalog, id));
            above.retain(|id| *id != from);
            let source = match named(catalog, &above) {
                Some(above) => format!("; so does a delete on {above}, which cascades to it"),
                None => String::new(),
            };
            format!("{cause} deletes its rows of {child}{chain}{source}")
        }
        (_, Action::SetNull) => format!("{cause} sets {columns} to NULL in its rows of {child}"),
        (_, Action::SetDefault) => format!("{cause} sets {columns} to the default in its rows of {child}"),
        _ => format!("{cause} rewrites {columns} in its rows of {child}"),
    }
}

/// The most tables that a sentence names.
const MOST_NAMED: usize = 5;

/// Tables in words, the nearest by name: `public.a, public.b and 7 more`.
fn named(catalog: &Catalog, tables: &[RelationId]) -> Option<String> {
    let shown = if tables.len() > MOST_NAMED + 1 { MOST_NAMED } else { tables.len() };
    let mut names: Vec<String> = tables.iter().take(shown).map(|id| table_name(catalog, *id)).collect();
    if shown < tables.len() {
        names.push(format!("{} more", tables.len() - shown));
    }
    (!names.is_empty()).then(|| view::listed(&names.iter().map(String::as_str).collect::<Vec<_>>()))
}

/// The tables that follow, nearest first.
fn reached(catalog: &Catalog, start: RelationId, next: impl Fn(RelationId) -> Vec<RelationId>) -> Vec<RelationId> {
    let mut seen = HashSet::from([start]);
    let mut found = Vec::new();
    let mut level = vec![start];
    while !level.is_empty() {
        level = level.into_iter().flat_map(&next).filter(|id| seen.insert(*id)).collect();
        found.extend(level.iter().copied().filter(|id| catalog.table(*id).is_some_and(|t| t.partition_of.is_none())));
    }
    found
}

/// The tables whose rows go with a table's.
fn downward(catalog: &Catalog, id: RelationId) -> Vec<RelationId> {
    let keys = catalog.foreign_keys_to(id);
    keys.iter().filter(|k| k.key.on_delete == Action::Cascade && k.constraint.enforced).map(|k| k.from).collect()
}

/// The tables with whose rows a table's go.
fn upward(catalog: &Catalog, id: RelationId) -> Vec<RelationId> {
    let keys = catalog.foreign_keys_from(id);
    keys.iter().filter(|k| k.key.on_delete == Action::Cascade && k.constraint.enforced).map(|k| k.key.table).collect()
}

/// How many rows one row of the referenced table takes along at most.
fn largest(catalog: &Catalog, table: RelationId, columns: &[Ident]) -> String {
    let name = catalog.relation(table).map(|relation| relation.object_name().sql()).unwrap_or_default();
    let columns: Vec<String> = columns.iter().map(Ident::sql).collect();
    let given: Vec<String> = columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
    format!(
        "SELECT max(n) FROM (SELECT count(*) AS n FROM {name} WHERE {} GROUP BY {}) AS found",
        given.join(" AND "),
        columns.join(", ")
    )
}
