//! The Rust code that runs a backfill.

use super::spec::{Backfill, FillMode, Work};
use crate::layout::Layout;

/// An expression in Rust that runs the backfill; `url` and, for sqlx, an async context are taken to be there.
pub(super) fn rust_code(backfill: &Backfill, name: &str, host: Layout) -> Option<String> {
    let (krate, wait) = match host {
        Layout::Sqlx => ("migrate_safety_sqlx", ".await?"),
        Layout::Diesel => ("migrate_safety_diesel", "?"),
        Layout::Plain => return None,
    };
    let name = string(name);
    Some(format!(
        "use {krate}::backfill::{{Backfill, Runner}};\n\n\
         let backfill = {};\n\
         // Runs until it is verified; after a restart it goes on where it was.\n\
         let outcome = Runner::new({name}, backfill).run(&url){wait};\n\
         assert!(outcome.is_verified(), \"{{outcome}}\");\n",
        builder(backfill)
    ))
}

fn builder(backfill: &Backfill) -> String {
    let mut code = match &backfill.work {
        Work::Update(_) => format!("Backfill::new({})", string(&backfill.table)),
        Work::Copy { into, .. } => format!("Backfill::copy({}, {})", string(&backfill.table), string(into)),
        Work::Delete { archive: None, .. } => format!("Backfill::delete({})", string(&backfill.table)),
        Work::Delete { archive: Some(archive), .. } => {
            format!("Backfill::delete({})\n    .archive({})", string(&backfill.table), string(archive))
        }
    };
    if !backfill.key.is_empty() {
        let columns: Vec<String> = backfill.key.iter().map(|column| string(column)).collect();
        code.push_str(&format!("\n    .key([{}])", columns.join(", ")));
    }
    for assignment in backfill.assignments() {
        let verb = match assignment.mode {
            FillMode::Set => "set",
            FillMode::Fill => "fill",
        };
        code.push_str(&format!("\n    .{verb}({}, {})", string(&assignment.column), string(&assignment.value)));
    }
    if let Some(only) = &backfill.only {
        code.push_str(&format!("\n    .only({})", string(only)));
    }
    code
}

/// A string literal of Rust.
fn string(text: &str) -> String {
    format!("{text:?}")
}
