//! Collations.

use super::{Kind, Writer};

pub(super) const KINDS: &[(usize, Kind)] = &[(3, create), (2, rename), (1, move_to_schema), (1, drop), (2, use_it)];

const NAMES: &[&str] = &["plain", "\"Odd Order\"", "mood"];

fn create(writer: &mut Writer<'_>) -> Option<String> {
    let made = writer.choices.word(&["FROM \"C\"", "(locale = 'C')", "(lc_collate = 'C', lc_ctype = 'C')"]);
    let exists = writer.maybe(20, "IF NOT EXISTS ");
    Some(format!("CREATE COLLATION {exists}{} {made}", writer.choices.word(NAMES)))
}

fn rename(writer: &mut Writer<'_>) -> Option<String> {
    Some(format!("ALTER COLLATION {} RENAME TO {}", writer.choices.word(NAMES), writer.choices.word(NAMES)))
}

fn move_to_schema(writer: &mut Writer<'_>) -> Option<String> {
    Some(format!("ALTER COLLATION {} SET SCHEMA {}", writer.choices.word(NAMES), writer.schema()))
}

fn drop(writer: &mut Writer<'_>) -> Option<String> {
    let exists = writer.maybe(20, "IF EXISTS ");
    Some(format!("DROP COLLATION {exists}{}{}", writer.choices.word(NAMES), writer.cascade()))
}

fn use_it(writer: &mut Writer<'_>) -> Option<String> {
    let (table, _) = writer.table()?;
    let (name, collation) = (writer.name(), writer.choices.word(NAMES));
    Some(format!("ALTER TABLE {} ADD {name} text COLLATE {collation}", super::sql_name(table)))
}
