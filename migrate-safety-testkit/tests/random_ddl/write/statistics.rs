//! Extended statistics.

use super::{Kind, Writer, listed, sql_name};

pub(super) const KINDS: &[(usize, Kind)] =
    &[(3, create), (1, on_expression), (2, rename), (1, move_to_schema), (1, targets), (1, drop)];

fn create(writer: &mut Writer<'_>) -> Option<String> {
    let (table, columns) = writer.table()?;
    let columns = writer.columns(columns, 3);
    let name = writer.new_object();
    let exists = writer.maybe(10, "IF NOT EXISTS ");
    let kinds =
        writer.choices.word(&["", "", " (ndistinct)", " (mcv, dependencies)", " (ndistinct, dependencies, mcv)"]);
    // From 16 on the server makes up a name.
    let named = if writer.choices.chance(20) { String::new() } else { format!("{exists}{name}") };
    Some(format!("CREATE STATISTICS {named}{kinds} ON {} FROM {}", listed(&columns), sql_name(table)))
}

fn on_expression(writer: &mut Writer<'_>) -> Option<String> {
    let (table, columns) = writer.table()?;
    let column = writer.column(columns)?;
    let other = writer.column(columns)?.name.sql();
    let expression = writer.condition_on(column)?;
    let keys = if writer.choices.chance(50) { format!("({expression})") } else { format!("({expression}), {other}") };
    Some(format!("CREATE STATISTICS {} ON {keys} FROM {}", writer.name(), sql_name(table)))
}

fn rename(writer: &mut Writer<'_>) -> Option<String> {
    Some(format!("ALTER STATISTICS {} RENAME TO {}", writer.name(), writer.name()))
}

fn move_to_schema(writer: &mut Writer<'_>) -> Option<String> {
    Some(format!("ALTER STATISTICS {} SET SCHEMA {}", writer.name(), writer.schema()))
}

fn targets(writer: &mut Writer<'_>) -> Option<String> {
    Some(format!("ALTER STATISTICS {} SET STATISTICS 50", writer.name()))
}

fn drop(writer: &mut Writer<'_>) -> Option<String> {
    Some(format!("DROP STATISTICS {}{}", writer.maybe(30, "IF EXISTS "), writer.new_object()))
}
