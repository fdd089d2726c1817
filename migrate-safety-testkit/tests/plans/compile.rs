//! The code that plans give to the application is taken by the compiler, against sqlx and against diesel.
//!
//! `PLANS_COMPILE=1` writes the code of every sample to two packages below the target directory, and has cargo check them: it may
//! fetch what the code needs for types (`uuid`, `chrono`, `rust_decimal`, `bigdecimal`, `serde_json`).

use crate::case;
use crate::setting;
use migrate_safety_core::catalog::{Catalog, Column};
use migrate_safety_core::plan::{Change, DualWrite, Plan, PlanOptions, plan};
use migrate_safety_core::{Config, Layout, MigrationSet, Target, replay};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;

/// A host, and what its package needs.
struct Host {
    name: &'static str,
    layout: Layout,
    dependencies: &'static str,
    /// What stands before each piece of code.
    prelude: &'static str,
}

const HOSTS: [Host; 2] = [
    Host {
        name: "sqlx",
        layout: Layout::Sqlx,
        dependencies: "sqlx = { version = \"0.9\", features = [\"postgres\", \"uuid\", \"chrono\", \"rust_decimal\", \"json\"] }\n\
                       rust_decimal = \"1\"\n",
        prelude: "",
    },
    Host {
        name: "diesel",
        layout: Layout::Diesel,
        dependencies: "diesel = { version = \"2.3\", features = [\"postgres\", \"uuid\", \"chrono\", \"numeric\", \"serde_json\"] }\n\
                       bigdecimal = \"0.4\"\npq-sys = { version = \"0.7\", features = [\"bundled\"] }\n",
        prelude: "use diesel::prelude::*;\n",
    },
];

#[test]
fn code_for_the_application_compiles() {
    if setting("PLANS_COMPILE", "").is_empty() {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/plans-code");
    for host in HOSTS {
        let package = root.join(host.name);
        std::fs::create_dir_all(package.join("src")).unwrap();
        let manifest = format!(
            "[package]\nname = \"plans-code-{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{}\
             uuid = \"1\"\nchrono = \"0.4\"\nserde_json = \"1\"\n",
            host.name, host.dependencies
        );
        std::fs::write(package.join("Cargo.toml"), manifest).unwrap();
        let (code, pieces) = all_code(&host);
        std::fs::write(package.join("src/lib.rs"), code).unwrap();
        let checked = Command::new(env!("CARGO")).args(["check", "--quiet"]).current_dir(&package).output().unwrap();
        let told = String::from_utf8_lossy(&checked.stderr);
        assert!(checked.status.success(), "{}: {told}", host.name);
        println!("{}: {pieces} pieces of code", host.name);
    }
}

/// The code of all samples, each piece in a module of its own, and how many there are.
fn all_code(host: &Host) -> (String, usize) {
    let mut code = "#![allow(dead_code, unused_imports, non_snake_case)]\n".to_owned();
    let mut pieces = 0;
    for sample in case::samples() {
        for dual_write in [DualWrite::Application, DualWrite::Trigger] {
            let config = Config { target: Target::postgres(16), ..Config::default() };
            let replayed = |text: String| {
                let set = MigrationSet::from_text("before.sql", text, Layout::Plain);
                replay(&MigrationSet { complete: true, ..set }, &config)
            };
            let before = replayed(sample.before.to_owned());
            let after = replayed(format!("{}\n{}", sample.before, sample.change));
            let options = PlanOptions { dual_write, layout: host.layout, ..PlanOptions::default() };
            let Ok(Plan { application, .. }) = plan(&before, Change::sql(sample.change), &options) else { continue };
            let tables = if host.layout == Layout::Diesel { tables(&before, &after) } else { String::new() };
            for piece in application {
                pieces += 1;
                let comment = sample.change.replace('\n', " ");
                let _ = write!(code, "// {comment}\nmod code_{pieces} {{\n{}{tables}{}}}\n", host.prelude, piece.code);
            }
        }
    }
    (code, pieces)
}

/// The tables of both schemas as diesel's `schema.rs` has them, each with the columns of both.
fn tables(before: &Catalog, after: &Catalog) -> String {
    let mut found: BTreeMap<String, (Vec<String>, BTreeMap<String, String>)> = BTreeMap::new();
    for catalog in [before, after] {
        for relation in catalog.relations() {
            let Some(table) = relation.table() else { continue };
            let (key, columns) = found.entry(word(&relation.name)).or_default();
            *key = table
                .primary_key()
                .and_then(migrate_safety_core::catalog::Constraint::index)
                .and_then(|index| catalog.relation(index)?.index())
                .map_or_else(Vec::new, |index| {
                    index.keys.iter().filter_map(|key| Some(word(&table.column_by_id(key.column?)?.name))).collect()
                });
            columns.extend(table.columns.iter().map(|column| (word(&column.name), diesel_type(column))));
        }
    }
    let mut code = String::new();
    for (name, (key, columns)) in found {
        let key = if key.is_empty() { columns.keys().take(1).cloned().collect() } else { key };
        let columns: String = columns.iter().map(|(name, data_type)| format!("{name} -> {data_type}, ")).collect();
        let _ = writeln!(
            code,
            "diesel::table! {{ use diesel::sql_types::*; {name} ({}) {{ {columns} }} }}",
            key.join(", ")
        );
    }
    code
}

fn diesel_type(column: &Column) -> String {
    const TYPES: [(&str, &str); 13] = [
        ("bool", "Bool"),
        ("int2", "SmallInt"),
        ("int4", "Integer"),
        ("int8", "BigInt"),
        ("float4", "Float"),
        ("float8", "Double"),
        ("numeric", "Numeric"),
        ("uuid", "Uuid"),
        ("bytea", "Binary"),
        ("json", "Json"),
        ("jsonb", "Jsonb"),
        ("date", "Date"),
        ("timestamptz", "Timestamptz"),
    ];
    let known = TYPES.iter().find(|(name, _)| column.data_type.name == **name).map_or("Text", |(_, diesel)| diesel);
    let known = if column.data_type.name == *"timestamp" { "Timestamp" } else { known };
    if column.not_null { known.to_owned() } else { format!("Nullable<{known}>") }
}

/// A name as the generated code has it.
fn word(name: &str) -> String {
    let letters = name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    let word: String = letters.collect();
    let is_keyword = ["type", "ref", "match", "move", "use", "where", "in", "for", "self"].contains(&&*word);
    if is_keyword { format!("the_{word}") } else { word }
}
