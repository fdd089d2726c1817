//! Foreign data: wrappers, servers, foreign tables.

use super::{Kind, Writer, sql_name};

pub(super) const KINDS: &[(usize, Kind)] =
    &[(1, create_wrapper), (1, create_server), (2, create_table), (1, rename), (1, drop)];

fn create_wrapper(_: &mut Writer<'_>) -> Option<String> {
    Some("CREATE FOREIGN DATA WRAPPER wrapper".to_owned())
}

fn create_server(_: &mut Writer<'_>) -> Option<String> {
    Some("CREATE SERVER elsewhere FOREIGN DATA WRAPPER wrapper".to_owned())
}

fn create_table(writer: &mut Writer<'_>) -> Option<String> {
    let name = writer.new_object();
    let columns = writer.choices.word(&["a int, b text NOT NULL", "k int DEFAULT 1, CHECK (k > 0)", "id int NOT NULL"]);
    Some(format!("CREATE FOREIGN TABLE {name} ({columns}) SERVER elsewhere"))
}

fn rename(writer: &mut Writer<'_>) -> Option<String> {
    let table = writer.relation(|r| r.table().is_some_and(|t| t.foreign))?;
    Some(format!("ALTER FOREIGN TABLE {} RENAME TO {}", sql_name(table), writer.name()))
}

fn drop(writer: &mut Writer<'_>) -> Option<String> {
    let table = writer.relation(|r| r.table().is_some_and(|t| t.foreign))?;
    Some(format!("DROP FOREIGN TABLE {}", sql_name(table)))
}
