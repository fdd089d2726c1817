//! `RENAME TO` and `SET SCHEMA` of relations and types.

use super::Applied;
use super::support::{is_word, wrong_kind};
use crate::catalog::types::FoundType;
use crate::catalog::{
    Catalog, ColumnId, Conflict, Relation, RelationId, RelationKind, TEMP_SCHEMA, TypeDefKind, TypeId,
};
use crate::sql::expr::Expr;
use crate::sql::operation::RelationWord;
use crate::sql::{DataType, Ident, ObjectName};

impl Catalog {
    /// `ALTER TABLE | VIEW | INDEX | SEQUENCE … RENAME TO`.
    pub(super) fn rename_relation(
        &mut self,
        name: &ObjectName,
        word: RelationWord,
        if_exists: bool,
        to: &Ident,
        applied: &mut Applied,
    ) {
        let Some(id) = self.existing_relation(name, if_exists, applied) else { return };
        let Some(relation) = self.relation(id) else { return };
        // `ALTER TABLE` and `ALTER INDEX` take any relation.
        let any = matches!(word, RelationWord::Table | RelationWord::Index);
        if matches!(relation.kind, RelationKind::Composite) {
            return applied.conflict("42809", format!("\"{}\" is a composite type", name.name));
        }
        if !any && !is_word(relation, word) {
            return applied.conflicts.push(wrong_kind(&name.name, word));
        }
        let (schema, constraint) = (relation.schema.clone(), self.constraint_of_index(relation));
        let row_type = has_row_type(relation);
        if let Some(clash) = self.relation_clash(&schema, to, row_type) {
            return applied.conflicts.push(clash);
        }
        if let Some((table, constraint)) = constraint {
            if self.table(table).is_some_and(|t| t.constraint(to).is_some()) {
                let table = self.relation(table).map(|r| r.name.to_string()).unwrap_or_default();
                let message = format!("constraint \"{to}\" for relation \"{table}\" already exists");
                return applied.conflict("42710", message);
            }
            self.rename_constraint(table, constraint, to);
        }
        self.give_name(id, schema, to.clone());
    }

    /// The constraint that an index is behind.
    fn constraint_of_index(&self, relation: &Relation) -> Option<(RelationId, crate::catalog::ConstraintId)> {
        let index = relation.index()?;
        Some((index.table, index.constraint?))
    }

    /// Gives a relation another name or schema, and its row type with it.
    fn give_name(&mut self, id: RelationId, schema: Ident, name: Ident) {
        let Some(relation) = self.relation(id) else { return };
        let old = (relation.schema.clone(), relation.name.clone());
        let row_type = has_row_type(relation);
        let is_sequence = relation.sequence().is_some();
        let defaults = if is_sequence { self.defaults_naming(id) } else { Vec::new() };
        self.rename_in_views(id, &schema, &name);
        self.move_relation(id, schema.clone(), name.clone());
        self.rename_in_defaults(&defaults, &schema, &name);
        if row_type {
            self.rename_type_in_texts(&ObjectName::qualified(old.0.clone(), old.1.clone()), &schema, &name);
            self.retype(&mut |data_type| rename_type(data_type, &old.0, &old.1, &schema, &name));
        }
    }

    /// Lets defaults name a sequence by its new name: on the server they hold its identity.
    pub(super) fn rename_in_defaults(&mut self, columns: &[(RelationId, ColumnId)], schema: &Ident, name: &Ident) {
        for (table, column) in columns {
            let default = self.column_mut(*table, *column).and_then(|c| c.default.as_mut());
            let Some(default) = default else { continue };
            let Expr::Call { args, .. } = &mut default.expr else { continue };
            let [arg] = &mut **args else { continue };
            let constant = match arg {
                Expr::Cast { expr, .. } => &mut **expr,
                other => other,
            };
            let named = format!("{}.{}", schema.sql(), name.sql());
            default.sql = format!("nextval('{}'::regclass)", named.replace('\'', "''")).into();
            *constant = Expr::String(named.into());
            self.note_column(*table, *column);
        }
    }

    /// `ALTER TABLE | VIEW | SEQUENCE … SET SCHEMA`.
    pub(super) fn move_relation_to(
        &mut self,
        name: &ObjectName,
        word: RelationWord,
        if_exists: bool,
        schema: &Ident,
        applied: &mut Applied,
    ) {
        let Some(id) = self.existing_relation(name, if_exists, applied) else { return };
        let Some(relation) = self.relation(id) else { return };
        match &relation.kind {
            RelationKind::Composite => {
                return applied.conflict("42809", format!("\"{}\" is a composite type", name.name));
            }
            RelationKind::Index(_) if word == RelationWord::Table => {
                let message = match self.target().version {
                    15.. => format!("cannot change schema of index \"{}\"", name.name),
                    _ => {
                        format!("\"{}\" is not a table, view, materialized view, sequence, or foreign table", name.name)
                    }
                };
                return applied.conflict("42809", message);
            }
            _ if word != RelationWord::Table && !is_word(relation, word) => {
                return applied.conflicts.push(wrong_kind(&name.name, word));
            }
            RelationKind::Sequence(sequence) => {
                if let Some(table) = sequence.owned_by.and_then(|(table, _)| self.relation(table)) {
                    let message = "cannot move an owned sequence into another schema";
                    let detail = vec![format!("Sequence \"{}\" is linked to table \"{}\".", name.name, table.name)];
                    return applied.conflicts.push(Conflict { detail, ..Conflict::new("0A000", message) });
                }
            }
            _ => {}
        }
        if let Some(problem) = self.move_problem(&relation.schema, schema) {
            return applied.conflicts.push(problem);
        }
        if relation.schema == *schema {
            return;
        }
        let mut moving = vec![id];
        moving.extend(self.indexes_of(id));
        moving.extend(self.table(id).into_iter().flat_map(|t| &t.sequences));
        for id in &moving {
            let Some(relation) = self.relation(*id) else { continue };
            if let Some(mut clash) = self.relation_clash(schema, &relation.name, has_row_type(relation)) {
                clash.message = format!("{} in schema \"{schema}\"", clash.message);
                return applied.conflicts.push(clash);
            }
        }
        for id in moving {
            if let Some(name) = self.relation(id).map(|r| r.name.clone()) {
                self.give_name(id, schema.clone(), name);
            }
        }
    }

    /// `ALTER TYPE | DOMAIN … RENAME TO`.
    pub(super) fn rename_type(&mut self, name: &ObjectName, domain: bool, to: &Ident, applied: &mut Applied) {
        let Some(id) = self.alterable_type(name, domain, applied) else { return };
        let Some(schema) = self.types.get(&id).map(|t| t.schema.clone()) else { return };
        let composite = self.composite_relation(id);
        let clash = match composite {
            Some(_) => self.relation_clash(&schema, to, true),
            None => self.type_clash(&schema, to),
        };
        match clash {
            Some(clash) => applied.conflicts.push(clash),
            None => self.give_type_name(id, schema, to.clone()),
        }
    }

    /// `ALTER TYPE | DOMAIN … SET SCHEMA`.
    pub(super) fn move_type(&mut self, name: &ObjectName, domain: bool, schema: &Ident, applied: &mut Applied) {
        let Some(id) = self.alterable_type(name, domain, applied) else { return };
        let Some(def) = self.types.get(&id) else { return };
        if let Some(problem) = self.move_problem(&def.schema, schema) {
            return applied.conflicts.push(problem);
        }
        if def.schema == *schema {
            return;
        }
        let name = def.name.clone();
        let clash = match self.composite_relation(id) {
            Some(_) => self.relation_clash(schema, &name, true),
            None => self.type_clash(schema, &name),
        };
        match clash {
            Some(mut clash) => {
                clash.message = format!("{} in schema \"{schema}\"", clash.message);
                applied.conflicts.push(clash);
            }
            None => self.give_type_name(id, schema.clone(), name),
        }
    }

    /// A type of its own, not a table's row type.
    fn alterable_type(&self, name: &ObjectName, domain: bool, applied: &mut Applied) -> Option<TypeId> {
        match self.existing_type(name, applied)? {
            FoundType::Defined(id) => {
                let is_domain = matches!(self.types.get(&id).map(|t| &t.kind), Some(TypeDefKind::Domain(_)));
                if domain && !is_domain {
                    applied.conflict("42809", format!("{name} is not a domain"));
                    return None;
                }
                Some(id)
            }
            FoundType::Row(_) => {
                applied.conflict("42809", format!("{name} is a table's row type"));
                None
            }
            _ => None,
        }
    }

    /// The relation behind a composite type.
    pub(super) fn composite_relation(&self, id: TypeId) -> Option<RelationId> {
        let def = self.types.get(&id)?;
        let relation = self.relation(*self.relation_names.get(&(def.schema.clone(), def.name.clone()))?)?;
        let composite = matches!((&def.kind, &relation.kind), (TypeDefKind::Composite(_), RelationKind::Composite));
        composite.then_some(relation.id)
    }

    /// Gives a type another name or schema; the columns and arguments of that type follow.
    fn give_type_name(&mut self, id: TypeId, schema: Ident, name: Ident) {
        let relation = self.composite_relation(id);
        let Some(def) = self.types.get_mut(&id) else { return };
        let old = (std::mem::replace(&mut def.schema, schema.clone()), std::mem::replace(&mut def.name, name.clone()));
        self.type_names.remove(&old);
        self.any_temporary |= schema == *TEMP_SCHEMA;
        self.type_names.insert((schema.clone(), name.clone()), id);
        if let Some(relation) = relation {
            self.move_relation(relation, schema.clone(), name.clone());
        }
        self.rename_type_in_texts(&ObjectName::qualified(old.0.clone(), old.1.clone()), &schema, &name);
        self.retype(&mut |data_type| rename_type(data_type, &old.0, &old.1, &schema, &name));
    }

    /// Changes every type that a column, attribute, domain, range, argument or view column has.
    pub(super) fn retype(&mut self, change: &mut dyn FnMut(&mut DataType)) {
        let hints = &mut self.hints;
        self.relations.for_each_mut(|relation| match &mut relation.kind {
            RelationKind::Table(table) => {
                if let Some(of) = &mut table.of_type {
                    let mut data_type = DataType { schema: of.schema.take(), ..DataType::builtin(&of.name) };
                    change(&mut data_type);
                    *of = ObjectName { schema: data_type.schema, name: data_type.name };
                }
                for column in &mut table.columns {
                    let before = column.data_type.name.clone();
                    change(&mut column.data_type);
                    if column.data_type.name != before {
                        hints.column_types.insert(column.data_type.name.clone());
                    }
                }
            }
            RelationKind::View(view) => {
                view.columns.iter_mut().filter_map(|c| c.data_type.as_mut()).for_each(&mut *change);
            }
            RelationKind::Index(_) | RelationKind::Sequence(_) | RelationKind::Composite => {}
        });
        self.types.for_each_mut(|def| match &mut def.kind {
            TypeDefKind::Domain(domain) => change(&mut domain.base),
            TypeDefKind::Composite(attributes) => attributes.iter_mut().for_each(|(_, t)| change(t)),
            TypeDefKind::Range(subtype) => subtype.iter_mut().for_each(&mut *change),
            TypeDefKind::Enum(_) | TypeDefKind::Base => {}
        });
        self.routines.for_each_mut(|routine| {
            routine.args.iter_mut().for_each(|(_, t, ..)| change(t));
            routine.returns.iter_mut().for_each(&mut *change);
            hints.note_routine(routine);
        });
    }
}

/// Whether a relation has a type of its name.
fn has_row_type(relation: &Relation) -> bool {
    !matches!(relation.kind, RelationKind::Index(_) | RelationKind::Sequence(_))
}

fn rename_type(data_type: &mut DataType, schema: &Ident, name: &Ident, to_schema: &Ident, to: &Ident) {
    if data_type.name == *name && data_type.schema.as_ref() == Some(schema) {
        data_type.schema = Some(to_schema.clone());
        data_type.name = to.clone();
    }
}
