//! `DROP` of anything: what it takes along, and what keeps the server from it.

use super::Applied;
use super::support::{is_word, wrong_kind};
use crate::catalog::types::FoundType;
use crate::catalog::{
    Catalog, ColumnId, Conflict, Dependency, Object, RelationId, RelationKind, Resolved, TypeDefKind,
};
use crate::sql::operation::RelationWord;
use crate::sql::{Ident, ObjectName};
use std::collections::HashSet;

/// The most dependents that a message lists (`MAX_REPORTED_DEPS` on the server).
const MOST_REPORTED: usize = 100;

impl Catalog {
    /// Drops `roots` with what goes along; without `cascade` only if nothing else depends on them. False: refused.
    pub(in crate::catalog::apply) fn drop_objects(
        &mut self,
        roots: &[Object],
        cascade: bool,
        applied: &mut Applied,
    ) -> bool {
        let going = self.dropping_order(roots);
        let all: HashSet<&Object> = going.iter().map(|d| &d.object).collect();
        for root in roots {
            if let Some(owner) = self.required_by(root)
                && !all.contains(&owner)
            {
                let message =
                    format!("cannot drop {} because {} requires it", self.describe(root), self.describe(&owner));
                applied.conflict("2BP01", message);
                return false;
            }
        }
        let blocking: Vec<_> = going.iter().rev().filter(|d| !d.automatic).collect();
        if !blocking.is_empty() && !cascade {
            let message = match roots {
                [root] => format!("cannot drop {} because other objects depend on it", self.describe(root)),
                _ => "cannot drop desired object(s) because other objects depend on them".to_owned(),
            };
            let sentences = blocking.iter().map(|d| self.dependency_sentence(d));
            let detail = listed(sentences.collect(), blocking.len());
            applied.conflicts.push(Conflict { detail, ..Conflict::new("2BP01", message) });
            return false;
        }
        match &*blocking {
            [] => {}
            [only] => applied.notice(format!("drop cascades to {}", self.describe(&only.object))),
            several => applied.notice(format!("drop cascades to {} other objects", several.len())),
        }
        let cascaded = blocking.iter().map(|d| (d.object.clone(), self.describe(&d.object)));
        applied.removed.cascaded.extend(cascaded);
        for dependent in &going {
            self.remove_object(&dependent.object, applied);
        }
        true
    }

    /// What an object is part of, so that it cannot be dropped by itself.
    fn required_by(&self, object: &Object) -> Option<Object> {
        match object {
            Object::Relation(id) => match &self.relation(*id)?.kind {
                RelationKind::Index(index) => match (index.parent, index.constraint) {
                    (Some(parent), _) => Some(Object::Relation(parent)),
                    (None, Some(constraint)) => Some(Object::Constraint(index.table, constraint)),
                    (None, None) => None,
                },
                RelationKind::Sequence(sequence) if sequence.identity => {
                    let (table, column) = sequence.owned_by?;
                    Some(Object::Column(table, column))
                }
                _ => None,
            },
            Object::RowType(id) => Some(Object::Relation(*id)),
            Object::Multirange(id, _) => Some(Object::Type(*id)),
            Object::Trigger(id, name) => {
                let cloned = |parent: &RelationId| {
                    let triggers = self.table(*parent).map_or(&[][..], |t| &t.triggers);
                    triggers.iter().any(|t| t.name == *name && t.for_each_row)
                };
                let (parent, _) = self.table(*id)?.partition_of.as_ref()?;
                cloned(parent).then(|| Object::Trigger(*parent, name.clone()))
            }
            _ => None,
        }
    }

    /// Takes one object away whose dependents are gone.
    fn remove_object(&mut self, object: &Object, applied: &mut Applied) {
        self.comments.remove(object);
        match object {
            Object::Relation(id) => self.remove_relation(*id, applied),
            Object::Column(id, column) => {
                self.forget_statistics(*id, *column);
                if let Some(name) = self.column(*id, *column).map(|column| column.name.clone()) {
                    self.drop_column_in_views(*id, &name);
                }
                self.take_column(*id, *column, applied);
            }
            Object::Default(id, column) => {
                if let Some(column) = self.column_mut(*id, *column) {
                    column.default = None;
                }
            }
            Object::Constraint(id, constraint) => self.remove_constraint(*id, *constraint, applied),
            Object::Trigger(id, name) => {
                if let Some(triggers) = self.triggers_mut(*id) {
                    triggers.retain(|t| t.name != *name);
                }
            }
            Object::Rule(id, name) => {
                if let Some(rules) = self.rules_mut(*id) {
                    rules.retain(|(n, _)| n != name);
                }
                if let Some(rule_reads) = self.rule_reads_mut(*id) {
                    rule_reads.retain(|(n, _)| n != name);
                }
            }
            Object::Policy(id, name) => {
                if let Some(table) = self.table_mut(*id) {
                    table.policies.retain(|p| p.name != *name);
                }
            }
            Object::Type(id) => {
                let removed = self.types.remove(id);
                self.forget_type_names(*id);
                if let Some(def) = removed
                    && let Some(relation) = self.relation_names.get(&(def.schema, def.name)).copied()
                    && self.relation(relation).is_some_and(|r| matches!(r.kind, RelationKind::Composite))
                {
                    self.remove_relation(relation, applied);
                }
            }
            Object::Attribute(id, name) => {
                if let Some(TypeDefKind::Composite(attributes)) = self.types.get_mut(id).map(|t| &mut t.kind) {
                    attributes.retain(|(n, _)| n != name);
                }
            }
            Object::DomainConstraint(id, name) => {
                if let Some(TypeDefKind::Domain(domain)) = self.types.get_mut(id).map(|t| &mut t.kind) {
                    domain.checks.retain(|(n, ..)| n != name);
                }
            }
            Object::Routine(id) => {
                let Some(routine) = self.routines.remove(id) else { return };
                if let Some(ids) = self.routine_names.get_mut(&(routine.schema.clone(), routine.name.clone())) {
                    ids.retain(|r| r != id);
                }
                applied.removed.routines.push(routine);
            }
            Object::Schema(name) => {
                self.schemas.remove(name);
                self.take_statistics(|schema, _| schema == name);
                self.forget_others(name);
            }
            Object::Collation(name) => self.forget_collation(name),
            Object::Extension(name) => {
                self.extensions.remove(name);
            }
            Object::RowType(_) | Object::ArrayType(_) | Object::Multirange(..) | Object::Member(..) => {}
        }
    }

    /// Takes a column off a table; its constraints and indexes are gone already.
    fn take_column(&mut self, id: RelationId, column: ColumnId, applied: &mut Applied) {
        if let Some(table) = self.table_mut(id) {
            let gone = table.columns.extract_if(.., |c| c.id == column);
            applied.removed.columns.extend(gone.map(|column| (id, column)));
        }
    }

    /// `DROP TABLE`, `DROP VIEW`, `DROP INDEX` …
    pub(super) fn drop_relations(
        &mut self,
        names: &[ObjectName],
        word: RelationWord,
        if_exists: bool,
        cascade: bool,
        applied: &mut Applied,
    ) {
        let mut roots = Vec::new();
        for name in names {
            match self.resolve(name) {
                Resolved::Found(id) => {
                    // The parser gives `DROP FOREIGN TABLE` as `DROP TABLE`.
                    let fits = self.relation(id).is_some_and(|r| {
                        is_word(r, word) || (word == RelationWord::Table && is_word(r, RelationWord::ForeignTable))
                    });
                    if !fits {
                        applied.conflicts.push(wrong_kind(&name.name, word));
                        return;
                    }
                    roots.push(Object::Relation(id));
                }
                Resolved::System | Resolved::Unknown => {}
                Resolved::Missing => {
                    let what = dropped_words(word);
                    let schema = name.schema.as_ref().and_then(|s| self.schema_problem(s));
                    if !self.say_missing(schema, what.0, &name.name, what.1, if_exists, applied) {
                        return;
                    }
                }
            }
        }
        self.drop_objects(&roots, cascade, applied);
    }

    /// What the server says of a name that does not exist in a `DROP`. False: the statement ends there.
    fn say_missing(
        &self,
        schema: Option<Conflict>,
        what: &str,
        name: &Ident,
        sqlstate: &'static str,
        if_exists: bool,
        applied: &mut Applied,
    ) -> bool {
        match (schema, if_exists) {
            (Some(problem), true) => applied.notice(format!("{}, skipping", problem.message)),
            (Some(problem), false) => applied.conflicts.push(problem),
            (None, true) => applied.notice(format!("{what} \"{name}\" does not exist, skipping")),
            (None, false) => applied.conflict(sqlstate, format!("{what} \"{name}\" does not exist")),
        }
        if_exists
    }

    /// `DROP TYPE`, `DROP DOMAIN`.
    pub(super) fn drop_types(
        &mut self,
        names: &[ObjectName],
        domain: bool,
        if_exists: bool,
        cascade: bool,
        applied: &mut Applied,
    ) {
        let mut roots = Vec::new();
        for name in names {
            let found = self.find_type(name.schema.as_ref(), &name.name);
            let is_domain = |id| matches!(self.types.get(&id).map(|t| &t.kind), Some(TypeDefKind::Domain(_)));
            match found {
                FoundType::Defined(id) if domain && !is_domain(id) => {
                    return applied.conflict("42809", format!("\"{name}\" is not a domain"));
                }
                FoundType::Row(_) if domain => {
                    return applied.conflict("42809", format!("\"{name}\" is not a domain"));
                }
                FoundType::Defined(id) => roots.push(self.type_or_multirange(id, &name.name)),
                FoundType::Row(id) => roots.push(Object::RowType(id)),
                FoundType::Builtin => {
                    let spelt = crate::sql::DataType::builtin(&name.name);
                    let message = format!("cannot drop type {spelt} because it is required by the database system");
                    return applied.conflict("2BP01", message);
                }
                FoundType::Extension => {
                    let defining = crate::catalog::builtin::extensions_of_type(&name.name);
                    if let Some(extension) = defining.iter().find(|e| self.extensions.contains_key(**e)) {
                        let message =
                            format!("cannot drop type {} because extension {extension} requires it", name.name);
                        return applied.conflict("2BP01", message);
                    }
                }
                FoundType::Unknown => {}
                FoundType::Missing | FoundType::MissingSchema => {
                    let schema = name.schema.as_ref().and_then(|s| self.schema_problem(s));
                    let full = Ident::exact(&name.to_string());
                    if !self.say_missing(schema, "type", &full, "42704", if_exists, applied) {
                        return;
                    }
                }
            }
        }
        self.drop_objects(&roots, cascade, applied);
    }

    /// A range has a second name: its multirange.
    fn type_or_multirange(&self, id: crate::catalog::TypeId, name: &Ident) -> Object {
        match self.types.get(&id) {
            Some(def) if def.name != *name && matches!(def.kind, TypeDefKind::Range(_)) => {
                Object::Multirange(id, name.clone())
            }
            _ => Object::Type(id),
        }
    }

    /// The triggers of a table or view, to change them.
    pub(super) fn triggers_mut(&mut self, id: RelationId) -> Option<&mut Vec<crate::catalog::Trigger>> {
        match &mut self.relations.get_mut(&id)?.kind {
            RelationKind::Table(table) => Some(&mut table.triggers),
            RelationKind::View(view) => Some(&mut view.triggers),
            _ => None,
        }
    }

    /// The rules of a table or view, to change them.
    pub(super) fn rules_mut(
        &mut self,
        id: RelationId,
    ) -> Option<&mut Vec<(Ident, crate::sql::operation::FiringState)>> {
        match &mut self.relations.get_mut(&id)?.kind {
            RelationKind::Table(table) => Some(&mut table.rules),
            RelationKind::View(view) => Some(&mut view.rules),
            _ => None,
        }
    }

    /// What the rules of a relation read.
    pub(super) fn rule_reads_mut(&mut self, id: RelationId) -> Option<&mut Vec<(Ident, Dependency)>> {
        match &mut self.relations.get_mut(&id)?.kind {
            RelationKind::Table(table) => Some(&mut table.rule_reads),
            RelationKind::View(view) => Some(&mut view.rule_reads),
            _ => None,
        }
    }
}

/// What `DROP` calls a relation that does not exist, and the error's code.
fn dropped_words(word: RelationWord) -> (&'static str, &'static str) {
    match word {
        RelationWord::Table => ("table", "42P01"),
        RelationWord::Index => ("index", "42704"),
        RelationWord::View => ("view", "42P01"),
        RelationWord::MaterializedView => ("materialized view", "42P01"),
        RelationWord::Sequence => ("sequence", "42P01"),
        RelationWord::ForeignTable => ("foreign table", "42704"),
    }
}

/// The lines of a DETAIL: at most a hundred.
fn listed(mut sentences: Vec<String>, count: usize) -> Vec<String> {
    if count > MOST_REPORTED {
        sentences.truncate(MOST_REPORTED);
        let rest = count - MOST_REPORTED;
        let word = if rest == 1 { "object" } else { "objects" };
        sentences.push(format!("and {rest} other {word} (see server log for list)"));
    }
    sentences
}
