//! Scripts replayed into a catalog and run on servers: both must hold the same afterwards, and refuse the same
//! statements in the same words.
//!
//! `servers/NAME.sql` was run with psql, statement by statement, on an empty database of PostgreSQL VERSION;
//! `servers/NAME.VERSION.txt` holds the errors in order and then what `servers/facts.sql` printed, sorted.

use super::facts::facts;
use crate::catalog::Catalog;
use crate::catalog::testing::replay;
use crate::dialect::Target;
use crate::sql;

/// What a script leaves: its errors in order, then the facts. A refused statement has no effect.
fn replayed(version: u16, script: &str) -> Vec<String> {
    let mut catalog = Catalog::new(Target::postgres(version), true);
    let mut lines = Vec::new();
    for statement in sql::parse(catalog.target(), script).statements {
        let before = catalog.clone();
        for (_, applied) in replay(&mut catalog, &script[statement.span.range()]) {
            if let Some(conflict) = applied.conflicts.iter().find(|c| !c.only_with_rows) {
                lines.push(format!("error {} {}", conflict.sqlstate, conflict.message));
                catalog = before.clone();
            }
        }
    }
    lines.extend(facts(&catalog));
    lines
}

/// Fails with the lines that only one side has.
fn compare(name: &str, version: u16, script: &str, expected: &str) {
    let ours = replayed(version, script);
    let server: Vec<&str> = expected.lines().collect();
    let missing: Vec<&&str> = server.iter().filter(|line| !ours.iter().any(|l| l == *line)).collect();
    let further: Vec<&String> = ours.iter().filter(|line| !server.contains(&line.as_str())).collect();
    assert!(
        ours == server,
        "{name} on PostgreSQL {version}: only the server has {missing:#?}, only the catalog {further:#?}"
    );
}

macro_rules! scripts {
    ($($name:ident: $($version:literal),+;)+) => {
        $(#[test]
        fn $name() {
            let script = include_str!(concat!("servers/", stringify!($name), ".sql"));
            $(compare(
                stringify!($name),
                $version,
                script,
                include_str!(concat!("servers/", stringify!($name), ".", $version, ".txt")),
            );)+
        })+
    };
}

scripts! {
    alter_table: 14, 16, 18;
    bounds: 14, 16, 18;
    create_table: 14, 16, 18;
    defaults: 14, 16, 18;
    index_names: 14, 16, 18;
    inheritance: 14, 16, 18;
    not_null: 18;
    objects: 16, 18;
    partitions: 14, 16, 18;
}
