//! `COMMENT ON`.

use super::Applied;
use crate::catalog::types::FoundType;
use crate::catalog::{Catalog, ColumnId, Object, Relation, RelationId};
use crate::sql::operation::{CommentTarget, OnTable};
use crate::sql::{Ident, ObjectName};

impl Catalog {
    /// `COMMENT ON`; what it is about has to exist.
    ///
    /// A label is not kept, but for it too the object has to exist.
    pub(super) fn comment(&mut self, on: &CommentTarget, text: Option<&str>, label: bool, applied: &mut Applied) {
        let text: Option<Box<str>> = text.filter(|t| !t.is_empty()).map(Box::from);
        let keep = |slot: &mut Option<Box<str>>| {
            if !label {
                slot.clone_from(&text);
            }
        };
        match on {
            CommentTarget::Relation(name) => {
                let Some(id) = self.existing_relation(name, false, applied) else { return };
                if let Some(relation) = self.relations.get_mut(&id) {
                    keep(&mut relation.comment);
                }
            }
            CommentTarget::Column(table, column) => {
                let Some(id) = self.existing_relation(table, false, applied) else { return };
                if self.has_column(id, column) == Some(false) {
                    let name = &table.name;
                    let message = format!("column \"{column}\" of relation \"{name}\" does not exist");
                    return applied.conflict("42703", message);
                }
                let column_name = column;
                let column = self.table_mut(id).and_then(|t| t.columns.iter_mut().find(|c| c.name == *column));
                match column {
                    Some(column) => keep(&mut column.comment),
                    None => self.comment_view_column(id, column_name, text.filter(|_| !label)),
                }
            }
            CommentTarget::Constraint(table, constraint) => {
                let Some((id, table_name)) = self.commented_table(table, applied) else { return };
                let Some(table) = self.table_mut(id) else { return };
                match table.constraints.iter_mut().find(|c| c.name == *constraint) {
                    Some(constraint) => keep(&mut constraint.comment),
                    None => {
                        let message = format!("constraint \"{constraint}\" for table \"{table_name}\" does not exist");
                        applied.conflict("42704", message);
                    }
                }
            }
            CommentTarget::OnTable(what, table, name) => {
                let Some(id) = self.existing_relation(table, false, applied) else { return };
                let name = name.clone();
                if *what == OnTable::Trigger && !self.triggers_of(id).iter().any(|trigger| trigger.name == name) {
                    let message = format!("trigger \"{name}\" for table \"{}\" does not exist", table.name);
                    return applied.conflict("42704", message);
                }
                let object = match what {
                    OnTable::Trigger => Object::Trigger(id, name),
                    OnTable::Rule => Object::Rule(id, name),
                    OnTable::Policy => Object::Policy(id, name),
                };
                self.keep_comment(object, text.filter(|_| !label));
            }
            CommentTarget::Routine(routine) => {
                let found = match &routine.args {
                    Some(args) => self.routine_with(&routine.name, args).map(|r| r.id),
                    None => self.routines_named(&routine.name).first().map(|r| r.id),
                };
                if let Some(id) = found {
                    self.keep_comment(Object::Routine(id), text.filter(|_| !label));
                }
            }
            CommentTarget::Type(name) => {
                if let FoundType::Defined(id) = self.find_type(name.schema.as_ref(), &name.name) {
                    self.keep_comment(Object::Type(id), text.filter(|_| !label));
                }
            }
            CommentTarget::Schema(name) => {
                if self.schemas.contains_key(name) {
                    self.keep_comment(Object::Schema(name.clone()), text.filter(|_| !label));
                }
            }
            CommentTarget::Other => {}
        }
    }

    /// A comment follows what it is about to its new name.
    pub(super) fn move_comment(&mut self, from: &Object, to: Object) {
        if let Some(text) = self.comments.remove(from) {
            self.comments.insert(to, text);
        }
    }

    fn keep_comment(&mut self, object: Object, text: Option<Box<str>>) {
        match text {
            Some(text) => self.comments.insert(object, text),
            None => drop(self.comments.remove(&object)),
        }
    }

    fn comment_view_column(&mut self, id: RelationId, column: &Ident, text: Option<Box<str>>) {
        let columns = self.relation(id).and_then(Relation::view).map_or(&[][..], |v| &v.columns);
        let position = columns.iter().position(|c| c.name == *column).and_then(|at| u16::try_from(at + 1).ok());
        if let Some(position) = position {
            self.keep_comment(Object::Column(id, ColumnId(position)), text);
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
