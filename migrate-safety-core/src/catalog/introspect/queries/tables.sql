SELECT r.oid::int8 AS relation, greatest(r.reltuples, 0)::int8 AS planned_rows, r.reltuples >= 0 AS analyzed,
       CASE WHEN r.busy THEN r.relpages::int8 * pg_catalog.current_setting('block_size')::int8
            ELSE pg_catalog.pg_table_size(r.oid) END AS bytes,
       coalesce(u.n_live_tup, 0) AS live_rows, coalesce(u.n_dead_tup, 0) AS dead_rows,
       coalesce(u.n_tup_ins + u.n_tup_upd + u.n_tup_del, 0) AS writes
FROM relations r LEFT JOIN pg_catalog.pg_stat_all_tables u ON u.relid = r.oid
WHERE r.relkind IN ('r', 'm', 'p', 'f')
ORDER BY r.oid
