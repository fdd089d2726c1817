//! Publications and subscriptions.

use super::common::{DefinitionItem, Tails, definition, with_definition};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::grammar::common::target;
use crate::sql::name::ObjectName;
use crate::sql::operation::{ClusterCommand, ObjectCommand, Operation};
use crate::sql::token::Token;

pub(super) fn create_publication(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let start = c.mark();
    let name = c.ident()?;
    let all_tables = c.eat_all("FOR ALL TABLES");
    let tables = if !all_tables && c.eat("FOR") { objects(c)? } else { Vec::new() };
    let options = with_definition(c)?;
    c.since(10, start, "a publication");
    let kinds = option(&options, "publish").and_then(|publish| publish.value.as_deref());
    let changes = kinds.is_none_or(|kinds| kinds.split(',').any(|kind| matches!(kind.trim(), "update" | "delete")));
    Ok(Operation::Publication { command: ObjectCommand::Create, name, tables, all_tables, changes })
}

pub(super) fn alter_publication(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.ident()?;
    let mut tables = Vec::new();
    let changes = !c.is("DROP");
    if c.is("SET") && *c.peek_nth(1) == Token::LParen {
        c.advance();
        definition(c)?;
    } else if c.eat_one_of(&["ADD", "SET", "DROP"]).is_some() {
        tables = objects(c)?;
    } else {
        Tails::RENAME_OWNER.read(c)?;
    }
    Ok(Operation::Publication { command: ObjectCommand::Alter, name, tables, all_tables: false, changes })
}

/// `TABLE a (x) WHERE (…), b, TABLES IN SCHEMA s`: the tables.
fn objects(c: &mut Cursor<'_, '_>) -> Parse<Vec<ObjectName>> {
    /// What an item without a word of its own is.
    #[derive(Clone, Copy)]
    enum Of {
        Tables,
        Schemas,
    }
    let mut tables = Vec::new();
    let mut of = None;
    c.list(|c| {
        let mark = c.mark();
        if c.eat_all("TABLES IN SCHEMA") {
            of = Some(Of::Schemas);
            c.since(15, mark, "a publication of schemas");
        } else if c.is("TABLE") {
            c.advance();
            of = Some(Of::Tables);
        }
        match of {
            None => Err(c.expected("`TABLE`, `TABLES IN SCHEMA` or `ALL TABLES`")),
            Some(Of::Schemas) => {
                if !c.eat("CURRENT_SCHEMA") {
                    c.ident()?;
                }
                Ok(())
            }
            Some(Of::Tables) => {
                tables.push(target(c)?.name);
                let mark = c.mark();
                if c.is_token(&Token::LParen) {
                    c.ident_list()?;
                    c.since(15, mark, "a column list of a publication");
                }
                let mark = c.mark();
                if c.eat("WHERE") {
                    c.paren_expression()?;
                    c.since(15, mark, "a row filter of a publication");
                }
                Ok(())
            }
        }
    })?;
    Ok(tables)
}

pub(super) fn create_subscription(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.ident()?;
    c.expect("CONNECTION")?;
    c.string()?;
    c.expect("PUBLICATION")?;
    c.list(Cursor::ident)?;
    let options = with_definition(c)?;
    // Without a connection no slot can be made.
    let connects = option(&options, "connect").is_none_or(DefinitionItem::is_true);
    let create_slot = option(&options, "create_slot").map_or(connects, DefinitionItem::is_true);
    Ok(Operation::Cluster { command: ClusterCommand::CreateSubscription { create_slot } })
}

fn option<'d>(options: &'d [DefinitionItem], name: &str) -> Option<&'d DefinitionItem> {
    options.iter().find(|item| &*item.name == name)
}

pub(super) fn alter_subscription(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.ident()?;
    let mut refresh = false;
    if c.is("SET") && *c.peek_nth(1) == Token::LParen {
        c.advance();
        definition(c)?;
    } else if c.eat_all("REFRESH PUBLICATION") {
        with_definition(c)?;
        refresh = true;
    } else if ["SET PUBLICATION", "ADD PUBLICATION", "DROP PUBLICATION"].iter().any(|words| c.is_all(words)) {
        let mark = c.mark();
        let set = c.eat("SET");
        if !set {
            c.skip();
        }
        c.skip();
        if !set {
            c.since(14, mark, "`ALTER SUBSCRIPTION … ADD / DROP PUBLICATION`");
        }
        c.list(Cursor::ident)?;
        let options = with_definition(c)?;
        refresh = option(&options, "refresh").is_none_or(DefinitionItem::is_true);
    } else if c.eat("CONNECTION") {
        c.string()?;
    } else if c.is("SKIP") {
        let mark = c.mark();
        c.advance();
        definition(c)?;
        c.since(15, mark, "`ALTER SUBSCRIPTION … SKIP`");
    } else if c.eat_one_of(&["ENABLE", "DISABLE"]).is_none() {
        Tails::RENAME_OWNER.read(c)?;
    }
    Ok(Operation::Cluster { command: ClusterCommand::AlterSubscription { refresh } })
}
