//! Rules turn effects into advice. One file per rule; a new rule is a new file and one line here.

mod batches;
mod bounded;
mod demand;
#[cfg(any(feature = "json", feature = "text"))]
mod explain;
pub mod extent;
pub mod finding;
mod fold;
mod hazard;
mod key_index;
mod known;
mod new_keys;
mod picks;
pub mod rule;
mod stand_in;
mod suppress;
mod text;
mod undo;
mod uses;
pub mod view;

#[cfg(feature = "text")]
pub use explain::rules_markdown;
pub use finding::{Category, Finding, Status, Verdict};
pub(crate) use fold::{fold, tell_once};
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
    attribute_changed,
    backfill_isolation,
    backfill_not_batched,
    backfill_not_idempotent,
    batch_never_advances,
    batch_too_large,
    bulk_change_replicated,
    byte_order_mark,
    column_still_used,
    commit_in_transaction,
    concurrent_index_if_not_exists,
    constraint_index_dropped,
    constraint_validated_at_once,
    copy_data,
    copy_exchanged,
    delete_rows,
    detach_not_concurrent,
    domain_values_may_violate,
    down_empty,
    down_fails,
    down_holds_lock,
    down_incomplete,
    down_loses_data,
    drop_cascade,
    drop_column,
    drop_database,
    drop_index_not_concurrent,
    drop_table,
    duplicate_version,
    dynamic_sql,
    enum_value_added,
    enum_value_renamed,
    enum_value_used_at_once,
    enum_values_dropped,
    extension_not_shipped,
    fails_with_rows,
    file_not_run,
    foreign_key_action_fails,
    foreign_key_added,
    foreign_key_cascades,
    foreign_key_dropped,
    foreign_key_index_dropped,
    foreign_key_on_partitioned_table,
    foreign_key_type_mismatch,
    foreign_key_without_index,
    function_replaced,
    function_still_used,
    generated_always,
    half_run,
    identity_added,
    index_not_concurrent,
    inserts_fail,
    invalid_sql,
    lock_order,
    lock_table,
    lock_upgrade,
    long_lock,
    loop_without_commit,
    loop_without_pause,
    metadata_toml,
    misplaced_no_transaction,
    missing_key_order,
    needs_no_transaction,
    no_down,
    no_lock_timeout,
    not_understood,
    not_valid_never_validated,
    not_valid_validated_at_once,
    nulls_fail,
    offset_paging,
    overwrite_values,
    partition_locks,
    pending_trigger_events,
    policy_dropped,
    psql_command,
    published_without_identity,
    redundant_index,
    refresh_not_concurrent,
    reindex_not_concurrent,
    relation_still_used,
    rename_column,
    rename_relation,
    replica_identity_dropped,
    rights_revoked,
    role_not_made,
    routine_not_known,
    row_security_enabled,
    rows_locked,
    rule_on_live_table,
    rows_may_violate,
    schema_and_data,
    schema_rs_differs,
    sequence_restarted,
    set_not_null_scans,
    set_unlogged,
    sleep_under_lock,
    several_tables_locked,
    statement_fails,
    system_catalog_changed,
    table_maintenance,
    trigger_field_missing,
    trigger_on_live_table,
    trigger_refuses,
    triggers_off,
    truncate_table,
    type_changed,
    type_narrowed,
    type_renamed,
    unique_constraint_builds_index,
    unique_index_dropped,
    unknown_table_locked,
    view_columns_changed,
    view_emptied,
    work_under_lock,
    writes_may_violate,
    writes_no_longer_fit,
}

/// Every rule for every dialect this build knows. Where rules for several dialects say the same of a cause, they have
/// one id.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    let others = crate::databases::RULES.iter().map(|rule| &rule.rule);
    #[cfg(not(any(feature = "mysql", feature = "sqlite")))]
    let others = std::iter::empty();
    RULES.iter().copied().chain(others)
}

/// Every rule once: the first of each id.
pub fn distinct() -> impl Iterator<Item = &'static Rule> {
    let own = RULES.len();
    all()
        .enumerate()
        .filter(move |(at, rule)| *at < own || RULES.iter().all(|own| own.id != rule.id))
        .map(|(_, rule)| rule)
}

/// The rules of this id, one a family of dialects at most.
pub fn named_as(id: &str) -> impl Iterator<Item = &'static Rule> {
    all().filter(move |rule| rule.id == id)
}

/// The rule of this id: PostgreSQL's, if it has one.
pub fn find(id: &str) -> Option<&'static Rule> {
    named_as(id).next()
}

/// The id of the rule that somebody meant who mistyped it.
pub fn nearest(id: &str) -> Option<&'static str> {
    crate::config::nearest(id, all().map(|rule| rule.id))
}
