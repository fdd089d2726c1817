//! One file a recipe: the change it serves, what it asks of the catalog, its steps.

use super::draft::{Draft, DraftStep};
use super::model::PhaseName;
use super::request::{Answer, Request};

/// How one kind of change is made without harm. It lives in a file of its own and is registered by one line here.
#[derive(Debug)]
pub struct Recipe {
    /// Its id: kebab-case, never changes.
    pub id: &'static str,
    /// The change it serves, in a line.
    pub title: &'static str,
    /// Changes that it plans; the tests run each on servers.
    pub samples: &'static [RecipeSample],
    /// Its code; no answer if the change is not its kind.
    pub(crate) plan: fn(&Request<'_>) -> Answer,
}

/// A change on a schema.
#[derive(Clone, Copy, Debug)]
pub struct RecipeSample {
    /// The schema before it.
    pub before: &'static str,
    /// The plain change.
    pub change: &'static str,
    /// Since which server version there is such a change.
    pub since: u16,
}

impl RecipeSample {
    /// A change on a schema, on every server version.
    pub const fn new(before: &'static str, change: &'static str) -> Self {
        Self { before, change, since: 12 }
    }

    /// Only from this server version on.
    #[must_use]
    pub const fn since(mut self, version: u16) -> Self {
        self.since = version;
        self
    }
}

macro_rules! recipes {
    ($($file:ident),* $(,)?) => {
        $(mod $file;)*
        /// All recipes; the first that answers plans the change.
        pub static RECIPES: &[&Recipe] = &[$(&$file::RECIPE),*];
    };
}

recipes! {
    replace_materialized_view,
    recreate,
    remake_table,
    partition_table,
    exchange_table,
    extract_key,
    split_column,
    merge_columns,
    derived_column,
    move_column,
    merge_tables,
    split_table,
    add_check,
    add_column,
    add_exclusion,
    add_foreign_key,
    add_partition,
    add_unique,
    attach_partition,
    backfill,
    create_index,
    delete_rows,
    detach_partition,
    domain_check,
    drop_column,
    drop_index,
    drop_not_null,
    drop_table,
    enum_value,
    partitioned_index,
    regenerate_column,
    reindex,
    rename_table,
    replace_constraint,
    replace_index,
    relabel_enum,
    rename_enum_value,
    renumber,
    rewrite,
    replace_primary_key,
    set_not_null,
    setting,
    rename_column,
    retype,
    as_it_is,
}

/// The id of the recipe that plans what no other does.
pub(super) const AS_IT_IS: &str = "as-it-is";

/// The title of a step that is made while nobody else uses the database.
pub(super) const IN_A_WINDOW: &str = "Make the change in a maintenance window";

/// A change without an online form: the plain statement, in a maintenance window.
pub(super) fn window<S: Into<String>>(sql: impl IntoIterator<Item = S>, why: &str) -> Draft {
    windowed(DraftStep::ddl(IN_A_WINDOW, sql), why)
}

/// A step that has to be made in a maintenance window.
pub(super) fn windowed(step: DraftStep, why: &str) -> Draft {
    let deploy = "A maintenance window: nothing else may use the table until the step is done.";
    Draft::new()
        .deploy(PhaseName::Contract, deploy)
        .contract(step.window(why))
        .note(format!("There is no way to do this beside writes: {why}."))
}
