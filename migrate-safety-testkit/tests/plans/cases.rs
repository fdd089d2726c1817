//! Changes on schemas with the awkward things: quoted names, other schemas, composite keys, no key, views, partitions.

use crate::case::Case;

pub(crate) const CASES: &[Case] = &[
    Case::new(
        "quoted names in another schema",
        r#"CREATE SCHEMA "My App"; CREATE TABLE "My App"."User Data" ("Id" uuid PRIMARY KEY, "E-Mail" text, "select" int);"#,
        r#"ALTER TABLE "My App"."User Data" ALTER COLUMN "E-Mail" SET NOT NULL"#,
    ),
    Case::new(
        "an index on an expression over a quoted column",
        r#"CREATE TABLE "T" ("Name" text, n int);"#,
        r#"CREATE INDEX "Lower Name" ON "T" (lower("Name")) WHERE n > 3"#,
    ),
    Case::new(
        "no key",
        "CREATE TABLE log (at timestamptz, line text);",
        "ALTER TABLE log ALTER COLUMN line SET NOT NULL",
    )
    .rows("INSERT INTO log VALUES ('infinity', E'it''s\\n\\ttwo lines, \\\\ and ü'), (NULL, '')"),
    Case::new(
        "several actions in one statement",
        "CREATE TABLE t (id bigint PRIMARY KEY, a int, b text);",
        "ALTER TABLE t ADD COLUMN c int DEFAULT 7, ALTER COLUMN a SET NOT NULL, ADD CONSTRAINT b_short CHECK (length(b) < 100)",
    ),
    Case::new(
        "several statements",
        "CREATE TABLE t (id bigint PRIMARY KEY, a int, b text);",
        "CREATE INDEX t_a ON t (a); ALTER TABLE t ALTER COLUMN a SET NOT NULL; CREATE INDEX t_b ON t (b)",
    ),
];
