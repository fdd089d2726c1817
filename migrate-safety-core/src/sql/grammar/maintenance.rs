//! Maintenance: `VACUUM`, `ANALYZE`, `CLUSTER`, `REINDEX`, `LOCK`, `TRUNCATE` …

use super::common::{none_of, number, optional_idents, target};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::name::Ident;
use crate::sql::operation::{LockMode, Operation, ReindexTarget, TableTarget};
use crate::sql::statement::{Problem, ProblemKind};
use crate::sql::token::Token;

/// What an option of a command can have for a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// On or off; on if there is none.
    Switch,
    /// On, off or `auto`.
    SwitchOrAuto,
    /// A number.
    Number,
    /// Something or other.
    Value,
}

/// Options by their names, with the first server version that knows them.
type Known = &'static [(&'static str, Takes, u16)];

const VACUUM_OPTIONS: Known = &[
    ("analyze", Takes::Switch, 9),
    ("buffer_usage_limit", Takes::Value, 16),
    ("disable_page_skipping", Takes::Switch, 9),
    ("freeze", Takes::Switch, 9),
    ("full", Takes::Switch, 9),
    ("index_cleanup", Takes::SwitchOrAuto, 12),
    ("only_database_stats", Takes::Switch, 16),
    ("parallel", Takes::Number, 13),
    ("process_main", Takes::Switch, 16),
    ("process_toast", Takes::Switch, 14),
    ("skip_database_stats", Takes::Switch, 16),
    ("skip_locked", Takes::Switch, 12),
    ("truncate", Takes::Switch, 12),
    ("verbose", Takes::Switch, 9),
];
const ANALYZE_OPTIONS: Known =
    &[("buffer_usage_limit", Takes::Value, 16), ("skip_locked", Takes::Switch, 12), ("verbose", Takes::Switch, 9)];
const CLUSTER_OPTIONS: Known = &[("verbose", Takes::Switch, 9)];
const REINDEX_OPTIONS: Known =
    &[("concurrently", Takes::Switch, 14), ("tablespace", Takes::Value, 14), ("verbose", Takes::Switch, 9)];

/// `VACUUM`, with options in parentheses or as words.
pub(super) fn vacuum(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("VACUUM")?;
    let (full, analyze) = if c.is_token(&Token::LParen) {
        let options = Options::read(c, "VACUUM", VACUUM_OPTIONS)?;
        (options.on("full"), options.on("analyze"))
    } else {
        let full = c.eat("FULL");
        c.eat("FREEZE");
        c.eat("VERBOSE");
        (full, c.eat_one_of(&["ANALYZE", "ANALYSE"]).is_some())
    };
    Ok(Operation::Vacuum { tables: tables_with_columns(c)?, full, analyze })
}

/// `ANALYZE`.
pub(super) fn analyze(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.advance();
    if c.is_token(&Token::LParen) {
        Options::read(c, "ANALYZE", ANALYZE_OPTIONS)?;
    } else {
        c.eat("VERBOSE");
    }
    Ok(Operation::Analyze { tables: tables_with_columns(c)? })
}

/// `t (a, b), u`, or nothing.
fn tables_with_columns(c: &mut Cursor<'_, '_>) -> Parse<Vec<TableTarget>> {
    if c.at_end() {
        return Ok(Vec::new());
    }
    let start = c.mark();
    let tables = c.list(|c| {
        let mark = c.mark();
        let target = target(c)?;
        if target.only {
            c.since(18, mark, "`ONLY`");
        }
        optional_idents(c)?;
        Ok(target)
    })?;
    if tables.len() > 1 {
        c.since(11, start, "more than one table");
    }
    Ok(tables)
}

/// `CLUSTER`.
pub(super) fn cluster(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("CLUSTER")?;
    let mark = c.mark();
    let options = c.is_token(&Token::LParen);
    if options {
        Options::read(c, "CLUSTER", CLUSTER_OPTIONS)?;
        c.since(14, mark, "options of CLUSTER");
    } else {
        c.eat("VERBOSE");
    }
    if c.at_end() {
        if options {
            c.since(17, mark, "options of CLUSTER without a table");
        }
        return Ok(Operation::ClusterTable { table: None, index: None });
    }
    let table = c.object_name()?;
    if table.schema.is_none() && c.eat("ON") {
        // The old form names the index first.
        return Ok(Operation::ClusterTable { table: Some(c.object_name()?), index: Some(table.name) });
    }
    let index = if c.eat("USING") { Some(c.ident()?) } else { None };
    Ok(Operation::ClusterTable { table: Some(table), index })
}

/// `REINDEX`.
pub(super) fn reindex(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let start = c.mark();
    c.expect("REINDEX")?;
    let (mut concurrently, mut tablespace) = (false, None);
    if c.is_token(&Token::LParen) {
        let options = Options::read(c, "REINDEX", REINDEX_OPTIONS)?;
        concurrently = options.on("concurrently");
        tablespace = options.text("tablespace").map(Ident::exact);
    }
    let Some(kind) = c.eat_one_of(&["INDEX", "TABLE", "SCHEMA", "DATABASE", "SYSTEM"]) else {
        return Err(c.expected("`INDEX`, `TABLE`, `SCHEMA`, `DATABASE` or `SYSTEM`"));
    };
    let mark = c.mark();
    if c.eat("CONCURRENTLY") {
        concurrently = true;
        c.since(12, mark, "`REINDEX CONCURRENTLY`");
    }
    let target = match kind {
        "INDEX" => ReindexTarget::Index(c.object_name()?),
        "TABLE" => ReindexTarget::Table(c.object_name()?),
        "SCHEMA" => ReindexTarget::Schema(c.ident()?),
        _ => {
            let name = if c.at_end() { None } else { Some(c.ident()?) };
            if name.is_none() {
                c.since(16, start, "REINDEX without a name");
            }
            if kind == "DATABASE" { ReindexTarget::Database(name) } else { ReindexTarget::System(name) }
        }
    };
    Ok(Operation::Reindex { target, concurrently, tablespace })
}

const LOCK_MODES: &[(&str, LockMode)] = &[
    ("ACCESS SHARE", LockMode::AccessShare),
    ("ROW SHARE", LockMode::RowShare),
    ("ROW EXCLUSIVE", LockMode::RowExclusive),
    ("SHARE UPDATE EXCLUSIVE", LockMode::ShareUpdateExclusive),
    ("SHARE ROW EXCLUSIVE", LockMode::ShareRowExclusive),
    ("SHARE", LockMode::Share),
    ("EXCLUSIVE", LockMode::Exclusive),
    ("ACCESS EXCLUSIVE", LockMode::AccessExclusive),
];

/// `LOCK [TABLE]`.
pub(super) fn lock(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("LOCK")?;
    let tables = tables(c)?;
    let mut mode = LockMode::AccessExclusive;
    if c.eat("IN") {
        let Some(&(words, named)) = LOCK_MODES.iter().find(|(words, _)| c.is_all(words)) else {
            return Err(none_of(c, LOCK_MODES.iter().map(|(words, _)| *words), "a lock mode"));
        };
        c.eat_all(words);
        c.expect("MODE")?;
        mode = named;
    }
    Ok(Operation::LockTable { tables, mode, nowait: c.eat("NOWAIT") })
}

/// `TRUNCATE [TABLE]`.
pub(super) fn truncate(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("TRUNCATE")?;
    let tables = tables(c)?;
    let restart_identity = match c.eat_one_of(&["RESTART", "CONTINUE"]) {
        Some(word) => {
            c.expect("IDENTITY")?;
            word == "RESTART"
        }
        None => false,
    };
    Ok(Operation::Truncate { tables, cascade: c.cascade(), restart_identity })
}

/// `[TABLE] t, ONLY u`.
fn tables(c: &mut Cursor<'_, '_>) -> Parse<Vec<TableTarget>> {
    c.eat("TABLE");
    c.list(target)
}

/// `(name [value], …)` behind the first word of a command.
struct Options {
    given: Vec<(Ident, Option<Box<str>>)>,
}

impl Options {
    fn read(c: &mut Cursor<'_, '_>, command: &str, known: Known) -> Parse<Self> {
        let given = c.parens(|c| {
            c.list(|c| {
                let (mark, place) = (c.mark(), c.next_span());
                let complain =
                    |message: String| Problem { kind: ProblemKind::Invalid, span: place, message: message.into() };
                let name = match c.eat_one_of(&["ANALYZE", "ANALYSE"]) {
                    Some(_) => Ident::exact("analyze"),
                    None => c.non_reserved()?,
                };
                let Some((_, takes, since)) = known.iter().find(|(option, ..)| name == *option) else {
                    return Err(complain(format!("unrecognized {command} option `{name}`")));
                };
                let value = option_value(c)?;
                c.since(*since, mark, &format!("the {command} option `{name}`"));
                match takes {
                    Takes::Switch if switched(value.as_deref()).is_none() => {
                        Err(complain(format!("`{name}` is either on or off")))
                    }
                    Takes::SwitchOrAuto
                        if switched(value.as_deref()).is_none()
                            && value.as_deref().is_some_and(|v| !v.eq_ignore_ascii_case("auto")) =>
                    {
                        Err(complain(format!("`{name}` is either on, off or auto")))
                    }
                    Takes::Number if value.as_deref().is_none_or(|v| v.parse::<i64>().is_err()) => {
                        Err(complain(format!("`{name}` needs a number")))
                    }
                    Takes::Value if value.is_none() => Err(complain(format!("`{name}` needs a value"))),
                    _ => Ok((name, value)),
                }
            })
        })?;
        Ok(Self { given })
    }

    /// The value last given.
    fn last(&self, name: &str) -> Option<Option<&str>> {
        self.given.iter().rev().find(|(given, _)| *given == *name).map(|(_, value)| value.as_deref())
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.last(name)?
    }

    /// Whether an option is given and on.
    fn on(&self, name: &str) -> bool {
        self.last(name).and_then(switched).unwrap_or_default()
    }
}

/// A switch's position, if the value is one.
fn switched(value: Option<&str>) -> Option<bool> {
    let Some(value) = value else { return Some(true) };
    match value.to_ascii_lowercase().as_str() {
        "true" | "on" | "1" => Some(true),
        "false" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// A word, a string or a number, if there is one.
fn option_value(c: &mut Cursor<'_, '_>) -> Parse<Option<Box<str>>> {
    if matches!(c.peek(), Token::Comma | Token::RParen) {
        return Ok(None);
    }
    if c.peek().string().is_some() {
        return c.string().map(Some);
    }
    if let Some(number) = number(c) {
        return Ok(Some(number));
    }
    if let Some(word) = c.eat_one_of(&["TRUE", "FALSE", "ON"]) {
        return Ok(Some(word.into()));
    }
    Ok(Some(c.non_reserved()?.as_str().into()))
}
