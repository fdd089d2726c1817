//! Changes that a dialect has no words for, said in standard ones: SQLite changes no type, default or constraint by a
//! statement, but a change can be named all the same.
//!
//! `ALTER [COLUMN] c TYPE t [USING e]`, `… SET DEFAULT e`, `… DROP DEFAULT`, `… SET NOT NULL`, `… DROP NOT NULL`,
//! `MODIFY c definition`, `ADD [CONSTRAINT n] UNIQUE | PRIMARY KEY | FOREIGN KEY | CHECK …`, `DROP CONSTRAINT n`,
//! `DROP PRIMARY KEY`.

use crate::databases::lexer::{Lexeme, Lexer};
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{Action, ActionKind, AlterTable, ColumnDef, CreateTable, Online, Operation};
use crate::databases::parse;
use crate::databases::quote::quoted;
use crate::databases::schema::Schema;
use crate::sql::token::{LocatedToken, Token};
use crate::sql::{LineIndex, Span};

/// What the statement asks for, and how values come to a new type; none if it is none of these.
pub(super) fn read(schema: &Schema, sql: &str) -> Option<(Operation, Option<String>)> {
    let lines = LineIndex::new(sql);
    let mut lexer = Lexer::new(&lines, schema.target);
    let mut tokens = Vec::new();
    loop {
        match lexer.next(&mut Vec::new()) {
            Lexeme::Token(token) => tokens.push(token),
            Lexeme::Comment(_) => {}
            Lexeme::End => break,
        }
    }
    let mut words = Words { schema, sql, tokens: &tokens, at: 0 };
    words.eat("ALTER").then_some(())?;
    words.eat("TABLE").then_some(())?;
    let table = words.object_name()?;
    let (actions, using) = words.action(&table)?;
    let actions = actions.into_iter().map(|kind| Action { kind, span: Span::START }).collect();
    let alter = AlterTable { table, if_exists: false, actions, online: Online::default() };
    Some((Operation::AlterTable(Box::new(alter)), using))
}

struct Words<'a> {
    schema: &'a Schema,
    sql: &'a str,
    tokens: &'a [LocatedToken<'a>],
    at: usize,
}

impl<'a> Words<'a> {
    fn eat(&mut self, word: &str) -> bool {
        let is_it = self.tokens.get(self.at).is_some_and(|token| token.token.is_word(word));
        self.at += usize::from(is_it);
        is_it
    }

    fn eat_all(&mut self, words: &[&str]) -> bool {
        let before = self.at;
        let all = words.iter().all(|word| self.eat(word));
        if !all {
            self.at = before;
        }
        all
    }

    fn is_any(&self, words: &[&str]) -> bool {
        self.tokens.get(self.at).is_some_and(|token| words.iter().any(|word| token.token.is_word(word)))
    }

    fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    fn name(&mut self) -> Option<Name> {
        let name = match &self.tokens.get(self.at)?.token {
            Token::Word(word) => Name::new(&word.value),
            Token::String(_, value) => Name::new(value),
            _ => return None,
        };
        self.at += 1;
        Some(name)
    }

    fn object_name(&mut self) -> Option<ObjectName> {
        let first = self.name()?;
        if self.tokens.get(self.at).is_some_and(|token| token.token == Token::Period) {
            self.at += 1;
            return Some(ObjectName { database: Some(first), name: self.name()? });
        }
        Some(ObjectName { database: None, name: first })
    }

    /// The text from here to a place.
    fn text(&self, end: usize) -> Option<&'a str> {
        let start = self.tokens.get(self.at)?.start;
        let last = self.tokens.get(end.checked_sub(1)?)?;
        self.sql.get(start..last.end)
    }

    fn rest(&self) -> Option<&'a str> {
        self.text(self.tokens.len())
    }

    fn action(&mut self, table: &ObjectName) -> Option<(Vec<ActionKind>, Option<String>)> {
        if self.eat("ALTER") {
            self.eat("COLUMN");
            let column = self.name()?;
            return self.column(table, column);
        }
        if self.eat("MODIFY") || self.eat("CHANGE") {
            self.eat("COLUMN");
            let changes = self.tokens.get(self.at.checked_sub(1)?)?.token.is_word("CHANGE");
            let old = if changes { self.name() } else { None };
            let made = self.table_of(self.rest()?)?;
            let to = made.columns.into_iter().next()?;
            let column = old.unwrap_or_else(|| to.name.clone());
            return Some((
                vec![ActionKind::Modify { column, to: Box::new(to), position: None, if_exists: false }],
                None,
            ));
        }
        if self.eat("ADD") {
            if !self.is_any(&["CONSTRAINT", "UNIQUE", "PRIMARY", "FOREIGN", "CHECK"]) {
                return None;
            }
            let dialect = self.schema.target.dialect;
            let columns = self.schema.table(table).map(|table| &*table.columns).unwrap_or_default();
            let columns: String =
                columns.iter().map(|column| format!("{} INT, ", quoted(dialect, column.name.as_str()))).collect();
            let made = self.table_of(&format!("{columns}{}", self.rest()?))?;
            let indexes = made.indexes.into_iter().map(|index| ActionKind::AddIndex { index, if_not_exists: false });
            let keys = made
                .foreign_keys
                .into_iter()
                .map(|foreign_key| ActionKind::AddForeignKey { foreign_key, if_not_exists: false });
            let checks = made.checks.into_iter().map(|check| ActionKind::AddCheck { check });
            return Some((indexes.chain(keys).chain(checks).collect(), None));
        }
        if self.eat_all(&["DROP", "PRIMARY", "KEY"]) {
            return self.at_end().then(|| (vec![ActionKind::DropPrimaryKey], None));
        }
        if self.eat_all(&["DROP", "CONSTRAINT"]) {
            let name = self.name()?;
            return self.dropped(table, name).filter(|_| self.at_end()).map(|kind| (vec![kind], None));
        }
        None
    }

    /// What goes by a name of a constraint: a foreign key, or a check.
    fn dropped(&self, table: &ObjectName, name: Name) -> Option<ActionKind> {
        let found = self.schema.table(table)?;
        if found.foreign_keys.iter().any(|key| key.name.as_ref() == Some(&name)) {
            return Some(ActionKind::DropForeignKey { name, if_exists: false });
        }
        let is_check = found.checks.iter().any(|check| check.name.as_ref() == Some(&name));
        is_check.then_some(ActionKind::DropConstraint { name, if_exists: false })
    }

    fn column(&mut self, table: &ObjectName, column: Name) -> Option<(Vec<ActionKind>, Option<String>)> {
        if self.eat_all(&["SET", "NOT", "NULL"]) {
            return self.at_end().then(|| self.modified(table, &column, |c| c.not_null = Some(true)))?;
        }
        if self.eat_all(&["DROP", "NOT", "NULL"]) {
            return self.at_end().then(|| self.modified(table, &column, |c| c.not_null = None))?;
        }
        if self.eat_all(&["DROP", "DEFAULT"]) {
            return self.at_end().then(|| self.modified(table, &column, |c| c.default = None))?;
        }
        if self.eat_all(&["SET", "DEFAULT"]) {
            let made = self.table_of(&format!("migrate_safety_column INT DEFAULT {}", self.rest()?))?;
            let default = made.columns.into_iter().next()?.default?;
            return self.modified(table, &column, |c| c.default = Some(default));
        }
        if self.eat("TYPE") || self.eat_all(&["SET", "DATA", "TYPE"]) {
            let end = self.tokens.iter().skip(self.at).position(|token| token.token.is_word("USING"));
            let end = end.map_or(self.tokens.len(), |at| self.at + at);
            let made = self.table_of(&format!("migrate_safety_column {}", self.text(end)?))?;
            let data_type = made.columns.into_iter().next()?.data_type;
            self.at = end;
            let using = if self.eat("USING") { Some(self.rest()?.to_owned()) } else { None };
            let (kinds, _) = self.modified(table, &column, |c| c.data_type = data_type)?;
            return Some((kinds, using));
        }
        None
    }

    /// A column of the table with something changed.
    fn modified(
        &self,
        table: &ObjectName,
        column: &Name,
        change: impl FnOnce(&mut ColumnDef),
    ) -> Option<(Vec<ActionKind>, Option<String>)> {
        let mut to = self.schema.table(table)?.column(column)?.clone();
        change(&mut to);
        let column = column.clone();
        Some((vec![ActionKind::Modify { column, to: Box::new(to), position: None, if_exists: false }], None))
    }

    /// What a table with these lines would have.
    fn table_of(&self, lines: &str) -> Option<CreateTable> {
        let script = parse(self.schema.target, &format!("CREATE TABLE migrate_safety_wish ({lines})"));
        let [statement] = script.statements.as_slice() else { return None };
        match &statement.operation {
            Operation::CreateTable(create) if statement.understood() => Some((**create).clone()),
            _ => None,
        }
    }
}
