SELECT k.relname AS class, d.objoid::int8 AS oid, d.objsubid AS number, d.description AS text
FROM pg_catalog.pg_description d JOIN pg_catalog.pg_class k ON k.oid = d.classoid
WHERE d.objoid >= 16384 AND k.relname IN
      ('pg_class', 'pg_constraint', 'pg_trigger', 'pg_rewrite', 'pg_policy', 'pg_proc', 'pg_type')
