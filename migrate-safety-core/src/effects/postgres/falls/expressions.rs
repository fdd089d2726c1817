//! What falls with a routine: whatever calls it.

use super::{Falls, Thing};
use crate::catalog::{ConstraintKind, Relation, RelationKind, RoutineId, Table, Trigger};
use crate::effects::postgres::routines::may_call;
use crate::sql::expr::Expr;

impl Falls<'_> {
    pub(super) fn routine(&mut self, id: RoutineId) {
        let catalog = self.catalog;
        let Some(routine) = catalog.routines.get(&id).filter(|_| self.cascade) else { return };
        let calls = |expr: &Expr| {
            let mut found = false;
            expr.walk(&mut |e| found |= matches!(e, Expr::Call { name, .. } if may_call(catalog, name, routine)));
            found
        };
        for relation in catalog.relations() {
            let fires = |t: &Trigger| t.routine == Some(id);
            match &relation.kind {
                RelationKind::Table(table) if table.triggers.iter().any(fires) => self.trigger(relation, table),
                RelationKind::View(view) => {
                    if view.routines.contains(&id) {
                        self.push(Thing::Relation(relation.id));
                    } else if view.triggers.iter().any(fires) {
                        self.push(Thing::Part(relation.id));
                    }
                }
                _ => {}
            }
            self.expressions(relation, &calls);
        }
    }

    /// A trigger of a partitioned table is there for each partition.
    fn trigger(&mut self, relation: &Relation, table: &Table) {
        self.push(Thing::Part(relation.id));
        if table.is_partitioned() {
            for partition in self.catalog.descendants(relation.id) {
                self.push(Thing::Part(partition));
            }
        }
    }

    /// The parts of a relation whose expression needs what falls.
    pub(super) fn expressions(&mut self, relation: &Relation, needs: &dyn Fn(&Expr) -> bool) {
        match &relation.kind {
            RelationKind::Table(table) => {
                for column in &table.columns {
                    if column.generated.as_ref().is_some_and(|g| needs(&g.expression.expr)) {
                        self.push(Thing::Column(relation.id, column.id));
                    } else if column.default.as_ref().is_some_and(|d| needs(&d.expr)) {
                        self.push(Thing::Part(relation.id));
                    }
                }
                for constraint in &table.constraints {
                    if let ConstraintKind::Check { expression, .. } = &constraint.kind
                        && needs(&expression.expr)
                    {
                        self.push(Thing::Constraint(relation.id, constraint.id));
                    }
                }
            }
            RelationKind::Index(index) => {
                let keys = index.keys.iter().filter_map(|k| k.expression.as_ref());
                if keys.chain(&index.predicate).any(|e| needs(&e.expr)) {
                    self.push(Thing::Index(relation.id));
                }
            }
            _ => {}
        }
    }
}
