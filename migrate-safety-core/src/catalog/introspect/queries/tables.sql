SELECT r.oid::int8 AS relation, greatest(r.reltuples, 0)::int8 AS planned_rows, r.reltuples >= 0 AS analyzed,
       CASE WHEN r.busy THEN r.relpages::int8 * pg_catalog.current_setting('block_size')::int8
            ELSE pg_catalog.pg_table_size(r.oid) END AS bytes,
       r.relkind IN ('r', 'm') AND NOT r.busy AS weighed,
       coalesce(pg_catalog.pg_stat_get_live_tuples(r.oid), 0) AS live_rows,
       coalesce(pg_catalog.pg_stat_get_dead_tuples(r.oid), 0) AS dead_rows,
       coalesce(pg_catalog.pg_stat_get_tuples_inserted(r.oid) + pg_catalog.pg_stat_get_tuples_updated(r.oid)
                + pg_catalog.pg_stat_get_tuples_deleted(r.oid), 0) AS writes
FROM relations r
WHERE r.relkind IN ('r', 'm', 'p', 'f')
ORDER BY r.oid
