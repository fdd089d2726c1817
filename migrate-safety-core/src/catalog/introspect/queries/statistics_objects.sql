SELECT s.nspname AS schema, x.stxname AS name, x.stxrelid::int8 AS relation,
       ARRAY(SELECT DISTINCT d.refobjsubid FROM pg_catalog.pg_depend d
             WHERE d.classid = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass AND d.objid = x.oid
               AND d.refobjid = x.stxrelid AND d.refobjsubid > 0) AS columns
FROM pg_catalog.pg_statistic_ext x JOIN spaces s ON s.oid = x.stxnamespace
ORDER BY x.oid
