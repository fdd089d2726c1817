use super::read;
use crate::sql::grammar::data_type;

/// What is written, and what it is in full: schema, name, modifiers, array.
const CASES: &[(&str, &str)] = &[
    ("int", "int4"),
    ("INTEGER", "int4"),
    ("int4", "int4"),
    ("int8[]", "int8 []"),
    ("smallint", "int2"),
    ("bigint [3] [4]", "int8 []"),
    ("bigint ARRAY", "int8 []"),
    ("bigint ARRAY[4]", "int8 []"),
    ("real", "float4"),
    ("float", "float8"),
    ("float(24)", "float4"),
    ("float(25)", "float8"),
    ("double precision", "float8"),
    ("Double Precision[]", "float8 []"),
    ("decimal", "numeric"),
    ("dec(5)", "numeric 5"),
    ("numeric(10, 2)", "numeric 10 2"),
    ("numeric(3,-2)", "numeric 3 -2"),
    ("boolean", "bool"),
    ("bool", "bool"),
    ("char", "bpchar 1"),
    ("character", "bpchar 1"),
    ("char(5)", "bpchar 5"),
    ("bpchar", "bpchar"),
    ("nchar", "bpchar 1"),
    ("national character(3)", "bpchar 3"),
    ("national char varying(3)", "varchar 3"),
    ("character varying", "varchar"),
    ("char varying(3)", "varchar 3"),
    ("varchar", "varchar"),
    ("varchar(255)", "varchar 255"),
    ("\"char\"", "char"),
    ("pg_catalog.char", "char"),
    ("pg_catalog.\"char\"", "char"),
    ("\"varchar\"(3)", "varchar 3"),
    ("bit", "bit 1"),
    ("bit(3)", "bit 3"),
    ("bit varying", "varbit"),
    ("bit varying(3)", "varbit 3"),
    ("varbit(3)", "varbit 3"),
    ("timestamp", "timestamp"),
    ("timestamp(3)", "timestamp 3"),
    ("timestamp without time zone", "timestamp"),
    ("timestamp with time zone", "timestamptz"),
    ("timestamp(3) with time zone", "timestamptz 3"),
    ("timestamptz(3)", "timestamptz 3"),
    ("time(3) without time zone", "time 3"),
    ("time with time zone[]", "timetz []"),
    ("interval", "interval"),
    ("interval(3)", "interval 3"),
    ("interval year to month", "interval year to month"),
    ("interval day to second(3)", "interval 3 day to second"),
    ("interval second(3)", "interval 3 second"),
    ("json", "json"),
    ("jsonb", "jsonb"),
    ("serial", "serial"),
    ("text", "text"),
    ("\"integer\"", "integer"),
    ("pg_catalog.int4", "int4"),
    ("pg_catalog.integer", "pg_catalog . integer"),
    ("public.citext", "public . citext"),
    ("db.public.citext", "public . citext"),
    ("MyType", "mytype"),
    ("\"MyType\"[]", "MyType []"),
    ("app.\"Mood\"(3)", "app . Mood 3"),
    ("geometry(Point, 4326)", "geometry Point 4326"),
    ("geometry('Point', 4326)", "geometry 'Point' 4326"),
    ("t.c%TYPE", "t . c%type"),
    ("s.t%ROWTYPE", "s . t"),
    ("double", "double"),
    ("year", "year"),
    ("left", "left"),
];

#[test]
fn every_spelling_of_a_type() {
    for (text, expected) in CASES {
        let found = read(text, data_type).unwrap_or_else(|p| panic!("{text}: {}", p.message));
        let mut words: Vec<String> = Vec::new();
        if let Some(schema) = &found.schema {
            words.extend([schema.to_string(), ".".to_owned()]);
        }
        words.push(found.name.to_string());
        words.extend(found.modifiers.iter().map(ToString::to_string));
        words.extend(found.array.then(|| "[]".to_owned()));
        assert_eq!(words.join(" "), *expected, "{text}");
    }
}

#[test]
fn what_is_no_type() {
    for text in [
        "",
        "1",
        "int(4)",
        "float(0)",
        "float(54)",
        "text()",
        "select",
        "interval month to day",
        "char(a)",
        "varchar(1,2)",
        "time(-1)",
        "int[a]",
        "a.",
    ] {
        assert!(read(text, data_type).is_err(), "{text}");
    }
}
