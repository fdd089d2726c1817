//! Rules for MySQL, MariaDB and SQLite. One file per rule; a new rule is a new file and one line here.

mod known;
mod undo;

use super::rule::DatabaseRule;

/// Declares the files of the rules and lists them.
macro_rules! rules {
    ($($(#[$when:meta])* $file:ident),* $(,)?) => {
        $($(#[$when])* mod $file;)*
        /// All rules.
        pub static RULES: &[&DatabaseRule] = &[$($(#[$when])* &$file::RULE,)*];
    };
}

rules! {
    backfill_not_batched,
    bulk_change_replicated,
    client_command,
    column_still_used,
    delete_rows,
    down_empty,
    down_fails,
    down_incomplete,
    down_loses_data,
    drop_column,
    drop_table,
    foreign_key_cascades,
    inserts_fail,
    invalid_sql,
    no_down,
    not_understood,
    nulls_fail,
    relation_still_used,
    rename_column,
    rename_relation,
    statement_fails,
    truncate_table,
}
