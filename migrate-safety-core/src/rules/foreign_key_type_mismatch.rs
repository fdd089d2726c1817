//! The two sides of a foreign key have different types.

use super::finding::Category;
use super::new_keys::{new_keys, table_name};
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::MigrationView;
use crate::catalog::{Catalog, Column, ForeignKeyRef, TypeRef, UNKNOWN_TYPE};
use crate::sql::operation::{Operation, TableAction};
use crate::sql::{DataType, Span};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "foreign-key-type-mismatch",
    category: Category::ForeignKeys,
    title: "The two sides of a foreign key have different types",
    why: "A narrower referencing column ends before the key that it references: one day inserts fail. Between other types the server casts on each check, and may not use the index of the referencing side.",
    source: "PostgreSQL docs, 8.1.1 Integer Types; 5.5.5 Foreign Keys",
    bad: &[Sample::new(
        "CREATE TABLE users (id bigint PRIMARY KEY);",
        "CREATE TABLE orders (id bigint PRIMARY KEY, user_id integer REFERENCES users (id)); CREATE INDEX ON orders (user_id);",
    )],
    good: &[
        Sample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY);",
            "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id)); CREATE INDEX ON orders (user_id);",
        ),
        Sample::new(
            "CREATE TABLE tags (name text PRIMARY KEY);",
            "CREATE TABLE uses (tag varchar(50) REFERENCES tags (name)); CREATE INDEX ON uses (tag);",
        ),
    ],
    check: Check::Outcome(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    let mut seen = Vec::new();
    for (statement, span, key) in concerned(view) {
        if seen.contains(&key.constraint.id) {
            continue;
        }
        seen.push(key.constraint.id);
        let column = |table, id| view.after.column(table, id);
        for (own, referenced) in key.key.columns.iter().zip(&key.key.referenced) {
            let (Some(own), Some(referenced)) = (column(key.from, *own), column(key.key.table, *referenced)) else {
                continue;
            };
            let Some(consequence) = difference(view.after, own, referenced) else { continue };
            let Some(mut findings) = findings.statement(statement) else { continue };
            findings
                .flag(format!(
                    "{}.{} is {} and references {}.{}, which is {}: {consequence}",
                    table_name(view.after, key.from),
                    own.name,
                    own.data_type,
                    table_name(view.after, key.key.table),
                    referenced.name,
                    referenced.data_type,
                ))
                .at(span)
                .help("give both columns the same type, before they have many rows");
        }
    }
}

/// The foreign keys that are new, and those with a column that has got another type.
fn concerned<'a>(view: &MigrationView<'a>) -> Vec<(usize, Span, ForeignKeyRef<'a>)> {
    let mut found: Vec<_> = new_keys(view).into_iter().map(|new| (new.statement, new.span(), new.key)).collect();
    for (statement, judged) in view.operations {
        let Operation::AlterTable(alter) = &judged.located.operation else { continue };
        let TableAction::SetType { column, .. } = &alter.action else { continue };
        let Some(id) = view.after.resolve(&alter.table).found() else { continue };
        let Some(column) = view.after.table(id).and_then(|table| table.column(column)).map(|column| column.id) else {
            continue;
        };
        let from = view.after.foreign_keys_from(id).into_iter().filter(|key| key.key.columns.contains(&column));
        let to = view.after.foreign_keys_to(id).into_iter().filter(|key| key.key.referenced.contains(&column));
        let keys = from.chain(to).filter(|key| key.constraint.parent.is_none());
        found.extend(keys.map(|key| (*statement, judged.located.span, key)));
    }
    found
}

/// Integers, narrowest first, each with its greatest value.
const INTEGERS: &[(&str, &str)] = &[("int2", "32767"), ("int4", "2147483647"), ("int8", "9223372036854775807")];
/// Types that are compared as they are.
const TEXTS: &[&str] = &["text", "varchar", "bpchar", "name", "citext"];

/// What comes of two different types; nothing where they are the same, or not known.
fn difference(catalog: &Catalog, own: &Column, referenced: &Column) -> Option<String> {
    let (own, referenced) = (base(catalog, &own.data_type)?, base(catalog, &referenced.data_type)?);
    let same = own.name == referenced.name && own.schema == referenced.schema && own.array == referenced.array;
    let both_text = [&own, &referenced].iter().all(|t| t.schema.is_none() && TEXTS.contains(&&*t.name));
    if same || both_text {
        return None;
    }
    let integer = |t: &DataType| INTEGERS.iter().position(|(name, _)| t.is(name));
    Some(match (integer(&own), integer(&referenced)) {
        (Some(own), Some(referenced)) => {
            let end = INTEGERS.get(own.min(referenced)).map(|(_, end)| *end).unwrap_or_default();
            if own < referenced {
                format!("inserts fail once a key is greater than {end}")
            } else {
                format!("the key itself ends at {end}")
            }
        }
        _ => "each check casts, and may not use an index".to_owned(),
    })
}

/// The type below any domains; nothing if it is not known.
fn base(catalog: &Catalog, data_type: &DataType) -> Option<DataType> {
    let mut data_type = data_type.clone();
    for _ in 0..32 {
        if data_type.is(UNKNOWN_TYPE) {
            return None;
        }
        match catalog.type_of(&data_type) {
            TypeRef::Domain(_, domain) if !data_type.array => data_type = domain.base.clone(),
            TypeRef::Unknown => return None,
            _ => return Some(data_type),
        }
    }
    None
}
