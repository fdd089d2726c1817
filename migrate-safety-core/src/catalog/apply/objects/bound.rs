//! Expressions mean what their names meant when they were written: on the server they hold the identity of a routine, a
//! type, a sequence. Our texts hold names, without a schema those of `public`: others get theirs where a search path has
//! found them, and a new name follows.

use super::view_text::{PLAIN, text_name};
use crate::catalog::regclass::regclass_name;
use crate::catalog::types::FoundType;
use crate::catalog::{
    Catalog, ConstraintKind, RelationId, Resolved, RoutineId, TEMP_SCHEMA, TypeDefKind, TypeId, is_system_schema,
};
use crate::sql::expr::Expression;
use crate::sql::operation::TableAction;
use crate::sql::rename::{Named, names_in_text};
use crate::sql::{Ident, ObjectName, Operation, parse};

/// Gives an expression another text; nothing where it stays as it is.
pub(super) type Rewrite<'r> = dyn Fn(&Catalog, &str) -> Option<String> + 'r;

impl Catalog {
    /// Has what an operation has written name its routines, types and relations with their schemas, where a search path
    /// other than the usual one has found them.
    pub(in crate::catalog::apply) fn bind(&mut self, operation: &Operation) {
        if self.searches_public() {
            return;
        }
        let rewrite: &Rewrite<'_> = &|catalog, sql| Some(catalog.bound(sql)).filter(|bound| bound != sql);
        match operation {
            Operation::CreateTable(create) => self.rewrite_on(&create.name, rewrite),
            Operation::AlterTable(alter) if writes_expressions(&alter.action) => {
                self.rewrite_on(&alter.table, rewrite);
            }
            Operation::CreateIndex(create) => self.rewrite_on(&create.table, rewrite),
            Operation::CreateTrigger(create) => self.rewrite_on(&create.table, rewrite),
            Operation::CreatePolicy { table, .. } | Operation::AlterPolicy { table, .. } => {
                self.rewrite_on(table, rewrite);
            }
            Operation::CreateDomain { name, .. } | Operation::AlterDomain { name, .. } => {
                if let FoundType::Defined(id) = self.find_type(name.schema.as_ref(), &name.name) {
                    self.rewrite_in_domain(id, rewrite);
                }
            }
            _ => {}
        }
    }

    pub(super) fn searches_public(&self) -> bool {
        self.search_path.iter().map(Ident::as_str).eq([PLAIN])
    }

    fn rewrite_on(&mut self, table: &ObjectName, rewrite: &Rewrite<'_>) {
        if let Resolved::Found(id) = self.resolve(table) {
            self.rewrite_expressions(id, rewrite);
        }
    }

    /// A query's text as it stands for its meaning.
    pub(super) fn bound_query(&self, sql: &str) -> Box<str> {
        if self.searches_public() { sql.into() } else { self.schemas_named(&self.names_bound(sql)) }
    }

    fn bound(&self, sql: &str) -> String {
        let query = self.bound_query(&format!("SELECT {sql}"));
        query.strip_prefix("SELECT ").unwrap_or(sql).to_owned()
    }

    fn names_bound(&self, sql: &str) -> String {
        let found = |named: &Named| {
            let (schema, name) = match named {
                Named::Routine(ObjectName { schema: None, name }) => {
                    let routines = self.routines_named(&ObjectName::bare(name.clone()));
                    (routines.first()?.schema.clone(), name.clone())
                }
                Named::Type(ObjectName { schema: None, name }) => match self.find_type(None, name) {
                    FoundType::Defined(id) => (self.types.get(&id)?.schema.clone(), name.clone()),
                    FoundType::Row(id) => (self.relation(id)?.schema.clone(), name.clone()),
                    _ => return None,
                },
                Named::Relation(text) => {
                    let name = regclass_name(text).filter(|name| name.schema.is_none())?;
                    let Resolved::Found(id) = self.resolve(&name) else { return None };
                    (self.relation(id)?.schema.clone(), name.name)
                }
                _ => return None,
            };
            let elsewhere = schema != *PLAIN && schema != *TEMP_SCHEMA && !is_system_schema(&schema);
            let written = ObjectName::qualified(schema, name).sql();
            elsewhere.then(|| match named {
                Named::Relation(_) => format!("'{}'", written.replace('\'', "''")),
                _ => written,
            })
        };
        names_in_text(sql, &found)
    }

    /// Has expressions and the texts of views call a routine by its new name; if others share the old one, which of them
    /// is meant nobody can tell from the text, and it stays.
    pub(super) fn rename_routine_in_texts(&mut self, id: RoutineId, old: &ObjectName, schema: &Ident, name: &Ident) {
        if self.routines_named(old).iter().any(|other| other.id != id) {
            return;
        }
        let to = text_name(schema, name);
        self.rename_in_texts(&old.name, &|named| match named {
            Named::Routine(called) => is_called(called, old).then(|| to.clone()),
            _ => None,
        });
    }

    /// Has expressions and the texts of views call a type by its new name.
    pub(super) fn rename_type_in_texts(&mut self, old: &ObjectName, schema: &Ident, name: &Ident) {
        let to = text_name(schema, name);
        self.rename_in_texts(&old.name, &|named| match named {
            Named::Type(called) => is_called(called, old).then(|| to.clone()),
            _ => None,
        });
    }

    /// Has expressions and the texts of views call a schema's routines and types by its new name.
    pub(super) fn rename_schema_in_texts(&mut self, old: &Ident, to: &Ident) {
        self.rename_in_texts(old, &|named| match named {
            Named::Routine(ObjectName { schema: Some(schema), name })
            | Named::Type(ObjectName { schema: Some(schema), name }) => (schema == old).then(|| text_name(to, name)),
            _ => None,
        });
    }

    fn rename_in_texts(&mut self, mentioning: &str, renamed: &dyn Fn(&Named) -> Option<String>) {
        let word = mentioning.to_lowercase();
        let rewrite: &Rewrite<'_> = &|_, sql| {
            let mentions = sql.to_lowercase().contains(&word);
            mentions.then(|| names_in_text(sql, renamed)).filter(|text| text != sql)
        };
        let ids: Vec<RelationId> = self.relations().map(|relation| relation.id).collect();
        for id in ids {
            let view = self.relation(id).and_then(|relation| relation.view()).map(|view| view.sql.clone());
            match view {
                Some(sql) => {
                    let text = rewrite(self, &sql);
                    self.set_view_text(id, text);
                }
                None => self.rewrite_expressions(id, rewrite),
            }
        }
        let types: Vec<TypeId> = self.types.iter().map(|(id, _)| *id).collect();
        types.into_iter().for_each(|id| self.rewrite_in_domain(id, rewrite));
    }

    /// Gives the expressions of a table and its indexes other texts.
    pub(super) fn rewrite_expressions(&mut self, id: RelationId, rewrite: &Rewrite<'_>) {
        let mut changed = false;
        if let Some(mut table) = self.table(id).cloned() {
            let mut change = |expression: &mut Expression| changed |= self.rewrite_one(expression, rewrite);
            for column in &mut table.columns {
                column.default.iter_mut().for_each(|default| change(default));
                column.generated.iter_mut().for_each(|generated| change(&mut generated.expression));
            }
            for constraint in &mut table.constraints {
                if let ConstraintKind::Check { expression, .. } = &mut constraint.kind {
                    change(expression);
                }
            }
            table.triggers.iter_mut().filter_map(|trigger| trigger.when.as_mut()).for_each(&mut change);
            for policy in &mut table.policies {
                policy.clauses.using.iter_mut().chain(&mut policy.clauses.check).for_each(&mut change);
            }
            table.partition_by.iter_mut().flat_map(|by| &mut by.key).for_each(&mut change);
            if changed && let Some(kept) = self.table_mut(id) {
                *kept = table;
            }
        }
        for index in self.indexes_of(id).to_vec() {
            let Some(mut written) = self.relation(index).and_then(|relation| relation.index()).cloned() else {
                continue;
            };
            let mut changed = false;
            let keys = written.keys.iter_mut().filter_map(|key| key.expression.as_mut());
            keys.chain(&mut written.predicate).for_each(|expression| changed |= self.rewrite_one(expression, rewrite));
            if changed && let Some(kept) = self.index_mut(index) {
                *kept = written;
            }
        }
    }

    fn rewrite_in_domain(&mut self, id: TypeId, rewrite: &Rewrite<'_>) {
        let Some(TypeDefKind::Domain(mut domain)) = self.types.get(&id).map(|def| def.kind.clone()) else { return };
        let checks = domain.checks.iter_mut().map(|(_, check, _)| check);
        let mut changed = false;
        checks.chain(&mut domain.default).for_each(|expression| changed |= self.rewrite_one(expression, rewrite));
        if changed && let Some(def) = self.types.get_mut(&id) {
            def.kind = TypeDefKind::Domain(domain);
        }
    }

    fn rewrite_one(&self, expression: &mut Expression, rewrite: &Rewrite<'_>) -> bool {
        let read = rewrite(self, &expression.sql).and_then(|text| self.read_expression(&text));
        let changed = read.is_some();
        read.into_iter().for_each(|read| *expression = read);
        changed
    }

    fn read_expression(&self, sql: &str) -> Option<Expression> {
        let mut statements = parse(self.target(), &format!("SELECT {sql}\n")).statements.into_iter();
        let operation = statements.next()?.operations.into_iter().next()?.operation;
        let Operation::Select(mut query) = operation else { return None };
        let item = query.selects.pop()?.items.pop()?;
        Some(Expression { sql: sql.into(), expr: item.expr })
    }
}

/// Whether a name in a text is this one.
fn is_called(called: &ObjectName, wanted: &ObjectName) -> bool {
    let schema = called.schema.as_ref().map_or(PLAIN, Ident::as_str);
    called.name == wanted.name && wanted.schema.as_ref().is_some_and(|own| own == schema)
}

fn writes_expressions(action: &TableAction) -> bool {
    matches!(
        action,
        TableAction::AddColumn { .. }
            | TableAction::SetDefault { .. }
            | TableAction::SetExpression { .. }
            | TableAction::AddConstraint(_)
            | TableAction::SetType { .. }
    )
}
