//! Routines, triggers, rules and policies: read from the statements that the server writes for them.

use super::{Builder, firing_state};
use crate::catalog::introspect::rows::{PolicyRow, RoutineRow, TriggerRow};
use crate::catalog::introspect::text;
use crate::catalog::{ColumnId, Object, RelationId, RelationKind, RoutineId, Stamp, Trigger};
use crate::sql::operation::CreateTrigger;
use crate::sql::{Ident, Operation};

impl Builder {
    pub(in crate::catalog::introspect) fn add_routines(&mut self, rows: Vec<RoutineRow>) {
        for row in rows {
            let name = format!("{}.{}", row.schema, row.name);
            let Some(sql) = row.definition else {
                self.locked.insert(name);
                continue;
            };
            let before = self.catalog.next_id;
            if let Some(create) = text::routine(self.target, &sql) {
                // Without a search path the server leaves out no schema but that of temporary row types.
                let path = std::mem::take(&mut self.catalog.search_path);
                self.catalog.apply(&create, Stamp::BEFORE);
                self.catalog.search_path = path;
            }
            let made = (before..self.catalog.next_id).map(RoutineId).find(|id| self.catalog.routines.contains_key(id));
            match made {
                Some(id) => drop(self.routines.insert(row.oid, id)),
                None => self.not_understood(&name, &sql),
            }
        }
    }

    pub(in crate::catalog::introspect) fn add_triggers(&mut self, rows: Vec<TriggerRow>) {
        for row in rows {
            let Some(id) = self.relation_id(row.relation) else { continue };
            let Some(sql) = &row.definition else {
                self.locked(id);
                continue;
            };
            let Some(Operation::CreateTrigger(create)) = text::statement(self.target, sql) else {
                let owner = format!("{} on {}", row.name, self.qualified(id));
                self.not_understood(&owner, sql);
                continue;
            };
            let trigger = self.trigger(&row, *create);
            self.parts.insert(row.oid, Object::Trigger(id, trigger.name.clone()));
            if trigger.from.is_some() {
                self.catalog.hints.triggered_from.insert(id);
            }
            match self.catalog.relations.get_mut(&id).map(|r| &mut r.kind) {
                Some(RelationKind::Table(table)) => table.triggers.push(trigger),
                Some(RelationKind::View(view)) => view.triggers.push(trigger),
                _ => {}
            }
        }
    }

    fn trigger(&mut self, row: &TriggerRow, create: CreateTrigger) -> Trigger {
        Trigger {
            name: Ident::exact(&row.name),
            timing: create.timing,
            events: create.events,
            for_each_row: create.for_each_row,
            columns: row.columns.iter().copied().map(ColumnId).collect(),
            routine: self.routines.get(&row.routine).copied(),
            function: create.function,
            constraint: create.constraint,
            state: firing_state(row.state),
            when: create.when,
            from: self.relation_id(row.from_relation),
            details: create.details,
            number: self.catalog.fresh_id(),
        }
    }

    pub(super) fn add_rules(&mut self) {
        for row in std::mem::take(&mut self.kept_rules) {
            let Some(id) = self.relation_id(row.relation) else { continue };
            let Some(sql) = &row.definition else {
                self.locked(id);
                continue;
            };
            let Some(create) = text::statement(self.target, sql) else {
                let owner = format!("{} on {}", row.name, self.qualified(id));
                self.not_understood(&owner, sql);
                continue;
            };
            self.catalog.apply(&create, Stamp::BEFORE);
            let name = Ident::exact(&row.name);
            let rules = match self.catalog.relations.get_mut(&id).map(|r| &mut r.kind) {
                Some(RelationKind::Table(table)) => &mut table.rules,
                Some(RelationKind::View(view)) => &mut view.rules,
                _ => continue,
            };
            if let Some((_, state)) = rules.iter_mut().find(|(rule, _)| *rule == name) {
                *state = firing_state(row.state);
            }
            self.parts.insert(row.oid, Object::Rule(id, name));
        }
    }

    pub(super) fn add_policies(&mut self) {
        for row in std::mem::take(&mut self.kept_policies) {
            let Some(id) = self.relation_id(row.relation) else { continue };
            if row.busy {
                self.locked(id);
                continue;
            }
            let Some(sql) = self.policy_sql(id, &row) else { continue };
            match text::statement(self.target, &sql) {
                Some(create) => drop(self.catalog.apply(&create, Stamp::BEFORE)),
                None => {
                    let owner = format!("{} on {}", row.name, self.qualified(id));
                    self.not_understood(&owner, &sql);
                }
            }
            self.parts.insert(row.oid, Object::Policy(id, Ident::exact(&row.name)));
        }
    }

    fn policy_sql(&self, table: RelationId, row: &PolicyRow) -> Option<String> {
        let table = self.catalog.relation(table)?.object_name().sql();
        let restrictive = if row.permissive { "" } else { " AS RESTRICTIVE" };
        let command = match row.command {
            'r' => " FOR SELECT",
            'a' => " FOR INSERT",
            'w' => " FOR UPDATE",
            'd' => " FOR DELETE",
            _ => "",
        };
        let roles: Vec<String> = row.roles.iter().flatten().map(|role| Ident::exact(role).sql()).collect();
        let roles = if roles.is_empty() { String::new() } else { format!(" TO {}", roles.join(", ")) };
        let using = row.using_sql.as_ref().map(|sql| format!(" USING ({sql})")).unwrap_or_default();
        let check = row.check_sql.as_ref().map(|sql| format!(" WITH CHECK ({sql})")).unwrap_or_default();
        let name = Ident::exact(&row.name).sql();
        Some(format!("CREATE POLICY {name} ON {table}{restrictive}{command}{roles}{using}{check}"))
    }
}
