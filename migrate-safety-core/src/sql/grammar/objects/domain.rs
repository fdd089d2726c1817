//! `CREATE DOMAIN`, `ALTER DOMAIN`.

use super::common::{Tail, Tails};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::name::Ident;
use crate::sql::operation::{AlterDomain, DomainConstraint, Operation};
use crate::sql::statement::ProblemKind;

pub(super) fn create_domain(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.object_name()?;
    c.eat("AS");
    let data_type = c.data_type()?;
    let (mut collation, mut default, mut constraints) = (None, None, Vec::new());
    let mut nullable = None;
    while !c.at_end() {
        if c.is("COLLATE") {
            let again = c.problem(ProblemKind::Invalid, "multiple COLLATE clauses");
            c.advance();
            if collation.replace(c.object_name()?).is_some() {
                return Err(again);
            }
            continue;
        }
        let constraint = if c.eat("CONSTRAINT") { Some(c.ident()?) } else { None };
        let conflict = c.problem(ProblemKind::Invalid, "conflicting NULL/NOT NULL constraints");
        if c.eat_all("NOT NULL") {
            not_null_attributes(c)?;
            if nullable.replace(false) == Some(true) {
                return Err(conflict);
            }
            constraints.push(DomainConstraint { name: constraint, check: None, not_valid: false });
        } else if c.eat("NULL") {
            if nullable.replace(true) == Some(false) {
                return Err(conflict);
            }
        } else if c.eat("DEFAULT") {
            let again = c.problem(ProblemKind::Invalid, "multiple default expressions");
            if default.replace(c.default_expression()?).is_some() {
                return Err(again);
            }
        } else if c.eat("CHECK") {
            let check = Some(c.paren_expression()?);
            if c.is_all("NO INHERIT") {
                return Err(
                    c.problem(ProblemKind::Invalid, "check constraints for domains cannot be marked NO INHERIT")
                );
            }
            constraints.push(DomainConstraint { name: constraint, check, not_valid: false });
        } else if let Some(problem) = impossible(c) {
            return Err(problem);
        } else if constraint.is_some() {
            return Err(c.expected("a constraint"));
        } else {
            break;
        }
    }
    Ok(Operation::CreateDomain { name, data_type, collation, default: default.map(Box::new), constraints })
}

/// Column constraints that the grammar knows and domains do not take.
fn impossible(c: &Cursor<'_, '_>) -> Option<crate::sql::statement::Problem> {
    const IMPOSSIBLE: &[(&str, &str)] = &[
        ("UNIQUE", "unique constraints are not possible for domains"),
        ("PRIMARY KEY", "primary key constraints are not possible for domains"),
        ("REFERENCES", "foreign key constraints are not possible for domains"),
        ("GENERATED", "generated values are not possible for domains"),
        ("DEFERRABLE", "constraint deferrability is not possible for domains"),
        ("NOT DEFERRABLE", "constraint deferrability is not possible for domains"),
        ("INITIALLY", "constraint deferrability is not possible for domains"),
        ("ENFORCED", "constraint enforceability is not possible for domains"),
        ("NOT ENFORCED", "constraint enforceability is not possible for domains"),
    ];
    let (_, message) = IMPOSSIBLE.iter().find(|(words, _)| c.is_all(words))?;
    Some(c.problem(ProblemKind::Invalid, *message))
}

/// `NO INHERIT` behind `NOT NULL` is grammar of tables only.
fn not_null_attributes(c: &Cursor<'_, '_>) -> Parse<()> {
    if c.is_all("NO INHERIT") {
        return Err(c.problem(ProblemKind::Invalid, "not-null constraints for domains cannot be marked NO INHERIT"));
    }
    Ok(())
}

pub(super) fn alter_domain(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.object_name()?;
    Ok(Operation::AlterDomain { name, action: action(c)? })
}

fn action(c: &mut Cursor<'_, '_>) -> Parse<AlterDomain> {
    const NOT_NULL: &[(&str, bool)] = &[("SET NOT NULL", true), ("DROP NOT NULL", false)];
    if let Some((_, set)) = NOT_NULL.iter().find(|(words, _)| c.eat_all(words)) {
        return Ok(AlterDomain::NotNull(*set));
    }
    if c.eat_all("SET DEFAULT") {
        return Ok(AlterDomain::Default(Some(c.expression()?)));
    }
    if c.eat_all("DROP DEFAULT") {
        return Ok(AlterDomain::Default(None));
    }
    if c.eat_all("DROP CONSTRAINT") {
        let if_exists = c.if_exists();
        return Ok(AlterDomain::DropConstraint { name: c.ident()?, if_exists, cascade: c.cascade() });
    }
    if c.eat_all("VALIDATE CONSTRAINT") {
        return Ok(AlterDomain::ValidateConstraint { name: c.ident()? });
    }
    if c.eat_all("RENAME CONSTRAINT") {
        let name = c.ident()?;
        c.expect("TO")?;
        return Ok(AlterDomain::RenameConstraint { name, to: c.ident()? });
    }
    if c.eat("ADD") {
        let name = if c.eat("CONSTRAINT") { Some(c.ident()?) } else { None };
        return added_constraint(c, name).map(AlterDomain::AddConstraint);
    }
    Ok(match Tails::RENAME_OWNER_SCHEMA.read(c)? {
        Tail::Rename(to) => AlterDomain::Rename { to },
        Tail::Schema(schema) => AlterDomain::SetSchema { schema },
        Tail::Owner | Tail::Depends => AlterDomain::Other,
    })
}

fn added_constraint(c: &mut Cursor<'_, '_>, name: Option<Ident>) -> Parse<DomainConstraint> {
    let mark = c.mark();
    if c.eat_all("NOT NULL") {
        not_null_attributes(c)?;
        c.since(17, mark, "`ALTER DOMAIN … ADD NOT NULL`");
        return Ok(DomainConstraint { name, check: None, not_valid: false });
    }
    if let Some(problem) = impossible(c) {
        return Err(problem);
    }
    c.expect("CHECK")?;
    let check = Some(c.paren_expression()?);
    let mut not_valid = false;
    while c.eat_all("NOT VALID") {
        not_valid = true;
    }
    Ok(DomainConstraint { name, check, not_valid })
}
