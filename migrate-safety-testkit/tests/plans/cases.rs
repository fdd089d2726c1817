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
    Case::safe("a new view", OBJECTS, "CREATE VIEW w AS SELECT a, count(*) AS n FROM t GROUP BY a"),
    Case::safe("a view with a column more", OBJECTS, "CREATE OR REPLACE VIEW v AS SELECT id, a, b FROM t"),
    Case::safe(
        "another body of a function",
        OBJECTS,
        "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.a := 1; RETURN NEW; END'",
    ),
    Case::safe("a new function", OBJECTS, "CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql AS 'SELECT x + 1'"),
    Case::safe(
        "a replaced trigger",
        OBJECTS,
        "CREATE OR REPLACE TRIGGER r BEFORE UPDATE OF a ON t FOR EACH ROW EXECUTE FUNCTION f()",
    ),
    Case::safe("a new trigger", OBJECTS, "CREATE TRIGGER q AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()"),
    Case::safe("a policy before it counts", OBJECTS, "CREATE POLICY q ON t FOR SELECT USING (a > 1)"),
    Case::safe("another condition of a policy", OBJECTS, "ALTER POLICY p ON t USING (a = 2)"),
    Case::safe("a sequence that counts further", OBJECTS, "ALTER SEQUENCE s MAXVALUE 100000 CACHE 5"),
    Case::safe("extended statistics", OBJECTS, "CREATE STATISTICS t_a_b ON a, b FROM t"),
    Case::safe("storage of a column", OBJECTS, "ALTER TABLE t ALTER COLUMN b SET STORAGE EXTERNAL"),
    Case::safe("storage parameters", OBJECTS, "ALTER TABLE t SET (fillfactor = 70)"),
    Case::safe("a comment", OBJECTS, "COMMENT ON COLUMN t.b IS 'what it''s about'"),
    Case::safe("a default", OBJECTS, "ALTER TABLE t ALTER COLUMN a SET DEFAULT 5"),
    Case::new("a window for row security", OBJECTS, "ALTER TABLE t ENABLE ROW LEVEL SECURITY"),
    Case::new(
        "a materialized view",
        OBJECTS,
        "CREATE MATERIALIZED VIEW m AS SELECT a, count(*) AS n FROM t GROUP BY a",
    ),
    Case::new(
        "rows that go behind those that refer to them",
        "CREATE TABLE p (id bigint PRIMARY KEY, kind int); CREATE TABLE c (id bigint PRIMARY KEY, p bigint REFERENCES p);",
        "DELETE FROM c WHERE p IS NOT NULL; DELETE FROM p WHERE id = 1",
    ),
    Case::new("a view away", OBJECTS, "DROP VIEW v"),
    Case::new("a trigger away", OBJECTS, "DROP TRIGGER r ON t"),
];

/// A table with what can hang on one.
const OBJECTS: &str = "CREATE TABLE t (id bigint PRIMARY KEY, a int, b text); CREATE VIEW v AS SELECT id, a FROM t; CREATE SEQUENCE s; \
         CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; \
         CREATE TRIGGER r BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f(); CREATE POLICY p ON t USING (a = 1);";
