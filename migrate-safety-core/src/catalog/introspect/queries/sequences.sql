SELECT q.seqrelid::int8 AS oid, pg_catalog.format_type(q.seqtypid, NULL) AS type, q.seqstart AS start,
       q.seqincrement AS increment, q.seqmin AS min, q.seqmax AS max, q.seqcache AS cache, q.seqcycle AS cycle,
       d.refobjid::int8 AS owner, d.refobjsubid AS owner_column, coalesce(d.deptype = 'i', false) AS identity
FROM pg_catalog.pg_sequence q JOIN relations r ON r.oid = q.seqrelid
LEFT JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = r.oid AND d.objsubid = 0
     AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
ORDER BY q.seqrelid
