SELECT s.nspname AS name, false AS extension, NULL AS schema, d.description AS comment
FROM spaces s LEFT JOIN pg_catalog.pg_description d
  ON d.classoid = 'pg_catalog.pg_namespace'::regclass AND d.objoid = s.oid AND s.nspname <> 'public'
UNION ALL
SELECT e.extname, true, n.nspname, NULL
FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
ORDER BY 1
