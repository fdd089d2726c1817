//! Cases in which prediction and server are known to differ.

use crate::row::Row;
use std::collections::HashSet;
use std::io::Write;

/// The listed cases, a line each: version, statement, setup.
pub(crate) fn listed() -> HashSet<String> {
    include_str!("open.txt").lines().map(str::to_owned).collect()
}

/// The line that stands for a case.
pub(crate) fn key(major: u16, row: &Row) -> String {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let setup = words(row.setup);
    let setup = setup.get(..100).unwrap_or(&setup);
    format!("{major}\t{}\t{setup}", words(row.sql))
}

/// With `CONFORMANCE_OPEN=path`, appends the line of a case that differs to that file.
pub(crate) fn note(key: &str) {
    if let Some(path) = std::env::var_os("CONFORMANCE_OPEN") {
        let mut file = std::fs::OpenOptions::new().append(true).create(true).open(path).unwrap();
        writeln!(file, "{key}").unwrap();
    }
}
