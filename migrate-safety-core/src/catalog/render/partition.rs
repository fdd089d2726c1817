//! How tables and indexes hang together: partitions, inheritance, indexes of partitions.

use super::table::{TableWriter, bound_sql};
use crate::catalog::{Catalog, ConstraintKind, Index, IndexKey, Relation};

impl TableWriter<'_> {
    /// What makes a table that is there a partition or an heir.
    pub(in crate::catalog) fn join_parents(&self) -> Vec<String> {
        let name = self.name();
        let mut statements = Vec::new();
        if let Some((parent, bound)) = &self.table.partition_of
            && let Some(parent) = self.catalog.relation(*parent)
        {
            let parent = parent.object_name().sql();
            statements.push(format!("ALTER TABLE {parent} ATTACH PARTITION {name} {}", bound_sql(bound)));
            statements.extend(self.renamed_exclusions());
        }
        if !self.inherits_at_once() {
            let parents = self.table.inherits.iter().filter_map(|id| self.catalog.relation(*id));
            statements.extend(parents.map(|p| format!("ALTER TABLE {name} INHERIT {}", p.object_name().sql())));
        }
        statements
    }

    /// The exclusion constraints that come with the parent get the names they have.
    fn renamed_exclusions(&self) -> Vec<String> {
        let inherited = self.table.constraints.iter().filter_map(|constraint| {
            let ConstraintKind::Exclude { index, .. } = &constraint.kind else { return None };
            let index = self.catalog.index(*index).filter(|index| index.parent.is_some())?;
            let column = |key: &IndexKey| self.catalog.column(index.table, key.column?).map(|c| c.name.as_str());
            let columns: Vec<&str> = index.keys.iter().map(|key| column(key).unwrap_or("expr")).collect();
            let made = Catalog::usual_exclusion_name(self.relation.name.as_str(), &columns);
            let rename = || format!("RENAME CONSTRAINT {} TO {}", made.sql(), constraint.name.sql());
            (made != constraint.name).then(|| self.alter(&rename()))
        });
        inherited.collect()
    }
}

impl Catalog {
    /// Whether an index is made by a statement of its own: not by the constraint that it is behind.
    pub(super) fn is_plain_index(&self, index: &Index) -> bool {
        index.constraint.is_none()
    }

    /// What makes an index of a partition part of its parent's index, where nothing else does.
    ///
    /// An index behind a constraint becomes part of its parent's when the partition is attached, unless that was
    /// added `ON ONLY` the parent afterwards.
    pub(super) fn attach_index(&self, relation: &Relation, index: &Index) -> Option<String> {
        let parent = self.relation(index.parent?)?;
        let parent_index = parent.index()?;
        let adopted = !self.is_plain_index(parent_index) && parent_index.valid;
        (!adopted).then(|| {
            format!("ALTER INDEX {} ATTACH PARTITION {}", parent.object_name().sql(), relation.object_name().sql())
        })
    }
}
