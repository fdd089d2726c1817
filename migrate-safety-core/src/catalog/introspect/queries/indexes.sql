WITH named_classes AS MATERIALIZED (
    SELECT p.oid, json_build_array(n.nspname, p.opcname) AS name
    FROM pg_catalog.pg_opclass p JOIN pg_catalog.pg_namespace n ON n.oid = p.opcnamespace
    WHERE NOT p.opcdefault
)
SELECT i.indexrelid::int8 AS oid, i.indrelid::int8 AS relation, m.amname AS method, i.indisunique AS unique,
       i.nulls_not_distinct,
       i.indisvalid AS valid, i.indisclustered AS clustered, i.indisreplident AS replica_identity,
       i.indnkeyatts AS keys,
       (SELECT json_agg(json_build_object(
            'column', k.number, 'option', k.option, 'name', a.attname,
            'expression', CASE WHEN k.number = 0 AND NOT t.busy
                               THEN pg_catalog.pg_get_indexdef(i.indexrelid, k.place::int, true) END,
            'collation', (SELECT json_build_array(n.nspname, l.collname) FROM pg_catalog.pg_collation l
                          JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
                          WHERE l.oid = k.collated AND l.collname <> 'default'
                            AND l.oid IS DISTINCT FROM o.attcollation
                            -- That of an expression is its own unless the definition says so.
                            AND (k.number > 0 OR t.busy OR strpos(
                                pg_catalog.pg_get_indexdef(i.indexrelid),
                                pg_catalog.pg_get_indexdef(i.indexrelid, k.place::int, false) || ' COLLATE ') > 0)),
            'operator_class', (SELECT p.name FROM named_classes p WHERE p.oid = k.class)
        ) ORDER BY k.place)
        FROM unnest(i.indkey::int2[], i.indclass::oid[], i.indcollation::oid[], i.indoption::int2[])
             WITH ORDINALITY AS k (number, class, collated, option, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indexrelid AND a.attnum = k.place
        LEFT JOIN pg_catalog.pg_attribute o ON o.attrelid = i.indrelid AND o.attnum = k.number AND k.number > 0
       ) AS elements,
       CASE WHEN NOT t.busy THEN pg_catalog.pg_get_expr(i.indpred, i.indrelid) END AS predicate,
       i.indpred IS NOT NULL AS partial
-- A column that this server does not have is the one of `absent`.
FROM (SELECT false AS indnullsnotdistinct) AS absent
CROSS JOIN LATERAL (SELECT s.*, indnullsnotdistinct AS nulls_not_distinct FROM pg_catalog.pg_index s) AS i
JOIN relations r ON r.oid = i.indexrelid JOIN relations t ON t.oid = i.indrelid
JOIN pg_catalog.pg_am m ON m.oid = r.relam
ORDER BY i.indexrelid
