SELECT r.oid::int8 AS oid, n.busy,
       CASE WHEN NOT n.busy THEN pg_catalog.pg_get_viewdef(r.oid) END AS definition, n.reads, n.routines, n.types
FROM relations r
JOIN pg_catalog.pg_rewrite w ON w.ev_class = r.oid AND w.rulename = '_RETURN'
CROSS JOIN LATERAL (
    SELECT bool_or(r.busy OR d.refclassid = 'pg_catalog.pg_class'::regclass
                   AND d.refobjid IN (SELECT relation FROM busy)) AS busy,
           json_agg(json_build_array(d.refobjid::int8, d.refobjsubid) ORDER BY d.refobjid, d.refobjsubid)
             FILTER (WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> r.oid) AS reads,
           json_agg(DISTINCT d.refobjid::int8)
             FILTER (WHERE d.refclassid = 'pg_catalog.pg_proc'::regclass) AS routines,
           json_agg(DISTINCT d.refobjid::int8)
             FILTER (WHERE d.refclassid = 'pg_catalog.pg_type'::regclass) AS types
    FROM pg_catalog.pg_depend d
    WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = w.oid
) n
WHERE r.relkind IN ('v', 'm')
ORDER BY r.oid
