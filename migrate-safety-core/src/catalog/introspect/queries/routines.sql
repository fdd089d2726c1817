SELECT p.oid::int8 AS oid, s.nspname AS schema, p.proname AS name, n.busy,
       CASE WHEN NOT n.busy THEN pg_catalog.pg_get_functiondef(p.oid) END AS definition
FROM pg_catalog.pg_proc p JOIN spaces s ON s.oid = p.pronamespace
-- A body that is not a string is written out of the relations it reads.
CROSS JOIN LATERAL (
    SELECT to_jsonb(p) ->> 'prosqlbody' IS NOT NULL AND EXISTS (
        SELECT 1 FROM pg_catalog.pg_depend d
        WHERE d.classid = p.tableoid AND d.objid = p.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass
          AND d.refobjid IN (SELECT relation FROM busy)) AS busy
) n
WHERE p.prokind IN ('f', 'p')
  AND NOT EXISTS (SELECT 1 FROM members m WHERE m.classid = p.tableoid AND m.objid = p.oid)
  AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d
                  WHERE d.classid = p.tableoid AND d.objid = p.oid AND d.deptype = 'i')
ORDER BY p.oid
