SELECT p.oid::int8 AS oid, p.polrelid::int8 AS relation, p.polname AS name, p.polcmd AS command, p.polpermissive AS permissive,
       (SELECT json_agg(g.rolname ORDER BY g.rolname)
        FROM unnest(p.polroles) o JOIN pg_catalog.pg_roles g ON g.oid = o) AS roles,
       CASE WHEN NOT n.busy THEN pg_catalog.pg_get_expr(p.polqual, p.polrelid) END AS using_sql,
       CASE WHEN NOT n.busy THEN pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) END AS check_sql,
       n.busy
FROM pg_catalog.pg_policy p JOIN relations r ON r.oid = p.polrelid
CROSS JOIN LATERAL (
    SELECT r.busy OR EXISTS (
        SELECT 1 FROM pg_catalog.pg_depend d
        WHERE d.classid = p.tableoid AND d.objid = p.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass
          AND d.refobjid IN (SELECT relation FROM busy)) AS busy
) n
ORDER BY p.oid
