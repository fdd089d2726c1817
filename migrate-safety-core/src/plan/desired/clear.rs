//! What stands in the way of a change is taken away for it, and made again after it.

use super::plainly;
use crate::catalog::diff::{Difference, drop_sql};
use crate::catalog::{Catalog, ConstraintKind, Object};
use crate::plan::state::State;

/// How much is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Extent {
    /// What only looks at data: views, policies, triggers, rules.
    Readers,
    /// Also demands and ways to make values: constraints, defaults, routines.
    Demands,
    /// Also columns whose values are computed from others, and lose nothing by being made anew.
    Computed,
}

/// Takes away what keeps the server from making a difference good, and makes it good; what is wanted of the rest, the next
/// comparison makes again. No table or column is touched that the desired schema has.
pub(super) fn clear(state: &mut State, desired: &Catalog, differences: &[Difference], made: &mut Vec<String>) -> bool {
    for extent in [Extent::Readers, Extent::Demands, Extent::Computed] {
        let before = made.len();
        let mut open: Vec<Vec<String>> = Vec::new();
        for difference in differences {
            let Some(found) = &difference.found else { continue };
            let mut sql = plainly(difference);
            // What is taken without that is none of the bracket: it is left to the next comparison.
            let is_taken_alone = |sql: &String| {
                let is_demand = [" SET NOT NULL", " DROP NOT NULL"].iter().any(|ending| sql.ends_with(ending));
                is_demand && state.tried(std::slice::from_ref(sql)).is_ok()
            };
            if sql.len() > 1 {
                sql.retain(|sql| !is_taken_alone(sql));
            }
            let is_made_anew =
                sql.is_empty() && extent == Extent::Computed && is_computed(&state.catalog, desired, found);
            if is_made_anew {
                sql.extend(drop_sql(&state.catalog, found));
            }
            let mut statements = in_the_way(&state.catalog, desired, found, extent);
            statements.extend(sql.iter().cloned());
            match state.tried(&statements) {
                Ok(next) if (is_made_anew || statements.len() > sql.len()) && !sql.is_empty() => {
                    *state = next;
                    made.extend(statements);
                }
                _ => open.push(sql),
            }
        }
        // All that the same dependents have held up is done before they are made again.
        if made.len() > before {
            super::run(state, open.into_iter().filter(|sql| !sql.is_empty()).collect(), made);
            return true;
        }
    }
    false
}

/// Whether an object is a column whose values are computed, and is to be one.
fn is_computed(present: &Catalog, desired: &Catalog, object: &Object) -> bool {
    let Object::Column(table, column) = object else { return false };
    let Some((relation, column)) = present.relation(*table).zip(present.column(*table, *column)) else { return false };
    let wanted = desired.resolve(&relation.object_name()).found().and_then(|id| desired.table(id));
    let wanted = wanted.and_then(|table| table.column(&column.name));
    column.generated.is_some() && column.inherited == 0 && wanted.is_some_and(|wanted| wanted.generated.is_some())
}

/// Statements that drop all that keeps an object from being dropped, dependents first.
pub(super) fn everything(present: &Catalog, desired: &Catalog, object: &Object) -> Vec<String> {
    in_the_way(present, desired, object, Extent::Demands)
}

/// Statements that drop what depends on an object, dependents first.
fn in_the_way(present: &Catalog, desired: &Catalog, object: &Object, extent: Extent) -> Vec<String> {
    let dependents = present.dropping_order(std::slice::from_ref(object));
    let dropped = dependents.iter().filter(|dependent| dependent.object != *object);
    let dropped = dropped.filter(|dependent| match &dependent.object {
        Object::Relation(id) => {
            let Some(relation) = present.relation(*id) else { return false };
            let is_wanted = desired.resolve(&relation.object_name()).found().is_some();
            // It compares the column with values of its type.
            let compares = relation.index().is_some_and(|index| {
                let is_computed = index.predicate.is_some() || index.keys.iter().any(|key| key.expression.is_some());
                is_computed && index.constraint.is_none() && index.parent.is_none()
            });
            relation.view().is_some() || (compares && extent >= Extent::Demands) || (!is_wanted && !dependent.automatic)
        }
        Object::Trigger(..) | Object::Rule(..) | Object::Policy(..) => !dependent.automatic,
        Object::Constraint(table, id) => {
            let kind = present.constraint(*table, *id).map(|constraint| &constraint.kind);
            let is_demand = matches!(kind, Some(ConstraintKind::ForeignKey(_) | ConstraintKind::Check { .. }));
            extent >= Extent::Demands && is_demand && !dependent.automatic
        }
        Object::Default(..) | Object::Routine(_) => extent >= Extent::Demands && !dependent.automatic,
        Object::Column(..) if extent == Extent::Computed && is_computed(present, desired, &dependent.object) => true,
        Object::Column(table, column) => {
            let Some((relation, column)) = present.relation(*table).zip(present.column(*table, *column)) else {
                return false;
            };
            let wanted = desired.resolve(&relation.object_name()).found().and_then(|id| desired.table(id));
            !dependent.automatic && wanted.is_some_and(|table| table.column(&column.name).is_none())
        }
        _ => false,
    });
    dropped
        .filter_map(|dependent| drop_sql(present, &dependent.object))
        .map(|sql| super::without_concurrently(&sql))
        .collect()
}
