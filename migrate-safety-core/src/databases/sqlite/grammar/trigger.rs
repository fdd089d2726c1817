//! `CREATE TRIGGER`.

use super::names::{name, object_name};
use crate::databases::dml;
use crate::databases::expression::expression;
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{CreateTrigger, Expression, Operation, Query, Verb};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::token::Token;
use std::collections::HashSet;
use std::hash::Hash;

/// What stands behind `CREATE TRIGGER`.
pub(super) fn create_trigger(cursor: &mut Cursor<'_, '_>, temporary: bool) -> Parse<Operation> {
    let if_not_exists = cursor.if_not_exists();
    let trigger = object_name(cursor)?;
    let instead_of = cursor.eat_all("INSTEAD OF");
    let before = !instead_of && cursor.eat("BEFORE");
    if !instead_of && !before {
        cursor.eat("AFTER");
    }
    let event = event(cursor)?;
    let columns = if event == Verb::Update && cursor.eat("OF") { cursor.list(name)? } else { Vec::new() };
    cursor.expect("ON")?;
    let table = object_name(cursor)?;
    cursor.eat_all("FOR EACH ROW");
    let mark = cursor.mark();
    let when = if cursor.eat("WHEN") { Some(expression(cursor, &["BEGIN"])?) } else { None };
    cursor.expect("BEGIN")?;
    let mut body = Body::default();
    body.expression(when);
    while !cursor.is("END") {
        body.statement(cursor)?;
    }
    if body.statements == 0 {
        return Err(cursor.expected("a statement"));
    }
    cursor.expect("END")?;
    let body = body.finish(cursor.text_from(mark));
    Ok(Operation::CreateTrigger(Box::new(CreateTrigger {
        name: trigger,
        if_not_exists,
        or_replace: false,
        temporary,
        table,
        instead_of,
        before,
        event,
        columns,
        body,
    })))
}

fn event(cursor: &mut Cursor<'_, '_>) -> Parse<Verb> {
    match cursor.eat_one_of(&["INSERT", "UPDATE", "DELETE"]) {
        Some("INSERT") => Ok(Verb::Insert),
        Some("UPDATE") => Ok(Verb::Update),
        Some(_) => Ok(Verb::Delete),
        None => Err(cursor.expected("`INSERT`, `UPDATE` or `DELETE`")),
    }
}

/// What the statements of a trigger read and write, all together.
#[derive(Debug, Default)]
struct Body {
    found: Expression,
    statements: usize,
}

impl Body {
    fn statement(&mut self, cursor: &mut Cursor<'_, '_>) -> Parse<()> {
        let Some(operation) = dml::statement(cursor)? else {
            return Err(cursor.expected("`INSERT`, `UPDATE`, `DELETE`, `SELECT` or `END`"));
        };
        cursor.expect_token(&Token::SemiColon)?;
        self.statements += 1;
        match operation {
            Operation::Insert(insert) => {
                self.columns(insert.columns.into_iter().map(|column| (Some(insert.table.name.clone()), column)));
                self.tables([insert.table]);
                insert.with.into_iter().chain([insert.source]).for_each(|query| self.query(query));
            }
            Operation::Update(update) => {
                let table = update.tables.first().map(|table| table.name.clone());
                self.tables(update.tables.into_iter().chain(update.reads));
                for (qualifier, column, to) in update.assignments {
                    self.columns([(qualifier.or_else(|| table.clone()), column)]);
                    self.expression(Some(to));
                }
                self.expression(update.filter);
            }
            Operation::Delete(delete) => {
                self.tables(delete.tables.into_iter().chain(delete.reads));
                self.expression(delete.filter);
            }
            Operation::Select(query) => self.query(*query),
            _ => {}
        }
        Ok(())
    }

    fn expression(&mut self, expression: Option<Expression>) {
        let Some(Expression { columns, calls, reads, .. }) = expression else { return };
        self.columns(columns);
        self.tables(reads);
        self.found.calls.extend(calls);
    }

    fn query(&mut self, query: Query) {
        self.columns(query.columns);
        self.tables(query.reads);
    }

    fn columns(&mut self, columns: impl IntoIterator<Item = (Option<Name>, Name)>) {
        self.found.columns.extend(columns);
    }

    fn tables(&mut self, tables: impl IntoIterator<Item = ObjectName>) {
        self.found.reads.extend(tables);
    }

    /// All of it, each thing once.
    fn finish(self, sql: &str) -> Expression {
        let Expression { columns, calls, reads, .. } = self.found;
        let sql = sql.into();
        Expression { sql, columns: once(columns), calls: once(calls), reads: once(reads), ..Expression::default() }
    }
}

fn once<T: Clone + Eq + Hash>(all: Vec<T>) -> Vec<T> {
    let mut seen = HashSet::new();
    all.into_iter().filter(|one| seen.insert(one.clone())).collect()
}
