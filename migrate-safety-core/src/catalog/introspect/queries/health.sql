SELECT extract(epoch FROM pg_catalog.now() - coalesce(d.stats_reset, pg_catalog.pg_postmaster_start_time()))::float8
       AS counted_seconds,
       (SELECT max(extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start))::float8
        FROM pg_catalog.pg_stat_activity a
        WHERE a.pid <> pg_catalog.pg_backend_pid() AND a.datid = d.datid) AS oldest_transaction_seconds,
       pg_catalog.pg_is_in_recovery() AS standby
FROM pg_catalog.pg_stat_database d WHERE d.datname = pg_catalog.current_database()
