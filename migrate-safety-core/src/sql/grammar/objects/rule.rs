//! Rewrite rules and row security policies.

use super::common::{role_list, word_of};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::{CteBody, Expr, Expression, Query, TableSource};
use crate::sql::grammar;
use crate::sql::name::{Ident, ObjectName};
use crate::sql::operation::{Operation, PolicyClauses, RuleText};
use crate::sql::token::Token;

pub(super) fn create_rule(c: &mut Cursor<'_, '_>, or_replace: bool) -> Parse<Operation> {
    let name = c.ident()?;
    c.expect("AS ON")?;
    let Some(event) = c.eat_one_of(&["SELECT", "UPDATE", "DELETE", "INSERT"]) else {
        return Err(c.expected("`SELECT`, `UPDATE`, `DELETE` or `INSERT`"));
    };
    c.expect("TO")?;
    let table = c.object_name()?;
    let start = c.mark();
    let (replaces, condition, actions) = actions(c)?;
    let text = RuleText { event: event.into(), body: c.text_from(start).into(), replaces };
    Ok(Operation::CreateRule { name, table, or_replace, condition: condition.map(Box::new), actions, text })
}

/// `[WHERE …] DO …`: whether the statements that a rule puts in always replace the one it is for, the condition, and
/// these.
fn actions(c: &mut Cursor<'_, '_>) -> Parse<(bool, Option<Expr>, Vec<Operation>)> {
    let condition = if c.eat("WHERE") { Some(c.expression()?.expr) } else { None };
    c.expect("DO")?;
    let replaces = c.eat_one_of(&["INSTEAD", "ALSO"]) == Some("INSTEAD") && condition.is_none();
    let mut actions = Vec::new();
    if c.eat("NOTHING") {
        return Ok((replaces, condition, actions));
    }
    if c.is_token(&Token::LParen) && !opens_query(c) {
        c.parens(|c| {
            loop {
                if action_follows(c) {
                    actions.extend(action(c)?);
                }
                if !c.eat_token(&Token::SemiColon) {
                    return Ok(());
                }
            }
        })?;
    } else {
        actions.extend(action(c)?);
    }
    Ok((replaces, condition, actions))
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

/// One of the statements a rule puts in.
fn action(c: &mut Cursor<'_, '_>) -> Parse<impl Iterator<Item = Operation>> {
    if !action_follows(c) {
        return Err(c.expected("`NOTHING` or a statement"));
    }
    Ok(grammar::element(c)?.operations.into_iter().map(|located| located.operation))
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
    let mut restrictive = false;
    let mark = c.mark();
    if c.eat("AS") {
        restrictive = c.is("RESTRICTIVE");
        word_of(c, &["permissive", "restrictive"], "`PERMISSIVE` or `RESTRICTIVE`")?;
        c.since(10, mark, "`AS PERMISSIVE` or `AS RESTRICTIVE`");
    }
    let mut command = None;
    if c.eat("FOR") {
        command = c.eat_one_of(&["ALL", "SELECT", "INSERT", "UPDATE", "DELETE"]);
        if command.is_none() {
            return Err(c.expected("`ALL`, `SELECT`, `INSERT`, `UPDATE` or `DELETE`"));
        }
    }
    let command = command.filter(|word| *word != "ALL").map(Box::from);
    let clauses = Box::new(PolicyClauses { restrictive, command, ..policy_clauses(c)? });
    let expressions: Vec<Expression> = clauses.using.iter().chain(&clauses.check).cloned().collect();
    let mut relations = Vec::new();
    for expression in &expressions {
        read_relations(&expression.expr, &mut relations);
    }
    Ok(Operation::CreatePolicy { name, table, relations, expressions, clauses })
}

/// `TO roles USING (…) WITH CHECK (…)`.
fn policy_clauses(c: &mut Cursor<'_, '_>) -> Parse<PolicyClauses> {
    let mut clauses = PolicyClauses::default();
    if c.eat("TO") {
        let start = c.mark();
        role_list(c)?;
        clauses.roles = Some(c.text_from(start).into());
    }
    if c.eat("USING") {
        clauses.using = Some(c.paren_expression()?);
    }
    if c.eat_all("WITH CHECK") {
        clauses.check = Some(c.paren_expression()?);
    }
    Ok(clauses)
}

/// The relations that subqueries of an expression read.
fn read_relations(expr: &Expr, found: &mut Vec<ObjectName>) {
    expr.walk(&mut |e| {
        if let Expr::Subquery { query, .. } = e {
            relations_of(query, found);
        }
    });
}

fn relations_of(query: &Query, found: &mut Vec<ObjectName>) {
    let ctes = query.ctes.iter().filter_map(|cte| match &cte.body {
        CteBody::Query(query) => Some(query),
        CteBody::Dml(_) => None,
    });
    ctes.for_each(|query| relations_of(query, found));
    for select in &query.selects {
        for table in &select.from {
            match &table.source {
                TableSource::Relation { name, .. } => {
                    let is_cte = name.schema.is_none() && query.ctes.iter().any(|cte| cte.name == name.name);
                    if !is_cte && !found.contains(name) {
                        found.push(name.clone());
                    }
                }
                TableSource::Query(query) => relations_of(query, found),
                TableSource::Expr(expr) => read_relations(expr, found),
            }
            table.on.iter().for_each(|on| read_relations(on, found));
        }
        let items = select.items.iter().map(|item| &item.expr);
        items.chain(&select.filter).chain(&select.others).for_each(|e| read_relations(e, found));
    }
}

pub(super) fn alter_policy(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let if_exists = c.if_exists();
    let (name, table) = on_table(c)?;
    if if_exists || c.is("RENAME") {
        c.expect("RENAME TO")?;
        let to = c.ident()?;
        return Ok(Operation::AlterPolicy { name, table, rename_to: Some(to), clauses: Box::default() });
    }
    let clauses = policy_clauses(c)?;
    Ok(Operation::AlterPolicy { name, table, rename_to: None, clauses: Box::new(clauses) })
}
