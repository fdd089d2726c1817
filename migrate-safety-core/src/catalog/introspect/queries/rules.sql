SELECT w.oid::int8 AS oid, w.ev_class::int8 AS relation, w.rulename AS name, w.ev_enabled AS state,
       CASE WHEN NOT n.busy THEN pg_catalog.pg_get_ruledef(w.oid) END AS definition
FROM pg_catalog.pg_rewrite w JOIN relations r ON r.oid = w.ev_class
CROSS JOIN LATERAL (
    SELECT r.busy OR EXISTS (
        SELECT 1 FROM pg_catalog.pg_depend d
        WHERE d.classid = w.tableoid AND d.objid = w.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass
          AND d.refobjid IN (SELECT relation FROM busy)) AS busy
) n
WHERE w.rulename <> '_RETURN'
ORDER BY w.oid
