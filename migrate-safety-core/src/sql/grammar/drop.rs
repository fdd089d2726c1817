//! `DROP` of every class of object.

use super::Reading;
use super::common::{bare_operator, none_of, role};
use super::objects::arguments;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::datatype::DataType;
use crate::sql::name::{Ident, ObjectName};
use crate::sql::operation::{ClusterCommand, LocatedOperation, ObjectCommand, Operation, RoutineWord};
use crate::sql::token::Token;

/// Classes by the words behind `DROP`, and how their names are read. Longer ones come before their beginnings.
const CLASSES: &[(&str, Class)] = &[
    ("ACCESS METHOD", Class::Names),
    ("AGGREGATE", Class::Routine),
    ("CAST", Class::Cast),
    ("COLLATION", Class::AnyNames),
    ("CONVERSION", Class::AnyNames),
    ("DATABASE", Class::Database),
    ("DOMAIN", Class::Type { domain: true }),
    ("EVENT TRIGGER", Class::Names),
    ("EXTENSION", Class::Extension),
    ("FOREIGN DATA WRAPPER", Class::Names),
    ("FOREIGN TABLE", Class::Table),
    ("FUNCTION", Class::Routine),
    ("GROUP", Class::Role),
    ("INDEX", Class::Index),
    ("LANGUAGE", Class::Names),
    ("MATERIALIZED VIEW", Class::MaterializedView),
    ("OPERATOR CLASS", Class::OperatorGroup),
    ("OPERATOR FAMILY", Class::OperatorGroup),
    ("OPERATOR", Class::Operator),
    ("OWNED", Class::Owned),
    ("POLICY", Class::Policy),
    ("PROCEDURAL LANGUAGE", Class::Names),
    ("PROCEDURE", Class::Routine),
    ("PUBLICATION", Class::Publication),
    ("ROLE", Class::Role),
    ("ROUTINE", Class::Routine),
    ("RULE", Class::Rule),
    ("SCHEMA", Class::Schema),
    ("SEQUENCE", Class::Sequence),
    ("SERVER", Class::Names),
    ("STATISTICS", Class::Statistics),
    ("SUBSCRIPTION", Class::Subscription),
    ("TABLE", Class::Table),
    ("TABLESPACE", Class::Tablespace),
    ("TEXT SEARCH CONFIGURATION", Class::AnyNames),
    ("TEXT SEARCH DICTIONARY", Class::AnyNames),
    ("TEXT SEARCH PARSER", Class::AnyNames),
    ("TEXT SEARCH TEMPLATE", Class::AnyNames),
    ("TRANSFORM", Class::Transform),
    ("TRIGGER", Class::Trigger),
    ("TYPE", Class::Type { domain: false }),
    ("USER MAPPING", Class::UserMapping),
    ("USER", Class::Role),
    ("VIEW", Class::View),
];

#[derive(Clone, Copy)]
enum Class {
    Table,
    Index,
    View,
    MaterializedView,
    Sequence,
    Schema,
    Extension,
    Type {
        domain: bool,
    },
    Routine,
    Trigger,
    Rule,
    Policy,
    Statistics,
    Publication,
    Owned,
    Database,
    Tablespace,
    Subscription,
    Operator,
    OperatorGroup,
    Cast,
    Transform,
    UserMapping,
    Role,
    /// Others with plain names.
    Names,
    /// Others with names that may have a schema.
    AnyNames,
}

/// `DROP`.
pub(super) fn drop(c: &mut Cursor<'_, '_>) -> Parse<Reading> {
    let start = c.mark();
    c.expect("DROP")?;
    let Some(&(words, class)) = CLASSES.iter().find(|(words, _)| c.is_all(words)) else {
        let classes = CLASSES.iter().map(|(words, _)| *words);
        return Err(none_of(c, classes, "a class of objects, such as `TABLE`"));
    };
    c.eat_all(words);
    let operations = match class {
        Class::Names => others(c, words, |c| Ok(ObjectName::bare(c.ident()?)))?,
        Class::AnyNames => others(c, words, Cursor::object_name)?,
        Class::Operator => others(c, words, operator)?,
        Class::Role => roles(c)?,
        Class::Statistics => statistics(c)?,
        Class::Publication => publications(c)?,
        class => vec![single(c, class, words)?],
    };
    let span = c.span_from(start);
    let located = |operation| LocatedOperation { operation, span, routine: None };
    Ok(Reading { operations: operations.into_iter().map(located).collect(), problems: Vec::new() })
}

/// Classes of which one statement is one operation.
fn single(c: &mut Cursor<'_, '_>, class: Class, words: &str) -> Parse<Operation> {
    if matches!(class, Class::Owned) {
        c.expect("BY")?;
        return Ok(Operation::DropOwned { roles: c.list(role)?, cascade: c.cascade() });
    }
    let concurrently = matches!(class, Class::Index) && c.eat("CONCURRENTLY");
    let if_exists = c.if_exists();
    let mark = c.mark();
    Ok(match class {
        Class::Table => Operation::DropTable { names: names(c)?, if_exists, cascade: c.cascade() },
        Class::Index => Operation::DropIndex { names: names(c)?, if_exists, cascade: c.cascade(), concurrently },
        Class::View => Operation::DropView { names: names(c)?, if_exists, cascade: c.cascade() },
        Class::MaterializedView => {
            Operation::DropMaterializedView { names: names(c)?, if_exists, cascade: c.cascade() }
        }
        Class::Sequence => Operation::DropSequence { names: names(c)?, if_exists, cascade: c.cascade() },
        Class::Schema => Operation::DropSchema { names: c.list(Cursor::ident)?, if_exists, cascade: c.cascade() },
        Class::Extension => Operation::DropExtension { names: c.list(Cursor::ident)?, if_exists, cascade: c.cascade() },
        Class::Type { domain } => {
            Operation::DropType { names: c.list(type_name)?, domain, if_exists, cascade: c.cascade() }
        }
        Class::Routine => {
            let routines = c.list(if words == "AGGREGATE" { arguments::aggregate } else { arguments::routine })?;
            let word = match words {
                "PROCEDURE" => RoutineWord::Procedure,
                "ROUTINE" => RoutineWord::Routine,
                "AGGREGATE" => RoutineWord::Aggregate,
                _ => RoutineWord::Function,
            };
            if matches!(word, RoutineWord::Procedure | RoutineWord::Routine) {
                c.since(11, mark, "a procedure");
            } else if routines.len() > 1 || routines.iter().any(|r| r.args.is_none()) {
                c.since(10, mark, "a function without its arguments, or more than one");
            }
            Operation::DropRoutine { word, routines, if_exists, cascade: c.cascade() }
        }
        Class::Trigger => {
            let (name, table) = name_on_table(c)?;
            Operation::DropTrigger { name, table, if_exists, cascade: c.cascade() }
        }
        Class::Rule => {
            let (name, table) = name_on_table(c)?;
            Operation::DropRule { name, table, if_exists, cascade: c.cascade() }
        }
        Class::Policy => {
            let (name, table) = name_on_table(c)?;
            c.cascade();
            Operation::DropPolicy { name, table, if_exists }
        }
        Class::Database => {
            c.ident()?;
            let mark = c.mark();
            if c.eat("WITH") || c.is_token(&Token::LParen) {
                c.parens(|c| c.list(|c| c.expect("FORCE")))?;
                c.since(13, mark, "`FORCE`");
            }
            Operation::Cluster { command: ClusterCommand::DropDatabase }
        }
        Class::Tablespace => {
            c.ident()?;
            Operation::Cluster { command: ClusterCommand::DropTablespace }
        }
        Class::Subscription => {
            c.ident()?;
            c.cascade();
            Operation::Cluster { command: ClusterCommand::DropSubscription }
        }
        Class::OperatorGroup => {
            let name = c.object_name()?;
            c.expect("USING")?;
            c.ident()?;
            other(words, Some(name), if_exists, c.cascade())
        }
        Class::Cast => {
            c.parens(|c| {
                c.data_type()?;
                c.expect("AS")?;
                c.data_type()
            })?;
            other(words, None, if_exists, c.cascade())
        }
        Class::Transform => {
            c.expect("FOR")?;
            c.data_type()?;
            c.expect("LANGUAGE")?;
            c.ident()?;
            other(words, None, if_exists, c.cascade())
        }
        Class::UserMapping => {
            c.expect("FOR")?;
            if !c.eat("USER") {
                role(c)?;
            }
            c.expect("SERVER")?;
            let server = c.ident()?;
            other(words, Some(ObjectName::bare(server)), if_exists, false)
        }
        _ => return Err(c.expected("a class of objects")),
    })
}

fn names(c: &mut Cursor<'_, '_>) -> Parse<Vec<ObjectName>> {
    c.list(Cursor::object_name)
}

fn name_on_table(c: &mut Cursor<'_, '_>) -> Parse<(Ident, ObjectName)> {
    let name = c.ident()?;
    c.expect("ON")?;
    Ok((name, c.object_name()?))
}

fn type_name(c: &mut Cursor<'_, '_>) -> Parse<ObjectName> {
    let DataType { schema, name, .. } = c.data_type()?;
    Ok(ObjectName { schema, name })
}

fn other(class: &str, name: Option<ObjectName>, if_exists: bool, cascade: bool) -> Operation {
    Operation::OtherObject {
        command: ObjectCommand::Drop,
        class: class.to_ascii_lowercase().into(),
        name,
        definition: None,
        change: None,
        if_exists,
        if_not_exists: false,
        cascade,
        sql: Box::default(),
    }
}

/// Objects that are one operation each.
fn others<'s, 't>(
    c: &mut Cursor<'s, 't>,
    class: &str,
    name: impl FnMut(&mut Cursor<'s, 't>) -> Parse<ObjectName>,
) -> Parse<Vec<Operation>> {
    let if_exists = c.if_exists();
    let names = c.list(name)?;
    let cascade = c.cascade();
    Ok(names.into_iter().map(|name| other(class, Some(name), if_exists, cascade)).collect())
}

fn roles(c: &mut Cursor<'_, '_>) -> Parse<Vec<Operation>> {
    let if_exists = c.if_exists();
    let roles = c.list(role)?;
    Ok(roles.into_iter().map(|role| other("role", Some(ObjectName::bare(role)), if_exists, false)).collect())
}

fn statistics(c: &mut Cursor<'_, '_>) -> Parse<Vec<Operation>> {
    let if_exists = c.if_exists();
    let names = names(c)?;
    c.cascade();
    let drop = |name| Operation::Statistics {
        command: ObjectCommand::Drop,
        name: Some(name),
        table: None,
        kinds: Vec::new(),
        keys: Vec::new(),
        change: None,
        if_exists,
        if_not_exists: false,
        sql: Box::default(),
    };
    Ok(names.into_iter().map(drop).collect())
}

fn publications(c: &mut Cursor<'_, '_>) -> Parse<Vec<Operation>> {
    c.if_exists();
    let names = c.list(Cursor::ident)?;
    c.cascade();
    let command = ObjectCommand::Drop;
    let drop = |name| Operation::Publication { command, name, tables: Vec::new(), all_tables: false, changes: false };
    Ok(names.into_iter().map(drop).collect())
}

/// `schema.=(integer, NONE)`.
fn operator(c: &mut Cursor<'_, '_>) -> Parse<ObjectName> {
    let name = bare_operator(c)?;
    c.parens(|c| {
        let no_left = c.eat("NONE");
        if !no_left {
            c.data_type()?;
        }
        c.expect_token(&Token::Comma)?;
        if no_left || !c.eat("NONE") {
            c.data_type()?;
        }
        Ok(())
    })?;
    Ok(name)
}
