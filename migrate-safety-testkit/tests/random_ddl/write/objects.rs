//! Schemas, types, domains, sequences, comments.

use super::{Kind, Writer, sql_name, type_name};
use migrate_safety_core::catalog::{DomainDef, TypeDef, TypeDefKind};

pub(super) const KINDS: &[(usize, Kind)] = &[
    (2, create_schema),
    (1, schema_with_elements),
    (1, search_path),
    (1, rename_schema),
    (1, drop_schema),
    (3, create_enum),
    (4, alter_enum),
    (3, create_domain),
    (5, alter_domain),
    (2, create_composite),
    (2, create_range),
    (3, alter_composite),
    (2, rename_type),
    (2, drop_type),
    (2, create_sequence),
    (3, alter_sequence),
    (1, drop_sequence),
    (1, move_sequence),
    (1, sequence_persistence),
];

const SCHEMAS: &[&str] = &["public", "app", "\"Other\""];
const LABELS: &[&str] = &["sad", "ok", "happy", "Odd label"];

impl Writer<'_> {
    pub(super) fn schema(&mut self) -> &'static str {
        self.choices.word(SCHEMAS)
    }
}

fn create_schema(writer: &mut Writer<'_>) -> Option<String> {
    let exists = writer.maybe(30, "IF NOT EXISTS ");
    Some(format!("CREATE SCHEMA {exists}{}", writer.schema()))
}

fn schema_with_elements(writer: &mut Writer<'_>) -> Option<String> {
    let (schema, name) = (writer.choices.word(&["app", "\"Other\""]), writer.name());
    let second = writer.choices.word(&[
        "CREATE SEQUENCE s",
        "CREATE TABLE second (a int, b text)",
        "CREATE VIEW v AS SELECT 1 AS one",
    ]);
    Some(format!("CREATE SCHEMA {schema} CREATE TABLE {name} (a int PRIMARY KEY, b text UNIQUE) {second}"))
}

/// Where names without a schema are looked for, and made.
fn search_path(writer: &mut Writer<'_>) -> Option<String> {
    let path = writer.choices.word(&["public, app", "app, public", "\"Other\", public", "public"]);
    Some(if writer.choices.chance(60) { "RESET search_path".to_owned() } else { format!("SET search_path = {path}") })
}

fn rename_schema(writer: &mut Writer<'_>) -> Option<String> {
    let (from, to) = writer.choices.one_of(&[("app", "\"Other\""), ("\"Other\"", "app")])?;
    Some(format!("ALTER SCHEMA {from} RENAME TO {to}"))
}

fn drop_schema(writer: &mut Writer<'_>) -> Option<String> {
    let schema = writer.choices.word(&["app", "\"Other\""]);
    Some(format!("DROP SCHEMA {schema}{}", writer.cascade()))
}

fn create_enum(writer: &mut Writer<'_>) -> Option<String> {
    let labels = writer.choices.word(&["'sad', 'ok'", "'x'", "", "'it''s', 'b', 'c'"]);
    Some(format!("CREATE TYPE {} AS ENUM ({labels})", writer.type_name()))
}

fn alter_enum(writer: &mut Writer<'_>) -> Option<String> {
    let def = writer.user_type(|kind| matches!(kind, TypeDefKind::Enum(_)))?;
    let TypeDefKind::Enum(labels) = &def.kind else { return None };
    let at = writer.choices.below(labels.len());
    let old = labels.get(at).map(|(label, _)| label.replace('\'', "''"));
    let new = writer.choices.word(LABELS);
    Some(match (writer.choices.below(4), old) {
        (0, Some(old)) => format!("ALTER TYPE {} RENAME VALUE '{old}' TO '{new}'", type_name(def)),
        (1, Some(old)) => format!("ALTER TYPE {} ADD VALUE '{new}' BEFORE '{old}'", type_name(def)),
        (2, Some(old)) => format!("ALTER TYPE {} ADD VALUE '{new}' AFTER '{old}'", type_name(def)),
        _ => format!("ALTER TYPE {} ADD VALUE IF NOT EXISTS '{new}'", type_name(def)),
    })
}

fn create_domain(writer: &mut Writer<'_>) -> Option<String> {
    let base = writer.choices.word(&["text", "int", "varchar(20)", "numeric(8,2)", "text COLLATE \"C\""]);
    let bare = base.split(" COLLATE").next().unwrap_or_default();
    let default =
        if writer.choices.chance(40) { writer.constant_of(bare).map(|c| format!(" DEFAULT {c}")) } else { None };
    let null = writer.maybe(20, " NOT NULL");
    let check = writer.choices.word(&["", " CHECK (VALUE IS NOT NULL)", " CONSTRAINT c CHECK (VALUE::text <> '')"]);
    Some(format!("CREATE DOMAIN {} AS {base}{}{null}{check}", writer.type_name(), default.unwrap_or_default()))
}

fn domain<'w>(writer: &mut Writer<'w>) -> Option<(&'w TypeDef, &'w DomainDef)> {
    let def = writer.user_type(|kind| matches!(kind, TypeDefKind::Domain(_)))?;
    let TypeDefKind::Domain(domain) = &def.kind else { return None };
    Some((def, domain))
}

fn alter_domain(writer: &mut Writer<'_>) -> Option<String> {
    let (def, domain) = domain(writer)?;
    let checks: Vec<&str> = domain.checks.iter().map(|(name, ..)| name.as_str()).collect();
    let check = writer.choices.one_of(&checks).map(migrate_safety_core::sql::name::quote);
    let constant = writer.constant(&domain.base)?;
    let action = match (writer.choices.below(8), check) {
        (0, _) => format!("SET DEFAULT {constant}"),
        (1, _) => "DROP DEFAULT".to_owned(),
        (2, _) => "SET NOT NULL".to_owned(),
        (3, _) => "DROP NOT NULL".to_owned(),
        (4, Some(check)) => format!("DROP CONSTRAINT {check}{}", writer.cascade()),
        (5, Some(check)) => format!("VALIDATE CONSTRAINT {check}"),
        (6, Some(check)) => format!("RENAME CONSTRAINT {check} TO {}", writer.name()),
        _ => format!("ADD CHECK (VALUE::text <> 'z'){}", writer.maybe(50, " NOT VALID")),
    };
    Some(format!("ALTER DOMAIN {} {action}", type_name(def)))
}

fn create_composite(writer: &mut Writer<'_>) -> Option<String> {
    Some(format!("CREATE TYPE {} AS (a int, b {})", writer.type_name(), writer.data_type()))
}

fn create_range(writer: &mut Writer<'_>) -> Option<String> {
    let subtype = writer.choices.word(&["int", "text", "timestamp", "float8, subtype_diff = float8mi", "numeric"]);
    let multirange = writer.maybe(20, ", multirange_type_name = spans");
    Some(format!("CREATE TYPE {} AS RANGE (subtype = {subtype}{multirange})", writer.type_name()))
}

fn alter_composite(writer: &mut Writer<'_>) -> Option<String> {
    let def = writer.user_type(|kind| matches!(kind, TypeDefKind::Composite(_)))?;
    let TypeDefKind::Composite(attributes) = &def.kind else { return None };
    let at = writer.choices.below(attributes.len());
    let old = attributes.get(at).map(|(name, _)| name.sql());
    let new = writer.name();
    let action = match (writer.choices.below(4), old) {
        (0, Some(old)) => format!("DROP ATTRIBUTE {old}{}", writer.cascade()),
        (1, Some(old)) => format!("RENAME ATTRIBUTE {old} TO {new}{}", writer.cascade()),
        (2, Some(old)) => format!("ALTER ATTRIBUTE {old} TYPE {}{}", writer.data_type(), writer.cascade()),
        _ => format!("ADD ATTRIBUTE {new} {}", writer.data_type()),
    };
    Some(format!("ALTER TYPE {} {action}", type_name(def)))
}

fn rename_type(writer: &mut Writer<'_>) -> Option<String> {
    let def = writer.user_type(|_| true)?;
    let to = if writer.choices.chance(30) {
        format!("SET SCHEMA {}", writer.schema())
    } else {
        format!("RENAME TO {}", writer.type_name())
    };
    Some(format!("ALTER TYPE {} {to}", type_name(def)))
}

fn drop_type(writer: &mut Writer<'_>) -> Option<String> {
    let def = writer.user_type(|_| true)?;
    Some(format!("DROP TYPE {}{}", type_name(def), writer.cascade()))
}

fn create_sequence(writer: &mut Writer<'_>) -> Option<String> {
    let options = writer.choices.word(&[
        "",
        " AS int",
        " START 10 INCREMENT 5",
        " MINVALUE -5 MAXVALUE 100 START 3 CYCLE",
        " CACHE 20",
        " INCREMENT -1",
    ]);
    Some(format!("CREATE SEQUENCE {}{options}", writer.new_object()))
}

fn move_sequence(writer: &mut Writer<'_>) -> Option<String> {
    let sequence = writer.relation(|r| r.sequence().is_some())?;
    Some(format!("ALTER SEQUENCE {} SET SCHEMA {}", sql_name(sequence), writer.schema()))
}

/// From 15 on.
fn sequence_persistence(writer: &mut Writer<'_>) -> Option<String> {
    let sequence = writer.relation(|r| r.sequence().is_some())?;
    Some(format!("ALTER SEQUENCE {} SET {}", sql_name(sequence), writer.choices.word(&["UNLOGGED", "LOGGED"])))
}

fn alter_sequence(writer: &mut Writer<'_>) -> Option<String> {
    let sequence = writer.relation(|r| r.sequence().is_some())?;
    let table = writer.table();
    let owner = table.and_then(|(table, columns)| Some((table, writer.column(columns)?)));
    let option = match (writer.choices.below(5), owner) {
        (0, Some((table, column))) => format!("OWNED BY {}.{}", sql_name(table), column.name.sql()),
        (1, _) => "OWNED BY NONE".to_owned(),
        _ => writer
            .choices
            .word(&[
                "INCREMENT 2",
                "AS bigint",
                "MAXVALUE 1000",
                "NO MAXVALUE",
                "CYCLE",
                "NO CYCLE",
                "RESTART",
                "CACHE 5",
                "AS smallint",
                "START 4",
            ])
            .to_owned(),
    };
    Some(format!("ALTER SEQUENCE {} {option}", sql_name(sequence)))
}

fn drop_sequence(writer: &mut Writer<'_>) -> Option<String> {
    let sequence = writer.relation(|r| r.sequence().is_some())?;
    Some(format!("DROP SEQUENCE {}{}", sql_name(sequence), writer.cascade()))
}
