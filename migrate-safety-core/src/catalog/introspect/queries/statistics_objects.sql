SELECT s.nspname AS schema, x.stxname AS name, x.stxrelid::int8 AS relation
FROM pg_catalog.pg_statistic_ext x JOIN spaces s ON s.oid = x.stxnamespace
ORDER BY x.oid
