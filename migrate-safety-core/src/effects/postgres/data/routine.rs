//! What routines and triggers do.

use super::{Doing, Event};
use crate::catalog::{Relation, RelationId, RelationKind, RoutineId, Trigger};
use crate::effects::engine;
use crate::effects::postgres::bodies;
use crate::effects::scene::Scene;
use crate::sql::expr::Expr;
use crate::sql::operation::{FiringState, Transaction, TriggerTiming};
use crate::sql::{Ident, Operation};

impl Doing<'_> {
    /// Follows the body of a routine that the history defines.
    pub(super) fn run_routine(&mut self, id: RoutineId) {
        let Some(routine) = self.scene.catalog.routine(id) else { return };
        if self.inside.contains(&id) {
            return;
        }
        let Some(operations) = bodies::operations(routine, self.scene.catalog) else {
            self.ask(format!("what does {}.{}() do?", routine.schema, routine.name));
            return;
        };
        self.facts.insert("data/routine");
        self.inside.push(id);
        for located in &operations {
            let (failures, nested) = (self.failures.len(), self.nested.len());
            self.inner(&located.operation);
            // What is behind a condition or is handled need not fail: `IF … THEN RAISE`.
            if located.routine.as_ref().is_some_and(|frame| frame.conditional || !frame.guards.is_empty()) {
                self.failures.truncate(failures);
                self.nested.iter_mut().skip(nested).for_each(|inside| inside.failures.clear());
            }
        }
        self.inside.pop();
    }

    /// A statement in a routine.
    pub(super) fn inner(&mut self, operation: &Operation) {
        match operation {
            Operation::Opaque { reason, .. } => self.ask(format!("what does a routine do here: {reason}?")),
            Operation::Transaction(Transaction::Commit | Transaction::Rollback) => self.ends_transaction = true,
            Operation::Select(_)
            | Operation::Insert(_)
            | Operation::Update(_)
            | Operation::Delete(_)
            | Operation::Merge(_)
            | Operation::Copy { .. }
            | Operation::Call { .. }
            | Operation::CreateTableAs { .. }
            | Operation::CreateMaterializedView { .. } => self.operation(operation),
            Operation::RefreshMaterializedView { .. } => {
                self.operation(operation);
                self.other(operation);
            }
            // `TRUNCATE` fires triggers: these are not followed a second time.
            _ => self.other(operation),
        }
    }

    /// A statement that is not about data: it does in a routine what it does elsewhere.
    fn other(&mut self, operation: &Operation) {
        const DEEPEST: usize = 8;

        if self.inside.len() <= DEEPEST {
            let scene =
                Scene::new(operation, self.scene.catalog, self.scene.session, self.scene.now).since(self.scene.since);
            self.nested.push(engine::effects(&scene));
        }
    }

    /// Runs the triggers of a relation.
    pub(super) fn fire(&mut self, id: RelationId, event: &Event) {
        let Some(relation) = self.scene.catalog.relation(id) else { return };
        let triggers = match &relation.kind {
            RelationKind::Table(table) => table.triggers.as_slice(),
            RelationKind::View(view) => view.triggers.as_slice(),
            _ => &[],
        };
        let scene = self.scene;
        for trigger in triggers.iter().filter(|t| fires(&scene, relation, t, event)) {
            match trigger.routine {
                Some(routine) => {
                    self.facts.insert("data/trigger");
                    self.run_routine(routine);
                }
                None if is_harmless(&trigger.function.name) => {}
                None => self.ask(format!("what does the trigger function {} do?", trigger.function)),
            }
        }
    }
}

fn fires(scene: &Scene<'_>, relation: &Relation, trigger: &Trigger, event: &Event) -> bool {
    let replica = scene.session.get("session_replication_role") == Some("replica");
    let enabled = match trigger.state {
        FiringState::Always => true,
        FiringState::Enabled => !replica,
        FiringState::Replica => replica,
        FiringState::Disabled => false,
    };
    enabled
        && event.is_among(&trigger.events)
        && match event {
            Event::Update(columns) => {
                let table = relation.table();
                let named = |id| table.and_then(|t| t.column_by_id(id)).map(|c| &c.name);
                let of_them = || trigger.columns.iter().any(|id| named(*id).is_none_or(|name| columns.contains(name)));
                (trigger.columns.is_empty() || of_them()) && !waits_for_another(relation, trigger, columns)
            }
            Event::Insert | Event::Delete | Event::Truncate => true,
        }
}

/// Whether a trigger fires only if a column changes that an update leaves alone, and no other trigger touches the row.
fn waits_for_another(relation: &Relation, trigger: &Trigger, changed: &[Ident]) -> bool {
    let (Some(table), Some(when)) = (relation.table(), &trigger.when) else { return false };
    let touches = |other: &Trigger| {
        other.timing == TriggerTiming::Before && other.for_each_row && other.events.update && other.name != trigger.name
    };
    if table.triggers.iter().any(touches) {
        return false;
    }
    let stays =
        |name: &Ident| !changed.contains(name) && table.column(name).is_some_and(|column| column.generated.is_none());
    let differs = |expr: &Expr| match expr {
        Expr::Binary { op, left, right } if ["is distinct from", "<>", "!="].contains(&&**op) => {
            matches!((of_row(left), of_row(right)), (Some((a, old)), Some((b, new))) if a == b && old != new && stays(a))
        }
        _ => false,
    };
    when.expr.conjuncts().iter().any(differs)
}

/// A column of `OLD` or `NEW`, and whether it is that of `NEW`.
fn of_row(expr: &Expr) -> Option<(&Ident, bool)> {
    match expr {
        Expr::Column { qualifier: Some(row), name } if *row == *"old" => Some((name, false)),
        Expr::Column { qualifier: Some(row), name } if *row == *"new" => Some((name, true)),
        _ => None,
    }
}

/// Trigger functions of the server and its extensions that look at their own row alone.
fn is_harmless(function: &str) -> bool {
    const NAMES: &[&str] = &[
        "insert_username",
        "moddatetime",
        "suppress_redundant_updates_trigger",
        "tsvector_update_trigger",
        "tsvector_update_trigger_column",
    ];
    NAMES.contains(&function)
}
