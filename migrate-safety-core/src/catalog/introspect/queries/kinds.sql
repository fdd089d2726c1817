-- What was made after the server was initialised has a number from 16384 on (FirstNormalObjectId).
SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_collation WHERE oid >= 16384) AS collations,
       EXISTS (SELECT 1 FROM pg_catalog.pg_type WHERE oid >= 16384) AS types,
       EXISTS (SELECT 1 FROM pg_catalog.pg_class WHERE oid >= 16384) AS relations,
       EXISTS (SELECT 1 FROM pg_catalog.pg_constraint WHERE oid >= 16384) AS constraints,
       EXISTS (SELECT 1 FROM pg_catalog.pg_sequence) AS sequences,
       EXISTS (SELECT 1 FROM pg_catalog.pg_proc WHERE oid >= 16384) AS routines,
       EXISTS (SELECT 1 FROM pg_catalog.pg_trigger) AS triggers,
       EXISTS (SELECT 1 FROM pg_catalog.pg_rewrite WHERE oid >= 16384) AS rules,
       EXISTS (SELECT 1 FROM pg_catalog.pg_policy) AS policies,
       EXISTS (SELECT 1 FROM pg_catalog.pg_statistic_ext) AS statistics_objects,
       EXISTS (SELECT 1 FROM pg_catalog.pg_description WHERE objoid >= 16384) AS comments
