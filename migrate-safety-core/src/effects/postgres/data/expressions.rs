//! What is done by evaluating expressions: sequences move on, routines run.

use super::Doing;
use crate::catalog::RelationId;
use crate::effects::postgres::routines::called;
use crate::effects::postgres::sequences::drawn_from;
use crate::sql::expr::{Cte, CteBody, Expr, Query, TableRef, TableSource};
use crate::sql::{LockMode, ObjectName, Operation};

impl Doing<'_> {
    /// Everything that a statement evaluates.
    pub(super) fn evaluate(&mut self, operation: &Operation) {
        let mut exprs = Vec::new();
        in_operation(operation, &mut exprs);
        let shown = self.inside.is_empty();
        self.evaluate_all(&exprs, !shown);
        // A call on its own is why the statement is there.
        if let Operation::Select(query) = operation
            && let [select] = query.selects.as_slice()
            && select.from.is_empty()
        {
            for item in &select.items {
                if let Expr::Call { name, args } = &item.expr {
                    self.wonder(name, args.len());
                }
            }
        }
    }

    /// Single expressions, each of which was met on a walk: their parts come by themselves.
    ///
    /// Who replays a history follows the calls of a statement itself, because they can change the schema. Here those
    /// are followed that a statement does not show: in triggers and defaults.
    pub(super) fn evaluate_all(&mut self, exprs: &[&Expr], follow: bool) {
        for expr in exprs {
            self.draw(expr);
            if let Expr::Call { name, args } = expr
                && follow
            {
                self.call(name, args.len());
            }
        }
    }

    /// A whole expression: a default.
    pub(super) fn evaluate_default(&mut self, expr: &Expr) {
        let mut parts = Vec::new();
        expr.walk(&mut |e| parts.push(e));
        self.evaluate_all(&parts, true);
    }

    fn draw(&mut self, expr: &Expr) {
        if !matches!(expr, Expr::Call { .. }) {
            return;
        }
        let drawn: Vec<RelationId> = drawn_from(self.scene.catalog, expr);
        for sequence in drawn {
            self.facts.insert("data/sequence");
            self.lock(sequence, LockMode::RowExclusive);
        }
    }

    /// Follows a call of a routine.
    pub(super) fn call(&mut self, name: &ObjectName, arguments: usize) {
        if let Some(routine) = called(self.scene.catalog, name, arguments) {
            self.run_routine(routine.id);
        }
    }

    /// A routine that is what the statement is about, but of which nothing is known.
    pub(super) fn wonder(&mut self, name: &ObjectName, arguments: usize) {
        let catalog = self.scene.catalog;
        if called(catalog, name, arguments).is_none() && catalog.is_unknown_function(name) {
            self.ask(format!("what does {name}() do?"));
        }
    }
}

/// Every expression of a statement with all its parts, those of its queries included; not those of data-changing parts
/// of `WITH`, which are statements of their own.
fn in_operation<'q>(operation: &'q Operation, found: &mut Vec<&'q Expr>) {
    match operation {
        Operation::Select(query)
        | Operation::CreateTableAs { query, .. }
        | Operation::CreateMaterializedView { query, .. }
        | Operation::Copy { query: Some(query), .. } => {
            in_query(query, found);
            in_ctes(&query.ctes, found);
        }
        Operation::Call { args, .. } => args.iter().for_each(|e| in_expr(e, found)),
        Operation::Insert(insert) => {
            in_ctes(&insert.ctes, found);
            insert.source.iter().for_each(|q| in_query(q, found));
            insert.returning.iter().for_each(|e| in_expr(e, found));
            if let Some(conflict) = &insert.on_conflict {
                let set = conflict.assignments.iter().map(|(_, e)| e);
                set.chain(&conflict.filter).for_each(|e| in_expr(e, found));
            }
        }
        Operation::Update(update) => {
            in_ctes(&update.ctes, found);
            update.from.iter().for_each(|t| in_table(t, found));
            let set = update.assignments.iter().map(|(_, e)| e);
            set.chain(&update.filter).chain(&update.returning).for_each(|e| in_expr(e, found));
        }
        Operation::Delete(delete) => {
            in_ctes(&delete.ctes, found);
            delete.using.iter().for_each(|t| in_table(t, found));
            delete.filter.iter().chain(&delete.returning).for_each(|e| in_expr(e, found));
        }
        Operation::Merge(merge) => {
            in_ctes(&merge.ctes, found);
            in_table(&merge.source, found);
            std::iter::once(&merge.on).chain(&merge.exprs).for_each(|e| in_expr(e, found));
        }
        _ => {}
    }
}

fn in_query<'q>(query: &'q Query, found: &mut Vec<&'q Expr>) {
    query.walk_exprs(&mut |e| found.push(e));
}

fn in_ctes<'q>(ctes: &'q [Cte], found: &mut Vec<&'q Expr>) {
    for cte in ctes {
        match &cte.body {
            CteBody::Query(query) => in_query(query, found),
            CteBody::Dml(operation) => in_operation(operation, found),
        }
    }
}

fn in_table<'q>(table: &'q TableRef, found: &mut Vec<&'q Expr>) {
    match &table.source {
        TableSource::Relation { .. } => {}
        TableSource::Query(query) => in_query(query, found),
        TableSource::Expr(expr) => in_expr(expr, found),
    }
    table.on.iter().for_each(|e| in_expr(e, found));
}

fn in_expr<'q>(expr: &'q Expr, found: &mut Vec<&'q Expr>) {
    expr.walk(&mut |e| {
        found.push(e);
        if let Expr::Subquery { query, .. } = e {
            in_query(query, found);
        }
    });
}
