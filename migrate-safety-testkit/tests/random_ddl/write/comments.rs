//! Comments on everything that has a name.

use super::{Kind, Writer, sql_name, type_name};
use migrate_safety_core::catalog::TypeDefKind;

pub(super) const KINDS: &[(usize, Kind)] = &[
    (1, |w| write(w, relation)),
    (1, |w| write(w, column)),
    (1, |w| write(w, constraint)),
    (1, |w| write(w, of_type)),
    (1, |w| write(w, on_table)),
    (1, |w| write(w, schema)),
    (1, |w| write(w, routine)),
];

fn write(writer: &mut Writer<'_>, what: Kind) -> Option<String> {
    let text = writer.choices.word(&["'hello'", "'it''s'", "NULL"]);
    Some(format!("COMMENT ON {} IS {text}", what(writer)?))
}

fn relation(writer: &mut Writer<'_>) -> Option<String> {
    let relation = writer.relation(|_| true)?;
    Some(format!("{} {}", super::columns::word(relation), sql_name(relation)))
}

/// A column of a table or of a view.
fn column(writer: &mut Writer<'_>) -> Option<String> {
    let relation = writer.relation(|r| r.table().is_some() || r.view().is_some())?;
    let names: Vec<String> = match (relation.table(), relation.view()) {
        (Some(table), _) => table.columns.iter().map(|c| c.name.sql()).collect(),
        (_, Some(view)) => view.columns.iter().map(|c| c.name.sql()).collect(),
        _ => Vec::new(),
    };
    let at = writer.choices.below(names.len());
    Some(format!("COLUMN {}.{}", sql_name(relation), names.get(at)?))
}

fn constraint(writer: &mut Writer<'_>) -> Option<String> {
    let (relation, table) = writer.table()?;
    let constraints: Vec<_> = table.constraints.iter().collect();
    let constraint = writer.choices.one_of(&constraints)?;
    Some(format!("CONSTRAINT {} ON {}", constraint.name.sql(), sql_name(relation)))
}

fn of_type(writer: &mut Writer<'_>) -> Option<String> {
    let def = writer.user_type(|_| true)?;
    let word = if matches!(def.kind, TypeDefKind::Domain(_)) { "DOMAIN" } else { "TYPE" };
    Some(format!("{word} {}", type_name(def)))
}

fn on_table(writer: &mut Writer<'_>) -> Option<String> {
    let (relation, table) = writer.table()?;
    let triggers = table.triggers.iter().map(|t| ("TRIGGER", t.name.sql()));
    let rules = table.rules.iter().map(|(name, _)| ("RULE", name.sql()));
    let policies = table.policies.iter().map(|p| ("POLICY", p.name.sql()));
    let all: Vec<_> = triggers.chain(rules).chain(policies).collect();
    let at = writer.choices.below(all.len());
    let (word, name) = all.get(at)?;
    Some(format!("{word} {name} ON {}", sql_name(relation)))
}

fn schema(writer: &mut Writer<'_>) -> Option<String> {
    Some(format!("SCHEMA {}", writer.choices.word(&["app", "\"Other\""])))
}

fn routine(writer: &mut Writer<'_>) -> Option<String> {
    Some(writer.choices.word(&["FUNCTION f()", "FUNCTION g(int, int)", "PROCEDURE p(int)", "ROUTINE h()"]).to_owned())
}
