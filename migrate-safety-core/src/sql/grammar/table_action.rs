//! The actions of `ALTER TABLE`.

use super::attribute::{Allowed, Attributes};
use super::column::{column_def, generated_when, identity, setting};
use super::common::{alter_options, role, storage_parameters};
use super::constraint::{is_table_constraint, table_constraint};
use super::sequence;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::name::Ident;
use crate::sql::operation::{FiringState, ReplicaIdentity, SequenceOptions, TableAction, TriggerName};
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

/// One action of a list.
pub(super) fn table_action(c: &mut Cursor<'_, '_>) -> Parse<TableAction> {
    match c.eat_one_of(FIRST_WORDS) {
        Some("ADD") => add(c),
        Some("ALTER") => alter(c),
        Some("DROP") => drop(c),
        Some("SET") => set(c),
        Some("VALIDATE") => {
            c.expect("CONSTRAINT")?;
            Ok(TableAction::ValidateConstraint { name: c.ident()? })
        }
        Some("RESET") => options(c, true),
        Some("CLUSTER") => {
            c.expect("ON")?;
            Ok(TableAction::ClusterOn { index: c.ident()? })
        }
        Some("ENABLE") => enable(c),
        Some("DISABLE") => disable(c),
        Some("FORCE") => row_security(c, TableAction::ForceRowSecurity { force: true }),
        Some("INHERIT") => Ok(TableAction::Inherit { parent: c.object_name()? }),
        Some("NO") if c.eat("INHERIT") => Ok(TableAction::NoInherit { parent: c.object_name()? }),
        Some("NO") if c.eat("FORCE") => row_security(c, TableAction::ForceRowSecurity { force: false }),
        Some("NO") => Err(c.expected("`INHERIT` or `FORCE`")),
        Some("NOT") => {
            c.expect("OF")?;
            Ok(TableAction::NotOf)
        }
        Some("OF") => Ok(TableAction::OfType { name: c.object_name()? }),
        Some("OWNER") => {
            c.expect("TO")?;
            Ok(TableAction::OwnerTo { owner: role(c)? })
        }
        Some("REPLICA") => {
            c.expect("IDENTITY")?;
            replica_identity(c)
        }
        _ if c.is("OPTIONS") => {
            alter_options(c)?;
            Ok(TableAction::Options)
        }
        _ => Err(c.expected("an action such as `ADD` or `ALTER COLUMN`")),
    }
}

const FIRST_WORDS: &[&str] = &[
    "ADD", "ALTER", "CLUSTER", "DISABLE", "DROP", "ENABLE", "FORCE", "INHERIT", "NO", "NOT", "OF", "OWNER", "REPLICA",
    "RESET", "SET", "VALIDATE",
];

fn add(c: &mut Cursor<'_, '_>) -> Parse<TableAction> {
    let column = c.eat("COLUMN");
    if !column && is_table_constraint(c) {
        return Ok(TableAction::AddConstraint(table_constraint(c)?));
    }
    let if_not_exists = c.if_not_exists();
    Ok(TableAction::AddColumn { column: Box::new(column_def(c)?), if_not_exists })
}

fn drop(c: &mut Cursor<'_, '_>) -> Parse<TableAction> {
    if c.eat("CONSTRAINT") {
        let if_exists = c.if_exists();
        return Ok(TableAction::DropConstraint { name: c.ident()?, if_exists, cascade: c.cascade() });
    }
    c.eat("COLUMN");
    let if_exists = c.if_exists();
    Ok(TableAction::DropColumn { column: c.ident()?, if_exists, cascade: c.cascade() })
}

/// What follows `ALTER` in the list: a constraint or a column.
fn alter(c: &mut Cursor<'_, '_>) -> Parse<TableAction> {
    if c.eat("CONSTRAINT") {
        return alter_constraint(c);
    }
    c.eat("COLUMN");
    if let Token::Number(position) = c.peek() {
        // The columns of an index that are expressions have no name of their own.
        let column = Ident::exact(position);
        let mark = c.mark();
        c.advance();
        c.since(11, mark, "a column named by its position");
        c.expect("SET STATISTICS")?;
        return statistics(c, column);
    }
    let column = c.ident()?;
    let set_data = c.eat_all("SET DATA");
    if set_data {
        c.expect("TYPE")?;
    }
    if set_data || c.eat("TYPE") {
        let data_type = c.data_type()?;
        let collation = if c.eat("COLLATE") { Some(c.object_name()?) } else { None };
        let using = if c.eat("USING") { Some(c.expression()?) } else { None };
        return Ok(TableAction::SetType { column, data_type, collation, using });
    }
    let mark = c.mark();
    if c.eat("ADD") {
        c.expect("GENERATED")?;
        let always = generated_when(c)?;
        c.expect("AS IDENTITY")?;
        c.since(10, mark, "an identity column");
        return Ok(TableAction::AddIdentity { column, identity: identity(c, always)? });
    }
    if c.eat("DROP") {
        return drop_from_column(c, column);
    }
    if is_identity_option(c) {
        return alter_identity(c, column);
    }
    if c.eat("SET") {
        return set_on_column(c, column);
    }
    if c.eat("RESET") {
        storage_parameters(c)?;
        return Ok(TableAction::SetColumnOptions { column });
    }
    if c.is("OPTIONS") {
        alter_options(c)?;
        return Ok(TableAction::Options);
    }
    Err(c.expected("`TYPE`, `SET`, `DROP` or another change of a column"))
}

fn alter_constraint(c: &mut Cursor<'_, '_>) -> Parse<TableAction> {
    let name = c.ident()?;
    let mark = c.mark();
    let mut attributes = Attributes::default();
    let inherit = c.eat("INHERIT");
    if !inherit {
        attributes = Attributes::read(c, Allowed::ALTER)?;
    }
    let Attributes { deferrable, initially_deferred, enforced, no_inherit, .. } = attributes;
    if inherit || no_inherit {
        c.since(18, mark, "`[NO] INHERIT` of a constraint");
    }
    Ok(TableAction::AlterConstraint {
        name,
        deferrable: deferrable.or(initially_deferred.filter(|deferred| *deferred)),
        initially_deferred,
        enforced,
        inherit: (inherit || no_inherit).then_some(inherit),
    })
}

fn drop_from_column(c: &mut Cursor<'_, '_>, column: Ident) -> Parse<TableAction> {
    let mark = c.mark();
    if c.eat("DEFAULT") {
        Ok(TableAction::DropDefault { column })
    } else if c.eat("NOT") {
        c.expect("NULL")?;
        Ok(TableAction::DropNotNull { column })
    } else if c.eat("EXPRESSION") {
        let if_exists = c.if_exists();
        c.since(13, mark, "`DROP EXPRESSION`");
        Ok(TableAction::DropExpression { column, if_exists })
    } else if c.eat("IDENTITY") {
        let if_exists = c.if_exists();
        c.since(10, mark, "an identity column");
        Ok(TableAction::DropIdentity { column, if_exists })
    } else {
        Err(c.expected("`DEFAULT`, `NOT NULL`, `EXPRESSION` or `IDENTITY`"))
    }
}

fn set_on_column(c: &mut Cursor<'_, '_>, column: Ident) -> Parse<TableAction> {
    let mark = c.mark();
    if c.eat("DEFAULT") {
        Ok(TableAction::SetDefault { column, default: c.expression()? })
    } else if c.eat("NOT") {
        c.expect("NULL")?;
        Ok(TableAction::SetNotNull { column })
    } else if c.eat("EXPRESSION") {
        c.expect("AS")?;
        let expression = c.paren_expression()?;
        c.since(17, mark, "`SET EXPRESSION`");
        Ok(TableAction::SetExpression { column, expression })
    } else if c.eat("STATISTICS") {
        statistics(c, column)
    } else if c.eat("STORAGE") {
        let default = c.is("DEFAULT");
        let storage = setting(c)?;
        if default {
            c.since(16, mark, "`SET STORAGE DEFAULT`");
        }
        Ok(TableAction::SetStorage { column, storage })
    } else if c.eat("COMPRESSION") {
        let compression = setting(c)?;
        c.since(14, mark, "`SET COMPRESSION`");
        Ok(TableAction::SetCompression { column, compression })
    } else if c.is_token(&Token::LParen) {
        storage_parameters(c)?;
        Ok(TableAction::SetColumnOptions { column })
    } else {
        Err(c.expected("`DEFAULT`, `NOT NULL`, `DATA TYPE` or another property of a column"))
    }
}

/// The value of `SET STATISTICS`.
fn statistics(c: &mut Cursor<'_, '_>, column: Ident) -> Parse<TableAction> {
    let mark = c.mark();
    if c.eat("DEFAULT") {
        c.since(17, mark, "`SET STATISTICS DEFAULT`");
    } else {
        c.integer()?;
    }
    Ok(TableAction::SetStatistics { column })
}

/// Whether `RESTART`, `SET GENERATED` or `SET sequence_option` is next.
fn is_identity_option(c: &Cursor<'_, '_>) -> bool {
    const BEHIND_SET: &[&str] =
        &["CACHE", "CYCLE", "GENERATED", "INCREMENT", "MAXVALUE", "MINVALUE", "NO", "RESTART", "SEQUENCE", "START"];
    c.is("RESTART") || (c.is("SET") && BEHIND_SET.iter().any(|word| c.is_nth(1, word)))
}

fn alter_identity(c: &mut Cursor<'_, '_>, column: Ident) -> Parse<TableAction> {
    let (mut always, mut options) = (None, SequenceOptions::default());
    let mark = c.mark();
    while is_identity_option(c) {
        let place = c.next_span();
        let repeated = if c.eat("RESTART") {
            options.restart.replace(sequence::restart(c)?).is_some()
        } else if c.eat_all("SET GENERATED") {
            always.replace(generated_when(c)?).is_some()
        } else {
            c.eat("SET");
            if ["RESTART", "SEQUENCE"].iter().any(|word| c.is(word)) {
                return Err(c.problem(ProblemKind::Invalid, "this option of a sequence is not supported here"));
            }
            if !sequence::option(c, &mut options)? {
                return Err(c.expected("an option of a sequence"));
            }
            false
        };
        if repeated {
            let mut problem = c.problem(ProblemKind::Invalid, "conflicting or redundant options");
            problem.span = place;
            return Err(problem);
        }
    }
    c.since(10, mark, "an identity column");
    Ok(TableAction::AlterIdentity { column, always, options: Box::new(options) })
}

/// What follows `SET` at the table.
fn set(c: &mut Cursor<'_, '_>) -> Parse<TableAction> {
    if c.eat("WITHOUT") {
        return match c.eat_one_of(&["CLUSTER", "OIDS"]) {
            Some("CLUSTER") => Ok(TableAction::SetWithoutCluster),
            Some(_) => Ok(TableAction::SetOids),
            None => Err(c.expected("`CLUSTER` or `OIDS`")),
        };
    }
    if let Some(word) = c.eat_one_of(&["LOGGED", "UNLOGGED"]) {
        return Ok(TableAction::SetLogged { logged: word == "LOGGED" });
    }
    let mark = c.mark();
    if c.eat("ACCESS") {
        c.expect("METHOD")?;
        let method = if c.eat("DEFAULT") { None } else { Some(c.ident()?) };
        match method {
            Some(_) => c.since(15, mark, "`SET ACCESS METHOD`"),
            None => c.since(17, mark, "`SET ACCESS METHOD DEFAULT`"),
        }
        return Ok(TableAction::SetAccessMethod { method });
    }
    if c.eat("TABLESPACE") {
        return Ok(TableAction::SetTablespace { tablespace: c.ident()? });
    }
    if c.is_token(&Token::LParen) {
        return options(c, false);
    }
    Err(c.expected("`(`, `SCHEMA`, `TABLESPACE` or another property"))
}

fn options(c: &mut Cursor<'_, '_>, reset: bool) -> Parse<TableAction> {
    let mark = c.mark();
    let options = storage_parameters(c)?;
    if options.iter().any(|(name, _)| &**name == "security_invoker") {
        c.since(15, mark, "`security_invoker`");
    }
    let value = |value: Option<Box<str>>| if reset { None } else { Some(value.unwrap_or_else(|| "true".into())) };
    Ok(TableAction::SetOptions { options: options.into_iter().map(|(name, v)| (name, value(v))).collect() })
}

fn enable(c: &mut Cursor<'_, '_>) -> Parse<TableAction> {
    let state = match c.eat_one_of(&["ALWAYS", "REPLICA"]) {
        Some("ALWAYS") => FiringState::Always,
        Some(_) => FiringState::Replica,
        None => FiringState::Enabled,
    };
    if state == FiringState::Enabled && c.is("ROW") {
        return row_security(c, TableAction::RowSecurity { enable: true });
    }
    firing(c, state)
}

fn disable(c: &mut Cursor<'_, '_>) -> Parse<TableAction> {
    if c.is("ROW") {
        return row_security(c, TableAction::RowSecurity { enable: false });
    }
    firing(c, FiringState::Disabled)
}

/// `TRIGGER …` or `RULE …`.
fn firing(c: &mut Cursor<'_, '_>, state: FiringState) -> Parse<TableAction> {
    if c.eat("RULE") {
        return Ok(TableAction::SetRule { name: c.ident()?, state });
    }
    if !c.eat("TRIGGER") {
        return Err(c.expected("`TRIGGER` or `RULE`"));
    }
    let groups = matches!(state, FiringState::Enabled | FiringState::Disabled);
    let name = match if groups { c.eat_one_of(&["ALL", "USER"]) } else { None } {
        Some("ALL") => TriggerName::All,
        Some(_) => TriggerName::User,
        None => TriggerName::Named(c.ident()?),
    };
    Ok(TableAction::SetTrigger { name, state })
}

fn row_security(c: &mut Cursor<'_, '_>, action: TableAction) -> Parse<TableAction> {
    c.expect("ROW LEVEL SECURITY")?;
    Ok(action)
}

fn replica_identity(c: &mut Cursor<'_, '_>) -> Parse<TableAction> {
    Ok(TableAction::ReplicaIdentity(match c.eat_one_of(&["DEFAULT", "FULL", "NOTHING", "USING"]) {
        Some("DEFAULT") => ReplicaIdentity::Default,
        Some("FULL") => ReplicaIdentity::Full,
        Some("NOTHING") => ReplicaIdentity::Nothing,
        Some(_) => {
            c.expect("INDEX")?;
            ReplicaIdentity::Index(c.ident()?)
        }
        None => return Err(c.expected("`DEFAULT`, `FULL`, `NOTHING` or `USING INDEX`")),
    }))
}
