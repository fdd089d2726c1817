//! Which of several errors a server reports, and defaults that are drawn where no value is given.

use crate::row::Row;

const READ: &str = "
CREATE TYPE mood AS ENUM ('a', 'b');
CREATE TABLE t (id bigserial, m mood, n mood CHECK (n = 'a'), note text);
CREATE INDEX i ON t (id) WHERE m = 'a';
CREATE VIEW v AS SELECT id, m FROM t;
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE DOMAIN d AS int;
";

pub(super) const ROWS: &[Row] = &[
    // A view stands in the way before an index makes no sense any more.
    Row::new(READ, "ALTER TABLE t ALTER m TYPE text"),
    Row::new(READ, "ALTER TABLE t ALTER n TYPE text"),
    Row::new(READ, "ALTER TABLE t ALTER m TYPE text").after("DROP VIEW v"),
    Row::new(READ, "ALTER TABLE t ALTER m TYPE text").after("DROP VIEW v; DROP INDEX i"),
    // Nothing moves into or out of a session.
    Row::new(READ, "ALTER TABLE t SET SCHEMA pg_temp"),
    Row::new(READ, "ALTER FUNCTION f() SET SCHEMA pg_temp"),
    Row::new(READ, "ALTER DOMAIN d SET SCHEMA pg_temp"),
    Row::new(READ, "ALTER TABLE s SET SCHEMA public").after("CREATE TEMP TABLE s (a int)"),
    Row::new(READ, "COPY t (note) FROM PROGRAM 'echo a'"),
    Row::new(READ, "COPY t (id, note) FROM PROGRAM 'printf ''7\\tx\\n'''"),
    Row::new(READ, "COPY t FROM PROGRAM 'printf ''7\\ta\\ta\\tx\\n'''"),
];
