SELECT pg_catalog.current_setting('server_version_num')::int8 AS version,
       pg_catalog.current_database() AS database,
       pg_catalog.current_schemas(false)::text[] AS search_path,
       EXISTS (SELECT 1 FROM pg_catalog.pg_operator o JOIN spaces s ON s.oid = o.oprnamespace
               WHERE NOT EXISTS (SELECT 1 FROM members m WHERE m.classid = o.tableoid AND m.objid = o.oid))
       OR EXISTS (SELECT 1 FROM pg_catalog.pg_cast k
                  WHERE k.oid >= 16384
                    AND NOT EXISTS (SELECT 1 FROM members m WHERE m.classid = k.tableoid AND m.objid = k.oid))
       AS own_operators
