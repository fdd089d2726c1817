SELECT coalesce(p.application_name, '') AS name, p.state,
       extract(epoch FROM p.replay_lag)::float8 AS lag_seconds,
       CASE WHEN NOT pg_catalog.pg_is_in_recovery()
            THEN pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), p.replay_lsn)::int8 END AS lag_bytes
FROM pg_catalog.pg_stat_replication p
ORDER BY 1
