//! Comments.

use super::Builder;
use crate::catalog::introspect::rows::CommentRow;
use crate::catalog::{ColumnId, Object};

impl Builder {
    pub(super) fn add_comments(&mut self) {
        for row in std::mem::take(&mut self.kept_comments) {
            self.add_comment(row);
        }
    }

    fn add_comment(&mut self, row: CommentRow) {
        let text: Box<str> = row.text.into();
        let object = match row.class.as_str() {
            "pg_class" => {
                let Some(id) = self.relation_id(row.oid) else { return };
                let column = ColumnId(row.number);
                if row.number == 0 {
                    if let Some(relation) = self.catalog.relations.get_mut(&id) {
                        relation.comment = Some(text);
                    }
                    return;
                }
                if let Some(column) = self.catalog.column_mut(id, column) {
                    column.comment = Some(text);
                    return;
                }
                Some(Object::Column(id, column))
            }
            "pg_constraint" => {
                let Some((table, id)) = self.constraints.get(&row.oid).copied() else { return };
                if let Some(constraint) = self.catalog.constraint_mut(table, id) {
                    constraint.comment = Some(text);
                }
                return;
            }
            "pg_proc" => self.routines.get(&row.oid).map(|id| Object::Routine(*id)),
            "pg_type" => self.types.get(&row.oid).map(|id| Object::Type(*id)),
            _ => self.parts.get(&row.oid).cloned(),
        };
        if let Some(object) = object {
            self.catalog.comments.insert(object, text);
        }
    }
}
