//! Storage parameters that the server does not know, or whose values it does not take
//! (`src/backend/access/common/reloptions.c`).

use crate::catalog::RelationKind;
use crate::effects::fact::{Example, Fact};
use crate::effects::kind::Kind;
use crate::effects::postgres::say::fails;
use crate::effects::scene::Scene;
use crate::sql::Operation;
use crate::sql::operation::TableAction;

/// The facts.
pub(super) const FACTS: &[Fact] = &[Fact {
    id: "options/refused",
    of: &[Kind::CreateTable, Kind::CreateIndex, Kind::SetOptions],
    condition: "a storage parameter that a table or an access method does not have, or a value out of bounds",
    also: |scene, effects| {
        if let Some(message) = refused(scene) {
            fails(effects, "22023", message);
        }
    },
    examples: &[
        Example::new("", "CREATE TABLE t (a int) WITH (filfactor = 70)"),
        Example::new(
            "",
            "CREATE TABLE t (a int) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, toast.autovacuum_enabled = off)",
        ),
        Example::new("CREATE TABLE t (a int)", "ALTER TABLE t SET (fillfactor = 5)"),
        Example::new("CREATE TABLE t (a int)", "ALTER TABLE t SET (vacuum_truncate = false, parallel_workers = 4)"),
        Example::new("CREATE TABLE t (a int)", "ALTER TABLE t RESET (absent)"),
        Example::new("CREATE TABLE t (a int)", "CREATE INDEX ON t (a) WITH (fastupdate = off)"),
        Example::new("CREATE TABLE t (a int)", "CREATE INDEX ON t USING brin (a) WITH (pages_per_range = 0)"),
        Example::new(
            "CREATE TABLE t (a int); CREATE INDEX i ON t USING hash (a)",
            "ALTER INDEX i SET (fillfactor = 80)",
        ),
        Example::new("CREATE TABLE t (a int); CREATE INDEX i ON t (a)", "ALTER INDEX i SET (buffering = on)"),
    ],
    ..Fact::BASE
}];

/// A parameter that holds whole numbers.
struct Number {
    name: &'static str,
    least: i64,
    most: i64,
}

const fn number(name: &'static str, least: i64, most: i64) -> Number {
    Number { name, least, most }
}

const INT_MAX: i64 = i32::MAX as i64;

const OF_TABLES: &[Number] = &[
    number("autovacuum_analyze_threshold", 0, INT_MAX),
    number("autovacuum_freeze_max_age", 100_000, 2_000_000_000),
    number("autovacuum_freeze_min_age", 0, 1_000_000_000),
    number("autovacuum_freeze_table_age", 0, 2_000_000_000),
    number("autovacuum_multixact_freeze_max_age", 10_000, 2_000_000_000),
    number("autovacuum_multixact_freeze_min_age", 0, 1_000_000_000),
    number("autovacuum_multixact_freeze_table_age", 0, 2_000_000_000),
    number("autovacuum_vacuum_cost_limit", 1, 10_000),
    number("autovacuum_vacuum_insert_threshold", -1, INT_MAX),
    number("autovacuum_vacuum_threshold", 0, INT_MAX),
    number("fillfactor", 10, 100),
    number("log_autovacuum_min_duration", -1, INT_MAX),
    number("parallel_workers", 0, 1024),
    number("toast_tuple_target", 128, 8160),
];

/// Others of tables, with the version that brought them.
const OTHERS_OF_TABLES: &[(&str, u16)] = &[
    ("autovacuum_analyze_scale_factor", 9),
    ("autovacuum_enabled", 9),
    ("autovacuum_vacuum_cost_delay", 9),
    ("autovacuum_vacuum_insert_scale_factor", 13),
    ("autovacuum_vacuum_max_threshold", 18),
    ("autovacuum_vacuum_scale_factor", 9),
    ("oids", 9),
    ("user_catalog_table", 9),
    ("vacuum_index_cleanup", 12),
    ("vacuum_max_eager_freeze_failure_rate", 18),
    ("vacuum_truncate", 12),
];

/// What the server's own access methods have.
const OF_INDEXES: &[(&str, &[Number], &[&str])] = &[
    ("btree", &[number("fillfactor", 10, 100)], &["deduplicate_items", "vacuum_cleanup_index_scale_factor"]),
    ("hash", &[number("fillfactor", 10, 100)], &[]),
    ("gist", &[number("fillfactor", 10, 100)], &["buffering"]),
    ("spgist", &[number("fillfactor", 10, 100)], &[]),
    ("gin", &[number("gin_pending_list_limit", 64, INT_MAX)], &["fastupdate"]),
    ("brin", &[number("pages_per_range", 1, 131_072)], &["autosummarize"]),
];

/// The error that a parameter gives.
fn refused(scene: &Scene<'_>) -> Option<String> {
    let version = scene.version();
    let of_tables = |name: &str| OTHERS_OF_TABLES.iter().any(|(known, since)| *known == name && version >= *since);
    let of_index = |method: &str, name: &str, value: &str| {
        let (_, numbers, others) = OF_INDEXES.iter().find(|(known, ..)| *known == method)?;
        problem(name, value, numbers, |name| others.contains(&name))
    };
    match scene.operation {
        Operation::CreateTable(create) if create.partition_by.is_none() => {
            create.options.iter().find_map(|(name, value)| problem(name, value, OF_TABLES, of_tables))
        }
        Operation::CreateIndex(create) => {
            create.options.iter().find_map(|(name, value)| of_index(&create.method, name, value))
        }
        _ => {
            let Some(TableAction::SetOptions { options }) = scene.action() else { return None };
            let mut set = options.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
            match &scene.target()?.kind {
                RelationKind::Table(table) if !table.is_partitioned() && !table.foreign => {
                    set.find_map(|(name, value)| problem(name, value, OF_TABLES, of_tables))
                }
                RelationKind::Index(index) => set.find_map(|(name, value)| of_index(&index.method, name, value)),
                _ => None,
            }
        }
    }
}

/// What is wrong with a parameter; those with a prefix are not looked at.
fn problem(name: &str, value: &str, numbers: &[Number], is_other: impl Fn(&str) -> bool) -> Option<String> {
    let name = name.to_ascii_lowercase();
    if name.contains('.') || is_other(&name) {
        return None;
    }
    let Some(Number { least, most, .. }) = numbers.iter().find(|known| known.name == name) else {
        return Some(format!("unrecognized parameter \"{name}\""));
    };
    let value = value.trim_matches('\'');
    // A number may be written in many ways.
    let outside = value.parse::<i64>().is_ok_and(|value| !(*least..=*most).contains(&value));
    outside.then(|| format!("value {value} out of bounds for option \"{name}\""))
}
