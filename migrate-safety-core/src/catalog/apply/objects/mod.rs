//! Everything but tables and indexes.

mod drops;
mod names;
mod support;

use super::Applied;
use crate::catalog::{Catalog, Stamp};
use crate::sql::Operation;
use crate::sql::operation::RelationWord;

/// Applies an operation on anything but a table or index. False: it is not one.
pub(super) fn apply_object(catalog: &mut Catalog, operation: &Operation, _now: Stamp, applied: &mut Applied) -> bool {
    match operation {
        Operation::DropTable { names, if_exists, cascade } => {
            catalog.drop_relations(names, RelationWord::Table, *if_exists, *cascade, applied);
        }
        Operation::DropIndex { names, if_exists, cascade, .. } => {
            catalog.drop_relations(names, RelationWord::Index, *if_exists, *cascade, applied);
        }
        _ => return false,
    }
    true
}
