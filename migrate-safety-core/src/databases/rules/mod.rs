//! Rules for MySQL, MariaDB and SQLite. One file per rule; a new rule is a new file and one line here.

mod known;
#[cfg(feature = "mysql")]
mod online;
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
    #[cfg(feature = "mysql")] alter_copies_table,
    #[cfg(feature = "mysql")] alter_locks_writes,
    #[cfg(feature = "mysql")] altered_rows_may_violate,
    backfill_not_batched,
    bulk_change_replicated,
    #[cfg(feature = "mysql")] charset_loses_characters,
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
    #[cfg(feature = "mysql")] foreign_key_unchecked,
    #[cfg(feature = "sqlite")] foreign_keys_pragma_ignored,
    #[cfg(feature = "mysql")] half_run,
    #[cfg(feature = "mysql")] index_dropped_at_once,
    inserts_fail,
    invalid_sql,
    #[cfg(feature = "mysql")] lock_tables,
    #[cfg(feature = "mysql")] modified_type_narrowed,
    #[cfg(feature = "mysql")] no_lock_timeout,
    not_understood,
    nulls_fail,
    #[cfg(feature = "mysql")] nulls_overwritten,
    #[cfg(feature = "sqlite")] rebuild_copies_by_position,
    #[cfg(feature = "sqlite")] rebuild_drops_objects,
    #[cfg(feature = "sqlite")] rebuild_leaves_out,
    #[cfg(feature = "sqlite")] rebuild_renames_old_table,
    #[cfg(feature = "mysql")] rebuild_replicated,
    relation_still_used,
    rename_column,
    rename_relation,
    #[cfg(feature = "mysql")] row_versions_used_up,
    #[cfg(feature = "sqlite")] rows_may_violate,
    statement_fails,
    truncate_table,
    #[cfg(feature = "sqlite")] type_narrowed,
    #[cfg(feature = "sqlite")] write_lock_held,
}
