//! Routines, triggers, rules and policies.

use super::{Kind, Writer, listed, sql_name};
use migrate_safety_core::catalog::{Policy, Table, Trigger};

pub(super) const KINDS: &[(usize, Kind)] = &[
    (4, create_routine),
    (2, create_typed_routine),
    (2, alter_routine),
    (2, drop_routine),
    (4, create_trigger),
    (1, create_constraint_trigger),
    (2, create_view_trigger),
    (1, create_statement_trigger),
    (2, alter_trigger),
    (1, drop_trigger),
    (1, create_rule),
    (1, create_view_rule),
    (1, drop_rule),
    (3, create_policy),
    (2, alter_policy),
    (1, drop_policy),
];

/// Routines by the names and arguments by which others change and drop them.
const ROUTINES: &[(&str, &str, &str, &str)] = &[
    ("FUNCTION", "f", "", "RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$"),
    ("FUNCTION", "touch", "", "RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.name := 'x'; RETURN NEW; END$$"),
    ("FUNCTION", "g", "a int, b int DEFAULT 2", "RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a + b'"),
    ("FUNCTION", "g", "a text", "RETURNS text LANGUAGE sql STRICT AS 'SELECT upper(a)'"),
    ("FUNCTION", "h", "OUT x int, OUT y text", "LANGUAGE sql AS $$SELECT 1, 'a'$$"),
    ("FUNCTION", "h", "VARIADIC n int[]", "RETURNS SETOF int LANGUAGE sql STABLE RETURN n[1]"),
    ("PROCEDURE", "p", "n int", "LANGUAGE plpgsql AS $$BEGIN NULL; END$$"),
    (
        "FUNCTION",
        "g",
        "a int, b int DEFAULT 2",
        "RETURNS int LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public AS 'SELECT a - b'",
    ),
];

fn arguments(index: usize) -> &'static str {
    ["", "", "int, int", "text", "", "int[]", "int", "int, int"].get(index).copied().unwrap_or_default()
}

fn create_routine(writer: &mut Writer<'_>) -> Option<String> {
    let (word, name, args, body) = writer.choices.one_of(ROUTINES)?;
    let replace = writer.maybe(50, "OR REPLACE ");
    Some(format!("CREATE {replace}{word} {name}({args}) {body}"))
}

/// One whose signature has a type of the schema.
fn create_typed_routine(writer: &mut Writer<'_>) -> Option<String> {
    let replace = writer.maybe(50, "OR REPLACE ");
    if writer.choices.chance(40) {
        let table = writer.relation(|r| r.table().is_some())?;
        let name = sql_name(table);
        let body = format!("LANGUAGE sql STABLE AS $$SELECT * FROM {name}$$");
        return Some(format!("CREATE {replace}FUNCTION rows() RETURNS SETOF {name} {body}"));
    }
    let def = writer.user_type(|_| true)?;
    let data_type = super::type_name(def);
    Some(match writer.choices.below(3) {
        0 => format!("CREATE {replace}FUNCTION k(a {data_type}) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'"),
        1 => format!("CREATE {replace}FUNCTION k() RETURNS {data_type} LANGUAGE sql AS $$SELECT NULL::{data_type}$$"),
        _ => format!(
            "CREATE {replace}FUNCTION k(a int, OUT b {data_type}, OUT c {data_type}[]) LANGUAGE plpgsql AS 'BEGIN END'"
        ),
    })
}

fn alter_routine(writer: &mut Writer<'_>) -> Option<String> {
    let at = writer.choices.below(ROUTINES.len());
    let (word, name, ..) = ROUTINES.get(at)?;
    let action = writer.choices.word(&[
        "STABLE",
        "IMMUTABLE",
        "STRICT",
        "SECURITY DEFINER",
        "COST 5",
        "SET search_path = app",
        "RESET ALL",
        "RENAME TO g",
        "RENAME TO f",
        "SET SCHEMA app",
    ]);
    Some(format!("ALTER {word} {name}({}) {action}", arguments(at)))
}

fn drop_routine(writer: &mut Writer<'_>) -> Option<String> {
    let at = writer.choices.below(ROUTINES.len());
    let (word, name, ..) = ROUTINES.get(at)?;
    Some(format!("DROP {word} {name}({}){}", arguments(at), writer.cascade()))
}

fn create_trigger(writer: &mut Writer<'_>) -> Option<String> {
    let (table, columns) = writer.table()?;
    let name = writer.name();
    let when = writer.choices.word(&[
        "BEFORE INSERT",
        "AFTER UPDATE",
        "BEFORE INSERT OR UPDATE",
        "AFTER DELETE",
        "AFTER INSERT OR DELETE",
        "BEFORE UPDATE OF",
    ]);
    let of = if when.ends_with("OF") { format!(" {}", listed(&writer.columns(columns, 2))) } else { String::new() };
    let row = writer.choices.word(&["FOR EACH ROW", "FOR EACH ROW", "FOR EACH STATEMENT"]);
    let condition = if row == "FOR EACH ROW" && when == "AFTER UPDATE" && writer.choices.chance(50) {
        let column = writer.column(columns)?;
        writer.condition_of(&column.data_type, &format!("NEW.{}", column.name.sql())).map(|c| format!(" WHEN ({c})"))
    } else {
        None
    };
    let function = writer.choices.word(&["f()", "touch()", "f('x', '1')"]);
    let replace = writer.maybe(15, "OR REPLACE ");
    Some(format!(
        "CREATE {replace}TRIGGER {name} {when}{of} ON {} {row}{} EXECUTE FUNCTION {function}",
        sql_name(table),
        condition.unwrap_or_default()
    ))
}

fn create_constraint_trigger(writer: &mut Writer<'_>) -> Option<String> {
    let (table, _) = writer.table()?;
    let (from, _) = writer.table()?;
    let name = writer.name();
    let from = if writer.choices.chance(30) { format!(" FROM {}", sql_name(from)) } else { String::new() };
    let when = writer.choices.word(&["", " DEFERRABLE", " DEFERRABLE INITIALLY DEFERRED"]);
    let table = sql_name(table);
    Some(format!(
        "CREATE CONSTRAINT TRIGGER {name} AFTER INSERT OR UPDATE ON {table}{from}{when} FOR EACH ROW EXECUTE FUNCTION f()"
    ))
}

fn create_view_trigger(writer: &mut Writer<'_>) -> Option<String> {
    let view = writer.relation(|r| r.view().is_some_and(|v| !v.materialized))?;
    let event = writer.choices.word(&["INSERT", "UPDATE", "INSERT OR DELETE"]);
    let name = writer.name();
    Some(format!("CREATE TRIGGER {name} INSTEAD OF {event} ON {} FOR EACH ROW EXECUTE FUNCTION f()", sql_name(view)))
}

fn create_statement_trigger(writer: &mut Writer<'_>) -> Option<String> {
    let (table, _) = writer.table()?;
    let when = writer.choices.word(&["BEFORE TRUNCATE", "AFTER INSERT", "AFTER UPDATE OR DELETE", "AFTER UPDATE"]);
    let tables = if when == "AFTER UPDATE" { "REFERENCING OLD TABLE AS was NEW TABLE AS becomes " } else { "" };
    let (name, table) = (writer.name(), sql_name(table));
    Some(format!("CREATE TRIGGER {name} {when} ON {table} {tables}FOR EACH STATEMENT EXECUTE FUNCTION f()"))
}

fn create_view_rule(writer: &mut Writer<'_>) -> Option<String> {
    let view = writer.relation(|r| r.view().is_some_and(|v| !v.materialized))?;
    let event = writer.choices.word(&["INSERT", "UPDATE", "DELETE"]);
    Some(format!("CREATE RULE {} AS ON {event} TO {} DO INSTEAD NOTHING", writer.name(), sql_name(view)))
}

fn alter_trigger(writer: &mut Writer<'_>) -> Option<String> {
    let table = writer.relation(|r| r.table().is_some_and(|t| !t.triggers.is_empty()))?;
    let triggers: Vec<&Trigger> = table.table()?.triggers.iter().collect();
    let name = writer.choices.one_of(&triggers)?.name.sql();
    let table = sql_name(table);
    Some(match writer.choices.below(5) {
        0 => format!("ALTER TRIGGER {name} ON {table} RENAME TO {}", writer.name()),
        1 => format!("ALTER TABLE {table} DISABLE TRIGGER {}", writer.choices.word(&["ALL", "USER"])),
        at => {
            let how = ["DISABLE", "ENABLE ALWAYS", "ENABLE"].get(at - 2).copied().unwrap_or_default();
            format!("ALTER TABLE {table} {how} TRIGGER {name}")
        }
    })
}

fn drop_trigger(writer: &mut Writer<'_>) -> Option<String> {
    let table = writer.relation(|r| r.table().is_some_and(|t| !t.triggers.is_empty()))?;
    let triggers: Vec<&Trigger> = table.table()?.triggers.iter().collect();
    let name = writer.choices.one_of(&triggers)?.name.sql();
    Some(format!("DROP TRIGGER {name} ON {}{}", sql_name(table), writer.cascade()))
}

fn create_rule(writer: &mut Writer<'_>) -> Option<String> {
    let (table, _) = writer.table()?;
    let (other, columns) = writer.table()?;
    let event = writer.choices.word(&["INSERT", "UPDATE", "DELETE"]);
    let action = match writer.choices.below(3) {
        0 => "NOTHING".to_owned(),
        1 => format!("DELETE FROM {}", sql_name(other)),
        _ => format!("SELECT {} FROM {}", writer.column(columns)?.name.sql(), sql_name(other)),
    };
    let kind = writer.choices.word(&["INSTEAD ", "ALSO "]);
    let name = writer.name();
    Some(format!("CREATE RULE {name} AS ON {event} TO {} DO {kind}{action}", sql_name(table)))
}

fn drop_rule(writer: &mut Writer<'_>) -> Option<String> {
    let table = writer.relation(|r| r.table().is_some_and(|t| !t.rules.is_empty()))?;
    let rules: Vec<_> = table.table()?.rules.iter().map(|(name, _)| name).collect();
    let name = writer.choices.one_of(&rules)?.sql();
    let table = sql_name(table);
    Some(match writer.choices.below(3) {
        0 => format!("ALTER RULE {name} ON {table} RENAME TO {}", writer.name()),
        1 => format!("ALTER TABLE {table} DISABLE RULE {name}"),
        _ => format!("DROP RULE {name} ON {table}"),
    })
}

fn create_policy(writer: &mut Writer<'_>) -> Option<String> {
    let (table, columns) = writer.table()?;
    let name = writer.name();
    let condition = writer.condition(columns)?;
    let clauses = writer.choices.word(&[
        "FOR SELECT USING (@)",
        "USING (@)",
        "FOR INSERT WITH CHECK (@)",
        "AS RESTRICTIVE FOR UPDATE USING (@) WITH CHECK (true)",
        "TO public USING (@)",
    ]);
    Some(format!("CREATE POLICY {name} ON {} {}", sql_name(table), clauses.replace('@', &condition)))
}

fn policy<'w>(writer: &mut Writer<'w>) -> Option<(String, &'w Table, &'w Policy)> {
    let relation = writer.relation(|r| r.table().is_some_and(|t| !t.policies.is_empty()))?;
    let table = relation.table()?;
    let policies: Vec<&Policy> = table.policies.iter().collect();
    Some((sql_name(relation), table, writer.choices.one_of(&policies)?))
}

fn alter_policy(writer: &mut Writer<'_>) -> Option<String> {
    let (name, table, policy) = policy(writer)?;
    let change = match writer.choices.below(3) {
        0 => format!("RENAME TO {}", writer.name()),
        1 => format!("USING ({})", writer.condition(table)?),
        _ => format!("WITH CHECK ({})", writer.condition(table)?),
    };
    Some(format!("ALTER POLICY {} ON {name} {change}", policy.name.sql()))
}

fn drop_policy(writer: &mut Writer<'_>) -> Option<String> {
    let (name, _, policy) = policy(writer)?;
    Some(format!("DROP POLICY {} ON {name}", policy.name.sql()))
}
