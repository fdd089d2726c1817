//! Databases, tablespaces, settings of the whole server.

use super::common::{Tails, role, storage_parameters, word_or_string};
use super::settings;
use crate::sql::cursor::{Cursor, Parse, ident_of};
use crate::sql::keyword::{self, Category};
use crate::sql::operation::{ClusterCommand, Operation};
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

/// Options of `CREATE DATABASE`, each with the version that brought it.
const CREATE_OPTIONS: &[(&str, u16)] = &[
    ("allow_connections", 9),
    ("builtin_locale", 17),
    ("collation_version", 15),
    ("connection_limit", 9),
    ("encoding", 9),
    ("icu_locale", 15),
    ("icu_rules", 16),
    ("is_template", 9),
    ("lc_collate", 9),
    ("lc_ctype", 9),
    ("locale", 13),
    ("locale_provider", 15),
    ("location", 9),
    ("oid", 15),
    ("owner", 9),
    ("strategy", 15),
    ("tablespace", 9),
    ("template", 9),
];

/// Options of `ALTER DATABASE`.
const ALTER_OPTIONS: &[(&str, u16)] =
    &[("allow_connections", 9), ("connection_limit", 9), ("is_template", 9), ("tablespace", 9)];

pub(super) fn create_database(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.ident()?;
    c.eat("WITH");
    database_options(c, CREATE_OPTIONS)?;
    Ok(Operation::Cluster { command: ClusterCommand::CreateDatabase })
}

pub(super) fn alter_database(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.ident()?;
    let mut command = ClusterCommand::AlterDatabase;
    if c.eat_all("SET TABLESPACE") {
        c.ident()?;
        command = ClusterCommand::AlterDatabaseTablespace;
    } else if c.is_all("REFRESH COLLATION VERSION") {
        let mark = c.mark();
        c.expect("REFRESH COLLATION VERSION")?;
        c.since(15, mark, "`ALTER DATABASE … REFRESH COLLATION VERSION`");
    } else if Tails::RENAME_OWNER.maybe(c)?.is_none() && settings::set_or_reset(c)?.is_none() {
        c.eat("WITH");
        if database_options(c, ALTER_OPTIONS)? {
            command = ClusterCommand::AlterDatabaseTablespace;
        }
    }
    Ok(Operation::Cluster { command })
}

/// `name [=] value …`; whether a tablespace is among them.
fn database_options(c: &mut Cursor<'_, '_>, known: &[(&str, u16)]) -> Parse<bool> {
    let mut seen = Vec::new();
    while !c.at_end() {
        let mark = c.mark();
        let start = c.problem(ProblemKind::Invalid, "conflicting or redundant options");
        let name = match c.peek() {
            Token::Word(_) if c.is_all("CONNECTION LIMIT") => {
                c.advance();
                "connection_limit".into()
            }
            Token::Word(word) if keyword::category(word) != Category::Reserved => ident_of(word),
            _ => return Err(c.expected("an option")),
        };
        let Some((_, since)) = known.iter().find(|(known, _)| name == *known) else {
            return Err(c.problem(ProblemKind::Invalid, format!("option `{name}` not recognized")));
        };
        c.advance();
        c.since(*since, mark, "this option");
        c.eat_token(&Token::Eq);
        option_value(c)?;
        if seen.contains(&name) {
            return Err(start);
        }
        seen.push(name);
    }
    Ok(seen.iter().any(|name| name == "tablespace"))
}

fn option_value(c: &mut Cursor<'_, '_>) -> Parse<()> {
    if matches!(c.peek(), Token::Number(..) | Token::Minus | Token::Plus) {
        c.integer()?;
    } else if c.eat_one_of(&["DEFAULT", "TRUE", "FALSE", "ON"]).is_none() {
        word_or_string(c)?;
    }
    Ok(())
}

pub(super) fn create_tablespace(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.ident()?;
    if c.eat("OWNER") {
        role(c)?;
    }
    c.expect("LOCATION")?;
    c.string()?;
    if c.eat("WITH") {
        storage_parameters(c)?;
    }
    Ok(Operation::Cluster { command: ClusterCommand::CreateTablespace })
}

pub(super) fn alter_tablespace(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.ident()?;
    if c.eat_one_of(&["SET", "RESET"]).is_some() {
        storage_parameters(c)?;
    } else {
        Tails::RENAME_OWNER.read(c)?;
    }
    Ok(Operation::Cluster { command: ClusterCommand::AlterTablespace })
}

pub(super) fn alter_system(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    if settings::set_or_reset(c)?.is_none() {
        return Err(c.expected("`SET` or `RESET`"));
    }
    Ok(Operation::Cluster { command: ClusterCommand::AlterSystem })
}
