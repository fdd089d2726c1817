//! Rules turn effects into advice. One file per rule; a new rule is a new file and one line here.

mod explain;
pub mod finding;
mod fold;
mod hazard;
pub mod rule;
mod suppress;
mod text;
mod uses;
pub mod view;

#[cfg(feature = "text")]
pub use explain::rules_markdown;
pub use finding::{Category, Finding, Status, Verdict};
pub(crate) use fold::fold;
pub use rule::{Check, Findings, Rule, Sample, SetFindings, StatementFindings};
pub(crate) use suppress::{Directives, suppress};

/// Declares the files of the rules and lists them.
macro_rules! rules {
    ($($file:ident),* $(,)?) => {
        $(mod $file;)*
        /// All rules.
        pub static RULES: &[&Rule] = &[$(&$file::RULE,)* &suppress::INVALID, &suppress::UNUSED];
    };
}

rules! {
    byte_order_mark,
    commit_in_transaction,
    constraint_validated_at_once,
    copy_data,
    drop_index_not_concurrent,
    duplicate_version,
    dynamic_sql,
    enum_value_used_at_once,
    fails_with_rows,
    file_not_run,
    index_not_concurrent,
    invalid_sql,
    lock_table,
    long_lock,
    metadata_toml,
    misplaced_no_transaction,
    needs_no_transaction,
    no_lock_timeout,
    not_understood,
    not_valid_validated_at_once,
    partition_locks,
    psql_command,
    refresh_not_concurrent,
    reindex_not_concurrent,
    set_not_null_scans,
    several_tables_locked,
    statement_fails,
    table_maintenance,
    trigger_on_live_table,
    unique_constraint_builds_index,
    work_under_lock,
}

/// The rule of this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id).copied()
}

/// The id of the rule that somebody meant who mistyped it.
pub fn nearest(id: &str) -> Option<&'static str> {
    crate::config::nearest(id, RULES.iter().map(|rule| rule.id))
}
