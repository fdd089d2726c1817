//! What views are made of and read.

use super::Builder;
use crate::catalog::introspect::rows::ViewRow;
use crate::catalog::{ColumnId, Dependency, RelationKind};

impl Builder {
    pub(in crate::catalog::introspect) fn add_views(&mut self, rows: Vec<ViewRow>) {
        for row in rows {
            let Some(id) = self.relation_id(row.oid) else { continue };
            let mut reads: Vec<Dependency> = Vec::new();
            for (oid, column) in row.reads.into_iter().flatten() {
                let Some(relation) = self.relation_id(oid) else { continue };
                if reads.last().is_none_or(|d| d.relation != relation) {
                    reads.push(Dependency { relation, columns: Vec::new() });
                }
                if let Some(dependency) = reads.last_mut().filter(|_| column > 0) {
                    dependency.columns.push(ColumnId(column));
                }
            }
            let routines = row.routines.iter().flatten().filter_map(|oid| self.routines.get(oid).copied()).collect();
            let types = row.types.iter().flatten().filter_map(|oid| self.types.get(oid).copied()).collect();
            for dependency in &reads {
                self.catalog.readers.change(dependency.relation, |readers| readers.push(id));
            }
            if row.definition.is_none() {
                self.locked(id);
            }
            if let Some(RelationKind::View(view)) = self.catalog.relations.get_mut(&id).map(|r| &mut r.kind) {
                view.sql = row.definition.as_deref().unwrap_or_default().trim().trim_end_matches(';').into();
                view.depends_on = reads;
                view.routines = routines;
                view.types = types;
            }
        }
    }
}
