SELECT r.oid::int8 AS oid, r.nspname AS schema, r.relname AS name, r.relkind AS kind, r.relpersistence AS persistence,
       r.reloptions AS options, t.reloptions AS toast_options, r.relrowsecurity AS row_security,
       r.relforcerowsecurity AS force_row_security, r.relreplident AS replica_identity, r.relispopulated AS populated,
       r.relnatts AS last_column, b.spcname AS tablespace,
       CASE WHEN r.relkind IN ('r', 'm') AND a.amname <> pg_catalog.current_setting('default_table_access_method')
            THEN a.amname END AS access_method,
       CASE WHEN r.reloftype <> 0 THEN
         (SELECT json_build_array(n.nspname, y.typname) FROM pg_catalog.pg_type y
          JOIN pg_catalog.pg_namespace n ON n.oid = y.typnamespace WHERE y.oid = r.reloftype)
       END AS of_type,
       CASE WHEN r.relkind = 'p' AND NOT r.busy THEN pg_catalog.pg_get_partkeydef(r.oid) END AS partition_key,
       CASE WHEN r.relispartition AND r.relkind NOT IN ('i', 'I') THEN pg_catalog.pg_get_expr(r.relpartbound, 0) END
       AS bound,
       r.busy
FROM relations r
LEFT JOIN pg_catalog.pg_class t ON t.oid = r.reltoastrelid
LEFT JOIN pg_catalog.pg_tablespace b ON b.oid = r.reltablespace
LEFT JOIN pg_catalog.pg_am a ON a.oid = r.relam
ORDER BY r.oid
