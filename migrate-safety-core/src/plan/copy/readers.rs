//! Views, policies and triggers that name the column, turned over to its copy.

use super::parts::Parts;
use crate::catalog::render::text::bare;
use crate::catalog::{Catalog, Column, Policy, Relation, RelationId, Trigger};
use crate::plan::error::Refusal;
use crate::plan::names::names_word;
use crate::plan::request::TableRef;
use crate::sql::expr::{Expr, TableSource};
use crate::sql::name::literal;
use crate::sql::operation::{FiringState, Operation, PolicyClauses, Volatility};
use crate::sql::{Ident, ObjectName, parse, rename};

/// Statements that turn something over to the copy, and back.
#[derive(Debug, Default)]
pub(super) struct Turned {
    pub(super) forth: Vec<String>,
    pub(super) back: Vec<String>,
}

/// Views and policies read the copy.
///
/// # Errors
/// The text of a view does not tell which names in it are the column.
pub(super) fn turned(
    catalog: &Catalog,
    twin: &Catalog,
    table: TableRef<'_>,
    (column, copy): (&Column, &Ident),
    parts: &Parts<'_>,
) -> Result<Turned, Refusal> {
    let mut turned = Turned::default();
    for view in &parts.views {
        let (to, from) = view_statements(catalog, table, view, column, copy)?;
        turned.forth.push(to);
        turned.back.push(from);
    }
    let t = table.sql();
    for policy in &parts.policies {
        let renamed = twin.table(table.id).and_then(|twin| twin.policies.iter().find(|p| p.name == policy.name));
        turned.forth.extend(renamed.map(|policy| altered_policy(&t, policy)));
        turned.back.push(altered_policy(&t, policy));
    }
    Ok(turned)
}

fn altered_policy(table: &str, policy: &Policy) -> String {
    let PolicyClauses { using, check, .. } = &policy.clauses;
    let using = using.as_ref().map(|e| format!(" USING ({})", bare(e))).unwrap_or_default();
    let check = check.as_ref().map(|e| format!(" WITH CHECK ({})", bare(e))).unwrap_or_default();
    format!("ALTER POLICY {} ON {table}{using}{check}", policy.name.sql())
}

fn view_statements(
    catalog: &Catalog,
    table: TableRef<'_>,
    relation: &Relation,
    column: &Column,
    copy: &Ident,
) -> Result<(String, String), Refusal> {
    let name = relation.object_name().sql();
    let unclear = |why: &str| {
        Refusal::new(
            format!("the query of view {name} {why}"),
            format!(
                "drop the view before and create it after the change, or write its columns as {}.{}",
                table.sql(),
                column.name.sql()
            ),
        )
    };
    let Some(view) = relation.view() else { return Err(unclear("is not known")) };
    let replaced = |sql: &str| {
        let written = crate::catalog::View { sql: sql.into(), ..view.clone() };
        Catalog::view_sql(relation, &written).replacen("CREATE VIEW", "CREATE OR REPLACE VIEW", 1)
    };
    let mut depends_on = view.depends_on.iter().filter(|d| d.relation != table.id);
    let has_it = |id: RelationId| match catalog.relation(id) {
        Some(other) => other.table().is_none_or(|t| t.column(&column.name).is_some()),
        None => true,
    };
    if depends_on.any(|d| has_it(d.relation)) {
        return Err(unclear("reads another relation that may have a column of that name"));
    }
    let script = parse(catalog.target(), &view.sql);
    let query = script.statements.first().and_then(|s| match s.operations.first().map(|l| &l.operation) {
        Some(Operation::Select(query)) => Some(query),
        _ => None,
    });
    let Some(query) = query else { return Err(unclear("was not understood")) };
    let mut star = false;
    query.walk_exprs(&mut |e| star |= matches!(e, Expr::Star(_)));
    star |= query.selects.iter().flat_map(|s| &s.from).any(|t| {
        matches!(t.source, TableSource::Query(_)) || t.natural || !t.using.is_empty() || !t.columns.is_empty()
    });
    if star || !query.ctes.is_empty() {
        return Err(unclear("names its columns by *, USING, their places or through another query"));
    }
    Ok((replaced(&rename::in_text(&view.sql, &column.name, copy)), replaced(&view.sql)))
}

/// The user's triggers on updates of the column fire for updates of the copy too.
pub(super) fn triggers_for_both(catalog: &Catalog, table: TableRef<'_>, copy: &Ident, parts: &Parts<'_>) -> Turned {
    let of_column = parts.triggers.iter().filter(|trigger| !trigger.columns.is_empty());
    let mut turned = Turned::default();
    for trigger in of_column {
        let sql = catalog.trigger_sql(table.relation, trigger);
        let both = sql.replacen("UPDATE OF ", &format!("UPDATE OF {}, ", copy.sql()), 1);
        turned.forth.extend(replaced_trigger(table, trigger, both));
        turned.back.extend(replaced_trigger(table, trigger, sql));
    }
    turned
}

/// Statements that make the user's triggers name the copy alone; to stand around the dropping of the column.
pub(super) fn triggers_of_copy(twin: &Catalog, table: TableRef<'_>, parts: &Parts<'_>) -> (Vec<String>, Vec<String>) {
    let drop = |trigger: &&Trigger| format!("DROP TRIGGER {} ON {}", trigger.name.sql(), table.sql());
    let create = |trigger: &&Trigger| {
        let renamed = twin
            .relation(table.id)
            .and_then(|r| Some((r, r.table()?.triggers.iter().find(|t| t.name == trigger.name)?)));
        let sql = renamed.map(|(relation, trigger)| twin.trigger_sql(relation, trigger)).unwrap_or_default();
        std::iter::once(sql).chain(firing(table, trigger)).chain(commented(twin, table, trigger)).collect::<Vec<_>>()
    };
    (parts.triggers.iter().map(drop).collect(), parts.triggers.iter().flat_map(create).collect())
}

fn replaced_trigger(table: TableRef<'_>, trigger: &Trigger, sql: String) -> Vec<String> {
    if trigger.constraint {
        let drop = format!("DROP TRIGGER {} ON {}", trigger.name.sql(), table.sql());
        [drop, sql].into_iter().chain(firing(table, trigger)).collect()
    } else {
        let replace = sql.replacen("CREATE TRIGGER", "CREATE OR REPLACE TRIGGER", 1);
        std::iter::once(replace).chain(firing(table, trigger)).collect()
    }
}

/// When it fires, unless that is the usual way.
fn firing(table: TableRef<'_>, trigger: &Trigger) -> Option<String> {
    let word = match trigger.state {
        FiringState::Enabled => return None,
        FiringState::Disabled => "DISABLE",
        FiringState::Replica => "ENABLE REPLICA",
        FiringState::Always => "ENABLE ALWAYS",
    };
    Some(format!("ALTER TABLE {} {word} TRIGGER {}", table.sql(), trigger.name.sql()))
}

fn commented(catalog: &Catalog, table: TableRef<'_>, trigger: &Trigger) -> Option<String> {
    let object = crate::catalog::Object::Trigger(table.id, trigger.name.clone());
    let text = catalog.comments.get(&object)?;
    Some(format!("COMMENT ON TRIGGER {} ON {} IS {}", trigger.name.sql(), table.sql(), literal(text)))
}

/// Statements that make sessions compile the table's trigger functions anew: what they have compiled before knows the columns
/// by the types that they had (42804).
pub(super) fn renewed_functions(catalog: &Catalog, table: TableRef<'_>) -> Vec<String> {
    let tables = catalog.descendants(table.id).into_iter().chain([table.id]);
    let routines =
        tables.flat_map(|id| catalog.triggers_of(id)).filter_map(|trigger| catalog.routine(trigger.routine?));
    let mut statements: Vec<String> = Vec::new();
    for routine in routines.filter(|routine| routine.language == *"plpgsql") {
        let name = ObjectName { schema: Some(routine.schema.clone()), name: routine.name.clone() }.sql();
        let as_before = match routine.volatility {
            Volatility::Immutable => "IMMUTABLE",
            Volatility::Stable => "STABLE",
            Volatility::Volatile => "VOLATILE",
        };
        let sql = format!("ALTER FUNCTION {name}() {as_before}");
        if !statements.contains(&sql) {
            statements.push(sql);
        }
    }
    statements
}

/// The user's triggers that fire for an UPDATE of a column that none of them names.
pub(super) fn firing_on_update(table: TableRef<'_>) -> Vec<String> {
    let fires = |t: &&Trigger| t.events.update && t.columns.is_empty() && t.state != FiringState::Disabled;
    table.table.triggers.iter().filter(fires).map(|trigger| trigger.name.sql()).collect()
}

/// Functions of the table's triggers whose text names the column: they have to be replaced by people.
pub(super) fn functions_naming(catalog: &Catalog, table: TableRef<'_>, column: &Column) -> Vec<String> {
    let routines = table.table.triggers.iter().filter_map(|t| catalog.routine(t.routine?));
    let named = routines.filter(|r| r.body.as_ref().is_some_and(|body| names_word(&body.text, &column.name)));
    let mut names: Vec<String> = named.map(|r| format!("{}.{}", r.schema.sql(), r.name.sql())).collect();
    names.dedup();
    names
}
