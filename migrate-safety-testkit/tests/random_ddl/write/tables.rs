//! Tables: made, parted, joined, renamed, dropped.

use super::{Kind, Writer, listed, sql_name};
use migrate_safety_core::catalog::{Relation, Table, TypeDefKind};
use migrate_safety_core::sql::operation::{PartitionStrategy, Persistence};

pub(super) const KINDS: &[(usize, Kind)] = &[
    (10, create),
    (4, create_parted),
    (6, create_partition),
    (2, create_like),
    (2, create_as),
    (1, select_into),
    (1, create_temporary),
    (2, create_typed),
    (1, type_of),
    (3, create_child),
    (1, create_child_of_two),
    (3, attach),
    (2, detach),
    (2, inherit),
    (1, disinherit),
    (3, drop),
    (1, drop_several),
    (3, rename),
    (2, move_to_schema),
    (2, settings),
];

fn create(writer: &mut Writer<'_>) -> Option<String> {
    let name = writer.new_object();
    let columns = writer.new_columns(1);
    let mut parts = columns.clone();
    for _ in 0..writer.choices.below(3) {
        parts.extend(writer.table_constraint_on_new(&columns));
    }
    let unlogged = writer.maybe(5, "UNLOGGED ");
    let exists = writer.maybe(8, "IF NOT EXISTS ");
    Some(format!("CREATE {unlogged}TABLE {exists}{name} ({})", parts.join(", ")))
}

fn create_temporary(writer: &mut Writer<'_>) -> Option<String> {
    let columns = writer.new_columns(1).join(", ");
    Some(format!("CREATE TEMP TABLE {} ({columns})", writer.name()))
}

fn select_into(writer: &mut Writer<'_>) -> Option<String> {
    let (source, table) = writer.table()?;
    let columns = writer.columns(table, 2);
    let list = if columns.is_empty() { "1 AS one".to_owned() } else { listed(&columns) };
    Some(format!("SELECT {list} INTO {} FROM {}", writer.name(), sql_name(source)))
}

fn create_typed(writer: &mut Writer<'_>) -> Option<String> {
    let def = writer.user_type(|kind| matches!(kind, TypeDefKind::Composite(_)))?;
    let more = writer.choices.word(&["", "", " (a WITH OPTIONS NOT NULL)", " (PRIMARY KEY (a))", " (a DEFAULT 3)"]);
    Some(format!("CREATE TABLE {} OF {}{more}", writer.new_object(), super::type_name(def)))
}

fn type_of(writer: &mut Writer<'_>) -> Option<String> {
    let (table, _) = writer.table()?;
    if writer.choices.chance(50) {
        let typed = writer.relation(|r| r.table().is_some_and(|t| t.of_type.is_some()))?;
        return Some(format!("ALTER TABLE {} NOT OF", sql_name(typed)));
    }
    let def = writer.user_type(|kind| matches!(kind, TypeDefKind::Composite(_)))?;
    Some(format!("ALTER TABLE {} OF {}", sql_name(table), super::type_name(def)))
}

fn create_child_of_two(writer: &mut Writer<'_>) -> Option<String> {
    let ((one, _), (other, _)) = (writer.table()?, writer.table()?);
    let columns = writer.new_columns(0).join(", ");
    Some(format!("CREATE TABLE {} ({columns}) INHERITS ({}, {})", writer.name(), sql_name(one), sql_name(other)))
}

fn drop_several(writer: &mut Writer<'_>) -> Option<String> {
    let ((one, _), name) = (writer.table()?, writer.new_object());
    Some(format!("DROP TABLE IF EXISTS {}, {name}{}", sql_name(one), writer.cascade()))
}

fn create_parted(writer: &mut Writer<'_>) -> Option<String> {
    let name = writer.name();
    let by = writer.choices.word(&["RANGE (k)", "LIST (k)", "HASH (k)", "RANGE (k, m)", "RANGE ((k + 1))"]);
    let key = writer.choices.word(&["", ", PRIMARY KEY (k)", ", PRIMARY KEY (k, m)", ", UNIQUE (k, m)"]);
    let null = writer.maybe(50, " NOT NULL");
    let more = writer.new_columns(0);
    let more = more.iter().map(|c| format!(", {c}")).collect::<String>();
    Some(format!("CREATE TABLE {name} (k int{null}, m int{more}{key}) PARTITION BY {by}"))
}

fn parted<'w>(writer: &mut Writer<'w>) -> Option<(&'w Relation, &'w Table)> {
    let relation = writer.relation(|r| r.table().is_some_and(Table::is_partitioned))?;
    Some((relation, relation.table()?))
}

fn bound(writer: &mut Writer<'_>, table: &Table) -> Option<String> {
    if writer.choices.chance(12) {
        return Some("DEFAULT".to_owned());
    }
    let partitioning = table.partition_by.as_ref()?;
    let n = writer.choices.below(8) * 10;
    let columns = partitioning.key.len();
    Some(match partitioning.strategy {
        PartitionStrategy::List => format!("FOR VALUES IN ({n}, {})", n + 1),
        PartitionStrategy::Hash => format!("FOR VALUES WITH (MODULUS 4, REMAINDER {})", n / 10 % 4),
        PartitionStrategy::Range if columns == 2 => {
            format!("FOR VALUES FROM ({n}, MINVALUE) TO ({}, MINVALUE)", n + 10)
        }
        PartitionStrategy::Range => format!("FOR VALUES FROM ({n}) TO ({})", n + 10),
    })
}

fn create_partition(writer: &mut Writer<'_>) -> Option<String> {
    let (parent, table) = parted(writer)?;
    let bound = bound(writer, table)?;
    let name = writer.name();
    let own =
        writer.choices.word(&["", "", "", " (k DEFAULT 5)", " (CHECK (k > -1))", " (m NOT NULL)", " (UNIQUE (k))"]);
    let sub = writer.maybe(10, " PARTITION BY LIST (k)");
    Some(format!("CREATE TABLE {name} PARTITION OF {}{own} {bound}{sub}", sql_name(parent)))
}

fn create_like(writer: &mut Writer<'_>) -> Option<String> {
    // A default that counts with a temporary sequence goes with the session.
    let source = writer.relation(|r| r.table().is_some_and(|t| t.persistence != Persistence::Temporary))?;
    let options = writer.choices.word(&[
        "",
        " INCLUDING ALL EXCLUDING STATISTICS",
        " INCLUDING DEFAULTS",
        " INCLUDING CONSTRAINTS INCLUDING INDEXES",
        " INCLUDING ALL EXCLUDING STATISTICS EXCLUDING INDEXES",
        " INCLUDING GENERATED INCLUDING IDENTITY INCLUDING COMMENTS",
    ]);
    Some(format!("CREATE TABLE {} (LIKE {}{options})", writer.name(), sql_name(source)))
}

fn create_as(writer: &mut Writer<'_>) -> Option<String> {
    let (source, table) = writer.table()?;
    let columns = writer.columns(table, 3);
    let list = if columns.is_empty() { "1 AS one".to_owned() } else { listed(&columns) };
    Some(format!("CREATE TABLE {} AS SELECT {list} FROM {}", writer.name(), sql_name(source)))
}

fn create_child(writer: &mut Writer<'_>) -> Option<String> {
    let (parent, _) = writer.table()?;
    let columns = writer.new_columns(0).join(", ");
    Some(format!("CREATE TABLE {} ({columns}) INHERITS ({})", writer.name(), sql_name(parent)))
}

fn attach(writer: &mut Writer<'_>) -> Option<String> {
    let (parent, table) = parted(writer)?;
    let (child, _) = writer.table()?;
    let bound = bound(writer, table)?;
    Some(format!("ALTER TABLE {} ATTACH PARTITION {} {bound}", sql_name(parent), sql_name(child)))
}

fn detach(writer: &mut Writer<'_>) -> Option<String> {
    let partition = writer.relation(|r| r.table().is_some_and(|t| t.partition_of.is_some()))?;
    let (parent, _) = partition.table()?.partition_of.as_ref()?;
    let parent = writer.catalog.relation(*parent)?;
    let concurrently = writer.maybe(15, " CONCURRENTLY");
    Some(format!("ALTER TABLE {} DETACH PARTITION {}{concurrently}", sql_name(parent), sql_name(partition)))
}

fn inherit(writer: &mut Writer<'_>) -> Option<String> {
    let ((child, _), (parent, _)) = (writer.table()?, writer.table()?);
    Some(format!("ALTER TABLE {} INHERIT {}", sql_name(child), sql_name(parent)))
}

fn disinherit(writer: &mut Writer<'_>) -> Option<String> {
    let child = writer.relation(|r| r.table().is_some_and(|t| !t.inherits.is_empty()))?;
    let parents = &child.table()?.inherits;
    let parent = writer.choices.one_of(parents)?;
    let parent = writer.catalog.relation(parent)?;
    Some(format!("ALTER TABLE {} NO INHERIT {}", sql_name(child), sql_name(parent)))
}

fn drop(writer: &mut Writer<'_>) -> Option<String> {
    let (table, _) = writer.table()?;
    Some(format!("DROP TABLE {}{}", sql_name(table), writer.cascade()))
}

fn rename(writer: &mut Writer<'_>) -> Option<String> {
    let (table, _) = writer.table()?;
    Some(format!("ALTER TABLE {} RENAME TO {}", sql_name(table), writer.name()))
}

fn move_to_schema(writer: &mut Writer<'_>) -> Option<String> {
    let (table, _) = writer.table()?;
    Some(format!("ALTER TABLE {} SET SCHEMA {}", sql_name(table), writer.schema()))
}

fn settings(writer: &mut Writer<'_>) -> Option<String> {
    let (table, columns) = writer.table()?;
    let setting = writer.choices.word(&[
        "SET (fillfactor = 70)",
        "RESET (fillfactor)",
        "SET (autovacuum_enabled = off)",
        "SET UNLOGGED",
        "SET LOGGED",
        "ENABLE ROW LEVEL SECURITY",
        "DISABLE ROW LEVEL SECURITY",
        "FORCE ROW LEVEL SECURITY",
        "REPLICA IDENTITY FULL",
        "REPLICA IDENTITY NOTHING",
        "REPLICA IDENTITY DEFAULT",
        "REPLICA IDENTITY USING INDEX",
        "CLUSTER ON",
        "SET WITHOUT CLUSTER",
    ]);
    let index = match setting {
        "REPLICA IDENTITY USING INDEX" | "CLUSTER ON" => {
            let index = writer.choices.one_of(&columns.indexes)?;
            format!(" {}", writer.catalog.relation(index)?.name.sql())
        }
        _ => String::new(),
    };
    Some(format!("ALTER TABLE {} {setting}{index}", sql_name(table)))
}
