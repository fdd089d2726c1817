//! Statements that a script prepares and executes, read where their text stands in the script as a whole: the usual way to
//! change a table of MySQL only if it has not been changed.
//!
//! `SET @s = IF(…, 'DO 0', 'ALTER TABLE …'); PREPARE p FROM @s; EXECUTE p;`

mod called;
mod texts;

use super::lexer::{Lexeme, Lexer};
use super::operation::{ActionKind, AlterTable, Operation, Verb};
use super::parse::parse;
use super::statement::Statement;
use crate::dialect::Target;
use crate::sql::token::{LocatedToken, Token};
use crate::sql::{LineIndex, Span};

/// Functions that put texts together.
const JOINS: [&str; 5] = ["CONCAT", "CONCAT_WS", "GROUP_CONCAT", "INSERT", "REPLACE"];

/// What `EXECUTE` or `CALL` does, if that is one change of the schema whose text is told before.
pub(super) fn executed(target: Target, text: &str, before: &[Statement], read: &Statement) -> Option<Operation> {
    let mut operation = match read.operation {
        Operation::Call { routine: Some(_), .. } => called::called(target, text, before, read),
        _ => of_execute(target, text, before, read.span),
    }?;
    conditional(&mut operation, read.span);
    Some(operation)
}

fn of_execute(target: Target, text: &str, before: &[Statement], span: Span) -> Option<Operation> {
    let execute = text.get(span.range())?;
    let words = tokens(target, execute);
    let [first, name, ..] = words.as_slice() else { return None };
    let name = first.token.is_word("EXECUTE").then(|| slice(execute, name))?;
    let prepared = before.iter().enumerate().rev().find_map(|(at, statement)| {
        let sql = text.get(statement.span.range())?;
        let words = tokens(target, sql);
        let [first, of, from, rest @ ..] = words.as_slice() else { return None };
        let is_it =
            first.token.is_word("PREPARE") && slice(sql, of).eq_ignore_ascii_case(name) && from.token.is_word("FROM");
        is_it.then(|| (at, sql, rest.to_vec()))
    });
    let (at, sql, from) = prepared?;
    let texts = match from.first()?.token {
        Token::String(..) => strings(&from),
        // The statement that has put it into the variable.
        _ => {
            let variable = sql.get(from.first()?.start..)?.trim();
            let set = before.get(..at)?.iter().rev().find_map(|statement| {
                let sql = text.get(statement.span.range())?;
                let sets = matches!(statement.operation, Operation::Set { .. } | Operation::Select(_));
                (sets && mentions(sql, variable)).then_some(sql)
            })?;
            let words = tokens(target, set);
            // Of what is put together of pieces, all have to be known: one of them could stand alone.
            if words.iter().any(|token| JOINS.iter().any(|word| token.token.is_word(word))) {
                let value = words.iter().position(|token| matches!(token.token, Token::Eq | Token::Assignment))?;
                known(target, text, before.get(..at)?).either(words.get(value + 1..)?)?
            } else {
                strings(&words)
            }
        }
    };
    let changes: Vec<Operation> = texts.iter().filter_map(|text| change(target, text)).collect();
    match <[Operation; 1]>::try_from(changes) {
        Ok([operation]) => Some(operation),
        Err(_) => None,
    }
}

/// The texts of the variables that statements set.
fn known(target: Target, text: &str, before: &[Statement]) -> texts::Texts {
    let mut known = texts::Texts::default();
    for statement in before.iter().filter(|statement| matches!(statement.operation, Operation::Set { .. })) {
        let sql = text.get(statement.span.range()).unwrap_or_default();
        known.assign(sql, &tokens(target, sql));
    }
    known
}

/// Whether a routine of the script changes rows alone: it changes no table, and runs nothing that it puts together.
pub(super) fn changes_rows_alone(target: Target, text: &str, before: &[Statement], call: &Operation) -> bool {
    const OTHERS: [&str; 8] = ["ALTER", "CALL", "CREATE", "DROP", "EXECUTE", "PREPARE", "RENAME", "TRUNCATE"];
    let Operation::Call { routine: Some(routine), .. } = call else { return false };
    let made = before.iter().rev().find(|statement| {
        matches!(&statement.operation, Operation::Object { verb: Verb::Create, name: Some(name), .. } if name.name == routine.name)
    });
    let Some(sql) = made.and_then(|statement| text.get(statement.span.range())) else { return false };
    let words = tokens(target, sql);
    !words.iter().skip(1).any(|token| OTHERS.iter().any(|word| token.token.is_word(word)))
}

fn tokens(target: Target, sql: &str) -> Vec<LocatedToken<'_>> {
    let lines = LineIndex::new(sql);
    let mut lexer = Lexer::new(&lines, target);
    let mut found = Vec::new();
    loop {
        match lexer.next(&mut Vec::new()) {
            Lexeme::Token(token) => found.push(token),
            Lexeme::Comment(_) => {}
            Lexeme::End => return found,
        }
    }
}

fn slice<'s>(sql: &'s str, token: &LocatedToken<'_>) -> &'s str {
    sql.get(token.start..token.end).unwrap_or_default()
}

/// Whether a text names a variable, whole.
fn mentions(sql: &str, variable: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.'));
    sql.match_indices(variable).any(|(at, _)| sql.get(at + variable.len()..).is_some_and(ends))
}

/// The constants among tokens.
fn strings(tokens: &[LocatedToken<'_>]) -> Vec<String> {
    let text = |token: &LocatedToken<'_>| match &token.token {
        Token::String(_, value) => Some(value.to_string()),
        _ => None,
    };
    tokens.iter().filter_map(text).collect()
}

/// A text as a change of the schema, if it is one.
fn change(target: Target, text: &str) -> Option<Operation> {
    let script = parse(target, text);
    let [statement] = script.statements.as_slice() else { return None };
    let is_change = matches!(
        statement.operation,
        Operation::AlterTable(_)
            | Operation::CreateTable(_)
            | Operation::DropTable { .. }
            | Operation::CreateIndex(_)
            | Operation::DropIndex { .. }
            | Operation::RenameTable { .. }
    );
    let does_nothing = matches!(&statement.operation, Operation::AlterTable(alter) if alter.actions.is_empty());
    (is_change && !does_nothing && statement.understood()).then(|| statement.operation.clone())
}

/// It is done only where it has not been done, and stands where it is executed.
fn conditional(operation: &mut Operation, span: Span) {
    match operation {
        Operation::AlterTable(alter) => {
            let AlterTable { actions, .. } = &mut **alter;
            for action in actions {
                action.span = span;
                match &mut action.kind {
                    ActionKind::AddColumn { column, if_not_exists, .. } => {
                        column.span = span;
                        *if_not_exists = true;
                    }
                    ActionKind::Modify { to, .. } => to.span = span,
                    ActionKind::AddIndex { if_not_exists, .. } | ActionKind::AddForeignKey { if_not_exists, .. } => {
                        *if_not_exists = true;
                    }
                    ActionKind::DropColumn { if_exists, .. }
                    | ActionKind::DropIndex { if_exists, .. }
                    | ActionKind::DropForeignKey { if_exists, .. }
                    | ActionKind::DropConstraint { if_exists, .. } => *if_exists = true,
                    _ => {}
                }
            }
        }
        Operation::CreateTable(create) => create.if_not_exists = true,
        Operation::CreateIndex(create) => create.if_not_exists = true,
        Operation::DropTable { if_exists, .. } | Operation::DropIndex { if_exists, .. } => *if_exists = true,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::databases::name::{Name, ObjectName};
    use crate::{Config, Layout, MigrationSet};

    /// A table behind a script; none if nothing is known of it any longer.
    fn columns(script: &str) -> Option<String> {
        let sql = format!("CREATE TABLE t (id int PRIMARY KEY, a int);\n{script}");
        let config = Config { target: Target::mysql(800), ..Config::default() };
        let mut set = MigrationSet::from_text("1.sql", sql, Layout::Plain);
        set.complete = true;
        let schema = crate::databases::replay(&set, &config);
        let table = schema.table(&ObjectName::bare(Name::new("t")))?;
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        table.known.then(|| names.join(" "))
    }

    #[test]
    fn what_is_prepared_as_a_whole_is_read() {
        let dropper = "CREATE PROCEDURE dropper(IN of varchar(64), IN col varchar(64)) BEGIN IF EXISTS (SELECT * FROM \
            information_schema.columns WHERE table_name = of AND column_name = col) THEN SET @q = CONCAT('ALTER TABLE ', of, \
            ' DROP COLUMN ', col, ';'); PREPARE p FROM @q; EXECUTE p; DEALLOCATE PREPARE p; END IF; END;";
        let add = "PREPARE p FROM @s; EXECUTE p; DEALLOCATE PREPARE p;";
        let set = "SET @s = IF((SELECT count(*) FROM information_schema.columns WHERE column_name = 'b') > 0, 'SELECT 1', 'ALTER TABLE t ADD COLUMN b int');";
        for (script, expected) in [
            (format!("{set} {add}"), Some("id a b")),
            (format!("{set} {add} {set} {add}"), Some("id a b")),
            ("PREPARE p FROM 'ALTER TABLE t DROP COLUMN a'; EXECUTE p;".to_owned(), Some("id")),
            ("SET @s = CONCAT('ALTER TABLE t ADD COLUMN ', @name, ' int'); PREPARE p FROM @s; EXECUTE p;".to_owned(), None),
            ("SET @s2 = 'ALTER TABLE t DROP COLUMN a'; SET @s = CONCAT('ALTER TABLE t ', @x); PREPARE p FROM @s; EXECUTE p;".to_owned(), None),
            ("CREATE PROCEDURE f() BEGIN UPDATE t SET a = 1; END; CALL f();".to_owned(), Some("id a")),
            ("CREATE PROCEDURE f() BEGIN ALTER TABLE t ADD b int; END; CALL f();".to_owned(), Some("id a b")),
            ("CREATE PROCEDURE f() BEGIN ALTER TABLE t ADD b int; ALTER TABLE t DROP a; END; CALL f();".to_owned(), None),
            (format!("SET @t = 't'; SET @s = CONCAT('ALTER TABLE ', @t, ' ADD b int'); {add}"), Some("id a b")),
            (format!("SET @s = IF(@x > 0, 'SELECT 1', CONCAT('ALTER TABLE t ', 'DROP COLUMN a')); {add}"), Some("id")),
            (format!("{dropper} CALL dropper('t', 'a');"), Some("id")),
            (format!("{dropper} CALL dropper('t', 'nothing');"), Some("id a")),
            (format!("{dropper} CALL dropper('t', @x);"), None),
            ("CREATE PROCEDURE f() BEGIN IF @x THEN SET @q = 'ALTER TABLE t ADD b int'; ELSE SET @q = 'ALTER TABLE t DROP a'; \
                END IF; PREPARE p FROM @q; EXECUTE p; END; CALL f();".to_owned(), None),
            ("CREATE PROCEDURE f(IN q text) BEGIN SET q = CASE WHEN @x THEN 'DO 1' ELSE 'DO 2' END; PREPARE p FROM q; EXECUTE p; \
                END; CALL f('ALTER TABLE t ADD b int');".to_owned(), None),
            ("CREATE PROCEDURE f(IN q text) BEGIN SELECT what INTO q FROM todo; PREPARE p FROM q; EXECUTE p; END; CALL f('ALTER TABLE t ADD b int');".to_owned(), None),
            ("CREATE PROCEDURE f() BEGIN SET @q = 'DO 0'; IF @x THEN SET @q = 'ALTER TABLE t ADD b int'; END IF; PREPARE p FROM @q; \
                EXECUTE p; END; CALL f();".to_owned(), Some("id a b")),
        ] {
            assert_eq!(columns(&script).as_deref(), expected, "{script}");
        }
    }
}
