//! An expression over the number `g` of a row, for each type.

use super::schema::Kind;
use crate::query::literal;

/// The value of row `g`, cast to the type as declared.
pub(super) fn expression(kind: &Kind) -> String {
    let value = match kind.base.as_str() {
        "int2" | "int4" | "int8" | "oid" | "float4" | "float8" | "money" => "g".to_owned(),
        "numeric" => numeric(kind.modifier),
        "bool" => "g % 2 = 0".to_owned(),
        "text" | "name" | "citext" => "g::text".to_owned(),
        "varchar" | "bpchar" => characters(kind.modifier),
        "char" => "pg_catalog.chr(33 + (g % 90)::int)".to_owned(),
        "date" => "DATE '2024-01-01' + (g % 366)::int".to_owned(),
        "timestamp" => "TIMESTAMP '2024-01-01' + g * INTERVAL '1 hour'".to_owned(),
        "timestamptz" => "TIMESTAMPTZ '2024-01-01 00:00:00+00' + g * INTERVAL '1 hour'".to_owned(),
        "time" | "timetz" => "(TIME '00:00' + g * INTERVAL '1 minute')".to_owned(),
        "interval" => "g * INTERVAL '1 minute'".to_owned(),
        "uuid" => "pg_catalog.md5(g::text)::uuid".to_owned(),
        "json" | "jsonb" => "pg_catalog.format('{\"n\": %s}', g)".to_owned(),
        "xml" => "pg_catalog.format('<n>%s</n>', g)".to_owned(),
        "bytea" => "pg_catalog.decode(pg_catalog.md5(g::text), 'hex')".to_owned(),
        "inet" | "cidr" => "INET '10.0.0.0' + g".to_owned(),
        "macaddr" => "pg_catalog.format('08:00:2b:01:02:%s', pg_catalog.lpad(pg_catalog.to_hex((g % 256)::int), 2, '0'))".to_owned(),
        "bit" => format!("pg_catalog.substring(g::int::bit(32), 33 - {0}, {0})", kind.modifier.clamp(1, 32)),
        "varbit" => format!("pg_catalog.substring(g::int::bit(32), 33 - {0}, {0})", bits(kind.modifier)),
        "tsvector" => "pg_catalog.to_tsvector('simple', g::text)".to_owned(),
        "point" => "pg_catalog.point(g, g)".to_owned(),
        "int4range" | "int8range" | "numrange" => "pg_catalog.format('[%s,%s)', g * 10, g * 10 + 5)".to_owned(),
        "daterange" => "pg_catalog.daterange(DATE '2024-01-01' + g * 2, DATE '2024-01-02' + g * 2)".to_owned(),
        "tsrange" | "tstzrange" => "pg_catalog.format('[%s,%s)', TIMESTAMP '2024-01-01' + g * INTERVAL '1 hour', TIMESTAMP '2024-01-01 00:30' + g * INTERVAL '1 hour')".to_owned(),
        "ltree" => "'v' || g".to_owned(),
        "hstore" => "'n=>' || g".to_owned(),
        _ => other(kind),
    };
    format!("({value})::{}", kind.name)
}

fn other(kind: &Kind) -> String {
    match kind.category {
        'E' => {
            let all = format!("pg_catalog.enum_range(NULL::{})", kind.name);
            format!("({all})[(g - 1) % pg_catalog.cardinality({all}) + 1]")
        }
        'A' => match kind.element.as_str() {
            "text" | "character varying" | "integer" | "bigint" | "smallint" | "numeric" => "ARRAY[g]".to_owned(),
            _ => literal("{NULL}"),
        },
        _ => "g::text".to_owned(),
    }
}

/// As many digits as `numeric(precision, scale)` has before the point.
fn numeric(modifier: i64) -> String {
    if modifier < 4 {
        return "g".to_owned();
    }
    let packed = modifier - 4;
    let precision = packed >> 16;
    let scale = packed & 0x7ff;
    match precision - scale {
        digits if digits >= 4 => "g".to_owned(),
        digits if digits >= 1 => format!("g % {}", 10_i64.pow(u32::try_from(digits).unwrap_or(1))),
        _ => "0".to_owned(),
    }
}

/// As many characters as there is room for, the number's last digits first of all.
fn characters(modifier: i64) -> String {
    match modifier - 4 {
        room @ 1..=3 => format!("pg_catalog.right(g::text, {room})"),
        _ => "g::text".to_owned(),
    }
}

fn bits(modifier: i64) -> i64 {
    if modifier > 0 { modifier.min(32) } else { 32 }
}
