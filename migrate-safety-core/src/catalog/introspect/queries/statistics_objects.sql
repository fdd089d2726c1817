SELECT s.nspname AS schema, x.stxname AS name, x.stxrelid::int8 AS relation,
       ARRAY(SELECT DISTINCT d.refobjsubid FROM pg_catalog.pg_depend d
             WHERE d.classid = 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass AND d.objid = x.oid
               AND d.refobjid = x.stxrelid AND d.refobjsubid > 0) AS columns,
       CASE WHEN x.stxrelid NOT IN (SELECT relation FROM busy WHERE relation IS NOT NULL)
            THEN pg_catalog.pg_get_statisticsobjdef(x.oid) END AS definition
FROM pg_catalog.pg_statistic_ext x JOIN spaces s ON s.oid = x.stxnamespace
ORDER BY x.oid
