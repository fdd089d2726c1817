//! What plans are put together and proved by: a schema that statements are replayed on. PostgreSQL's is one, that of the
//! other databases another.

use crate::catalog::diff::Difference;
use crate::dialect::Target;
use crate::layout::MigrationSet;
use crate::{Config, Report};

/// A schema that statements are replayed on.
pub(super) trait Replayed: Clone {
    /// The server.
    fn target(&self) -> Target;

    /// Whether it has a relation of this name, as reports tell it.
    fn has(&self, relation: &str) -> bool;

    /// The schema after statements. What the server would refuse is in the check of them, not here.
    fn with(&self, statements: &[String]) -> Self;

    /// What `found` has that this schema has not, and the reverse, by what things mean.
    fn differences(&self, found: &Self) -> Vec<Difference>;

    /// Statements that make `after` what this schema is, in an order in which the server takes them.
    fn way_back(&self, after: &Self) -> Vec<String>;

    /// What the check says of migrations on this schema.
    fn check(&self, set: &MigrationSet, config: &Config) -> Report;
}
