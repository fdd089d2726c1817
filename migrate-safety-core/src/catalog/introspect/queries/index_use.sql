SELECT r.oid::int8 AS relation,
       CASE WHEN r.busy OR i.indrelid IN (SELECT relation FROM busy)
            THEN r.relpages::int8 * pg_catalog.current_setting('block_size')::int8
            ELSE pg_catalog.pg_relation_size(r.oid) END AS bytes,
       coalesce(u.idx_scan, 0) AS scans
FROM relations r JOIN pg_catalog.pg_index i ON i.indexrelid = r.oid
LEFT JOIN pg_catalog.pg_stat_all_indexes u ON u.indexrelid = r.oid
WHERE r.relkind = 'i'
ORDER BY r.oid
