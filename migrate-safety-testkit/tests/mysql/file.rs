//! Cases from a file: `-- setup` starts what is there before the cases that follow, `-- statement` a case;
//! `-- statement: mysql` and `-- statement: mariadb` one that only this server knows.

use crate::cases::Case;

pub(crate) fn read(path: &str) -> &'static [Case] {
    let text: &'static str = std::fs::read_to_string(path).unwrap().leak();
    let mut cases = Vec::new();
    let mut setup = "";
    for block in text.split("-- ").skip(1) {
        let (head, sql) = block.split_once('\n').unwrap_or((block, ""));
        let (word, server) = head.split_once(':').unwrap_or((head, ""));
        let sql = sql.trim().trim_end_matches(';');
        match word.trim() {
            "setup" => setup = sql,
            "statement" => cases.push(Case::of_file(setup, sql, server.trim())),
            other => panic!("{path}: `-- {other}` starts no part of a case"),
        }
    }
    cases.leak()
}
