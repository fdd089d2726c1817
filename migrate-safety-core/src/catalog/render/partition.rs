//! How tables and indexes hang together: partitions, inheritance, indexes of partitions.

use super::table::{TableWriter, bound_sql};
use super::text::values;
use crate::catalog::{Catalog, Index, Relation, RelationId};
use crate::sql::Expr;
use crate::sql::operation::PartitionBound;

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
        }
        if !self.inherits_at_once() {
            let parents = self.table.inherits.iter().filter_map(|id| self.catalog.relation(*id));
            statements.extend(parents.map(|p| format!("ALTER TABLE {name} INHERIT {}", p.object_name().sql())));
        }
        statements
    }
}

impl Catalog {
    /// The condition that the rows of a partition meet, for a query; nothing for the default partition, and for ranges
    /// over several columns that are open at an end.
    pub(crate) fn bound_condition(&self, parent: RelationId, bound: &PartitionBound) -> Option<String> {
        let relation = self.relation(parent)?;
        let key: Vec<&str> = relation.table()?.partition_by.as_ref()?.key.iter().map(|key| key.sql.trim()).collect();
        let given: Vec<String> = key.iter().map(|key| format!("({key}) IS NOT NULL")).collect();
        let given = given.join(" AND ");
        let all = key.join(", ");
        match bound {
            PartitionBound::Default => None,
            PartitionBound::In(list) => {
                let (nulls, others): (Vec<Expr>, Vec<Expr>) =
                    list.iter().cloned().partition(|value| matches!(value, Expr::Null));
                Some(match (nulls.is_empty(), others.is_empty()) {
                    (true, _) => format!("{given} AND ({all}) IN ({})", values(&others)),
                    (false, true) => format!("({all}) IS NULL"),
                    (false, false) => format!("({all}) IS NULL OR ({all}) IN ({})", values(&others)),
                })
            }
            PartitionBound::Range { from, to } => {
                let is_open = |values: &[Expr]| values.iter().any(|value| matches!(value, Expr::Column { .. }));
                if key.len() > 1 && (is_open(from) || is_open(to)) {
                    return None;
                }
                let low = (!is_open(from)).then(|| format!(" AND ({all}) >= ({})", values(from)));
                let high = (!is_open(to)).then(|| format!(" AND ({all}) < ({})", values(to)));
                Some(format!("{given}{}{}", low.unwrap_or_default(), high.unwrap_or_default()))
            }
            PartitionBound::Hash { modulus, remainder } => {
                let name = relation.object_name().sql().replace('\'', "''");
                Some(format!("satisfies_hash_partition('{name}'::regclass, {modulus}, {remainder}, {all})"))
            }
        }
    }

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
