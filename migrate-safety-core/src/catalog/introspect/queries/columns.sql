SELECT a.attrelid::int8 AS relation, a.attnum AS number, a.attname AS name,
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null,
       (SELECT json_build_array(n.nspname, l.collname) FROM pg_catalog.pg_collation l
        JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
        WHERE l.oid = a.attcollation AND a.attcollation <> t.typcollation) AS collation,
       -- A plain default names no column, so that its relation need not be opened.
       CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, 0)
            WHEN NOT r.busy THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END AS expression,
       nullif(a.attgenerated::text, '') AS generated, nullif(a.attidentity::text, '') AS identity,
       CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END AS storage,
       -- PostgreSQL 14 and later.
       CASE WHEN t.typstorage <> 'p' THEN nullif(to_jsonb(a) ->> 'attcompression', '') END AS compression,
       a.attinhcount AS inherited, a.attislocal AS local
FROM relations r
JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE r.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
ORDER BY a.attrelid, a.attnum
