//! Enums, composite types, ranges.

use super::super::change::Change;
use super::Applied;
use crate::catalog::types::FoundType;
use crate::catalog::types::multirange_name;
use crate::catalog::{
    Catalog, ColumnId, Conflict, ConstraintKind, RelationId, RelationKind, Stamp, TEMP_SCHEMA, TypeDef, TypeDefKind,
    TypeId,
};
use crate::sql::operation::{AlterType, ColumnDef, TypeKind};
use crate::sql::{DataType, Expression, Ident, ObjectName, rename};

impl Catalog {
    /// `CREATE TYPE`.
    pub(super) fn create_type(&mut self, name: &ObjectName, kind: &TypeKind, now: Stamp, applied: &mut Applied) {
        let (schema, name) = self.new_name(name, applied);
        let composite = matches!(kind, TypeKind::Composite(_));
        let clash = self.type_clash(&schema, &name);
        let clash = clash.or_else(|| if composite { self.relation_clash(&schema, &name, false) } else { None });
        if let Some(clash) = clash {
            let shell = self.type_names.get(&(schema.clone(), name.clone())).and_then(|id| self.types.get_mut(id));
            // `CREATE TYPE t` announces a base type that a second statement defines.
            match (shell.map(|t| &t.kind), kind) {
                (Some(TypeDefKind::Base), TypeKind::Base) => {}
                _ => applied.conflicts.push(clash),
            }
            return;
        }
        let multirange = match kind {
            TypeKind::Range(_, multirange) => multirange.clone(),
            _ => None,
        };
        let kind = match kind {
            TypeKind::Enum(labels) => {
                applied.conflicts.extend(repeated_label(labels));
                TypeDefKind::Enum(labels.iter().map(|label| (label.clone(), now)).collect())
            }
            TypeKind::Composite(attributes) => {
                let settled = attributes.iter().map(|(attribute, data_type)| {
                    applied.conflicts.extend(self.attribute_problem(attribute, data_type));
                    (attribute.clone(), self.settled_type(data_type))
                });
                TypeDefKind::Composite(settled.collect())
            }
            TypeKind::Range(subtype, _) => {
                applied.conflicts.extend(subtype.as_ref().and_then(|t| self.type_problem(t)));
                TypeDefKind::Range(subtype.as_ref().map(|t| self.settled_type(t)))
            }
            TypeKind::Base => TypeDefKind::Base,
        };
        if composite {
            let relation = self.add_relation(schema.clone(), name.clone(), RelationKind::Composite, now);
            applied.created.push(relation);
        }
        let range = matches!(kind, TypeDefKind::Range(_));
        let id = self.add_type(schema.clone(), name.clone(), kind, now);
        if range && self.target().version >= 14 {
            let key = match multirange {
                Some(named) => (named.schema.unwrap_or_else(|| self.creation_schema()), named.name),
                None => (schema, multirange_name(&name)),
            };
            self.type_names.insert_new(key, id);
        }
    }

    /// Adds a type under a name that is free.
    pub(super) fn add_type(&mut self, schema: Ident, name: Ident, kind: TypeDefKind, now: Stamp) -> TypeId {
        let id = TypeId(self.fresh_id());
        self.any_temporary |= schema == *TEMP_SCHEMA;
        self.type_names.insert((schema.clone(), name.clone()), id);
        self.types.insert(id, TypeDef { id, schema, name, created: now, kind });
        id
    }

    fn attribute_problem(&self, name: &Ident, data_type: &DataType) -> Option<Conflict> {
        self.type_problem(data_type).or_else(|| {
            let pseudo = self.is_pseudo_type(data_type);
            pseudo.then(|| Conflict::new("42P16", format!("column \"{name}\" has pseudo-type {data_type}")))
        })
    }

    /// `ALTER TYPE`, except for its name and schema.
    pub(super) fn alter_type(&mut self, name: &ObjectName, action: &AlterType, now: Stamp, applied: &mut Applied) {
        match action {
            AlterType::Rename { to } => return self.rename_type(name, false, to, applied),
            AlterType::SetSchema { schema } => return self.move_type(name, false, schema, applied),
            AlterType::Other => {
                self.existing_type(name, applied);
                return;
            }
            AlterType::AddValue { .. } | AlterType::RenameValue { .. } => {}
            _ => return self.alter_composite(name, action, now, applied),
        }
        let Some(found) = self.existing_type(name, applied) else { return };
        let labels = match found {
            FoundType::Defined(id) => match self.types.get_mut(&id).map(|t| &mut t.kind) {
                Some(TypeDefKind::Enum(labels)) => labels,
                _ => return applied.conflict("42809", format!("{name} is not an enum")),
            },
            _ => return applied.conflict("42809", format!("{name} is not an enum")),
        };
        let position = |labels: &[(Box<str>, Stamp)], wanted: &str| labels.iter().position(|(l, _)| **l == *wanted);
        let unknown = |label: &str| Conflict::new("22023", format!("\"{label}\" is not an existing enum label"));
        let exists = |label: &str| format!("enum label \"{label}\" already exists");
        match action {
            AlterType::AddValue { value, if_not_exists, before, after } => {
                if let Some(problem) = label_problem(value) {
                    return applied.conflicts.push(problem);
                }
                if position(labels, value).is_some() {
                    return match if_not_exists {
                        true => applied.notice(format!("{}, skipping", exists(value))),
                        false => applied.conflict("42710", exists(value)),
                    };
                }
                let at = match (before, after) {
                    (Some(neighbour), _) => position(labels, neighbour).ok_or_else(|| unknown(neighbour)),
                    (None, Some(neighbour)) => {
                        position(labels, neighbour).map(|p| p + 1).ok_or_else(|| unknown(neighbour))
                    }
                    (None, None) => Ok(labels.len()),
                };
                match at {
                    Ok(at) => {
                        labels.insert(at, (value.clone(), now));
                        if let FoundType::Defined(id) = found {
                            self.recent.note_label(id, now);
                        }
                    }
                    Err(problem) => applied.conflicts.push(problem),
                }
            }
            AlterType::RenameValue { from, to } => {
                let Some(at) = position(labels, from) else { return applied.conflicts.push(unknown(from)) };
                if position(labels, to).is_some() {
                    return applied.conflict("42710", exists(to));
                }
                if let Some(label) = labels.get_mut(at) {
                    label.0 = to.clone();
                }
                if let FoundType::Defined(id) = found {
                    self.relabel(id, from, to);
                }
            }
            _ => {}
        }
    }

    /// Expressions keep the value of an enum, not its label: a label's new name is theirs too.
    fn relabel(&mut self, id: TypeId, from: &str, to: &str) {
        for table in self.tables_using_type(id) {
            let Some(def) = self.types.get(&id) else { return };
            let of_type = |t: &DataType| t.schema.as_ref() == Some(&def.schema) && t.name == def.name;
            let columns = self.table(table).map_or(&[][..], |t| &t.columns);
            let columns: Vec<ColumnId> = columns.iter().filter(|c| of_type(&c.data_type)).map(|c| c.id).collect();
            let Some(definition) = self.table_mut(table) else { continue };
            let of_type = definition.columns.iter().filter(|c| columns.contains(&c.id));
            let names: Vec<Ident> = of_type.map(|c| c.name.clone()).collect();
            for column in definition.columns.iter_mut().filter(|c| columns.contains(&c.id)) {
                column.default = column.default.take().map(|default| rename::label(&default, from, to).into());
            }
            let of_them = |e: &&mut Expression| e.expr.columns().iter().any(|name| names.contains(name));
            let generated =
                definition.columns.iter_mut().filter_map(|c| c.generated.as_mut()).map(|g| &mut g.expression);
            let conditions = definition.triggers.iter_mut().filter_map(|t| t.when.as_mut());
            let policies = definition.policies.iter_mut().map(|p| &mut p.clauses);
            let policies = policies.flat_map(|clauses| clauses.using.iter_mut().chain(&mut clauses.check));
            for expression in generated.chain(conditions).chain(policies).filter(of_them) {
                *expression = rename::label(expression, from, to);
            }
            for constraint in &mut definition.constraints {
                if let ConstraintKind::Check { expression, columns: mentioned } = &mut constraint.kind
                    && mentioned.iter().any(|c| columns.contains(c))
                {
                    *expression = rename::label(expression, from, to);
                }
            }
            for index in self.indexes_of(table).to_vec() {
                let Some(index) = self.index_mut(index) else { continue };
                let keys = index.keys.iter_mut().filter_map(|key| key.expression.as_mut());
                for expression in keys.chain(&mut index.predicate).filter(of_them) {
                    *expression = rename::label(expression, from, to);
                }
            }
        }
    }

    /// `ADD | DROP | ALTER | RENAME ATTRIBUTE` of a composite type.
    fn alter_composite(&mut self, name: &ObjectName, action: &AlterType, now: Stamp, applied: &mut Applied) {
        // The server looks for a relation of this name.
        let id = match self.find_type(name.schema.as_ref(), &name.name) {
            FoundType::Defined(id) => id,
            FoundType::Row(_) if matches!(action, AlterType::RenameAttribute { .. }) => return,
            FoundType::Row(_) => {
                return applied.conflict("42809", format!("\"{}\" is not a composite type", name.name));
            }
            FoundType::Missing => return applied.conflict("42P01", format!("relation \"{name}\" does not exist")),
            FoundType::MissingSchema => {
                return applied.conflicts.extend(name.schema.as_ref().map(crate::catalog::types::missing_schema));
            }
            FoundType::Unknown | FoundType::Extension | FoundType::Builtin => return,
        };
        let Some(TypeDefKind::Composite(attributes)) = self.types.get(&id).map(|t| &t.kind) else {
            return applied.conflict("42P01", format!("relation \"{name}\" does not exist"));
        };
        let relation = &name.name;
        let missing = |attribute: &Ident| {
            let message = format!("column \"{attribute}\" of relation \"{relation}\" does not exist");
            Conflict::new("42703", message)
        };
        let taken = |attribute: &Ident| {
            let message = format!("column \"{attribute}\" of relation \"{relation}\" already exists");
            Conflict::new("42701", message)
        };
        let has = |attribute: &Ident| attributes.iter().any(|(n, _)| n == attribute);
        let (problem, cascade) = match action {
            AlterType::AddAttribute { name, data_type, cascade } => {
                let problem = has(name).then(|| taken(name)).or_else(|| self.attribute_problem(name, data_type));
                (problem, cascade)
            }
            AlterType::DropAttribute { name, if_exists, cascade } => {
                if *if_exists && !has(name) {
                    return applied.notice(format!("{}, skipping", missing(name).message));
                }
                ((!has(name)).then(|| missing(name)), cascade)
            }
            AlterType::AlterAttribute { name, data_type, cascade } => {
                let problem = (!has(name)).then(|| missing(name)).or_else(|| self.attribute_problem(name, data_type));
                (problem.or_else(|| self.stored_use(id, relation)), cascade)
            }
            AlterType::RenameAttribute { name, to, cascade } => {
                let nothing = || Conflict::new("42703", format!("column \"{name}\" does not exist"));
                ((!has(name)).then(nothing).or_else(|| has(to).then(|| taken(to))), cascade)
            }
            _ => return,
        };
        let typed = self.typed_tables(id);
        let problem = problem.or_else(|| {
            let message = format!("cannot alter type \"{relation}\" because it is the type of a typed table");
            (!typed.is_empty() && !cascade).then(|| Conflict::new("2BP01", message))
        });
        if let Some(problem) = problem {
            return applied.conflicts.push(problem);
        }
        let settled = match action {
            AlterType::AddAttribute { data_type, .. } | AlterType::AlterAttribute { data_type, .. } => {
                Some(self.settled_type(data_type))
            }
            _ => None,
        };
        if let Some(TypeDefKind::Composite(attributes)) = self.types.get_mut(&id).map(|t| &mut t.kind) {
            change_attributes(attributes, action, settled);
        }
        for table in typed {
            self.follow_type(table, action, now, applied);
        }
    }

    /// A table made `OF` a composite type gets what happens to the type's attributes.
    fn follow_type(&mut self, table: RelationId, action: &AlterType, now: Stamp, applied: &mut Applied) {
        // Its columns are not to be changed otherwise.
        let Some(of_type) = self.table_mut(table).and_then(|t| t.of_type.take()) else { return };
        let mut change = Change { catalog: self, applied, now };
        match action {
            AlterType::AddAttribute { name, data_type, .. } => {
                let column = ColumnDef { data_type: Some(data_type.clone()), ..ColumnDef::new(name.clone()) };
                change.alter_add_column(table, &column, false, false);
            }
            AlterType::DropAttribute { name, .. } => change.drop_column(table, name, true, true, false),
            AlterType::AlterAttribute { name, data_type, .. } => {
                change.set_type(table, name, data_type, None, None, false);
            }
            AlterType::RenameAttribute { name, to, .. } => change.rename_column(table, name, to, false),
            _ => {}
        }
        if let Some(table) = self.table_mut(table) {
            table.of_type = Some(of_type);
        }
    }

    /// Why the type of an attribute cannot change: a column holds values of the composite type.
    fn stored_use(&self, id: TypeId, name: &Ident) -> Option<Conflict> {
        let uses = |t: &DataType| self.find_type(t.schema.as_ref(), &t.name) == FoundType::Defined(id);
        let (relation, column) = self
            .relations()
            .filter_map(|r| Some((r, r.table()?)))
            .find_map(|(r, table)| Some((r, table.columns.iter().find(|c| uses(&c.data_type))?)))?;
        let message =
            format!("cannot alter type \"{name}\" because column \"{}.{}\" uses it", relation.name, column.name);
        Some(Conflict::new("0A000", message))
    }

    /// The tables made `OF` a composite type.
    fn typed_tables(&self, id: TypeId) -> Vec<RelationId> {
        let of = |name: &ObjectName| self.find_type(name.schema.as_ref(), &name.name) == FoundType::Defined(id);
        let typed = self.relations().filter(|r| r.table().is_some_and(|t| t.of_type.as_ref().is_some_and(of)));
        typed.map(|r| r.id).collect()
    }
}

fn change_attributes(attributes: &mut Vec<(Ident, DataType)>, action: &AlterType, settled: Option<DataType>) {
    match (action, settled) {
        (AlterType::AddAttribute { name, .. }, Some(data_type)) => attributes.push((name.clone(), data_type)),
        (AlterType::AlterAttribute { name, .. }, Some(data_type)) => {
            attributes.iter_mut().filter(|(n, _)| n == name).for_each(|(_, t)| *t = data_type.clone());
        }
        (AlterType::DropAttribute { name, .. }, _) => attributes.retain(|(n, _)| n != name),
        (AlterType::RenameAttribute { name, to, .. }, _) => {
            attributes.iter_mut().filter(|(n, _)| n == name).for_each(|(n, _)| *n = to.clone());
        }
        _ => {}
    }
}

/// A label that is given twice, or is too long.
fn repeated_label(labels: &[Box<str>]) -> Option<Conflict> {
    let mut seen = std::collections::HashSet::new();
    labels.iter().find_map(|label| {
        let repeated = (!seen.insert(label)).then(|| {
            let constraint = "pg_enum_typid_label_index";
            Conflict::new("23505", format!("duplicate key value violates unique constraint \"{constraint}\""))
        });
        repeated.or_else(|| label_problem(label))
    })
}

/// `invalid enum label "…"`: more than 63 bytes.
fn label_problem(label: &str) -> Option<Conflict> {
    let long = label.len() > Ident::MAX_BYTES;
    long.then(|| Conflict::new("42602", format!("invalid enum label \"{label}\"")))
}
