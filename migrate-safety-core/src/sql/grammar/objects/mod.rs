//! Statements on the objects that stand beside tables: routines, types, schemas, rights, replication …

pub(super) mod arguments;
mod cluster;
mod code;
mod comment;
mod common;
mod domain;
mod foreign;
mod grant;
mod object_ref;
mod operator;
mod replication;
mod role;
mod routine;
mod rule;
mod schema;
mod settings;
mod statistics;
#[cfg(test)]
mod tests;
mod text_search;
mod trigger;
mod types;

use super::Reading;
use crate::sql::cursor::{Cursor, Mark, Parse};
use crate::sql::operation::Operation;

/// How a statement began.
#[derive(Clone, Copy)]
struct Start {
    /// Its first word.
    mark: Mark,
    /// `OR REPLACE`.
    or_replace: bool,
}

/// What reads a statement behind the words that tell it from others.
#[derive(Clone, Copy)]
enum Read {
    /// The whole statement is one operation.
    One(fn(&mut Cursor<'_, '_>) -> Parse<Operation>),
    /// The same, where `OR REPLACE` may stand behind `CREATE`.
    Replaceable(fn(&mut Cursor<'_, '_>, bool) -> Parse<Operation>),
    /// Several operations, or one with problems inside.
    Several(fn(&mut Cursor<'_, '_>, Start) -> Parse<Reading>),
    /// The same, where `OR REPLACE` may stand behind `CREATE`.
    SeveralReplaceable(fn(&mut Cursor<'_, '_>, Start) -> Parse<Reading>),
}

use Read::{One, Replaceable, Several, SeveralReplaceable};

/// What stands behind `CREATE [OR REPLACE]`; longer ones before those they begin with.
const CREATE: &[(&str, Read)] = &[
    ("SCHEMA", Several(schema::create_schema)),
    ("EXTENSION", One(schema::create_extension)),
    ("FUNCTION", SeveralReplaceable(routine::create_function)),
    ("PROCEDURE", SeveralReplaceable(routine::create_procedure)),
    ("TRIGGER", Replaceable(trigger::create_trigger)),
    ("CONSTRAINT TRIGGER", Replaceable(trigger::create_constraint_trigger)),
    ("EVENT TRIGGER", One(trigger::create_event_trigger)),
    ("RULE", Replaceable(rule::create_rule)),
    ("POLICY", One(rule::create_policy)),
    ("TYPE", One(types::create_type)),
    ("DOMAIN", One(domain::create_domain)),
    ("ROLE", One(role::create_role)),
    ("USER", One(role::create_user)),
    ("GROUP", One(role::create_role)),
    ("DATABASE", One(cluster::create_database)),
    ("TABLESPACE", One(cluster::create_tablespace)),
    ("PUBLICATION", One(replication::create_publication)),
    ("SUBSCRIPTION", One(replication::create_subscription)),
    ("STATISTICS", One(statistics::create_statistics)),
    ("AGGREGATE", Replaceable(operator::create_aggregate)),
    ("CAST", One(operator::create_cast)),
    ("OPERATOR CLASS", One(operator::create_operator_class)),
    ("OPERATOR FAMILY", One(operator::create_operator_family)),
    ("OPERATOR", One(operator::create_operator)),
    ("COLLATION", One(text_search::create_collation)),
    ("CONVERSION", One(operator::create_conversion)),
    ("DEFAULT CONVERSION", One(operator::create_conversion)),
    ("TEXT SEARCH", One(text_search::create_text_search)),
    ("LANGUAGE", Replaceable(foreign::create_language)),
    ("TRUSTED LANGUAGE", Replaceable(foreign::create_language)),
    ("PROCEDURAL LANGUAGE", Replaceable(foreign::create_language)),
    ("TRUSTED PROCEDURAL LANGUAGE", Replaceable(foreign::create_language)),
    ("TRANSFORM", Replaceable(operator::create_transform)),
    ("ACCESS METHOD", One(foreign::create_access_method)),
    ("SERVER", One(foreign::create_server)),
    ("FOREIGN DATA WRAPPER", One(foreign::create_wrapper)),
];

/// Everything else, from its first word.
const OTHERS: &[(&str, Read)] = &[
    ("ALTER SCHEMA", One(schema::alter_schema)),
    ("ALTER EXTENSION", One(schema::alter_extension)),
    ("ALTER FUNCTION", One(routine::alter_routine)),
    ("ALTER PROCEDURE", One(routine::alter_routine)),
    ("ALTER ROUTINE", One(routine::alter_routine)),
    ("ALTER AGGREGATE", One(routine::alter_aggregate)),
    ("ALTER TRIGGER", One(trigger::alter_trigger)),
    ("ALTER EVENT TRIGGER", One(trigger::alter_event_trigger)),
    ("ALTER RULE", One(rule::alter_rule)),
    ("ALTER POLICY", One(rule::alter_policy)),
    ("ALTER TYPE", Several(types::alter_type)),
    ("ALTER DOMAIN", One(domain::alter_domain)),
    ("ALTER DEFAULT PRIVILEGES", One(grant::alter_default_privileges)),
    ("ALTER ROLE", One(role::alter_role)),
    ("ALTER USER", One(role::alter_user)),
    ("ALTER GROUP", One(role::alter_group)),
    ("ALTER DATABASE", One(cluster::alter_database)),
    ("ALTER TABLESPACE", One(cluster::alter_tablespace)),
    ("ALTER SYSTEM", One(cluster::alter_system)),
    ("ALTER PUBLICATION", One(replication::alter_publication)),
    ("ALTER SUBSCRIPTION", One(replication::alter_subscription)),
    ("ALTER STATISTICS", One(statistics::alter_statistics)),
    ("ALTER OPERATOR CLASS", One(operator::alter_operator_class)),
    ("ALTER OPERATOR FAMILY", One(operator::alter_operator_family)),
    ("ALTER OPERATOR", One(operator::alter_operator)),
    ("ALTER COLLATION", One(text_search::alter_collation)),
    ("ALTER CONVERSION", One(operator::alter_conversion)),
    ("ALTER TEXT SEARCH", One(text_search::alter_text_search)),
    ("ALTER LANGUAGE", One(foreign::alter_language)),
    ("ALTER PROCEDURAL LANGUAGE", One(foreign::alter_language)),
    ("ALTER SERVER", One(foreign::alter_server)),
    ("ALTER FOREIGN DATA WRAPPER", One(foreign::alter_wrapper)),
    ("ALTER LARGE OBJECT", One(foreign::alter_large_object)),
    ("COMMENT ON", One(comment::comment)),
    ("SECURITY LABEL", One(comment::security_label)),
    ("GRANT", One(grant::grant)),
    ("REVOKE", One(grant::revoke)),
    ("REASSIGN OWNED", One(grant::reassign_owned)),
    ("DO", Several(code::do_block)),
    ("CALL", One(code::call)),
    ("IMPORT FOREIGN SCHEMA", One(foreign::import_foreign_schema)),
];

/// Reads a statement on such an object, or consumes nothing.
pub(crate) fn object_statement(c: &mut Cursor<'_, '_>) -> Option<Parse<Reading>> {
    let mark = c.mark();
    let mut or_replace = false;
    let row = if c.eat("CREATE") {
        or_replace = c.eat_all("OR REPLACE");
        CREATE.iter().find(|(words, read)| {
            (!or_replace || matches!(read, Replaceable(_) | SeveralReplaceable(_))) && c.eat_all(words)
        })
    } else {
        OTHERS.iter().find(|(words, _)| c.eat_all(words))
    };
    let Some((_, read)) = row else {
        c.rewind(mark);
        return None;
    };
    let start = Start { mark, or_replace };
    Some(match read {
        One(read) => read(c).map(|operation| one(c, start, operation)),
        Replaceable(read) => read(c, or_replace).map(|operation| one(c, start, operation)),
        Several(read) | SeveralReplaceable(read) => read(c, start),
    })
}

/// One operation from the statement's start to where the cursor stands.
fn one(c: &Cursor<'_, '_>, start: Start, operation: Operation) -> Reading {
    Reading::one(operation, c.span_from(start.mark))
}
