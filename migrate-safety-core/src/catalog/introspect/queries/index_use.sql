SELECT r.oid::int8 AS relation,
       CASE WHEN r.busy OR i.indrelid IN (SELECT relation FROM busy)
            THEN r.relpages::int8 * pg_catalog.current_setting('block_size')::int8
            ELSE pg_catalog.pg_relation_size(r.oid) END AS bytes,
       coalesce(pg_catalog.pg_stat_get_numscans(r.oid), 0) AS scans
FROM relations r JOIN pg_catalog.pg_index i ON i.indexrelid = r.oid
WHERE r.relkind = 'i'
ORDER BY r.oid
