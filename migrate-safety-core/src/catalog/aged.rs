//! A schema that another replay begins with.

use super::{Catalog, RelationKind, Stamp, TypeDefKind};

impl Catalog {
    /// The same schema, all of it there before any history: what a later replay numbers is not taken for what made it.
    pub(crate) fn aged(&self) -> Self {
        let mut catalog = self.clone();
        catalog.schemas.values_mut().for_each(|created| *created = Stamp::BEFORE);
        catalog.extensions.values_mut().for_each(|extension| extension.created = Stamp::BEFORE);
        catalog.routines.for_each_mut(|routine| routine.created = Stamp::BEFORE);
        catalog.types.for_each_mut(|definition| {
            definition.created = Stamp::BEFORE;
            if let TypeDefKind::Enum(labels) = &mut definition.kind {
                labels.iter_mut().for_each(|(_, added)| *added = Stamp::BEFORE);
            }
        });
        catalog.relations.for_each_mut(|relation| {
            relation.created = Stamp::BEFORE;
            let RelationKind::Table(table) = &mut relation.kind else { return };
            (table.filled, table.emptied) = (None, None);
            table.columns.iter_mut().for_each(|column| column.created = Stamp::BEFORE);
            table.constraints.iter_mut().for_each(|constraint| constraint.created = Stamp::BEFORE);
        });
        catalog
    }
}
