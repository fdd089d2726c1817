//! What depends on a collation.

use super::edges::Edges;
use super::{Edge, Object};
use crate::catalog::query::mentions;
use crate::catalog::{Catalog, TypeDefKind};
use crate::sql::expr::Expr;
use crate::sql::{ObjectName, Operation};

impl Catalog {
    /// Columns, domains and indexes of a collation, and what has an expression with it.
    pub(super) fn edges_of_collation(&self, name: &ObjectName, edges: &mut Edges) {
        let is = |of: Option<&ObjectName>| of.is_some_and(|of| self.settled_collation(of) == *name);
        let collates =
            |e: &Expr| matches!(e, Expr::Collate { collation, .. } if self.settled_collation(collation) == *name);
        let within = |expr: &Expr| {
            let mut found = false;
            expr.walk(&mut |e| found |= collates(e));
            found
        };
        for (relation, table) in self.all_tables() {
            for column in table.columns.iter().filter(|c| is(c.collation.as_deref())) {
                let key = table.partition_by.as_ref().is_some_and(|p| p.key.iter().any(|k| mentions(&k.expr, column)));
                let object = if key { Object::Relation(relation.id) } else { Object::Column(relation.id, column.id) };
                edges.push((object, Edge::Normal));
            }
        }
        for (id, _) in self.all_indexes().filter(|(_, index)| index.keys.iter().any(|key| is(key.collation.as_ref()))) {
            edges.push((Object::Relation(id), Edge::Normal));
        }
        let domains =
            self.types.values().filter(|def| matches!(&def.kind, TypeDefKind::Domain(d) if is(d.collation.as_ref())));
        edges.extend(domains.map(|def| (Object::Type(def.id), Edge::Normal)));
        self.users_in_expressions(&|expr, _| within(expr), edges);
        let in_policy = |expr: &Option<crate::sql::expr::Expression>| expr.as_ref().is_some_and(|e| within(&e.expr));
        self.policies_with(&|policy| in_policy(&policy.clauses.using) || in_policy(&policy.clauses.check), edges);
        for (relation, view) in self.all_views() {
            let mut found = false;
            for statement in &crate::sql::parse(self.target(), &view.sql).statements {
                if let Some(Operation::Select(query)) = statement.operations.first().map(|o| &o.operation) {
                    query.walk_exprs(&mut |expr| found |= collates(expr));
                }
            }
            if found {
                edges.push((Object::Relation(relation.id), Edge::Normal));
            }
        }
    }
}
