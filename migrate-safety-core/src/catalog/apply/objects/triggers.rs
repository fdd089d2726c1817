//! Triggers, rules and policies: what stands on a table and has a name of its own there.

use super::Applied;
use super::support::kinds;
use crate::catalog::routines::FunctionName;
use crate::catalog::{Catalog, ColumnId, Conflict, Object, Policy, RelationId, RelationKind, Resolved, Stamp, Trigger};
use crate::sql::expr::{Expr, Expression, TableRef, TableSource};
use crate::sql::operation::{
    CreateTrigger, FiringState, PolicyClauses, RuleText, TriggerDetails, TriggerEvents, TriggerTiming,
};
use crate::sql::{Ident, ObjectName, Operation};

impl Catalog {
    /// `CREATE TRIGGER`.
    pub(super) fn create_trigger(&mut self, trigger: &CreateTrigger, _now: Stamp, applied: &mut Applied) {
        let Some(id) = self.existing_relation(&trigger.table, false, applied) else { return };
        if let Some(problem) = self.trigger_problem(id, trigger) {
            return applied.conflicts.push(problem);
        }
        let columns = self.trigger_columns(id, trigger, applied);
        let routine = self.routines_named(&trigger.function).into_iter().find(|r| r.inputs().count() == 0);
        if let Some(routine) = routine {
            let returns = routine.returns.as_ref();
            if !returns.is_some_and(|t| t.is("trigger")) {
                let message = format!("function {} must return type trigger", trigger.function);
                return applied.conflict("42P17", message);
            }
        } else if self.function_name(&trigger.function) == FunctionName::Missing
            || !self.routines_named(&trigger.function).is_empty()
        {
            return applied.conflict("42883", format!("function {}() does not exist", trigger.function));
        } else if self.function_name(&trigger.function) == FunctionName::MissingSchema {
            return applied.conflicts.extend(trigger.function.schema.as_ref().and_then(|s| self.schema_problem(s)));
        }
        let new = Trigger {
            name: trigger.name.clone(),
            timing: trigger.timing,
            events: trigger.events,
            for_each_row: trigger.for_each_row,
            columns,
            routine: routine.map(|r| r.id),
            function: trigger.function.clone(),
            constraint: trigger.constraint,
            state: FiringState::Enabled,
            when: trigger.when.clone(),
            from: trigger.from.as_ref().and_then(|name| self.resolve(name).found()),
            details: trigger.details.clone(),
            number: self.next_id,
        };
        self.fresh_id();
        // A row trigger of a partitioned table is one of each partition too.
        let mut tables = vec![id];
        if new.for_each_row && self.table(id).is_some_and(crate::catalog::Table::is_partitioned) {
            tables.extend(self.descendants(id));
        }
        for table in &tables {
            let taken = self.triggers_of(*table).iter().any(|t| t.name == new.name);
            if taken && !(trigger.or_replace && self.target().version >= 14) {
                let relation = self.relation(*table).map(|r| r.name.to_string()).unwrap_or_default();
                let message = format!("trigger \"{}\" for relation \"{relation}\" already exists", new.name);
                return applied.conflict("42710", message);
            }
        }
        for table in tables {
            if new.from.is_some() {
                self.hints.triggered_from.insert(table);
            }
            if let Some(triggers) = self.triggers_mut(table) {
                triggers.retain(|t| t.name != new.name);
                triggers.push(new.clone());
            }
        }
    }

    /// The triggers of a table or view.
    pub(crate) fn triggers_of(&self, id: RelationId) -> &[Trigger] {
        match self.relation(id).map(|r| &r.kind) {
            Some(RelationKind::Table(table)) => &table.triggers,
            Some(RelationKind::View(view)) => &view.triggers,
            _ => &[],
        }
    }

    /// Why a relation cannot have such a trigger (`CreateTriggerFiringOn` on the server).
    fn trigger_problem(&self, id: RelationId, trigger: &CreateTrigger) -> Option<Conflict> {
        let relation = self.relation(id).filter(|r| !r.unknown)?;
        let name = &relation.name;
        let wrong = |message: String, detail: &str| {
            let detail = vec![detail.to_owned()];
            Some(Conflict { detail, ..Conflict::new("42809", message) })
        };
        let instead = trigger.timing == TriggerTiming::InsteadOf;
        match &relation.kind {
            RelationKind::Table(table) => {
                if instead {
                    return wrong(format!("\"{name}\" is a table"), "Tables cannot have INSTEAD OF triggers.");
                }
                let before_row = trigger.timing == TriggerTiming::Before && trigger.for_each_row;
                if table.is_partitioned() && before_row && self.target().version < 13 {
                    let detail = "Partitioned tables cannot have BEFORE / FOR EACH ROW triggers.";
                    return wrong(format!("\"{name}\" is a partitioned table"), detail);
                }
            }
            RelationKind::View(view) if !view.materialized => {
                if !instead && trigger.for_each_row {
                    let detail = "Views cannot have row-level BEFORE or AFTER triggers.";
                    return wrong(format!("\"{name}\" is a view"), detail);
                }
                if trigger.events.truncate {
                    return wrong(format!("\"{name}\" is a view"), "Views cannot have TRUNCATE triggers.");
                }
            }
            RelationKind::View(_) | RelationKind::Sequence(_) | RelationKind::Composite
                if self.target().version >= 15 =>
            {
                let detail = format!("This operation is not supported for {}.", kinds(relation));
                return wrong(format!("relation \"{name}\" cannot have triggers"), &detail);
            }
            RelationKind::Index(_) if self.target().version >= 15 => {
                let detail = "This operation is not supported for indexes.";
                return wrong(format!("cannot open relation \"{name}\""), detail);
            }
            RelationKind::Index(_) => return Some(Conflict::new("42809", format!("\"{name}\" is an index"))),
            _ => return Some(Conflict::new("42809", format!("\"{name}\" is not a table or view"))),
        }
        if trigger.for_each_row && trigger.events.truncate {
            return Some(Conflict::new("0A000", "TRUNCATE FOR EACH ROW triggers are not supported"));
        }
        if instead && !trigger.for_each_row {
            return Some(Conflict::new("0A000", "INSTEAD OF triggers must be FOR EACH ROW"));
        }
        if instead && trigger.when.is_some() {
            return Some(Conflict::new("0A000", "INSTEAD OF triggers cannot have WHEN conditions"));
        }
        if instead && !trigger.columns.is_empty() {
            return Some(Conflict::new("0A000", "INSTEAD OF triggers cannot have column lists"));
        }
        transition_problem(trigger).map(|(sqlstate, message)| Conflict::new(sqlstate, message))
    }

    /// The columns of `UPDATE OF`.
    fn trigger_columns(&self, id: RelationId, trigger: &CreateTrigger, applied: &mut Applied) -> Vec<ColumnId> {
        let Some((relation, table)) = self.relation(id).and_then(|r| Some((r, r.table()?))) else { return Vec::new() };
        let mut columns = Vec::new();
        for name in &trigger.columns {
            match table.column(name) {
                Some(column) => columns.push(column.id),
                None if relation.unknown => {}
                None => {
                    let message = format!("column \"{name}\" of relation \"{}\" does not exist", relation.name);
                    applied.conflict("42703", message);
                }
            }
        }
        columns
    }

    /// `ALTER TRIGGER … RENAME TO`.
    pub(super) fn rename_trigger(
        &mut self,
        name: &Ident,
        table: &ObjectName,
        to: Option<&Ident>,
        applied: &mut Applied,
    ) {
        let Some(id) = self.existing_relation(table, false, applied) else { return };
        let Some(to) = to else { return };
        let relation = self.relation(id);
        let (unknown, relation) = relation.map(|r| (r.unknown, r.name.to_string())).unwrap_or_default();
        let taken = self.triggers_of(id).iter().any(|t| t.name == *to);
        let exists = self.triggers_of(id).iter().any(|t| t.name == *name);
        let clash = format!("trigger \"{to}\" for relation \"{relation}\" already exists");
        let missing = format!("trigger \"{name}\" for table \"{relation}\" does not exist");
        // Until 14 the new name is looked at first.
        match (exists, taken) {
            // Since 15 it has that name already.
            (true, true) if name == to && self.target().version >= 15 => {}
            (true, true) => applied.conflict("42710", clash),
            (false, true) if self.target().version < 15 => applied.conflict("42710", clash),
            (false, _) if unknown => {}
            (false, _) => applied.conflict("42704", missing),
            (true, false) => {
                let mut tables = vec![id];
                tables.extend(self.descendants(id));
                for table in tables {
                    self.move_comment(&Object::Trigger(table, name.clone()), Object::Trigger(table, to.clone()));
                    for trigger in self.triggers_mut(table).into_iter().flatten().filter(|t| t.name == *name) {
                        trigger.name = to.clone();
                    }
                }
            }
        }
    }

    /// `DROP TRIGGER`.
    pub(super) fn drop_trigger(
        &mut self,
        name: &Ident,
        table: &ObjectName,
        if_exists: bool,
        cascade: bool,
        applied: &mut Applied,
    ) {
        let Some(id) = self.existing_relation(table, if_exists, applied) else { return };
        if !self.triggers_of(id).iter().any(|t| t.name == *name) {
            return self.say_missing_on(id, "trigger", name, if_exists, applied);
        }
        if self.drop_objects(&[Object::Trigger(id, name.clone())], cascade, applied) {
            for partition in self.descendants(id) {
                if let Some(triggers) = self.triggers_mut(partition) {
                    triggers.retain(|t| t.name != *name);
                }
            }
        }
    }

    /// What the server says of a trigger, rule or policy that its table does not have.
    fn say_missing_on(&self, id: RelationId, what: &str, name: &Ident, if_exists: bool, applied: &mut Applied) {
        let Some(relation) = self.relation(id).filter(|r| !r.unknown) else { return };
        let table = &relation.name;
        if if_exists {
            return applied.notice(format!("{what} \"{name}\" for relation \"{table}\" does not exist, skipping"));
        }
        let kind = if what == "rule" { "relation" } else { "table" };
        applied.conflict("42704", format!("{what} \"{name}\" for {kind} \"{table}\" does not exist"));
    }

    /// `CREATE RULE`.
    pub(super) fn create_rule(
        &mut self,
        name: &Ident,
        table: &ObjectName,
        or_replace: bool,
        (condition, actions): (Option<&Expr>, &[Operation]),
        text: &RuleText,
        applied: &mut Applied,
    ) {
        let Some(id) = self.existing_relation(table, false, applied) else { return };
        if let Some(problem) = self.rule_problem(id) {
            return applied.conflicts.push(problem);
        }
        let relation = self.relation(id).map(|r| r.name.to_string()).unwrap_or_default();
        let Some(rules) = self.rules_mut(id) else { return };
        if rules.iter().any(|(n, _)| n == name) {
            if or_replace {
                self.rule_texts.insert((id, name.clone()), text.clone());
                self.look_through_rule(id, name, condition, actions);
            } else {
                applied.conflict("42710", format!("rule \"{name}\" for relation \"{relation}\" already exists"));
            }
            return;
        }
        rules.push((name.clone(), FiringState::Enabled));
        let missing = actions.iter().find_map(|action| self.missing_target(action));
        applied.conflicts.extend(missing);
        self.rule_texts.insert((id, name.clone()), text.clone());
        self.look_through_rule(id, name, condition, actions);
        self.hints.guarded.insert(id);
    }

    /// Finds what a rule depends on.
    fn look_through_rule(&mut self, id: RelationId, name: &Ident, condition: Option<&Expr>, actions: &[Operation]) {
        let reads = self.shape_of_rule(id, condition, actions).reads;
        if let Some(rule_reads) = self.rule_reads_mut(id) {
            rule_reads.retain(|(rule, _)| rule != name);
            rule_reads.extend(reads.into_iter().map(|read| (name.clone(), read)));
        }
    }

    /// Why a relation cannot have rules.
    fn rule_problem(&self, id: RelationId) -> Option<Conflict> {
        let relation = self.relation(id).filter(|r| !r.unknown)?;
        let name = &relation.name;
        let detailed = |message: String| {
            let detail = vec![format!("This operation is not supported for {}.", kinds(relation))];
            Some(Conflict { detail, ..Conflict::new("42809", message) })
        };
        let newer = self.target().version >= 15;
        match &relation.kind {
            RelationKind::Table(_) => None,
            RelationKind::View(view) if view.materialized => {
                Some(Conflict::new("0A000", "rules on materialized views are not supported"))
            }
            RelationKind::View(_) => None,
            RelationKind::Index(_) if newer => detailed(format!("cannot open relation \"{name}\"")),
            RelationKind::Index(_) => Some(Conflict::new("42809", format!("\"{name}\" is an index"))),
            RelationKind::Composite if newer => detailed(format!("cannot open relation \"{name}\"")),
            RelationKind::Composite => Some(Conflict::new("42809", format!("\"{name}\" is a composite type"))),
            RelationKind::Sequence(_) if newer => detailed(format!("relation \"{name}\" cannot have rules")),
            RelationKind::Sequence(_) => Some(Conflict::new("42809", format!("\"{name}\" is not a table or view"))),
        }
    }

    /// The error of changing a table that does not exist.
    pub(super) fn missing_target(&self, operation: &Operation) -> Option<Conflict> {
        let name = match operation {
            Operation::Insert(insert) => &insert.table,
            Operation::Update(update) => &update.table.name,
            Operation::Delete(delete) => &delete.table.name,
            _ => return None,
        };
        let missing = self.resolve(name) == Resolved::Missing;
        missing.then(|| Conflict::new("42P01", format!("relation \"{name}\" does not exist")))
    }

    /// The relations that a statement about data names.
    pub(super) fn named_by(&self, operation: &Operation) -> Vec<RelationId> {
        let sources = |tables: &[TableRef]| {
            let names = tables.iter().filter_map(|t| match &t.source {
                TableSource::Relation { name, .. } => Some(name.clone()),
                TableSource::Query(_) | TableSource::Expr(_) => None,
            });
            names.collect::<Vec<ObjectName>>()
        };
        let (mut names, query) = match operation {
            Operation::Insert(insert) => (vec![insert.table.clone()], insert.source.as_ref()),
            Operation::Update(update) => {
                (std::iter::once(update.table.name.clone()).chain(sources(&update.from)).collect(), None)
            }
            Operation::Delete(delete) => {
                (std::iter::once(delete.table.name.clone()).chain(sources(&delete.using)).collect(), None)
            }
            Operation::Select(query) => (Vec::new(), Some(&**query)),
            _ => (Vec::new(), None),
        };
        // The row that fires the rule.
        names.retain(|n| !matches!(n.name.as_str(), "old" | "new"));
        let mut found: Vec<RelationId> = names.iter().filter_map(|n| self.resolve(n).found()).collect();
        found.extend(query.into_iter().flat_map(|q| self.shape(q).reads).map(|d| d.relation));
        found
    }

    /// `ALTER RULE … RENAME TO`.
    pub(super) fn rename_rule(&mut self, name: &Ident, table: &ObjectName, to: &Ident, applied: &mut Applied) {
        let Some(id) = self.existing_relation(table, false, applied) else { return };
        let relation = self.relation(id).map(|r| r.name.to_string()).unwrap_or_default();
        let Some(rules) = self.rules_mut(id) else { return };
        let taken = rules.iter().any(|(n, _)| n == to);
        match rules.iter_mut().find(|(n, _)| n == name) {
            Some(_) if taken => {
                applied.conflict("42710", format!("rule \"{to}\" for relation \"{relation}\" already exists"));
            }
            Some((n, _)) => {
                *n = to.clone();
                self.move_comment(&Object::Rule(id, name.clone()), Object::Rule(id, to.clone()));
                if let Some(text) = self.rule_texts.remove(&(id, name.clone())) {
                    self.rule_texts.insert((id, to.clone()), text);
                }
                let reads = self.rule_reads_mut(id).into_iter().flatten();
                reads.filter(|(n, _)| n == name).for_each(|(n, _)| *n = to.clone());
            }
            None => self.say_missing_on(id, "rule", name, false, applied),
        }
    }

    /// `DROP RULE`.
    pub(super) fn drop_rule(
        &mut self,
        name: &Ident,
        table: &ObjectName,
        if_exists: bool,
        cascade: bool,
        applied: &mut Applied,
    ) {
        let Some(id) = self.existing_relation(table, if_exists, applied) else { return };
        let view = self.relation(id).is_some_and(|r| r.view().is_some());
        if view && *name == *"_RETURN" {
            let view = self.describe(&Object::Relation(id));
            let message = format!("cannot drop rule _RETURN on {view} because {view} requires it");
            return applied.conflict("2BP01", message);
        }
        if !self.rules_mut(id).is_some_and(|rules| rules.iter().any(|(n, _)| n == name)) {
            return self.say_missing_on(id, "rule", name, if_exists, applied);
        }
        self.drop_objects(&[Object::Rule(id, name.clone())], cascade, applied);
    }

    /// `CREATE POLICY`.
    pub(super) fn create_policy(
        &mut self,
        name: &Ident,
        table: &ObjectName,
        expressions: &[Expression],
        clauses: &PolicyClauses,
        applied: &mut Applied,
    ) {
        let Some(id) = self.policy_table(table, false, applied) else { return };
        let shape = self.shape_of_conditions(expressions.iter().map(|e| &e.expr), id);
        applied.conflicts.extend(shape.problems);
        let number = self.fresh_id();
        let relation = self.relation(id).map(|r| r.name.to_string()).unwrap_or_default();
        let Some(table) = self.table_mut(id) else { return };
        if table.policies.iter().any(|p| p.name == *name) {
            return applied.conflict("42710", format!("policy \"{name}\" for table \"{relation}\" already exists"));
        }
        let (reads, routines, types) = (shape.reads, shape.routines, shape.types);
        let (name, clauses) = (name.clone(), clauses.clone());
        table.policies.push(Policy { name, reads, routines, types, number, clauses });
        self.hints.guarded.insert(id);
    }

    /// `ALTER POLICY`.
    pub(super) fn alter_policy(
        &mut self,
        name: &Ident,
        table: &ObjectName,
        to: Option<&Ident>,
        clauses: &PolicyClauses,
        applied: &mut Applied,
    ) {
        let Some(id) = self.policy_table(table, false, applied) else { return };
        let relation = self.relation(id).map(|r| r.name.to_string()).unwrap_or_default();
        let Some(table) = self.table_mut(id) else { return };
        let taken = to.filter(|to| table.policies.iter().any(|p| p.name == **to));
        match (table.policies.iter_mut().find(|p| p.name == *name), to) {
            (Some(_), Some(to)) if taken.is_some() => {
                applied.conflict("42710", format!("policy \"{to}\" for table \"{relation}\" already exists"));
            }
            (Some(policy), Some(to)) => {
                policy.name = to.clone();
                self.move_comment(&Object::Policy(id, name.clone()), Object::Policy(id, to.clone()));
            }
            (Some(policy), None) => {
                policy.clauses.change(clauses);
                self.look_through_policy(id, name);
            }
            (None, _) => self.say_missing_on(id, "policy", name, false, applied),
        }
    }

    /// Finds what the conditions of a policy depend on.
    fn look_through_policy(&mut self, id: RelationId, name: &Ident) {
        let policy = self.table(id).and_then(|t| t.policies.iter().find(|p| p.name == *name));
        let Some(PolicyClauses { using, check, .. }) = policy.map(|p| p.clauses.clone()) else { return };
        let shape = self.shape_of_conditions(using.iter().chain(&check).map(|e| &e.expr), id);
        let policy = self.table_mut(id).and_then(|t| t.policies.iter_mut().find(|p| p.name == *name));
        if let Some(policy) = policy {
            (policy.reads, policy.routines, policy.types) = (shape.reads, shape.routines, shape.types);
        }
    }

    /// `DROP POLICY`.
    pub(super) fn drop_policy(&mut self, name: &Ident, table: &ObjectName, if_exists: bool, applied: &mut Applied) {
        let Some(id) = self.existing_relation(table, if_exists, applied) else { return };
        let exists = self.table(id).is_some_and(|t| t.policies.iter().any(|p| p.name == *name));
        match exists {
            true => drop(self.drop_objects(&[Object::Policy(id, name.clone())], true, applied)),
            false => self.say_missing_on(id, "policy", name, if_exists, applied),
        }
    }

    fn policy_table(&self, table: &ObjectName, if_exists: bool, applied: &mut Applied) -> Option<RelationId> {
        let id = self.existing_relation(table, if_exists, applied)?;
        if self.table(id).is_none() {
            applied.conflict("42809", format!("\"{}\" is not a table", table.name));
            return None;
        }
        Some(id)
    }
}

/// What is wrong with the transition tables of a trigger, whatever it is on (`CreateTriggerFiringOn` on the server).
fn transition_problem(trigger: &CreateTrigger) -> Option<(&'static str, &'static str)> {
    let TriggerDetails { old_table, new_table, .. } = &trigger.details;
    if old_table.is_none() && new_table.is_none() {
        return None;
    }
    let TriggerEvents { insert, update, delete, truncate } = trigger.events;
    let problems = [
        (
            trigger.timing != TriggerTiming::After,
            "42P17",
            "transition table name can only be specified for an AFTER trigger",
        ),
        (truncate, "42P17", "TRUNCATE triggers with transition tables are not supported"),
        (
            [insert, update, delete].into_iter().filter(|fires| *fires).count() > 1,
            "0A000",
            "transition tables cannot be specified for triggers with more than one event",
        ),
        (!trigger.columns.is_empty(), "0A000", "transition tables cannot be specified for triggers with column lists"),
        (new_table.is_some() && delete, "42P17", "NEW TABLE can only be specified for an INSERT or UPDATE trigger"),
        (old_table.is_some() && insert, "42P17", "OLD TABLE can only be specified for a DELETE or UPDATE trigger"),
    ];
    problems.into_iter().find(|(is, ..)| *is).map(|(_, sqlstate, message)| (sqlstate, message))
}
