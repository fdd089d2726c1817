//! Rights: `GRANT`, `REVOKE`, `ALTER DEFAULT PRIVILEGES`, `REASSIGN OWNED`.

use super::arguments;
use super::common::{number, role, role_list};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::grammar::setting::setting_name;
use crate::sql::name::{Ident, ObjectName};
use crate::sql::operation::Operation;
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

pub(super) fn grant(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let of_objects = c.is("ALL");
    privileges(c)?;
    let mut relations = Vec::new();
    let roles;
    if of_objects || c.is("ON") {
        c.expect("ON")?;
        relations = target(c)?;
        c.expect("TO")?;
        roles = grantees(c)?;
        c.eat_all("WITH GRANT OPTION");
        let mark = c.mark();
        if c.is_all("GRANTED BY") {
            granted_by(c)?;
            c.since(14, mark, "`GRANTED BY` of a right");
        }
    } else {
        c.expect("TO")?;
        roles = role_list(c)?;
        if c.eat("WITH") {
            c.list(|c| {
                let mark = c.mark();
                let admin = c.eat_all("ADMIN OPTION");
                if !admin {
                    c.label()?;
                    if c.eat_one_of(&["OPTION", "TRUE", "FALSE"]).is_none() {
                        return Err(c.expected("`OPTION`, `TRUE` or `FALSE`"));
                    }
                    c.since(16, mark, "an option of a role membership other than `ADMIN OPTION`");
                }
                Ok(())
            })?;
        }
    }
    granted_by(c)?;
    Ok(Operation::Grant { revoke: false, relations, roles })
}

pub(super) fn revoke(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    // `GRANT OPTION FOR` takes back the right to pass on; the others are of role memberships.
    let option = c.is_nth(1, "OPTION") && c.is_nth(2, "FOR");
    let of_role = option && !c.is("GRANT");
    if option {
        let mark = c.mark();
        let long_known = c.is("GRANT") || c.is("ADMIN");
        for _ in 0..3 {
            c.skip();
        }
        if !long_known {
            c.since(16, mark, "an option of a role membership other than `ADMIN OPTION`");
        }
    }
    let of_objects = c.is("ALL") || (option && !of_role);
    privileges(c)?;
    let mut relations = Vec::new();
    if of_objects || (!of_role && c.is("ON")) {
        c.expect("ON")?;
        relations = target(c)?;
    }
    c.expect("FROM")?;
    let roles = grantees(c)?;
    granted_by(c)?;
    c.cascade();
    Ok(Operation::Grant { revoke: true, relations, roles })
}

/// `ALL [PRIVILEGES] [(columns)]` or a list; roles are such a list, too.
fn privileges(c: &mut Cursor<'_, '_>) -> Parse<()> {
    let columns = |c: &mut Cursor<'_, '_>| if c.is_token(&Token::LParen) { c.ident_list().map(drop) } else { Ok(()) };
    if c.eat("ALL") {
        c.eat("PRIVILEGES");
        return columns(c);
    }
    c.list(|c| {
        if c.eat_all("ALTER SYSTEM") {
            return Ok(());
        }
        if c.eat_one_of(&["SELECT", "REFERENCES", "CREATE"]).is_none() {
            c.ident()?;
        }
        columns(c)
    })?;
    Ok(())
}

/// What rights are on; the relations among it.
fn target(c: &mut Cursor<'_, '_>) -> Parse<Vec<ObjectName>> {
    const ALL_IN_SCHEMA: &[&str] = &[
        "ALL TABLES IN SCHEMA",
        "ALL SEQUENCES IN SCHEMA",
        "ALL FUNCTIONS IN SCHEMA",
        "ALL PROCEDURES IN SCHEMA",
        "ALL ROUTINES IN SCHEMA",
    ];
    const PLAIN: &[&str] = &["FOREIGN DATA WRAPPER", "FOREIGN SERVER", "DATABASE", "LANGUAGE", "SCHEMA", "TABLESPACE"];
    // Most of these words can be the name of a table as well.
    let is_name = matches!(c.peek_nth(1), Token::Comma | Token::Period) || c.is_nth(1, "TO") || c.is_nth(1, "FROM");
    let mark = c.mark();
    if is_name {
        return c.list(Cursor::object_name);
    } else if ALL_IN_SCHEMA.iter().chain(PLAIN).any(|words| c.eat_all(words)) {
        c.list(Cursor::ident)?;
    } else if c.eat_one_of(&["FUNCTION", "PROCEDURE", "ROUTINE"]).is_some() {
        c.list(arguments::routine)?;
    } else if c.eat_one_of(&["DOMAIN", "TYPE"]).is_some() {
        c.list(Cursor::object_name)?;
    } else if c.eat_all("LARGE OBJECT") {
        c.list(number)?;
    } else if c.eat("PARAMETER") {
        c.list(setting_name)?;
        c.since(15, mark, "a right on a parameter");
    } else {
        c.eat_one_of(&["TABLE", "SEQUENCE"]);
        return c.list(Cursor::object_name);
    }
    Ok(Vec::new())
}

/// `GROUP r, PUBLIC, CURRENT_USER`.
fn grantees(c: &mut Cursor<'_, '_>) -> Parse<Vec<Ident>> {
    c.list(|c| {
        c.eat("GROUP");
        role(c)
    })
}

fn granted_by(c: &mut Cursor<'_, '_>) -> Parse<()> {
    if c.eat_all("GRANTED BY") {
        role(c)?;
    }
    Ok(())
}

pub(super) fn alter_default_privileges(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let (mut of_roles, mut in_schemas, mut roles) = (false, false, Vec::new());
    loop {
        let again = c.problem(ProblemKind::Invalid, "conflicting or redundant options");
        let repeated = if c.eat_all("FOR ROLE") || c.eat_all("FOR USER") {
            roles.extend(role_list(c)?);
            std::mem::replace(&mut of_roles, true)
        } else if c.eat_all("IN SCHEMA") {
            c.list(Cursor::ident)?;
            std::mem::replace(&mut in_schemas, true)
        } else {
            break;
        };
        if repeated {
            return Err(again);
        }
    }
    let revoke = match c.eat_one_of(&["GRANT", "REVOKE"]) {
        Some(word) => word == "REVOKE",
        None => return Err(c.expected("`GRANT` or `REVOKE`")),
    };
    if revoke {
        c.eat_all("GRANT OPTION FOR");
    }
    privileges(c)?;
    c.expect("ON")?;
    default_target(c)?;
    c.expect(if revoke { "FROM" } else { "TO" })?;
    roles.extend(grantees(c)?);
    if revoke {
        c.cascade();
    } else {
        c.eat_all("WITH GRANT OPTION");
    }
    Ok(Operation::Grant { revoke, relations: Vec::new(), roles })
}

fn default_target(c: &mut Cursor<'_, '_>) -> Parse<()> {
    let mark = c.mark();
    if c.eat_all("LARGE OBJECTS") {
        c.since(18, mark, "default privileges on large objects");
        return Ok(());
    }
    match c.eat_one_of(&["TABLES", "FUNCTIONS", "ROUTINES", "SEQUENCES", "TYPES", "SCHEMAS"]) {
        Some(_) => Ok(()),
        None => Err(c.expected("`TABLES`, `SEQUENCES`, `FUNCTIONS`, `ROUTINES`, `TYPES` or `SCHEMAS`")),
    }
}

pub(super) fn reassign_owned(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("BY")?;
    let mut roles = role_list(c)?;
    c.expect("TO")?;
    roles.push(role(c)?);
    Ok(Operation::Grant { revoke: false, relations: Vec::new(), roles })
}
