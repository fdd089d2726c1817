//! `CREATE TABLE` in all its forms.

use super::column::{column_def, typed_column_def};
use super::common::{create_options, optional_idents, persistence, tablespace, using_method, with_parameters};
use super::constraint::{is_table_constraint, table_constraint};
use super::partition::{partition_bound, partition_by};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::name::ObjectName;
use crate::sql::operation::{ConstraintKind, CreateTable, LikeClause, LikeIncluding, Operation, Persistence};
use crate::sql::token::Token;

/// `CREATE [TEMP | UNLOGGED] TABLE`.
pub(super) fn create_table(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("CREATE")?;
    let start = c.mark();
    let persistence = persistence(c)?;
    c.expect("TABLE")?;
    let if_not_exists = c.if_not_exists();
    let name = c.object_name()?;
    if is_table_as(c) {
        return create_table_as(c, name, persistence, if_not_exists);
    }
    let mut table = CreateTable { if_not_exists, persistence, ..empty(name) };
    body(c, &mut table)?;
    table.partition_by = partition_by(c)?;
    if table.partition_by.is_some() && has_keys(&table) {
        c.since(11, start, "a key or foreign key of a partitioned table");
    }
    table_access_method(c)?;
    if !c.eat_all("WITHOUT OIDS") {
        table.options = with_parameters(c)?;
    }
    on_commit(c)?;
    table.tablespace = tablespace(c)?;
    Ok(Operation::CreateTable(Box::new(table)))
}

/// `CREATE FOREIGN TABLE … SERVER s`.
pub(super) fn create_foreign_table(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("CREATE FOREIGN TABLE")?;
    let if_not_exists = c.if_not_exists();
    let name = c.object_name()?;
    let mut table = CreateTable { if_not_exists, foreign: true, ..empty(name) };
    if c.is("OF") {
        return Err(c.expected("`(` or `PARTITION OF`"));
    }
    body(c, &mut table)?;
    c.expect("SERVER")?;
    c.ident()?;
    create_options(c)?;
    Ok(Operation::CreateTable(Box::new(table)))
}

/// Whether any constraint of a table relies on an index.
fn has_keys(table: &CreateTable) -> bool {
    let mut constraints = table.columns.iter().flat_map(|c| &c.constraints).chain(&table.constraints);
    constraints.any(|c| matches!(c.kind, ConstraintKind::Unique(_) | ConstraintKind::ForeignKey(_)))
}

fn empty(name: ObjectName) -> CreateTable {
    CreateTable {
        name,
        if_not_exists: false,
        persistence: Persistence::Permanent,
        foreign: false,
        columns: Vec::new(),
        constraints: Vec::new(),
        like: Vec::new(),
        inherits: Vec::new(),
        of_type: None,
        partition_by: None,
        partition_of: None,
        options: Vec::new(),
        tablespace: None,
    }
}

/// Where columns come from: `(…) [INHERITS (…)]`, `OF type [(…)]`, `PARTITION OF parent [(…)] bound`.
fn body(c: &mut Cursor<'_, '_>, table: &mut CreateTable) -> Parse<()> {
    let start = c.mark();
    if c.eat("OF") {
        table.of_type = Some(c.object_name()?);
        return typed_elements(c, table);
    }
    if c.eat_all("PARTITION OF") {
        let parent = c.object_name()?;
        typed_elements(c, table)?;
        table.partition_of = Some((parent, partition_bound(c)?));
        c.since(10, start, "`PARTITION OF`");
        return Ok(());
    }
    c.expect_token(&Token::LParen)?;
    if !c.eat_token(&Token::RParen) {
        c.list(|c| element(c, table))?;
        close_elements(c)?;
    }
    if c.eat("INHERITS") {
        table.inherits = c.parens(|c| c.list(Cursor::object_name))?;
    }
    Ok(())
}

fn close_elements(c: &mut Cursor<'_, '_>) -> Parse<()> {
    if c.eat_token(&Token::RParen) { Ok(()) } else { Err(c.expected("`,` or `)`")) }
}

fn element(c: &mut Cursor<'_, '_>, table: &mut CreateTable) -> Parse<()> {
    let mark = c.mark();
    if c.eat("LIKE") {
        if table.foreign {
            c.since(18, mark, "`LIKE` of a foreign table");
        }
        table.like.push(like(c, table.columns.len())?);
    } else if is_table_constraint(c) {
        table.constraints.push(table_constraint(c)?);
    } else {
        table.columns.push(column_def(c)?);
    }
    Ok(())
}

fn typed_elements(c: &mut Cursor<'_, '_>, table: &mut CreateTable) -> Parse<()> {
    if !c.eat_token(&Token::LParen) {
        return Ok(());
    }
    c.list(|c| {
        if is_table_constraint(c) {
            table.constraints.push(table_constraint(c)?);
        } else {
            table.columns.push(typed_column_def(c)?);
        }
        Ok(())
    })?;
    close_elements(c)
}

/// What follows `LIKE`.
fn like(c: &mut Cursor<'_, '_>, position: usize) -> Parse<LikeClause> {
    let source = c.object_name()?;
    let mut including = LikeIncluding::default();
    loop {
        let mark = c.mark();
        let Some(word) = c.eat_one_of(&["INCLUDING", "EXCLUDING"]) else {
            return Ok(LikeClause { source, position, including });
        };
        let take = word == "INCLUDING";
        let what = c.eat_one_of(&[
            "ALL",
            "COMMENTS",
            "COMPRESSION",
            "CONSTRAINTS",
            "DEFAULTS",
            "GENERATED",
            "IDENTITY",
            "INDEXES",
            "STATISTICS",
            "STORAGE",
        ]);
        match what {
            Some("COMMENTS") => including.comments = take,
            Some("COMPRESSION") => {
                including.compression = take;
                c.since(14, mark, "`COMPRESSION`");
            }
            Some("CONSTRAINTS") => including.constraints = take,
            Some("DEFAULTS") => including.defaults = take,
            Some("GENERATED") => {
                including.generated = take;
                c.since(12, mark, "`GENERATED`");
            }
            Some("IDENTITY") => {
                including.identity = take;
                c.since(10, mark, "`IDENTITY`");
            }
            Some("INDEXES") => including.indexes = take,
            Some("STATISTICS") => including.statistics = take,
            Some("STORAGE") => including.storage = take,
            Some(_) => {
                including = LikeIncluding {
                    comments: take,
                    compression: take,
                    constraints: take,
                    defaults: take,
                    generated: take,
                    identity: take,
                    indexes: take,
                    statistics: take,
                    storage: take,
                }
            }
            None => return Err(c.expected("what to take of the table, such as `ALL` or `DEFAULTS`")),
        }
    }
}

/// `USING method`, if there is one.
pub(super) fn table_access_method(c: &mut Cursor<'_, '_>) -> Parse<()> {
    let mark = c.mark();
    if using_method(c)?.is_some() {
        c.since(12, mark, "`USING` an access method");
    }
    Ok(())
}

/// `ON COMMIT …`, if there is one.
fn on_commit(c: &mut Cursor<'_, '_>) -> Parse<()> {
    if !c.eat("ON") {
        return Ok(());
    }
    c.expect("COMMIT")?;
    match c.eat_one_of(&["DROP", "DELETE", "PRESERVE"]) {
        Some("DROP") => Ok(()),
        Some(_) => c.expect("ROWS"),
        None => Err(c.expected("`DROP`, `DELETE ROWS` or `PRESERVE ROWS`")),
    }
}

/// Whether, behind the name, this is `CREATE TABLE … AS`: names at most, and somewhere an `AS` of its own.
fn is_table_as(c: &Cursor<'_, '_>) -> bool {
    let mut at = 0;
    if c.peek() == &Token::LParen {
        loop {
            if !matches!(c.peek_nth(at + 1), Token::Word(_)) {
                return false;
            }
            at += 2;
            match c.peek_nth(at) {
                Token::Comma => {}
                Token::RParen => break,
                _ => return false,
            }
        }
        at += 1;
    }
    if c.is_nth(at, "OF") || c.is_nth(at, "PARTITION") || c.is_nth(at, "INHERITS") {
        return false;
    }
    let mut depth = 0usize;
    loop {
        match c.peek_nth(at) {
            Token::End => return false,
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ if depth == 0 && c.is_nth(at, "AS") => return true,
            _ => {}
        }
        at += 1;
    }
}

/// What follows the name of `CREATE TABLE … AS`.
fn create_table_as(
    c: &mut Cursor<'_, '_>,
    name: ObjectName,
    persistence: Persistence,
    if_not_exists: bool,
) -> Parse<Operation> {
    let columns = optional_idents(c)?;
    table_access_method(c)?;
    if !c.eat_all("WITHOUT OIDS") {
        with_parameters(c)?;
    }
    on_commit(c)?;
    tablespace(c)?;
    c.expect("AS")?;
    if c.eat("EXECUTE") {
        c.ident()?;
        if c.is_token(&Token::LParen) {
            c.parens(|c| c.list(Cursor::expression))?;
        }
        super::view::with_data(c)?;
        let reason = "creates a table from a prepared statement".into();
        return Ok(Operation::Opaque { reason, mentions: vec![name], like: None });
    }
    let query = Box::new(c.query()?);
    let with_data = super::view::with_data(c)?;
    Ok(Operation::CreateTableAs { name, columns, query, if_not_exists, persistence, with_data })
}
