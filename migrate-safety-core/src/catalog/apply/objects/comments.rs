//! `COMMENT ON`.

use super::Applied;
use crate::catalog::{Catalog, RelationId};
use crate::sql::operation::CommentTarget;
use crate::sql::{Ident, ObjectName};

impl Catalog {
    /// `COMMENT ON`; what it is about has to exist.
    pub(super) fn comment(&mut self, on: &CommentTarget, text: Option<&str>, applied: &mut Applied) {
        let text = text.filter(|t| !t.is_empty()).map(Box::from);
        match on {
            CommentTarget::Relation(name) => {
                let Some(id) = self.existing_relation(name, false, applied) else { return };
                if let Some(relation) = self.relations.get_mut(&id) {
                    relation.comment = text;
                }
            }
            CommentTarget::Column(table, column) => {
                let Some(id) = self.existing_relation(table, false, applied) else { return };
                if self.has_column(id, column) == Some(false) {
                    let name = &table.name;
                    let message = format!("column \"{column}\" of relation \"{name}\" does not exist");
                    return applied.conflict("42703", message);
                }
                let column = self.table_mut(id).and_then(|t| t.columns.iter_mut().find(|c| c.name == *column));
                if let Some(column) = column {
                    column.comment = text;
                }
            }
            CommentTarget::Constraint(table, constraint) => {
                let Some((id, table_name)) = self.commented_table(table, applied) else { return };
                let Some(table) = self.table_mut(id) else { return };
                match table.constraints.iter_mut().find(|c| c.name == *constraint) {
                    Some(constraint) => constraint.comment = text,
                    None => {
                        let message = format!("constraint \"{constraint}\" for table \"{table_name}\" does not exist");
                        applied.conflict("42704", message);
                    }
                }
            }
            CommentTarget::OnTable(table, _) => {
                self.existing_relation(table, false, applied);
            }
            CommentTarget::Other => {}
        }
    }

    fn commented_table(&self, table: &ObjectName, applied: &mut Applied) -> Option<(RelationId, Ident)> {
        let id = self.existing_relation(table, false, applied)?;
        let relation = self.relation(id).filter(|r| !r.unknown)?;
        Some((id, relation.name.clone()))
    }

    /// Whether a relation has a column of this name, if all its columns are known.
    fn has_column(&self, id: RelationId, column: &Ident) -> Option<bool> {
        let relation = self.relation(id).filter(|r| !r.unknown)?;
        match (relation.table(), relation.view()) {
            (Some(table), _) => Some(table.column(column).is_some()),
            (None, Some(view)) if view.complete => Some(view.columns.iter().any(|c| c.name == *column)),
            _ => None,
        }
    }
}
