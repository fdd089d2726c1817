//! From a statement to its planning problem: subqueries, views and common table expressions are pulled up where the
//! server does that.

use super::problem::{Condition, Names, Naming, Problem, Source};
use super::views::{in_view, plain_view};
use super::{Block, Reader, special};
use crate::catalog::{RelationKind, Resolved};
use crate::sql::expr::{Expr, Query, Select, TableRef, TableSource};
use crate::sql::{Ident, ObjectName};

/// Where a subquery is being pulled up to.
#[derive(Clone, Copy, Debug)]
struct Place {
    scope: usize,
    part: usize,
    naming: Naming,
}

impl<'q> Reader<'q> {
    pub(super) fn build(&mut self, problem: &mut Problem<'q>, block: &Block<'q>, naming: Naming) {
        let place = Place { scope: problem.scope(None), part: 0, naming };
        if let Some((id, alias, only)) = block.target {
            let alias = alias.cloned().or_else(|| self.catalog.relation(id).map(|r| r.name.clone()));
            match (plain_view(self.catalog, id), self.views.query(id)) {
                (Some(view), Some(query)) if pulls_up(query) => {
                    let source = self.pull_up(problem, query, place, Naming::View(id), Names::View(view));
                    problem.target = first_table(problem, source);
                    self.name(problem, place, alias, source);
                }
                _ => {
                    let table = problem.read(id, only, 0);
                    problem.target = Some(table);
                    self.name(problem, place, alias, Source::Table(table));
                }
            }
        }
        for table in &block.from {
            self.item_of_from(problem, table, place);
        }
        for condition in &block.conditions {
            self.condition(problem, condition, place);
        }
        self.subqueries(&block.others, naming);
    }

    fn name(&self, problem: &mut Problem<'q>, place: Place, alias: Option<Ident>, source: Source<'q>) {
        if let Some(scope) = problem.scopes.get_mut(place.scope) {
            scope.names.push((alias, source));
        }
    }

    fn item_of_from(&mut self, problem: &mut Problem<'q>, table: &'q TableRef, place: Place) {
        let place = if table.optional { Place { part: problem.new_part(true), ..place } } else { place };
        let names = if table.columns.is_empty() { Names::Own } else { Names::Alias(&table.columns) };
        let (source, own_name) = match &table.source {
            TableSource::Relation { name, only } => (self.relation(problem, name, *only, place), Some(&name.name)),
            TableSource::Query(query) => (self.subquery(problem, query, place, place.naming, names), None),
            TableSource::Expr(expr) => {
                self.subqueries(&[expr], place.naming);
                (Source::Few, None)
            }
        };
        let source = match (source, names) {
            (Source::Select(scope, select, _), Names::Alias(_)) => Source::Select(scope, select, names),
            (source, _) => source,
        };
        let alias = table.alias.as_ref().or(own_name).cloned();
        self.name(problem, place, alias, source);
        if let Some(on) = &table.on {
            self.condition(problem, on, place);
        }
    }

    fn relation(&mut self, problem: &mut Problem<'q>, name: &'q ObjectName, only: bool, place: Place) -> Source<'q> {
        if name.schema.is_none()
            && let Some(cte) = self.ctes.iter().rposition(|c| *c.name == name.name)
            && let Some(in_sight) = self.ctes.get(cte).copied()
        {
            return match in_sight.inline {
                Some(query) => {
                    // Inside it only those before it are in sight.
                    let hidden = self.ctes.split_off(cte);
                    let names = if in_sight.columns.is_empty() { Names::Own } else { Names::With(in_sight.columns) };
                    let source = self.subquery(problem, query, place, place.naming, names);
                    self.ctes.extend(hidden);
                    source
                }
                None if in_sight.few => Source::Few,
                None => {
                    problem.many = true;
                    Source::Many
                }
            };
        }
        let id = match place.naming {
            Naming::Session => match self.catalog.resolve(name) {
                Resolved::Found(id) => id,
                Resolved::System => return Source::Few,
                Resolved::Unknown | Resolved::Missing => return Source::Many,
            },
            Naming::View(view) => {
                let bound = plain_view(self.catalog, view)
                    .or_else(|| self.catalog.relation(view).and_then(|r| r.view()))
                    .and_then(|v| in_view(self.catalog, v, name));
                match bound {
                    Some(id) => id,
                    None => return Source::Many,
                }
            }
        };
        let Some(relation) = self.catalog.relation(id) else { return Source::Many };
        match &relation.kind {
            RelationKind::Table(_) => Source::Table(problem.read(id, only, place.part)),
            RelationKind::View(view) if view.materialized => Source::Table(problem.read(id, true, place.part)),
            RelationKind::View(view) => match self.views.query(id) {
                Some(query) => self.subquery(problem, query, place, Naming::View(id), Names::View(view)),
                None => {
                    // Its text is not understood: at worst it reads all that it depends on.
                    for dependency in &view.depends_on {
                        problem.read(dependency.relation, false, place.part);
                    }
                    problem.many = true;
                    Source::Many
                }
            },
            _ => Source::Few,
        }
    }

    /// A subquery in `FROM`, or a view: part of the problem, or planned by itself.
    fn subquery(
        &mut self,
        problem: &mut Problem<'q>,
        query: &'q Query,
        place: Place,
        naming: Naming,
        names: Names<'q>,
    ) -> Source<'q> {
        if pulls_up(query) {
            return self.pull_up(problem, query, place, naming, names);
        }
        let few = match naming {
            Naming::View(_) => {
                // A view does not see the statement's common table expressions.
                let hidden = std::mem::take(&mut self.ctes);
                let few = self.query_named(query, naming);
                self.ctes = hidden;
                few
            }
            Naming::Session => self.query_named(query, naming),
        };
        if few {
            Source::Few
        } else {
            problem.many = true;
            Source::Many
        }
    }

    fn pull_up(
        &mut self,
        problem: &mut Problem<'q>,
        query: &'q Query,
        place: Place,
        naming: Naming,
        names: Names<'q>,
    ) -> Source<'q> {
        let Some(select) = query.selects.first() else { return Source::Few };
        let outer = if matches!(naming, Naming::View(_)) { None } else { Some(place.scope) };
        let inner = Place { scope: problem.scope(outer), part: place.part, naming };
        let hidden = if naming == place.naming { Vec::new() } else { std::mem::take(&mut self.ctes) };
        self.select(problem, select, inner);
        if naming != place.naming {
            self.ctes = hidden;
        }
        Source::Select(inner.scope, select, names)
    }

    fn select(&mut self, problem: &mut Problem<'q>, select: &'q Select, place: Place) {
        for table in &select.from {
            self.item_of_from(problem, table, place);
        }
        if let Some(filter) = &select.filter {
            self.condition(problem, filter, place);
        }
        let items: Vec<&Expr> = select.items.iter().map(|i| &i.expr).collect();
        self.subqueries(&items, place.naming);
    }

    /// Adds a condition, conjunct by conjunct.
    fn condition(&mut self, problem: &mut Problem<'q>, condition: &'q Expr, place: Place) {
        for conjunct in condition.conjuncts() {
            match conjunct {
                Expr::And(_) => self.condition(problem, conjunct, place),
                Expr::Subquery { operand, exists, query } if *exists || operand.is_some() => {
                    self.semi_join(problem, operand.as_deref(), query, place);
                }
                Expr::Not(negated) => match &**negated {
                    Expr::Subquery { exists: true, query, .. } if pulls_up(query) => {
                        let part = problem.new_part(false);
                        self.pull_up(problem, query, Place { part, ..place }, place.naming, Names::Own);
                    }
                    _ => self.plain(problem, conjunct, place),
                },
                _ => self.plain(problem, conjunct, place),
            }
        }
    }

    fn plain(&mut self, problem: &mut Problem<'q>, conjunct: &'q Expr, place: Place) {
        if place.part == 0 && special::is_false(conjunct) {
            problem.never = true;
        }
        problem.conditions.push((place.part, Condition::Expr(place.scope, conjunct)));
        self.subqueries(&[conjunct], place.naming);
    }

    /// `EXISTS (…)`, `a IN (SELECT …)`: joined like a table.
    fn semi_join(&mut self, problem: &mut Problem<'q>, operand: Option<&'q Expr>, query: &'q Query, place: Place) {
        let exists = operand.is_none();
        let item = query.selects.first().and_then(|s| s.items.first());
        let joins = if exists { exists_pulls_up(query) } else { pulls_up(query) && item.is_some() };
        if joins {
            let source = self.pull_up(problem, query, place, place.naming, Names::Own);
            if let (Some(operand), Some(item), Source::Select(inner, ..)) = (operand, item, source) {
                let condition = Condition::Equal((place.scope, operand), (inner, &item.expr));
                problem.conditions.push((place.part, condition));
            }
            return;
        }
        let few = self.query_named(query, place.naming);
        if let Some(operand) = operand {
            if few {
                problem.conditions.push((place.part, Condition::FewValues(place.scope, operand)));
            }
            self.subqueries(&[operand], place.naming);
        }
    }
}

/// Whether the server plans a subquery together with what is around it.
fn pulls_up(query: &Query) -> bool {
    let [select] = query.selects.as_slice() else { return false };
    query.ctes.is_empty()
        && query.limit.is_none()
        && query.offset.is_none()
        && query.row_locks.is_empty()
        && select.others.is_empty()
        && !select.from.is_empty()
        && !select.items.iter().any(|i| special::is_aggregate(&i.expr))
}

/// In `EXISTS` the output does not matter.
fn exists_pulls_up(query: &Query) -> bool {
    let [select] = query.selects.as_slice() else { return false };
    query.ctes.is_empty()
        && query.offset.is_none()
        && select.others.is_empty()
        && !select.from.is_empty()
        && !select.items.iter().any(|i| special::is_aggregate(&i.expr))
}

/// The table behind a view that can be written through.
fn first_table(problem: &Problem<'_>, source: Source<'_>) -> Option<usize> {
    match source {
        Source::Table(table) => Some(table),
        Source::Select(scope, ..) => {
            let (_, source) = problem.scopes.get(scope)?.names.first()?;
            first_table(problem, *source)
        }
        Source::Few | Source::Many => None,
    }
}
