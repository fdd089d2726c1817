//! The direct dependents of each kind of object (`pg_depend` on the server).

use super::{Edge, Object};
use crate::catalog::query::{index_uses, mentions};
use crate::catalog::types::FoundType;
use crate::catalog::typing::Typing;
use crate::catalog::{
    Catalog, Column, ColumnId, ConstraintId, ConstraintKind, Dependency, Index, Policy, Relation, RelationId,
    RelationKind, Routine, RoutineId, Table, TypeDefKind, TypeId, View, builtin,
};
use crate::sql::expr::Expr;
use crate::sql::{DataType, Ident, ObjectName};

pub(super) type Edges = Vec<(Object, Edge)>;

impl Catalog {
    /// What depends on an object directly.
    pub(crate) fn edges(&self, object: &Object) -> Edges {
        let mut edges = Vec::new();
        match object {
            Object::Relation(id) => self.edges_of_relation(*id, &mut edges),
            Object::RowType(id) => self.edges_of_row_type(*id, &mut edges),
            Object::Column(id, column) => self.edges_of_column(*id, *column, &mut edges),
            Object::Constraint(id, constraint) => self.edges_of_constraint(*id, *constraint, &mut edges),
            Object::Type(id) => {
                edges.push((Object::ArrayType(*id), Edge::Auto));
                self.edges_of_type(*id, false, &mut edges);
            }
            Object::ArrayType(id) => self.edges_of_type(*id, true, &mut edges),
            Object::Routine(id) => self.edges_of_routine(*id, &mut edges),
            Object::Schema(name) => self.edges_of_schema(name, &mut edges),
            Object::Collation(name) => self.edges_of_collation(name, &mut edges),
            Object::Extension(name) => self.edges_of_extension(name, &mut edges),
            Object::Member(extension, words) => self.edges_of_member(extension, words, &mut edges),
            Object::Default(..)
            | Object::Trigger(..)
            | Object::Rule(..)
            | Object::Policy(..)
            | Object::Multirange(..)
            | Object::Attribute(..)
            | Object::DomainConstraint(..) => {}
        }
        edges
    }

    /// Sorts objects as the server's object identifiers do: by when they were made.
    pub(super) fn age(&self, object: &Object) -> (u32, u8, u32) {
        match object {
            Object::Relation(id) => (id.0, 1, 0),
            Object::RowType(id) => (id.0, 0, 0),
            Object::Column(id, column) => (id.0, 1, u32::from(column.0)),
            Object::Default(id, column) => (id.0, 2, u32::from(column.0)),
            Object::Constraint(_, id) => (id.0, 1, 0),
            Object::Trigger(id, name) => {
                let trigger = self.triggers_of(*id).iter().find(|t| t.name == *name);
                (trigger.map_or(id.0, |t| t.number), 3, 0)
            }
            Object::Rule(id, _) => (id.0, 4, 0),
            Object::Policy(id, name) => {
                let policies = self.table(*id).map_or(&[][..], |t| &t.policies);
                (policies.iter().find(|p| p.name == *name).map_or(id.0, |p| p.number), 5, 0)
            }
            Object::Type(id) => (id.0, 1, 0),
            Object::ArrayType(id) | Object::Multirange(id, _) => (id.0, 0, 0),
            Object::Attribute(id, name) => {
                let attributes = match self.types.get(id).map(|t| &t.kind) {
                    Some(TypeDefKind::Composite(attributes)) => attributes.as_slice(),
                    _ => &[],
                };
                let position = attributes.iter().position(|(n, _)| n == name).unwrap_or_default();
                (id.0, 1, u32::try_from(position).unwrap_or(u32::MAX))
            }
            Object::DomainConstraint(id, _) => (id.0, 2, 0),
            Object::Routine(id) => (id.0, 1, 0),
            Object::Schema(_) | Object::Collation(_) | Object::Extension(_) | Object::Member(..) => (0, 0, 0),
        }
    }

    fn edges_of_relation(&self, id: RelationId, edges: &mut Edges) {
        let Some(relation) = self.relation(id) else { return };
        for reader in self.readers.get(&id).into_iter().flatten() {
            edges.push((Object::Relation(*reader), Edge::Normal));
        }
        self.routines_that_read(&|read| read.relation == id, edges);
        match &relation.kind {
            RelationKind::Table(table) => {
                edges.push((Object::RowType(id), Edge::Auto));
                edges.extend(table.indexes.iter().map(|i| (Object::Relation(*i), Edge::Auto)));
                edges.extend(table.sequences.iter().map(|s| (Object::Relation(*s), Edge::Auto)));
                let defaults = table.columns.iter().filter(|c| c.default.is_some());
                edges.extend(defaults.map(|c| (Object::Default(id, c.id), Edge::Auto)));
                // Its own foreign keys may be met on another way: from a table that goes too, or from its own index.
                edges.extend(
                    self.foreign_keys_from(id).iter().map(|k| (Object::Constraint(id, k.constraint.id), Edge::Auto)),
                );
                for child in &table.children {
                    let partition = self.table(*child).is_some_and(|c| c.partition_of.is_some());
                    edges.push((Object::Relation(*child), if partition { Edge::Auto } else { Edge::Normal }));
                }
                self.triggers_from(id, edges);
                for (from, key) in table.referenced_by.iter().filter(|(from, _)| *from != id) {
                    self.push_foreign_key(id, *from, *key, edges);
                }
                self.readers_on_tables(id, edges);
            }
            RelationKind::View(view) => {
                edges.push((Object::RowType(id), Edge::Auto));
                edges.extend(view.indexes.iter().map(|i| (Object::Relation(*i), Edge::Auto)));
                self.readers_on_tables(id, edges);
            }
            RelationKind::Index(index) => {
                edges.extend(index.children.iter().map(|i| (Object::Relation(*i), Edge::Auto)));
                for key in self.foreign_keys_to(index.table).into_iter().filter(|k| k.key.index == Some(id)) {
                    edges.push((Object::Constraint(key.from, key.constraint.id), Edge::Normal));
                }
            }
            RelationKind::Sequence(_) => self.defaults_calling_nextval(id, edges),
            RelationKind::Composite => {}
        }
    }

    /// The constraint triggers of other tables that come `FROM` this one.
    fn triggers_from(&self, id: RelationId, edges: &mut Edges) {
        for on in self.hints.triggered_from.iter().copied().filter(|on| *on != id) {
            let from = self.triggers_of(on).iter().filter(|trigger| trigger.from == Some(id));
            edges.extend(from.map(|trigger| (Object::Trigger(on, trigger.name.clone()), Edge::Auto)));
        }
    }

    /// A foreign key of another table. One that was made for a partition of the referenced table is part of the one that
    /// was written; one that was made for a partition of the referencing table goes with that one.
    fn push_foreign_key(&self, to: RelationId, from: RelationId, key: ConstraintId, edges: &mut Edges) {
        let Some(mut constraint) = self.constraint(from, key) else { return };
        while let Some(whole) = constraint.parent.and_then(|parent| self.constraint(from, parent)) {
            constraint = whole;
        }
        let key = constraint.id;
        let parent_goes_too = constraint.parent.is_some_and(|parent| {
            let referenced_by = self.table(to).map_or(&[][..], |t| &t.referenced_by);
            referenced_by.iter().any(|(_, id)| *id == parent)
        });
        edges.push((Object::Constraint(from, key), if parent_goes_too { Edge::Auto } else { Edge::Normal }));
    }

    /// Policies and rules of other tables that read a relation.
    fn readers_on_tables(&self, id: RelationId, edges: &mut Edges) {
        for (relation, table) in self.guarded_tables().filter(|(r, _)| r.id != id) {
            let reading = table.policies.iter().filter(|p| p.reads.iter().any(|d| d.relation == id));
            edges.extend(reading.map(|p| (Object::Policy(relation.id, p.name.clone()), Edge::Normal)));
        }
        edges.extend(self.rules_that_read(&|on, read| on != id && read.relation == id));
    }

    /// The routines whose body is bound to something that they read.
    fn routines_that_read(&self, is: &dyn Fn(&Dependency) -> bool, edges: &mut Edges) {
        let routines = self.hints.reading_routines.iter().filter_map(|id| self.routine(*id));
        let reading = routines.filter(|routine| routine.reads.iter().any(is));
        edges.extend(reading.map(|routine| (Object::Routine(routine.id), Edge::Normal)));
    }

    /// The rules on relations with something that they read.
    fn rules_that_read(&self, is: &dyn Fn(RelationId, &Dependency) -> bool) -> Edges {
        let mut edges = Vec::new();
        for relation in self.hints.guarded.iter().filter_map(|r| self.relation(*r)) {
            let rule_reads = match &relation.kind {
                RelationKind::Table(table) => table.rule_reads.as_slice(),
                RelationKind::View(view) => view.rule_reads.as_slice(),
                _ => &[],
            };
            let reading = rule_reads.iter().filter(|(_, read)| is(relation.id, read));
            edges.extend(reading.map(|(name, _)| (Object::Rule(relation.id, name.clone()), Edge::Normal)));
        }
        edges
    }

    fn defaults_calling_nextval(&self, sequence: RelationId, edges: &mut Edges) {
        let defaults = self.defaults_naming(sequence).into_iter();
        edges.extend(defaults.map(|(table, column)| (Object::Default(table, column), Edge::Normal)));
    }

    /// The columns whose default takes its value from a sequence.
    pub(crate) fn defaults_naming(&self, sequence: RelationId) -> Vec<(RelationId, ColumnId)> {
        let Some(Relation { name, kind: RelationKind::Sequence(definition), .. }) = self.relation(sequence) else {
            return Vec::new();
        };
        let mut users = self.hints.sequence_users.get(name).cloned().unwrap_or_default();
        users.extend(definition.owned_by.map(|(table, _)| table));
        let names = |column: &Column| {
            let calls = column.default.as_ref().is_some_and(|d| self.calls_nextval(&d.expr, sequence));
            calls || (column.sequence == Some(sequence) && column.identity.is_none() && column.default.is_some())
        };
        let tables = users.into_iter().filter_map(|id| Some((id, self.table(id)?)));
        let columns = tables.flat_map(|(id, table)| table.columns.iter().map(move |c| (id, c)));
        columns.filter(|(_, c)| names(c)).map(|(id, c)| (id, c.id)).collect()
    }

    /// Whether an expression names a sequence by a constant of type `regclass`.
    fn calls_nextval(&self, expr: &Expr, sequence: RelationId) -> bool {
        let mut found = false;
        expr.walk(&mut |e| {
            if let Expr::Call { args, .. } = e {
                found |= args.iter().any(|a| self.regclass(a).found() == Some(sequence));
            }
        });
        found
    }

    fn edges_of_row_type(&self, id: RelationId, edges: &mut Edges) {
        let Some(relation) = self.relation(id) else { return };
        let is = |t: &DataType| {
            t.schema.as_ref() == Some(&relation.schema) && t.name == relation.name && self.is_row_type(t, id)
        };
        let used = self.hints.column_types.contains(&relation.name);
        for (other, column) in used.then(|| self.all_columns()).into_iter().flatten() {
            if other.id != id && is(&column.data_type) {
                edges.push((Object::Column(other.id, column.id), Edge::Normal));
            }
        }
        if self.hints.routine_types.contains(&relation.name) {
            edges.extend(self.routines_with(&is));
        }
    }

    fn is_row_type(&self, data_type: &DataType, id: RelationId) -> bool {
        self.find_type(data_type.schema.as_ref(), &data_type.name) == FoundType::Row(id)
    }

    fn routines_with(&self, is: &dyn Fn(&DataType) -> bool) -> Edges {
        let uses = |r: &&Routine| r.args.iter().any(|(_, t, ..)| is(t)) || r.returns.as_ref().is_some_and(is);
        self.routines.values().filter(uses).map(|r| (Object::Routine(r.id), Edge::Normal)).collect()
    }

    fn edges_of_column(&self, id: RelationId, column_id: ColumnId, edges: &mut Edges) {
        let Some((table, column)) = self.table(id).and_then(|t| Some((t, t.column_by_id(column_id)?))) else { return };
        let sequences = table.sequences.iter().filter(|s| {
            let sequence = self.relation(**s).and_then(Relation::sequence);
            sequence.is_some_and(|s| s.owned_by == Some((id, column_id)))
        });
        edges.extend(sequences.map(|s| (Object::Relation(*s), Edge::Auto)));
        if column.default.is_some() {
            edges.push((Object::Default(id, column_id), Edge::Auto));
        }
        let indexes = table.indexes.iter().filter(|i| self.index(**i).is_some_and(|i| index_uses(i, column)));
        edges.extend(indexes.map(|i| (Object::Relation(*i), Edge::Auto)));
        for constraint in table.constraints.iter().filter(|c| constrains(&c.kind, column_id)) {
            edges.push((Object::Constraint(id, constraint.id), Edge::Auto));
        }
        for key in self.foreign_keys_to(id).into_iter().filter(|k| k.key.referenced.contains(&column_id)) {
            edges.push((Object::Constraint(key.from, key.constraint.id), Edge::Normal));
        }
        // Until 14 a generated column went with the column it is made of.
        let generated = if self.target().version < 15 { Edge::Auto } else { Edge::Normal };
        for other in table.columns.iter().filter(|c| c.id != column_id) {
            if other.generated.as_ref().is_some_and(|g| mentions(&g.expression.expr, column)) {
                edges.push((Object::Column(id, other.id), generated));
            }
        }
        for trigger in &table.triggers {
            let when = trigger.when.as_ref().is_some_and(|w| mentions(&w.expr, column));
            if trigger.columns.contains(&column_id) || when {
                edges.push((Object::Trigger(id, trigger.name.clone()), Edge::Normal));
            }
        }
        let reads_it = |d: &Dependency| d.relation == id && d.columns.contains(&column_id);
        self.routines_that_read(&reads_it, edges);
        for (relation, other) in self.guarded_tables() {
            let reading = other.policies.iter().filter(|p| p.reads.iter().any(reads_it));
            edges.extend(reading.map(|p| (Object::Policy(relation.id, p.name.clone()), Edge::Normal)));
        }
        edges.extend(self.rules_that_read(&|_, read| reads_it(read)));
        for reader in self.readers.get(&id).into_iter().flatten() {
            let depends_on = self.relation(*reader).and_then(Relation::view).map_or(&[][..], |v| &v.depends_on);
            if depends_on.iter().any(reads_it) {
                edges.push((Object::Relation(*reader), Edge::Normal));
            }
        }
    }

    fn edges_of_constraint(&self, id: RelationId, constraint_id: ConstraintId, edges: &mut Edges) {
        let Some(constraint) = self.constraint(id, constraint_id) else { return };
        edges.extend(constraint.index().map(|index| (Object::Relation(index), Edge::Auto)));
        let mut tables = self.descendants(id);
        tables.push(id);
        for table in tables {
            let made_for = self.table(table).map_or(&[][..], |t| &t.constraints).iter();
            let made_for = made_for.filter(|c| c.parent == Some(constraint_id));
            edges.extend(made_for.map(|c| (Object::Constraint(table, c.id), Edge::Auto)));
        }
    }

    fn edges_of_type(&self, id: TypeId, array: bool, edges: &mut Edges) {
        let is =
            |t: &DataType| t.array == array && self.find_type(t.schema.as_ref(), &t.name) == FoundType::Defined(id);
        let casts = |expr: &Expr, _: Option<RelationId>| {
            let mut found = false;
            expr.walk(&mut |e| found |= matches!(e, Expr::Cast { to, .. } if is(to)));
            found
        };
        self.users_of_type(&is, edges);
        self.users_in_expressions(&casts, edges);
        for (relation, _) in self.all_views().filter(|(_, view)| !array && view.types.contains(&id)) {
            edges.push((Object::Relation(relation.id), Edge::Normal));
        }
        self.policies_with(&|policy| !array && policy.types.contains(&id), edges);
        for def in self.types.values() {
            let uses = match &def.kind {
                TypeDefKind::Domain(domain) => is(&domain.base),
                TypeDefKind::Range(subtype) => subtype.as_ref().is_some_and(is),
                _ => false,
            };
            if uses {
                edges.push((Object::Type(def.id), Edge::Normal));
            }
            if let TypeDefKind::Composite(attributes) = &def.kind {
                let of_type = attributes.iter().filter(|(_, t)| is(t));
                edges.extend(of_type.map(|(name, _)| (Object::Attribute(def.id, name.clone()), Edge::Normal)));
            }
        }
        edges.extend(self.routines_with(&is));
    }

    /// Columns of a type; a table partitioned by one goes with it.
    fn users_of_type(&self, is: &dyn Fn(&DataType) -> bool, edges: &mut Edges) {
        for (relation, table) in self.all_tables() {
            let typed = table
                .of_type
                .as_ref()
                .is_some_and(|name| is(&DataType { schema: name.schema.clone(), ..DataType::builtin(&name.name) }));
            if typed {
                edges.push((Object::Relation(relation.id), Edge::Normal));
            }
            for column in table.columns.iter().filter(|c| is(&c.data_type)) {
                let key = table.partition_by.as_ref().is_some_and(|p| p.key.iter().any(|k| mentions(&k.expr, column)));
                let object = if key { Object::Relation(relation.id) } else { Object::Column(relation.id, column.id) };
                edges.push((object, Edge::Normal));
            }
        }
    }

    fn edges_of_routine(&self, id: RoutineId, edges: &mut Edges) {
        let Some(routine) = self.routine(id) else { return };
        let calls = |expr: &Expr, table: Option<RelationId>| self.calls_routine(expr, table, routine);
        for relation in self.relations() {
            let executing = self.triggers_of(relation.id).iter().filter(|t| t.routine == Some(id));
            edges.extend(executing.map(|t| (Object::Trigger(relation.id, t.name.clone()), Edge::Normal)));
        }
        self.users_in_expressions(&calls, edges);
        for (object, _) in self.bound_calls.iter().filter(|(object, bound)| *bound == id && self.is_there(object)) {
            edges.push((object.clone(), Edge::Normal));
        }
        for (relation, _) in self.all_views().filter(|(_, view)| view.routines.contains(&id)) {
            edges.push((Object::Relation(relation.id), Edge::Normal));
        }
        self.policies_with(&|policy| policy.routines.contains(&id), edges);
    }

    pub(super) fn policies_with(&self, uses: &dyn Fn(&Policy) -> bool, edges: &mut Edges) {
        for (relation, table) in self.all_tables() {
            let using = table.policies.iter().filter(|p| uses(p));
            edges.extend(using.map(|p| (Object::Policy(relation.id, p.name.clone()), Edge::Normal)));
        }
    }

    /// Whether something that calls routines has not been dropped meanwhile.
    fn is_there(&self, object: &Object) -> bool {
        match object {
            Object::Relation(id) => self.relation(*id).is_some(),
            Object::Column(id, column) => self.column(*id, *column).is_some(),
            Object::Default(id, column) => self.column(*id, *column).is_some_and(|column| column.default.is_some()),
            Object::Constraint(id, constraint) => self.constraint(*id, *constraint).is_some(),
            Object::DomainConstraint(id, name) => match self.types.get(id).map(|def| &def.kind) {
                Some(TypeDefKind::Domain(domain)) => domain.checks.iter().any(|(check, ..)| check == name),
                _ => false,
            },
            _ => true,
        }
    }

    /// Whether an expression calls a routine.
    fn calls_routine(&self, expr: &Expr, table: Option<RelationId>, routine: &Routine) -> bool {
        let columns = |_: Option<&Ident>, name: &Ident| self.column_type(table, name);
        let typing = Typing::new(self, &columns);
        let mut found = false;
        expr.walk(&mut |e| {
            if let Expr::Call { name, args } = e
                && name.name == routine.name
            {
                found |= typing.called(name, args) == Some(routine.id);
            }
        });
        found
    }

    /// Defaults, checks, indexes, generated columns, partition keys and domains with an expression that `uses`.
    pub(super) fn users_in_expressions(&self, uses: &dyn Fn(&Expr, Option<RelationId>) -> bool, edges: &mut Edges) {
        let generated = if self.target().version < 15 { Edge::Auto } else { Edge::Normal };
        for (relation, table) in self.all_tables() {
            let id = relation.id;
            for column in &table.columns {
                if column.default.as_ref().is_some_and(|d| uses(&d.expr, None)) {
                    edges.push((Object::Default(id, column.id), Edge::Normal));
                }
                if column.generated.as_ref().is_some_and(|g| uses(&g.expression.expr, Some(id))) {
                    edges.push((Object::Column(id, column.id), generated));
                }
            }
            for constraint in &table.constraints {
                if matches!(&constraint.kind, ConstraintKind::Check { expression, .. } if uses(&expression.expr, Some(id)))
                {
                    edges.push((Object::Constraint(id, constraint.id), Edge::Normal));
                }
            }
            if table.partition_by.as_ref().is_some_and(|p| p.key.iter().any(|k| uses(&k.expr, Some(id)))) {
                edges.push((Object::Relation(id), Edge::Normal));
            }
        }
        for (id, index) in self.all_indexes() {
            let mut expressions = index.keys.iter().filter_map(|k| k.expression.as_ref()).chain(&index.predicate);
            if expressions.any(|e| uses(&e.expr, Some(index.table))) {
                edges.push((Object::Relation(id), Edge::Normal));
            }
        }
        for def in self.types.values() {
            let TypeDefKind::Domain(domain) = &def.kind else { continue };
            if domain.default.as_ref().is_some_and(|d| uses(&d.expr, None)) {
                edges.push((Object::Type(def.id), Edge::Normal));
            }
            let checks = domain.checks.iter().filter(|(_, check, _)| uses(&check.expr, None));
            edges.extend(checks.map(|(name, ..)| (Object::DomainConstraint(def.id, name.clone()), Edge::Normal)));
        }
    }

    fn edges_of_schema(&self, schema: &Ident, edges: &mut Edges) {
        let relations = self.relations().filter(|r| r.schema == *schema);
        // Indexes belong to their table, composite relations to their type.
        let relations = relations.filter(|r| !matches!(r.kind, RelationKind::Index(_) | RelationKind::Composite));
        edges.extend(relations.map(|r| (Object::Relation(r.id), Edge::Normal)));
        let types = self.types.values().filter(|t| t.schema == *schema);
        edges.extend(types.map(|t| (Object::Type(t.id), Edge::Normal)));
        let routines = self.routines.values().filter(|r| r.schema == *schema);
        edges.extend(routines.map(|r| (Object::Routine(r.id), Edge::Normal)));
        let collations = self.collations.keys().filter(|(of, _)| of == schema);
        let named = |(schema, name): &(Ident, Ident)| ObjectName::qualified(schema.clone(), name.clone());
        edges.extend(collations.map(|key| (Object::Collation(named(key)), Edge::Normal)));
    }

    /// The members of an extension that something may depend on, and the extensions that need it.
    fn edges_of_extension(&self, name: &Ident, edges: &mut Edges) {
        let Some(extension) = builtin::extension(name) else { return };
        let mut member = |words: String| edges.push((Object::Member(name.clone(), words.into()), Edge::Auto));
        for defined in &extension.types {
            member(format!("type {defined}"));
            member(format!("type {defined}[]"));
        }
        for function in extension.function_names() {
            member(format!("function {function}()"));
        }
        for class in &extension.operator_classes {
            let (method, class) = class.split_once('.').unwrap_or(("btree", class));
            member(format!("operator class {class} for access method {method}"));
        }
        let needing = self.extensions.keys().filter(|e| {
            builtin::extension(e).is_some_and(|e| e.requires.iter().any(|required| *required == name.as_str()))
        });
        edges.extend(needing.map(|e| (Object::Extension(e.clone()), Edge::Normal)));
    }

    fn edges_of_member(&self, extension: &Ident, words: &str, edges: &mut Edges) {
        if let Some(name) = words.strip_prefix("type ") {
            let (name, array) = name.strip_suffix("[]").map_or((name, false), |name| (name, true));
            let is = |t: &DataType| {
                t.name == *name
                    && t.array == array
                    && self.find_type(t.schema.as_ref(), &t.name) == FoundType::Extension
            };
            let casts = |expr: &Expr, _: Option<RelationId>| {
                let mut found = false;
                expr.walk(&mut |e| found |= matches!(e, Expr::Cast { to, .. } if is(to)));
                found
            };
            self.users_of_type(&is, edges);
            self.users_in_expressions(&casts, edges);
            edges.extend(self.routines_with(&is));
        } else if let Some(name) = words.strip_prefix("function ").and_then(|n| n.strip_suffix("()")) {
            let calls = |expr: &Expr, _: Option<RelationId>| {
                let mut found = false;
                expr.walk(&mut |e| {
                    if let Expr::Call { name: called, .. } = e {
                        found |= called.name == *name && self.is_extension_function(called, extension);
                    }
                });
                found
            };
            self.users_in_expressions(&calls, edges);
        } else if let Some((name, method)) =
            words.strip_prefix("operator class ").and_then(|n| n.split_once(" for access method "))
        {
            for (id, index) in self.all_indexes() {
                let uses = |class: &Option<ObjectName>| class.as_ref().is_some_and(|c| c.name == *name);
                if index.method == *method && index.keys.iter().any(|k| uses(&k.operator_class)) {
                    edges.push((Object::Relation(id), Edge::Normal));
                }
            }
        }
    }

    /// Whether a call means a function of an extension: neither the server nor the history has one of that name.
    fn is_extension_function(&self, name: &ObjectName, extension: &Ident) -> bool {
        builtin::functions(&name.name, self.target().version).next().is_none()
            && self.routines_named(name).is_empty()
            && self.extensions.contains_key(extension)
    }

    pub(super) fn all_tables(&self) -> impl Iterator<Item = (&Relation, &Table)> {
        self.relations().filter_map(|r| Some((r, r.table()?)))
    }

    /// Tables with policies or rules.
    fn guarded_tables(&self) -> impl Iterator<Item = (&Relation, &Table)> {
        self.hints.guarded.iter().filter_map(|id| self.relation(*id)).filter_map(|r| Some((r, r.table()?)))
    }

    pub(super) fn all_views(&self) -> impl Iterator<Item = (&Relation, &View)> {
        self.relations().filter_map(|r| Some((r, r.view()?)))
    }

    pub(super) fn all_indexes(&self) -> impl Iterator<Item = (RelationId, &Index)> {
        self.relations().filter_map(|r| Some((r.id, r.index()?)))
    }

    fn all_columns(&self) -> impl Iterator<Item = (&Relation, &Column)> {
        self.all_tables().flat_map(|(relation, table)| table.columns.iter().map(move |c| (relation, c)))
    }
}

/// Whether a constraint of a table is about a column of it.
fn constrains(kind: &ConstraintKind, column: ColumnId) -> bool {
    match kind {
        ConstraintKind::NotNull { column: of } => *of == column,
        ConstraintKind::Check { columns, .. } | ConstraintKind::Unique { columns, .. } => columns.contains(&column),
        ConstraintKind::ForeignKey(key) => key.columns.contains(&column),
        // Goes with its index.
        ConstraintKind::Exclude { .. } => false,
    }
}
