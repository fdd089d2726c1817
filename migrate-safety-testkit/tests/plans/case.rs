//! A change on a schema.

use migrate_safety_core::plan::{RECIPES, RecipeSample};

/// A change on a schema, and what the tables hold besides the rows that are made up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Case {
    /// The recipe it is a sample of, or what is awkward about it.
    pub(crate) name: &'static str,
    /// The schema before the change.
    pub(crate) before: &'static str,
    /// SQL run after the tables have been filled: rows that matter here.
    pub(crate) rows: &'static str,
    /// The plain change.
    pub(crate) change: &'static str,
    /// Since which server version there is such a change.
    pub(crate) since: u16,
    /// Whether the plan has to say that the change is safe as it is.
    pub(crate) safe: bool,
}

impl Case {
    /// A change on every version, on made up rows.
    pub(crate) const fn new(name: &'static str, before: &'static str, change: &'static str) -> Self {
        Self { name, before, rows: "", change, since: 14, safe: false }
    }

    /// With these rows besides.
    pub(crate) const fn rows(mut self, rows: &'static str) -> Self {
        self.rows = rows;
        self
    }

    /// A change that needs no plan.
    pub(crate) const fn safe(name: &'static str, before: &'static str, change: &'static str) -> Self {
        Self { safe: true, ..Self::new(name, before, change) }
    }

    /// Only from this version on.
    pub(crate) const fn since(mut self, version: u16) -> Self {
        self.since = version;
        self
    }
}

/// Every sample of every recipe.
pub(crate) fn samples() -> impl Iterator<Item = Case> {
    RECIPES.iter().flat_map(|recipe| {
        let case = |sample: &RecipeSample| Case::new(recipe.id, sample.before, sample.change).since(sample.since);
        recipe.samples.iter().map(case)
    })
}
