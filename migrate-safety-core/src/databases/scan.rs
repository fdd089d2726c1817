//! What a run of tokens mentions: columns, calls, tables.
//!
//! One pass with a stack of open parentheses, not a grammar: what is not known to be a key word where it stands is a
//! name. The time is linear in the text, and nothing recurs.

use super::name::{Name, ObjectName};
use crate::sql::token::{LocatedToken, Token, Word};
use std::collections::{HashMap, HashSet};

/// As what the tokens are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// An expression.
    Expression,
    /// A query.
    Query,
    /// Tables and joins, as behind `FROM`.
    Tables,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    /// Columns, each once; aliases of tables are resolved, but those of subqueries.
    pub(super) columns: Vec<(Option<Name>, Name)>,
    /// Functions, in lower case, each once.
    pub(super) calls: Vec<Box<str>>,
    /// Tables that are read, each once.
    pub(super) reads: Vec<ObjectName>,
    /// Whether the output has a `*`.
    pub(super) star: bool,
    /// The output columns of the first `SELECT`.
    pub(super) output: Vec<Option<Name>>,
    /// `FOR UPDATE` and the like.
    pub(super) locks_rows: bool,
    /// The tables of the outermost `FROM`, by alias.
    pub(super) aliases: Aliases,
}

/// The tables of a `FROM` by the names they have there. A subquery is no table.
pub(super) type Aliases = HashMap<Name, Option<ObjectName>>;

/// What is wrong, at which token.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) token: usize,
    pub(super) sort: FaultSort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FaultSort {
    /// An operand where an operator has to stand.
    NoOperator,
    /// The end where an operand has to stand.
    NoOperand,
    /// Nested deeper than we follow.
    TooDeep,
}

/// Reads tokens, in which parentheses are balanced.
pub(super) fn scan(tokens: &[LocatedToken<'_>], start: Start) -> Result<Mentions, Fault> {
    let clause = if start == Start::Tables { Clause::From } else { Clause::Expression };
    let outermost = start == Start::Query;
    let first = Frame { clause, expects_table: start == Start::Tables, outermost, ..Frame::default() };
    let mut scanner = Scanner {
        tokens,
        at: 0,
        start,
        frame: first,
        around: Vec::new(),
        common: Vec::new(),
        in_scope: HashMap::new(),
        columns: Vec::new(),
        found: Mentions::default(),
        calls: HashSet::new(),
        reads: HashSet::new(),
    };
    while let Some(token) = tokens.get(scanner.at) {
        scanner.at += 1;
        scanner.see(&token.token)?;
    }
    scanner.finish()
}

/// How deep parentheses may be nested.
const MAX_DEPTH: usize = 200;

/// The clause of a query in which a token stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Clause {
    /// `WITH`.
    With,
    /// `SELECT`.
    Output,
    /// `FROM`.
    From,
    /// Any other, or no query.
    #[default]
    Expression,
}

/// What an open parenthesis, or the whole, contains.
#[derive(Debug, Default)]
struct Frame {
    clause: Clause,
    /// Whether it is a query.
    query: bool,
    /// Whether anything has been read in it.
    begun: bool,
    /// Whether the token before ends an operand.
    operand: bool,
    /// Whether the name of a table comes next.
    expects_table: bool,
    /// Whether `UNION` or the like has been read.
    compound: bool,
    /// Whether the output is that of the whole.
    outermost: bool,
    /// The common table expression that is defined in the parenthesis that comes next.
    defines: Option<Name>,
    /// `WITH RECURSIVE`.
    recursive: bool,
    aliases: Aliases,
    /// How many columns had been found when the `SELECT` began.
    first_column: usize,
    /// How many common table expressions were known when it was opened.
    known: usize,
    /// Where the item of the output begins.
    item: usize,
}

#[derive(Debug)]
struct Column {
    qualifier: Option<Name>,
    name: Name,
    /// Whether the qualifier has been resolved.
    resolved: bool,
}

struct Scanner<'a, 't> {
    tokens: &'a [LocatedToken<'t>],
    /// The next token.
    at: usize,
    start: Start,
    /// The innermost parenthesis that is open.
    frame: Frame,
    /// Those around it.
    around: Vec<Frame>,
    /// Common table expressions in scope, and how often each name is among them.
    common: Vec<Name>,
    in_scope: HashMap<Name, usize>,
    columns: Vec<Column>,
    found: Mentions,
    calls: HashSet<Box<str>>,
    reads: HashSet<ObjectName>,
}

impl<'t> Scanner<'_, 't> {
    fn see(&mut self, token: &Token<'t>) -> Result<(), Fault> {
        match token {
            Token::Word(Word { value, quoted: true }) => self.name(value)?,
            Token::Word(Word { value, quoted: false }) => self.word(value)?,
            Token::String(_, value) if self.frame.expects_table => self.name(value)?,
            Token::Number(_) | Token::String(..) | Token::Parameter(_) => self.operand(),
            Token::LParen => return self.open(),
            Token::RParen => self.close(),
            Token::Comma => self.comma(),
            Token::Mul if !self.frame.operand => self.star(),
            Token::Period => {}
            _ => self.frame.operand = false,
        }
        self.frame.begun = true;
        Ok(())
    }

    fn finish(mut self) -> Result<Mentions, Fault> {
        if self.start == Start::Expression && !self.frame.operand && !self.frame.query {
            return Err(Fault { token: self.tokens.len(), sort: FaultSort::NoOperand });
        }
        self.end_item(self.tokens.len());
        self.resolve();
        self.found.aliases = self.frame.aliases;
        let mut seen = HashSet::new();
        let columns = self.columns.into_iter().map(|column| (column.qualifier, column.name));
        self.found.columns = columns.filter(|column| seen.insert(column.clone())).collect();
        Ok(self.found)
    }

    // Parentheses

    fn open(&mut self) -> Result<(), Fault> {
        if self.around.len() >= MAX_DEPTH {
            return Err(Fault { token: self.at - 1, sort: FaultSort::TooDeep });
        }
        let joins = self.frame.clause == Clause::From && self.frame.expects_table;
        let inside = Frame {
            clause: if joins { Clause::From } else { Clause::Expression },
            expects_table: joins,
            outermost: self.frame.outermost && !self.frame.begun,
            first_column: self.columns.len(),
            known: self.common.len(),
            ..Frame::default()
        };
        (self.frame.expects_table, self.frame.begun) = (false, true);
        self.around.push(std::mem::replace(&mut self.frame, inside));
        Ok(())
    }

    fn close(&mut self) {
        self.end_item(self.at - 1);
        self.resolve();
        let Some(around) = self.around.pop() else { return };
        let closed = std::mem::replace(&mut self.frame, around);
        for name in self.common.drain(closed.known..) {
            if let Some(count) = self.in_scope.get_mut(&name) {
                *count -= 1;
            }
        }
        self.frame.operand = true;
        if self.frame.clause == Clause::From {
            if closed.query {
                let alias = self.alias();
                self.frame.aliases.extend(alias.map(|alias| (alias, None)));
            } else if closed.clause == Clause::From {
                self.frame.aliases.extend(closed.aliases);
            }
        } else if let Some(name) = self.frame.defines.take() {
            *self.in_scope.entry(name.clone()).or_default() += 1;
            self.common.push(name);
        }
    }

    /// Skips a parenthesis that has just been opened, to behind its end.
    fn skip_parentheses(&mut self) {
        let mut depth = 1usize;
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            match token.token {
                Token::LParen => depth += 1,
                Token::RParen => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn comma(&mut self) {
        self.end_item(self.at - 1);
        self.frame.item = self.at;
        self.frame.operand = false;
        self.frame.expects_table = self.frame.clause == Clause::From;
    }

    // Names

    fn word(&mut self, value: &str) -> Result<(), Fault> {
        let mut buffer = [0u8; 24];
        let upper = upper(value, &mut buffer);
        if matches!(self.next(), Token::Period) {
            return self.name(value);
        }
        let before_word = matches!(self.next(), Token::Word(_));
        let before_parenthesis = matches!(self.next(), Token::LParen);
        let Frame { operand, query, clause, begun, .. } = self.frame;
        match upper {
            "SELECT" => self.select(),
            "WITH" if !begun => self.frame.clause = Clause::With,
            "VALUES" if !begun => self.frame.query = true,
            "TABLE" if !begun && before_word => {
                (self.frame.query, self.frame.clause, self.frame.expects_table) = (true, Clause::From, true);
            }
            "FROM" if clause == Clause::Output && !self.follows("DISTINCT") => {
                self.end_item(self.at - 1);
                (self.frame.clause, self.frame.expects_table, self.frame.operand) = (Clause::From, true, false);
            }
            "UNION" | "EXCEPT" | "INTERSECT" | "MINUS" if operand || query => {
                self.end_item(self.at - 1);
                self.resolve();
                (self.frame.compound, self.frame.clause, self.frame.operand) = (true, Clause::Expression, false);
            }
            "WINDOW" if operand && before_word => {
                self.at += 1;
                (self.frame.clause, self.frame.operand) = (Clause::Expression, false);
            }
            "WHERE" | "HAVING" | "GROUP" | "ORDER" | "LIMIT"
                if !begun || operand || (query && (before_word || before_parenthesis)) =>
            {
                self.end_item(self.at - 1);
                (self.frame.clause, self.frame.expects_table) = (Clause::Expression, false);
                self.frame.operand = false;
            }
            "FOR" if operand && (self.next_is("UPDATE") || self.next_is("SHARE")) => self.locks(),
            "LOCK" if operand && self.next_is("IN") => self.locks(),
            _ if clause == Clause::With => self.word_in_with(value, upper),
            _ if clause == Clause::From => return self.word_in_from(value, upper),
            _ => return self.word_in_expression(value, upper),
        }
        Ok(())
    }

    fn select(&mut self) {
        (self.frame.query, self.frame.clause, self.frame.expects_table) = (true, Clause::Output, false);
        (self.frame.operand, self.frame.first_column, self.frame.item) = (false, self.columns.len(), self.at);
    }

    fn word_in_with(&mut self, value: &str, upper: &str) {
        let frame = &mut self.frame;
        match upper {
            "RECURSIVE" if frame.defines.is_none() => frame.recursive = true,
            "AS" => {}
            "NOT" | "MATERIALIZED" if frame.defines.is_some() => {}
            _ => self.define(value),
        }
    }

    /// A common table expression begins.
    fn define(&mut self, value: &str) {
        if matches!(self.next(), Token::LParen) {
            self.at += 1;
            self.skip_parentheses();
        }
        self.frame.defines = Some(Name::new(value));
    }

    fn word_in_from(&mut self, value: &str, upper: &str) -> Result<(), Fault> {
        match upper {
            "JOIN" | "STRAIGHT_JOIN" => (self.frame.expects_table, self.frame.operand) = (true, false),
            "LATERAL" | "ONLY" if self.frame.expects_table => {}
            _ if self.frame.expects_table => return self.name(value),
            "ON" => self.frame.operand = false,
            "USING" => {
                self.frame.operand = false;
                if matches!(self.next(), Token::LParen) {
                    self.at += 1;
                    self.joined_columns();
                }
            }
            // `USE INDEX FOR JOIN (i)`, `INDEXED BY i`
            "USE" | "FORCE" | "IGNORE" if self.next_is("INDEX") || self.next_is("KEY") => self.index_hint(),
            "INDEXED" => self.at += 2,
            "PARTITION" if matches!(self.next(), Token::LParen) => {
                self.at += 1;
                self.skip_parentheses();
            }
            "LEFT" | "RIGHT" if matches!(self.next(), Token::LParen) => return self.name(value),
            "LEFT" | "RIGHT" | "FULL" | "INNER" | "OUTER" | "CROSS" | "NATURAL" => self.frame.operand = true,
            _ => return self.word_in_expression(value, upper),
        }
        Ok(())
    }

    /// The columns of `USING (a, b)`.
    fn joined_columns(&mut self) {
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            match &token.token {
                Token::Word(word) => {
                    self.columns.push(Column { qualifier: None, name: Name::new(&word.value), resolved: true });
                }
                Token::RParen => break,
                _ => {}
            }
        }
        self.frame.operand = true;
    }

    fn index_hint(&mut self) {
        while let Some(token) = self.tokens.get(self.at) {
            self.at += 1;
            if token.token == Token::LParen {
                return self.skip_parentheses();
            }
        }
    }

    fn word_in_expression(&mut self, value: &str, upper: &str) -> Result<(), Fault> {
        let calls = matches!(self.next(), Token::LParen);
        if self.frame.operand {
            match upper {
                "AS" if self.frame.clause == Clause::Output => self.at += 1,
                // `CAST(x AS type)`; not `WINDOW w AS (…)`.
                "AS" if !calls && !self.around.is_empty() => {
                    self.skip_parentheses();
                    self.at -= 1;
                }
                "AS" => self.frame.operand = !calls,
                "COLLATE" | "OVER" | "USING" if !calls => self.at += 1,
                "WITH" if self.next_is("ROLLUP") => self.at += 1,
                // Of `JSON_TABLE`.
                "COLUMNS" if calls => {
                    self.at += 1;
                    self.skip_parentheses();
                }
                "END" | "ASC" | "DESC" | "ISNULL" | "NOTNULL" | "UNKNOWN" => {}
                _ if is_between_operands(upper) => self.frame.operand = false,
                _ => self.second_operand(value)?,
            }
            return Ok(());
        }
        match upper {
            "NULL" | "TRUE" | "FALSE" | "DEFAULT" | "UNKNOWN" if !calls => self.frame.operand = true,
            "CURRENT_TIMESTAMP" | "CURRENT_DATE" | "CURRENT_TIME" | "LOCALTIME" | "LOCALTIMESTAMP" | "UTC_DATE"
            | "UTC_TIME" | "UTC_TIMESTAMP" | "CURRENT_USER" => {
                self.frame.operand = true;
                self.call(value);
            }
            "UNBOUNDED" if self.next_is("PRECEDING") || self.next_is("FOLLOWING") => self.operand(),
            "CURRENT" if self.next_is("ROW") => self.operand(),
            "PARTITION" if self.next_is("BY") => {}
            // How MySQL searches a text.
            "BOOLEAN" if self.next_is("MODE") => self.operand(),
            "NATURAL" if self.next_is("LANGUAGE") => self.operand(),
            "QUERY" if self.next_is("EXPANSION") => self.operand(),
            "INTERVAL" if !calls && !matches!(self.next(), Token::Comma | Token::RParen | Token::End) => {}
            // `EXTRACT(DAY FROM t)`
            _ if self.next_is("FROM") && is_unit(value) => {}
            // `DATE '2024-01-01'`, `_utf8mb4 'text'`
            _ if matches!(self.next(), Token::String(..)) && is_introducer(upper) => {}
            _ if is_before_operand(upper) || is_between_operands(upper) => {}
            _ => self.name(value)?,
        }
        Ok(())
    }

    /// A word behind an operand: an alias, a unit, or not what may stand here.
    fn second_operand(&mut self, value: &str) -> Result<(), Fault> {
        let is_strict = self.around.is_empty() && self.start == Start::Expression && !self.frame.query;
        if is_strict && !is_unit(value) {
            return Err(Fault { token: self.at - 1, sort: FaultSort::NoOperator });
        }
        Ok(())
    }

    /// A name that begins with this part.
    fn name(&mut self, first: &str) -> Result<(), Fault> {
        let mut parts = vec![Name::new(first)];
        while matches!(self.next(), Token::Period) {
            match self.tokens.get(self.at + 1).map(|token| &token.token) {
                Some(Token::Word(word)) => parts.push(Name::new(&word.value)),
                Some(Token::Mul) => {
                    self.at += 2;
                    self.star();
                    return Ok(());
                }
                _ => break,
            }
            self.at += 2;
        }
        if self.frame.clause == Clause::With {
            self.define(first);
        } else if self.frame.expects_table {
            self.table(parts);
        } else if self.frame.operand {
            self.second_operand(first)?;
        } else if matches!(self.next(), Token::LParen) {
            let function = parts.pop().unwrap_or_else(|| Name::new(first));
            self.call(function.as_str());
        } else {
            self.frame.operand = true;
            let name = parts.pop().unwrap_or_else(|| Name::new(first));
            self.columns.push(Column { qualifier: parts.pop(), name, resolved: false });
        }
        Ok(())
    }

    /// A table of `FROM`, with its alias.
    fn table(&mut self, mut parts: Vec<Name>) {
        (self.frame.expects_table, self.frame.operand) = (false, true);
        let Some(name) = parts.pop() else { return };
        let table = ObjectName { database: parts.pop(), name };
        if matches!(self.next(), Token::LParen) {
            self.frame.operand = false;
            self.call(table.name.as_str());
            return;
        }
        let is_common = table.database.is_none() && self.is_common(&table.name);
        let alias = self.alias();
        let source = (!is_common).then(|| table.clone());
        let alias = alias.unwrap_or_else(|| table.name.clone());
        self.frame.aliases.insert(alias, source);
        if !is_common && self.reads.insert(table.clone()) {
            self.found.reads.push(table);
        }
    }

    fn is_common(&self, name: &Name) -> bool {
        if self.in_scope.get(name).is_some_and(|count| *count > 0) {
            return true;
        }
        // One that reads itself does so behind a `UNION`, whether it says RECURSIVE (MySQL) or not (SQLite).
        let inside = self.around.iter().skip(1).chain([&self.frame]);
        self.around
            .iter()
            .zip(inside)
            .any(|(around, inside)| around.defines.as_ref() == Some(name) && (around.recursive || inside.compound))
    }

    /// The alias that stands here, if one does.
    fn alias(&mut self) -> Option<Name> {
        if self.next_is("AS")
            && !matches!(self.nth(1), Token::Word(word) if !word.quoted && word.value.eq_ignore_ascii_case("OF"))
        {
            self.at += 1;
        }
        let name = match self.next() {
            Token::Word(word) if word.quoted || !is_behind_table(&word.value) => Name::new(&word.value),
            Token::String(_, value) => Name::new(value),
            _ => return None,
        };
        self.at += 1;
        Some(name)
    }

    fn call(&mut self, function: &str) {
        let function: Box<str> = function.to_ascii_lowercase().into();
        if self.calls.insert(function.clone()) {
            self.found.calls.push(function);
        }
    }

    fn operand(&mut self) {
        self.frame.operand = true;
    }

    fn star(&mut self) {
        let frame = &mut self.frame;
        frame.operand = true;
        if frame.clause == Clause::Output && frame.outermost && !frame.compound {
            self.found.star = true;
        }
    }

    fn locks(&mut self) {
        self.found.locks_rows = true;
        self.at += 1;
        // `OF t`, `NOWAIT`, `SKIP LOCKED`, `SHARE MODE`
        while matches!(self.next(), Token::Word(_) | Token::Comma) {
            self.at += 1;
        }
    }

    /// Notes the item of the output that ends before the token `end`.
    fn end_item(&mut self, end: usize) {
        let frame = &mut self.frame;
        if frame.clause != Clause::Output || !frame.outermost || frame.compound {
            return;
        }
        let item = frame.item..end;
        frame.item = end;
        let item = self.tokens.get(item).unwrap_or_default();
        if !item.last().is_some_and(|last| last.token == Token::Mul) {
            self.found.output.push(output_name(item));
        }
    }

    /// Puts tables for aliases in what the innermost query mentions.
    fn resolve(&mut self) {
        let Frame { aliases, query, first_column, .. } = &mut self.frame;
        // Those of a join in parentheses are known around it too.
        if aliases.is_empty() || !(*query || self.around.is_empty()) {
            return;
        }
        for column in self.columns.get_mut(*first_column..).unwrap_or_default().iter_mut().filter(|c| !c.resolved) {
            let table = column.qualifier.as_ref().and_then(|qualifier| aliases.get(qualifier));
            if let Some(table) = table {
                column.resolved = true;
                column.qualifier = table.as_ref().map(|table| table.name.clone()).or(column.qualifier.take());
            }
        }
        if *query {
            aliases.clear();
        }
    }

    // Looking

    fn next(&self) -> &Token<'t> {
        self.nth(0)
    }

    fn nth(&self, n: usize) -> &Token<'t> {
        self.tokens.get(self.at + n).map_or(&Token::End, |token| &token.token)
    }

    fn next_is(&self, keyword: &str) -> bool {
        self.next().is_word(keyword)
    }

    /// Whether the token before the current one is this word.
    fn follows(&self, keyword: &str) -> bool {
        let before = self.at.checked_sub(2).and_then(|before| self.tokens.get(before));
        before.is_some_and(|before| before.token.is_word(keyword))
    }
}

/// The name of a column of the output.
fn output_name(item: &[LocatedToken<'_>]) -> Option<Name> {
    let is_modifier =
        |token: &Token<'_>| token.is_word("DISTINCT") || token.is_word("ALL") || token.is_word("SQL_NO_CACHE");
    let modifiers = item.iter().take_while(|located| is_modifier(&located.token)).count();
    let item = item.get(modifiers..)?;
    let (last, before) = item.split_last()?;
    let name = match &last.token {
        Token::Word(word) if word.quoted || !word.value.eq_ignore_ascii_case("END") => Name::new(&word.value),
        Token::String(_, value) if item.len() > 1 => Name::new(value),
        _ => return None,
    };
    let is_column = before.iter().rev().step_by(2).all(|located| located.token == Token::Period);
    let is_alias = match before.last().map(|located| &located.token) {
        Some(Token::Word(Word { quoted: false, value })) => {
            let upper = value.to_ascii_uppercase();
            upper == "AS" || !is_between_operands(&upper)
        }
        Some(Token::Word(_) | Token::RParen | Token::Number(_) | Token::String(..) | Token::Parameter(_)) => true,
        _ => false,
    };
    (is_column || is_alias).then_some(name)
}

/// A word in upper case; a longer one than any key word is nothing.
fn upper<'b>(value: &str, buffer: &'b mut [u8; 24]) -> &'b str {
    let Some(upper) = buffer.get_mut(..value.len()) else { return "" };
    upper.copy_from_slice(value.as_bytes());
    upper.make_ascii_uppercase();
    std::str::from_utf8(upper).unwrap_or_default()
}

/// Key words between two operands, or between parts of an expression.
fn is_between_operands(upper: &str) -> bool {
    matches!(
        upper,
        "AND"
            | "OR"
            | "XOR"
            | "NOT"
            | "IS"
            | "IN"
            | "LIKE"
            | "GLOB"
            | "REGEXP"
            | "RLIKE"
            | "MATCH"
            | "AGAINST"
            | "BETWEEN"
            | "ESCAPE"
            | "DIV"
            | "MOD"
            | "SOUNDS"
            | "MEMBER"
            | "OF"
            | "COLLATE"
            | "OVER"
            | "FILTER"
            | "WHEN"
            | "THEN"
            | "ELSE"
            | "BY"
            | "FROM"
            | "WHERE"
            | "USING"
            | "SEPARATOR"
            | "DISTINCT"
            | "ON"
            | "OFFSET"
            | "RETURNING"
            | "INTO"
            | "AS"
            | "ROWS"
            | "RANGE"
            | "GROUPS"
            | "PARTITION"
            | "WITH"
    )
}

/// Key words before an operand.
fn is_before_operand(upper: &str) -> bool {
    matches!(
        upper,
        "EXISTS"
            | "CASE"
            | "WHEN"
            | "ALL"
            | "ANY"
            | "SOME"
            | "ROW"
            | "BINARY"
            | "VALUES"
            | "BOTH"
            | "LEADING"
            | "TRAILING"
            | "DISTINCTROW"
            | "HIGH_PRIORITY"
            | "STRAIGHT_JOIN"
            | "SQL_SMALL_RESULT"
            | "SQL_BIG_RESULT"
            | "SQL_BUFFER_RESULT"
            | "SQL_NO_CACHE"
            | "SQL_CALC_FOUND_ROWS"
            | "RECURSIVE"
    )
}

/// Words before a string that say of which type or character set it is.
fn is_introducer(upper: &str) -> bool {
    upper.starts_with('_') || matches!(upper, "DATE" | "TIME" | "TIMESTAMP" | "BINARY")
}

/// Key words behind a table that are no alias.
fn is_behind_table(word: &str) -> bool {
    const WORDS: [&str; 35] = [
        "ON",
        "USING",
        "LEFT",
        "RIGHT",
        "INNER",
        "CROSS",
        "NATURAL",
        "JOIN",
        "STRAIGHT_JOIN",
        "FULL",
        "OUTER",
        "WHERE",
        "GROUP",
        "ORDER",
        "HAVING",
        "LIMIT",
        "UNION",
        "EXCEPT",
        "INTERSECT",
        "MINUS",
        "INDEXED",
        "NOT",
        "USE",
        "FORCE",
        "IGNORE",
        "PARTITION",
        "FOR",
        "WINDOW",
        "LOCK",
        "SET",
        "RETURNING",
        "INTO",
        "PROCEDURE",
        "OFFSET",
        "WITH",
    ];
    WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// A unit of time: `DAY`, `DAY_HOUR`.
fn is_unit(word: &str) -> bool {
    const UNITS: [&str; 9] = ["SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR", "MICROSECOND"];
    let first = word.split('_').next().unwrap_or_default();
    UNITS.iter().any(|unit| unit.eq_ignore_ascii_case(first))
}
