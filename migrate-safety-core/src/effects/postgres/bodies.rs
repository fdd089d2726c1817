//! Stored text as operations: queries of views, bodies of routines.

use crate::catalog::{Catalog, Routine};
use crate::sql::operation::RuleText;
use crate::sql::{LocatedOperation, ObjectName, Operation, Query, parse, plpgsql};

/// The query that a text is.
pub(super) fn query(text: &str, catalog: &Catalog) -> Option<Query> {
    let script = parse(catalog.target(), text);
    let mut statements = script.statements.into_iter();
    let (Some(mut statement), None) = (statements.next(), statements.next()) else { return None };
    match statement.operations.pop()?.operation {
        Operation::Select(query) => Some(*query),
        _ => None,
    }
}

/// The statements that a rule puts in.
pub(super) fn rule_actions(rule: &RuleText, catalog: &Catalog) -> Option<Vec<Operation>> {
    let text = format!("CREATE RULE r AS ON {} TO t {}", rule.event, rule.body);
    let statement = parse(catalog.target(), &text).statements.into_iter().next()?;
    statement.operations.into_iter().find_map(|located| match located.operation {
        Operation::CreateRule { actions, .. } => Some(actions),
        _ => None,
    })
}

/// What a routine does; nothing if it is not known.
pub(super) fn operations(routine: &Routine, catalog: &Catalog) -> Option<Vec<LocatedOperation>> {
    let name = ObjectName { schema: Some(routine.schema.clone()), name: routine.name.clone() };
    let body = plpgsql::read_body(catalog.target(), &routine.language, routine.body.as_ref()?, Some(&name));
    Some(body.operations)
}
