//! Everything but tables and indexes.

use super::Applied;
use crate::catalog::{Catalog, Stamp};
use crate::sql::Operation;

/// Applies an operation on anything but a table or index. False: it is not one.
pub(super) fn apply_object(
    _catalog: &mut Catalog,
    _operation: &Operation,
    _now: Stamp,
    _applied: &mut Applied,
) -> bool {
    false
}
