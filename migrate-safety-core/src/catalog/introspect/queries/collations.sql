SELECT s.nspname AS schema, l.collname AS name, l.collprovider AS provider, l.collisdeterministic AS deterministic,
       l.collcollate AS collate, l.collctype AS ctype, l.locale, l.rules
-- A column that this server does not have is the one of `absent`.
FROM (SELECT NULL::text AS colllocale, NULL::text AS colliculocale, NULL::text AS collicurules) AS absent
CROSS JOIN LATERAL (SELECT c.*, c.tableoid AS class, coalesce(colllocale, colliculocale) AS locale, collicurules AS rules
                    FROM pg_catalog.pg_collation c) AS l
JOIN spaces s ON s.oid = l.collnamespace
WHERE NOT EXISTS (SELECT 1 FROM members m WHERE m.classid = l.class AND m.objid = l.oid)
ORDER BY l.oid
