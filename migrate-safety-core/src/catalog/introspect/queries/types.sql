SELECT t.oid::int8 AS oid, s.nspname AS schema, t.typname AS name, t.typtype AS kind,
       CASE WHEN t.typtype = 'd' THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END AS base,
       (SELECT json_build_array(n.nspname, l.collname) FROM pg_catalog.pg_collation l
        JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
        JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
        WHERE l.oid = t.typcollation AND t.typcollation <> b.typcollation) AS collation,
       t.typnotnull AS not_null, t.typdefault AS expression,
       (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid)
       AS labels,
       pg_catalog.format_type(g.rngsubtype, NULL) AS subtype,
       (SELECT json_build_array(n.nspname, u.typname) FROM pg_catalog.pg_type u
        JOIN pg_catalog.pg_namespace n ON n.oid = u.typnamespace WHERE u.oid = (to_jsonb(g) ->> 'rngmultitypid')::oid) AS multirange,
       t.typrelid::int8 AS relation
FROM pg_catalog.pg_type t JOIN spaces s ON s.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_range g ON g.rngtypid = t.oid
WHERE (t.typtype IN ('e', 'd', 'r', 'p') OR t.typtype = 'c' AND EXISTS
         (SELECT 1 FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c')
       OR t.typtype = 'b' AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_type e WHERE e.typarray = t.oid))
  AND NOT EXISTS (SELECT 1 FROM members m WHERE m.classid = t.tableoid AND m.objid = t.oid)
ORDER BY t.oid
