//! What the grammar that all servers share reads and SQLite's parser does not.

use super::Reader;
use super::names::object_name;
use crate::databases::operation::Operation;
use crate::sql::cursor::Mark;
use crate::sql::token::Token;

impl Reader<'_, '_, '_> {
    /// `INSERT`, `UPDATE` and `DELETE` are read for all servers; some forms are unknown to this one.
    pub(super) fn refuse_what_others_know(&mut self, start: Mark, operation: Option<&Operation>) {
        const OTHERS: [(&str, &str); 10] = [
            ("ON DUPLICATE", "`ON DUPLICATE KEY UPDATE` is MySQL's: write `ON CONFLICT … DO UPDATE SET`"),
            ("INSERT IGNORE", "`INSERT IGNORE` is MySQL's: write `INSERT OR IGNORE`"),
            ("INSERT LOW_PRIORITY", "`LOW_PRIORITY` is MySQL's"),
            ("INSERT DELAYED", "`DELAYED` is MySQL's"),
            ("INSERT HIGH_PRIORITY", "`HIGH_PRIORITY` is MySQL's"),
            ("UPDATE IGNORE", "`UPDATE IGNORE` is MySQL's: write `UPDATE OR IGNORE`"),
            ("DELETE IGNORE", "`DELETE IGNORE` is MySQL's"),
            ("STRAIGHT_JOIN", "`STRAIGHT_JOIN` is MySQL's"),
            ("FOR UPDATE", "`FOR UPDATE` is unknown to SQLite: a transaction that writes has the whole database"),
            ("FOR SHARE", "`FOR SHARE` is unknown to SQLite"),
        ];
        const SINCE: [(&str, u16, &str); 3] =
            [("RETURNING", 335, "`RETURNING`"), ("RIGHT JOIN", 339, "`RIGHT JOIN`"), ("FULL JOIN", 339, "`FULL JOIN`")];
        let Some(operation) = operation else { return };
        let end = self.cursor.mark();
        self.cursor.rewind(start);
        let mut depth = 0usize;
        // Whether an `ON` would be that of a join.
        let mut joins = false;
        while self.cursor.mark() != end {
            let mark = self.cursor.mark();
            match self.cursor.peek() {
                Token::LParen => depth += 1,
                Token::RParen => depth = depth.saturating_sub(1),
                Token::Word(_) if depth == 0 => {
                    if joins && self.cursor.is_all("ON CONFLICT") {
                        self.cursor.eat_all("ON CONFLICT");
                        self.refuse(
                            mark,
                            "the parser takes this `ON` for that of a join: write `WHERE true` before it",
                        );
                    }
                    let is = |words: &[&str]| words.iter().any(|word| self.cursor.is(word));
                    joins = is(&["FROM", "JOIN"])
                        || (joins && !is(&["ON", "USING", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION"]));
                    if let Some((words, message)) = OTHERS.iter().find(|(words, _)| self.cursor.is_all(words)) {
                        self.cursor.eat_all(words);
                        self.refuse(mark, *message);
                        continue;
                    }
                    if let Some((words, version, what)) = SINCE.iter().find(|(words, ..)| self.cursor.is_all(words)) {
                        self.cursor.eat_all(words);
                        self.since(*version, mark, what);
                        continue;
                    }
                }
                _ => {}
            }
            self.cursor.skip();
        }
        self.cursor.rewind(start);
        self.alias_without_as(operation);
        self.cursor.rewind(end);
        let (tables, verb) = match operation {
            Operation::Update(update) => {
                if update.assignments.iter().any(|(qualifier, ..)| qualifier.is_some()) {
                    self.refuse(start, "a column that is set has no table before it");
                }
                (update.tables.len(), "UPDATE")
            }
            Operation::Delete(delete) => (delete.tables.len(), "DELETE"),
            Operation::Insert(insert) => {
                let begins = |word: &str| {
                    insert.source.sql.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
                };
                let known =
                    insert.source.sql.is_empty() || ["VALUES", "SELECT", "WITH", "("].iter().any(|word| begins(word));
                if !known {
                    self.refuse(start, "`INSERT … SET` and `VALUE` are MySQL's: write columns and `VALUES`");
                }
                return;
            }
            _ => return,
        };
        if tables != 1 {
            self.refuse(start, format!("`{verb}` changes one table in SQLite"));
        }
    }

    /// The table of `UPDATE` and `DELETE` has an alias behind `AS` alone.
    fn alias_without_as(&mut self, operation: &Operation) {
        let first = match operation {
            Operation::Update(_) => "UPDATE",
            Operation::Delete(_) => "DELETE",
            _ => return,
        };
        // Common table expressions stand before it.
        self.cursor.skip_until(|c| c.is(first));
        self.cursor.skip();
        if self.cursor.eat("OR") {
            self.cursor.skip();
        }
        self.cursor.eat("FROM");
        if object_name(self.cursor).is_err() {
            return;
        }
        let behind = ["AS", "INDEXED", "NOT", "SET", "WHERE", "RETURNING", "ORDER", "LIMIT"];
        let mark = self.cursor.mark();
        let is_alias = matches!(self.cursor.peek(), Token::Word(_)) && !behind.iter().any(|word| self.cursor.is(word));
        if is_alias {
            self.cursor.skip();
            self.refuse(mark, format!("the alias of the table of `{first}` stands behind `AS`"));
        }
    }
}
