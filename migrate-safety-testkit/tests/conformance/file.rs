//! Cases from a file: `-- setup`, `-- session`, `-- before` and `-- statement` start the parts of a case.

use crate::row::{MADE_UP, Row};

pub(crate) fn read(path: &str) -> Vec<Row> {
    let text: &'static str = std::fs::read_to_string(path).unwrap().leak();
    let mut rows = Vec::new();
    let (mut setup, mut session, mut before) = ("", "", "");
    for block in text.split("-- ").skip(1) {
        let (word, sql) = block.split_once('\n').unwrap_or((block, ""));
        let sql = sql.trim();
        match word.split(':').next().unwrap_or_default().trim() {
            "setup" => (setup, session, before) = (sql, "", ""),
            "session" => session = sql,
            "before" => before = sql,
            "statement" => {
                let row = Row::new(setup, sql.trim_end_matches(';')).session(session).after(before);
                rows.push(row.may_violate(MADE_UP));
            }
            other => panic!("{path}: `-- {other}` starts no part of a case"),
        }
    }
    rows
}
