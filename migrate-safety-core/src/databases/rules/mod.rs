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
    #[cfg(feature = "sqlite")] commit_in_transaction,
    delete_rows,
    down_empty,
    down_fails,
    down_incomplete,
    down_loses_data,
    drop_column,
    drop_table,
    #[cfg(feature = "sqlite")] drop_table_cascades,
    foreign_key_cascades,
    #[cfg(feature = "sqlite")] foreign_keys_pragma_ignored,
    inserts_fail,
    invalid_sql,
    no_down,
    not_understood,
    nulls_fail,
    #[cfg(feature = "sqlite")] rebuild_copies_by_position,
    #[cfg(feature = "sqlite")] rebuild_drops_objects,
    #[cfg(feature = "sqlite")] rebuild_leaves_out,
    #[cfg(feature = "sqlite")] rebuild_renames_old_table,
    relation_still_used,
    rename_column,
    rename_relation,
    #[cfg(feature = "sqlite")] rows_may_violate,
    statement_fails,
    truncate_table,
    #[cfg(feature = "sqlite")] type_narrowed,
    #[cfg(feature = "sqlite")] write_lock_held,
}
