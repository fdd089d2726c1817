//! What can be told of a loop by what stands in it.

use super::tree::{Block, Kind, Loop, Over, Statement};
use crate::dialect::Target;
use crate::sql::calls::{called_routines, each_expr};
use crate::sql::expr::{Cte, CteBody, Expr, Query, TableRef, TableSource};
use crate::sql::lexer::{Lexeme, Lexer};
use crate::sql::name::Ident;
use crate::sql::operation::{LocatedOperation, LoopFacts, Operation, RoutineBody, Transaction};
use crate::sql::span::LineIndex;
use crate::sql::token::Token;

/// Facts of a loop: of its whole body, inner loops included. `number` tells it from others, `rounds`
/// is how many it makes at most.
pub(super) fn loop_facts(of: &Loop, number: usize, rounds: Option<u64>) -> LoopFacts {
    let mut operations: Vec<&Operation> = match &of.over {
        Over::Condition(condition) => condition.iter().map(|o| &o.operation).collect(),
        _ => Vec::new(),
    };
    each_operation(&of.body, &mut |located| operations.push(&located.operation));
    LoopFacts {
        number,
        commits: operations.iter().any(|o| matches!(o, Operation::Transaction(Transaction::Commit))),
        sleeps: operations.iter().any(|o| sleeps(o)),
        bounded: changes_bounded(operations.iter().copied(), of.over.targets()).unwrap_or(false),
        rounds,
    }
}

/// Whether an operation waits for a time.
pub(crate) fn sleeps(operation: &Operation) -> bool {
    called_routines(operation).iter().any(|routine| SLEEPS.contains(&routine.name.as_str()))
}

/// Whether a body raises an error of its own somewhere.
pub(crate) fn raises(body: &RoutineBody) -> bool {
    const HARMLESS: &[&str] = &["WARNING", "NOTICE", "INFO", "LOG", "DEBUG"];
    let lines = LineIndex::new(&body.text);
    let mut lexer = Lexer::new(&lines, Target::NEWEST_POSTGRES);
    let mut after_raise = false;
    loop {
        let token = match lexer.next(&mut Vec::new()) {
            Lexeme::Token(located) => located.token,
            Lexeme::Comment(_) => continue,
            Lexeme::Backslash | Lexeme::End => return false,
        };
        // Without a condition it hands on, in a handler, what came from elsewhere.
        let is_harmless = || token == Token::SemiColon || HARMLESS.iter().any(|word| token.is_word(word));
        if after_raise && !is_harmless() {
            return true;
        }
        after_raise = token.is_word("RAISE");
    }
}

/// The columns that the body of a trigger's function names as `NEW.column` or `OLD.column`; `None` where what it does
/// depends on which trigger has fired.
pub(crate) fn row_fields(body: &RoutineBody) -> Option<Vec<Ident>> {
    const WHICH: &[&str] =
        &["TG_NAME", "TG_RELID", "TG_RELNAME", "TG_TABLE_NAME", "TG_TABLE_SCHEMA", "TG_NARGS", "TG_ARGV"];
    let lines = LineIndex::new(&body.text);
    let mut lexer = Lexer::new(&lines, Target::NEWEST_POSTGRES);
    let mut fields = Vec::new();
    // How much of `NEW .` has just been read.
    let mut read = 0;
    loop {
        let token = match lexer.next(&mut Vec::new()) {
            Lexeme::Token(located) => located.token,
            Lexeme::Comment(_) => continue,
            Lexeme::Backslash | Lexeme::End => return Some(fields),
        };
        read = match (read, &token) {
            (2, Token::Word(word)) => {
                fields.push(if word.quoted { Ident::exact(&word.value) } else { Ident::folded(&word.value) });
                0
            }
            (1, Token::Period) => 2,
            _ if WHICH.iter().any(|word| token.is_word(word)) => return None,
            _ => u8::from(token.is_word("NEW") || token.is_word("OLD")),
        };
    }
}

const SLEEPS: &[&str] = &["pg_sleep", "pg_sleep_for", "pg_sleep_until"];

/// Calls `look` for every operation of these statements that is written out, those in blocks, branches and loops
/// included.
fn each_operation<'s>(statements: &'s [Statement], look: &mut dyn FnMut(&'s LocatedOperation)) {
    each_statement(statements, &mut |statement| {
        statement.operations.iter().for_each(&mut *look);
        match &statement.kind {
            Kind::Branches { arms, .. } => arms.iter().flat_map(|arm| &arm.condition).for_each(&mut *look),
            Kind::Loop(inner) => {
                if let Over::Condition(condition) = &inner.over {
                    condition.iter().for_each(&mut *look);
                }
            }
            _ => {}
        }
    });
}

/// Calls `look` for these statements and all those inside them.
fn each_statement<'s>(statements: &'s [Statement], look: &mut dyn FnMut(&'s Statement)) {
    for statement in statements {
        look(statement);
        match &statement.kind {
            Kind::Block(block) => in_block(block, look),
            Kind::Branches { arms, otherwise } => {
                arms.iter().for_each(|arm| each_statement(&arm.body, look));
                otherwise.iter().for_each(|body| each_statement(body, look));
            }
            Kind::Loop(inner) => each_statement(&inner.body, look),
            Kind::Plain | Kind::Assign { .. } | Kind::Execute(_) | Kind::Leave(_) => {}
        }
    }
}

fn in_block<'s>(block: &'s Block, look: &mut dyn FnMut(&'s Statement)) {
    each_statement(&block.statements, look);
    block.handlers.iter().flatten().for_each(|handler| each_statement(&handler.statements, look));
}

/// Every variable that these statements may give a value.
pub(super) fn assigned(statements: &[Statement]) -> Vec<&Ident> {
    let mut found = Vec::new();
    each_statement(statements, &mut |statement| {
        found.extend(&statement.assigns);
        match &statement.kind {
            Kind::Assign { target, .. } => found.push(target),
            Kind::Loop(inner) => found.extend(inner.over.targets()),
            Kind::Block(block) => found.extend(block.declarations.iter().map(|d| &d.name)),
            _ => {}
        }
    });
    found
}

/// Whether some `EXECUTE` stands in these statements.
pub(super) fn executes(statements: &[Statement]) -> bool {
    let mut found = false;
    each_statement(statements, &mut |statement| {
        let over_dynamic = match &statement.kind {
            Kind::Loop(inner) => matches!(inner.over, Over::Execute { .. }),
            kind => matches!(kind, Kind::Execute(_)),
        };
        found |= over_dynamic;
    });
    found
}

/// Whether each change among some operations is bounded; nothing if there is none.
pub(super) fn changes_bounded<'o>(
    operations: impl Iterator<Item = &'o Operation>,
    variables: &[Ident],
) -> Option<bool> {
    operations
        .filter(|operation| is_change(operation))
        .map(|operation| is_bounded(operation, variables))
        .reduce(|all, bounded| all && bounded)
}

fn is_change(operation: &Operation) -> bool {
    match operation {
        Operation::Insert(_) | Operation::Update(_) | Operation::Delete(_) | Operation::Merge(_) => true,
        Operation::Select(query) => changes_of(&query.ctes).next().is_some(),
        _ => false,
    }
}

/// The data-changing statements among common table expressions.
fn changes_of(ctes: &[Cte]) -> impl Iterator<Item = &Operation> {
    ctes.iter().filter_map(|cte| match &cte.body {
        CteBody::Dml(operation) => Some(&**operation),
        CteBody::Query(_) => None,
    })
}

/// Whether a change takes a bounded number of rows a round: by a `LIMIT`, by `VALUES`, or because its condition names
/// the variable of the loop.
fn is_bounded(operation: &Operation, variables: &[Ident]) -> bool {
    let (ctes, tables, filter): (&[Cte], &[TableRef], Option<&Expr>) = match operation {
        Operation::Select(query) => {
            return has_limit(&query.ctes) || changes_of(&query.ctes).all(|o| is_bounded(o, variables));
        }
        Operation::Insert(insert) => {
            let source = insert.source.as_ref();
            let by_source =
                source.is_none_or(|source| source.limit.is_some() || in_query(source) || names(source, variables));
            return insert.values_rows.is_some() || has_limit(&insert.ctes) || by_source;
        }
        Operation::Update(update) => (&update.ctes, &update.from, update.filter.as_ref()),
        Operation::Delete(delete) => (&delete.ctes, &delete.using, delete.filter.as_ref()),
        Operation::Merge(merge) => (&merge.ctes, std::slice::from_ref(&merge.source), None),
        _ => return false,
    };
    let mut bounded = has_limit(ctes) || tables.iter().any(limited_table);
    for condition in filter.map(Expr::conjuncts).unwrap_or_default() {
        condition.walk(&mut |e| {
            bounded |= match e {
                Expr::Subquery { query, .. } => in_query(query),
                e => is_variable(e, variables),
            };
        });
    }
    bounded
}

/// Whether an expression is (a field of) one of these variables.
fn is_variable(expr: &Expr, variables: &[Ident]) -> bool {
    match expr {
        Expr::Column { qualifier: Some(qualifier), .. } => variables.contains(qualifier),
        Expr::Column { qualifier: None, name } => variables.contains(name),
        _ => false,
    }
}

fn has_limit(ctes: &[Cte]) -> bool {
    ctes.iter().any(|cte| match &cte.body {
        CteBody::Query(query) => in_query(query),
        CteBody::Dml(operation) => is_bounded(operation, &[]),
    })
}

fn limited_table(table: &TableRef) -> bool {
    matches!(&table.source, TableSource::Query(query) if in_query(query))
}

fn in_query(query: &Query) -> bool {
    let in_tables = query.selects.iter().flat_map(|select| &select.from).any(limited_table);
    query.limit.is_some() || has_limit(&query.ctes) || in_tables
}

/// Whether a query names one of these variables.
fn names(query: &Query, variables: &[Ident]) -> bool {
    let mut found = false;
    let select = Operation::Select(Box::new(query.clone()));
    each_expr(&select, &mut |e| found |= is_variable(e, variables));
    found
}
