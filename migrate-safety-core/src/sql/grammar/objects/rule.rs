//! Rewrite rules and row security policies.

use super::common::{role_list, word_of};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::{Expr, Expression, Query, TableSource};
use crate::sql::grammar;
use crate::sql::name::{Ident, ObjectName};
use crate::sql::operation::Operation;
use sqlparser::tokenizer::Token;

pub(super) fn create_rule(c: &mut Cursor<'_, '_>, or_replace: bool) -> Parse<Operation> {
    let name = c.ident()?;
    c.expect("AS ON")?;
    if c.eat_one_of(&["SELECT", "UPDATE", "DELETE", "INSERT"]).is_none() {
        return Err(c.expected("`SELECT`, `UPDATE`, `DELETE` or `INSERT`"));
    }
    c.expect("TO")?;
    let table = c.object_name()?;
    if c.eat("WHERE") {
        c.expression()?;
    }
    c.expect("DO")?;
    c.eat_one_of(&["INSTEAD", "ALSO"]);
    if c.eat("NOTHING") {
        return Ok(Operation::CreateRule { name, table, or_replace, changes: Vec::new() });
    }
    let mut changes = Vec::new();
    if c.is_token(&Token::LParen) && !opens_query(c) {
        c.parens(|c| {
            loop {
                if action_follows(c) {
                    changes.extend(action(c)?);
                }
                if !c.eat_token(&Token::SemiColon) {
                    return Ok(());
                }
            }
        })?;
    } else {
        changes.extend(action(c)?);
    }
    Ok(Operation::CreateRule { name, table, or_replace, changes })
}

/// Whether the parentheses are those of a query, `(SELECT …) UNION …`, rather than those around the actions.
fn opens_query(c: &mut Cursor<'_, '_>) -> bool {
    let mark = c.mark();
    let query = c.query().is_ok() && c.at_end();
    c.rewind(mark);
    query
}

const ACTIONS: &[&str] = &["SELECT", "VALUES", "TABLE", "WITH", "INSERT", "UPDATE", "DELETE", "NOTIFY"];

fn action_follows(c: &Cursor<'_, '_>) -> bool {
    c.is_token(&Token::LParen) || ACTIONS.iter().any(|word| c.is(word))
}

/// One of the statements a rule puts in; the tables it changes.
fn action(c: &mut Cursor<'_, '_>) -> Parse<Vec<ObjectName>> {
    if !action_follows(c) {
        return Err(c.expected("`NOTHING` or a statement"));
    }
    let reading = grammar::element(c)?;
    let changed = reading.operations.into_iter().filter_map(|located| match located.operation {
        Operation::Insert(insert) => Some(insert.table),
        Operation::Update(update) => Some(update.table.name),
        Operation::Delete(delete) => Some(delete.table.name),
        _ => None,
    });
    Ok(changed.collect())
}

pub(super) fn alter_rule(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let (name, table) = on_table(c)?;
    c.expect("RENAME TO")?;
    let rename_to = c.ident()?;
    Ok(Operation::AlterRule { name, table, rename_to })
}

/// `name ON table`.
fn on_table(c: &mut Cursor<'_, '_>) -> Parse<(Ident, ObjectName)> {
    let name = c.ident()?;
    c.expect("ON")?;
    Ok((name, c.object_name()?))
}

pub(super) fn create_policy(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let (name, table) = on_table(c)?;
    if c.eat("AS") {
        word_of(c, &["permissive", "restrictive"], "`PERMISSIVE` or `RESTRICTIVE`")?;
    }
    if c.eat("FOR") && c.eat_one_of(&["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"]).is_none() {
        return Err(c.expected("`ALL`, `SELECT`, `INSERT`, `UPDATE` or `DELETE`"));
    }
    let mut relations = Vec::new();
    for expression in policy_clauses(c)? {
        read_relations(&expression.expr, &mut relations);
    }
    Ok(Operation::CreatePolicy { name, table, relations })
}

/// `TO roles USING (…) WITH CHECK (…)`: the expressions.
fn policy_clauses(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expression>> {
    if c.eat("TO") {
        role_list(c)?;
    }
    let mut expressions = Vec::new();
    if c.eat("USING") {
        expressions.push(c.paren_expression()?);
    }
    if c.eat_all("WITH CHECK") {
        expressions.push(c.paren_expression()?);
    }
    Ok(expressions)
}

/// The relations that subqueries of an expression read.
fn read_relations(expr: &Expr, found: &mut Vec<ObjectName>) {
    let mut queries: Vec<&Query> = Vec::new();
    expr.walk(&mut |e| {
        if let Expr::Subquery { query, .. } = e {
            queries.push(query);
        }
    });
    for query in queries {
        for select in &query.selects {
            for table in &select.from {
                match &table.source {
                    TableSource::Relation { name, .. } => found.push(name.clone()),
                    TableSource::Query(_) | TableSource::Expr(_) => {}
                }
            }
        }
    }
}

pub(super) fn alter_policy(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let if_exists = c.if_exists();
    let (name, table) = on_table(c)?;
    if if_exists || c.is("RENAME") {
        c.expect("RENAME TO")?;
        let to = c.ident()?;
        return Ok(Operation::AlterPolicy { name, table, rename_to: Some(to) });
    }
    policy_clauses(c)?;
    Ok(Operation::AlterPolicy { name, table, rename_to: None })
}
