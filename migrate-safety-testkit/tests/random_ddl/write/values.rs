//! Types, constants of them, and conditions on columns of them.

use super::{Writer, type_name};
use migrate_safety_core::catalog::{Column, Table, TypeDefKind};
use migrate_safety_core::sql::DataType;

const TYPES: &[&str] = &[
    "int",
    "bigint",
    "smallint",
    "text",
    "varchar(20)",
    "varchar",
    "varchar(100)",
    "numeric(10,2)",
    "numeric",
    "timestamptz",
    "timestamp(3)",
    "date",
    "bool",
    "uuid",
    "jsonb",
    "int[]",
    "text[]",
    "double precision",
    "char(3)",
    "bytea",
    "interval",
    "time",
    "inet",
    "bit(4)",
    "real",
    "json",
];

/// By the server's name of the type: constants as people write them, and conditions with `@` for the column.
const OF_TYPES: &[(&[&str], &[&str], &[&str])] = &[
    (
        &["int2", "int4", "int8", "numeric", "float4", "float8"],
        &["0", "1", "-1", "'7'", "1 + 1", "(2 * 3)", "NULL", "abs(-4)", "length('abc')"],
        &[
            "@ > 0",
            "@ BETWEEN 1 AND 10",
            "@ IN (1, 2, 3)",
            "@ <> 5 OR @ IS NULL",
            "NOT (@ = 3)",
            "@ % 2 = 0",
            // Of a narrower type, the cast that the server makes outlives another type of the column.
            "coalesce(@, 0) >= 0",
            "@ = ANY (ARRAY[1, 2])",
            "@ + 1 < 100",
            "@::text <> ''",
        ],
    ),
    (
        &["text", "varchar", "bpchar"],
        &["''", "'x'", "'it''s'", "upper('a')", "'a' || 'b'", "current_user", "NULL", "E'tab\\t'", "'1'::text"],
        &[
            "@ <> ''",
            "length(@) < 20",
            "@ LIKE 'a%'",
            "@ IN ('a', 'b')",
            "@ ~ '^x' AND @ IS NOT NULL",
            "lower(@) = @",
            "@ NOT ILIKE '%z'",
            "@ BETWEEN 'a' AND 'm'",
            "char_length(trim(@)) > 0",
            "@ NOT IN ('p')",
        ],
    ),
    (
        &["timestamptz", "timestamp"],
        &[
            "now()",
            "CURRENT_TIMESTAMP",
            "'2024-01-02 03:04:05'",
            "now() - interval '1 day'",
            "NULL",
            "clock_timestamp()",
        ],
        &["@ > '2000-01-01'", "@ IS NOT NULL", "@ < '2100-01-01'::date", "extract(year FROM @) > 1990"],
    ),
    (
        &["date"],
        &["CURRENT_DATE", "'2024-02-29'", "now()", "NULL", "date '2020-01-01'"],
        &["@ >= '1900-01-01'", "@ <> '2000-01-01'::date"],
    ),
    (
        &["bool"],
        &["true", "false", "'t'", "NULL", "1 = 1", "NOT true"],
        &["@", "NOT @", "@ IS TRUE", "@ IS NOT UNKNOWN", "@ = false OR @ IS NULL"],
    ),
    (
        &["uuid"],
        &["gen_random_uuid()", "'00000000-0000-0000-0000-000000000000'", "NULL"],
        &["@ IS NOT NULL", "@ <> '00000000-0000-0000-0000-000000000000'"],
    ),
    (
        &["jsonb"],
        &["'{}'", "'[]'::jsonb", "'{\"a\": [1, 2]}'", "jsonb_build_object('a', 1)", "NULL"],
        &["jsonb_typeof(@) = 'object'", "@ ? 'a'", "@ -> 'a' IS NOT NULL", "(@ ->> 'n')::int > 0", "@ @> '{\"a\": 1}'"],
    ),
    (&["json"], &["'{}'", "NULL"], &["@ IS NOT NULL", "(@ ->> 'n') = 'x'"]),
    (&["bytea"], &["'\\x00'", "decode('00', 'hex')"], &["octet_length(@) < 100"]),
    (
        &["interval"],
        &["'1 day'", "'24:00:00'", "interval '1 mon'", "make_interval(days => 3)"],
        &["@ > '0'", "@ < interval '1 year'"],
    ),
    (&["time"], &["'12:00'", "LOCALTIME"], &["@ > '00:00'"]),
    (&["inet"], &["'127.0.0.1'", "NULL"], &["family(@) = 4", "@ << '10.0.0.0/8'"]),
    (&["bit"], &["B'0101'"], &["@ <> B'0000'"]),
];

impl Writer<'_> {
    pub(super) fn data_type(&mut self) -> String {
        if self.choices.chance(15)
            && let Some(def) = self.user_type(|_| true)
        {
            let array = self.maybe(15, "[]");
            return format!("{}{array}", type_name(def));
        }
        self.choices.word(TYPES).to_owned()
    }

    /// A default for a column of a type; `None` where we know no constant of it.
    pub(super) fn constant(&mut self, data_type: &DataType) -> Option<String> {
        if data_type.array {
            return Some(self.choices.word(&["'{}'", "NULL", "ARRAY[]::text[]::int[]"]).to_owned());
        }
        if data_type.schema.is_some() {
            let def = self.catalog.types().find(|t| t.name == data_type.name)?;
            return match &def.kind {
                TypeDefKind::Enum(labels) => {
                    let labels: Vec<&str> = labels.iter().map(|(label, _)| &**label).collect();
                    self.choices.one_of(&labels).map(|label| format!("'{label}'"))
                }
                TypeDefKind::Domain(domain) => self.constant(&domain.base),
                _ => Some("NULL".to_owned()),
            };
        }
        let (_, constants, _) = OF_TYPES.iter().find(|(types, ..)| types.contains(&data_type.name.as_str()))?;
        Some(self.choices.word(constants).to_owned())
    }

    /// A constant for a type as it is written.
    pub(super) fn constant_of(&mut self, written: &str) -> Option<String> {
        let bare = written.split('(').next().unwrap_or_default();
        let name = DataType::canonical(bare).unwrap_or(bare);
        let mut data_type = match name.rsplit_once('.') {
            Some((_, user)) => {
                let def = self.catalog.types().find(|t| t.name.sql() == user)?;
                let mut data_type = DataType::builtin(&def.name);
                data_type.schema = Some(def.schema.clone());
                data_type
            }
            None => DataType::builtin(name.trim_end_matches("[]")),
        };
        data_type.array = written.ends_with("[]");
        self.constant(&data_type)
    }

    /// A condition on columns of a table.
    pub(super) fn condition(&mut self, table: &Table) -> Option<String> {
        let columns: Vec<&Column> = table.columns.iter().collect();
        let column = self.choices.one_of(&columns)?;
        let one = self.condition_on(column)?;
        if self.choices.chance(75) {
            return Some(one);
        }
        let other = self.choices.one_of(&columns)?;
        let other = self.condition_on(other)?;
        Some(format!("({one}) {} ({other})", self.choices.word(&["AND", "OR"])))
    }

    pub(super) fn condition_on(&mut self, column: &Column) -> Option<String> {
        self.condition_of(&column.data_type, &column.name.sql())
    }

    pub(super) fn condition_of(&mut self, data_type: &DataType, operand: &str) -> Option<String> {
        if data_type.array {
            return Some(
                self.choices
                    .word(&["cardinality(@) < 9", "@ IS NOT NULL", "array_length(@, 1) > 0"])
                    .replace('@', operand),
            );
        }
        if data_type.schema.is_some() {
            let constant = self.constant(data_type).filter(|c| c != "NULL");
            return Some(constant.map_or(format!("{operand} IS NOT NULL"), |c| format!("{operand} <> {c}")));
        }
        let (.., conditions) = OF_TYPES.iter().find(|(types, ..)| types.contains(&data_type.name.as_str()))?;
        Some(self.choices.word(conditions).replace('@', operand))
    }
}
