spaces AS (
    SELECT oid, nspname FROM pg_catalog.pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
), members AS (
    SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e'
), busy AS (
    -- Reading an expression takes ACCESS SHARE for a moment: that would wait for these.
    SELECT DISTINCT relation FROM pg_catalog.pg_locks
    WHERE locktype = 'relation' AND mode = 'AccessExclusiveLock' AND pid <> pg_catalog.pg_backend_pid()
      AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
), relations AS (
    SELECT c.*, s.nspname, c.oid IN (SELECT relation FROM busy) AS busy
    FROM pg_catalog.pg_class c JOIN spaces s ON s.oid = c.relnamespace
    WHERE NOT EXISTS (SELECT 1 FROM members m WHERE m.classid = c.tableoid AND m.objid = c.oid)
)
