SELECT c.oid::int8 AS oid, c.conname AS name, c.contype AS kind, c.conrelid::int8 AS relation,
       c.contypid::int8 AS domain, c.condeferrable AS deferrable, c.condeferred AS initially_deferred,
       c.convalidated AS valid, c.enforced,
       c.conindid::int8 AS index, c.conparentid::int8 AS parent, c.confrelid::int8 AS referenced,
       c.confupdtype AS on_update, c.confdeltype AS on_delete, c.confmatchtype AS match_type,
       c.conislocal AS local, c.coninhcount AS inherited, c.connoinherit AS no_inherit, c.conkey AS columns,
       c.confkey AS referenced_columns, c.set_columns,
       CASE WHEN r.oid IS NULL THEN pg_catalog.pg_get_expr(c.conbin, 0)
            WHEN NOT r.busy THEN pg_catalog.pg_get_expr(c.conbin, c.conrelid) END AS expression,
       (SELECT json_agg(o.oprname ORDER BY e.place) FROM unnest(c.conexclop) WITH ORDINALITY AS e (operator, place)
        JOIN pg_catalog.pg_operator o ON o.oid = e.operator) AS operators
-- A column that this server does not have is the one of `absent`.
FROM (SELECT true AS conenforced, NULL::int2[] AS confdelsetcols) AS absent
CROSS JOIN LATERAL (SELECT s.*, conenforced AS enforced, confdelsetcols AS set_columns
                    FROM pg_catalog.pg_constraint s) AS c
LEFT JOIN relations r ON r.oid = c.conrelid
WHERE c.contype IN ('n', 'c', 'u', 'p', 'f', 'x') AND c.connamespace IN (SELECT oid FROM spaces)
  AND (r.oid IS NOT NULL OR c.contypid <> 0)
ORDER BY c.oid
