//! What stands in the way of a change is taken away for it, and made again after it.

use super::plainly;
use crate::catalog::diff::{Closeness, Difference, diff, drop_sql};
use crate::catalog::{Catalog, ConstraintKind, Dependent, Object, RelationId};
use crate::plan::state::State;
use crate::sql::operation::TableAction;

/// How much is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Extent {
    /// What only looks at data: views, policies, triggers, rules.
    Readers,
    /// Also demands and ways to make values: constraints, defaults, routines.
    Demands,
    /// Also checks and defaults that would go with a column, and cannot follow it to another type.
    Own,
    /// Also columns whose values are computed from others, and lose nothing by being made anew.
    Computed,
}

/// Takes away what keeps the server from making a difference good, and makes it good; what is wanted of the rest, the next
/// comparison makes again. No table or column is touched that the desired schema has.
pub(super) fn clear(state: &mut State, desired: &Catalog, differences: &[Difference], made: &mut Vec<String>) -> bool {
    for extent in [Extent::Readers, Extent::Demands, Extent::Own, Extent::Computed] {
        let before = made.len();
        let mut open: Vec<Vec<String>> = Vec::new();
        for difference in differences {
            let Some(found) = &difference.found else { continue };
            let mut sql = plainly(difference);
            // What is taken without that is none of the bracket: it is left to the next comparison.
            let is_taken_alone = |sql: &String| {
                let action = super::table_action(state.catalog.target(), sql);
                let is_demand =
                    matches!(action, Some(TableAction::SetNotNull { .. } | TableAction::DropNotNull { .. }));
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
            let away = in_the_way(&state.catalog, desired, found, extent);
            let does_something = (is_made_anew || !away.is_empty()) && !sql.is_empty();
            let taken = does_something.then(|| taken(state, desired, (&away, &sql), difference)).flatten();
            match taken {
                Some((statements, next)) => {
                    *state = next;
                    made.extend(statements);
                }
                None => open.push(sql),
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

/// What takes things away and makes a difference good behind that, and the schema after it. With them away it may be
/// written otherwise.
fn taken(
    state: &State,
    desired: &Catalog,
    (away, sql): (&[String], &[String]),
    difference: &Difference,
) -> Option<(Vec<String>, State)> {
    let statements = [away, sql].concat();
    if let Ok(next) = state.tried(&statements) {
        return Some((statements, next));
    }
    let bare = state.tried(away).ok()?;
    let again = diff(desired, &bare.catalog, Closeness::Meaning);
    let same = again.iter().find(|other| (other.kind, &other.name) == (difference.kind, &difference.name))?;
    let sql = plainly(same);
    let next = bare.tried(&sql).ok().filter(|_| !sql.is_empty())?;
    Some(([away, &sql].concat(), next))
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

/// As [`everything`], but for what is on these relations: they go themselves.
pub(super) fn everything_of_others(
    present: &Catalog,
    desired: &Catalog,
    object: &Object,
    own: &[RelationId],
) -> Vec<String> {
    let is_of_others = |dependent: &Dependent| dependent.object.relation().is_none_or(|id| !own.contains(&id));
    drops(present, desired, object, Extent::Demands, is_of_others)
}

/// Statements that drop what depends on an object, dependents first.
fn in_the_way(present: &Catalog, desired: &Catalog, object: &Object, extent: Extent) -> Vec<String> {
    drops(present, desired, object, extent, |_| true)
}

/// Statements that drop what depends on an object and is in the way, of those that `counts`.
fn drops(
    present: &Catalog,
    desired: &Catalog,
    object: &Object,
    extent: Extent,
    counts: impl Fn(&Dependent) -> bool,
) -> Vec<String> {
    let dependents = present.dropping_order(std::slice::from_ref(object));
    let dropped = dependents.iter().filter(|dependent| dependent.object != *object && counts(dependent));
    let takes_own = extent >= Extent::Own && matches!(object, Object::Column(..) | Object::Type(_));
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
            let is_check = matches!(kind, Some(ConstraintKind::Check { .. }));
            extent >= Extent::Demands && is_demand && (!dependent.automatic || (is_check && takes_own))
        }
        Object::Default(..) => extent >= Extent::Demands && (!dependent.automatic || takes_own),
        Object::Routine(_) => extent >= Extent::Demands && !dependent.automatic,
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
