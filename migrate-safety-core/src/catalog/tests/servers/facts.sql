-- Prints what a database holds, one line for each fact, without its temporary tables.
SELECT 'column ' || n.nspname || '.' || c.relname || ' ' || attnum || ' ' || attname || ' '
    || format_type(atttypid, atttypmod) || ' notnull=' || attnotnull || ' default='
    || (atthasdef AND attgenerated = '') || ' generated=' || (attgenerated <> '')
    || ' identity=' || attidentity::text || ' inherited=' || attinhcount || ' local=' || attislocal
    || ' sequence=' || coalesce((
        SELECT s.relname
        FROM pg_depend d
        JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
        WHERE d.refobjid = c.oid AND d.refobjsubid = attnum AND (d.deptype = 'i' OR (d.deptype = 'a' AND EXISTS (
            SELECT FROM pg_attrdef
            WHERE adrelid = c.oid AND adnum = attnum AND pg_get_expr(adbin, adrelid) LIKE '%' || s.relname || '%')))
        LIMIT 1), '')
FROM pg_attribute
JOIN pg_class c ON c.oid = attrelid
JOIN pg_namespace n ON n.oid = relnamespace
WHERE relkind IN ('r', 'p', 'f') AND attnum > 0 AND NOT attisdropped AND n.nspname !~ '^(pg_|information)';

SELECT 'constraint ' || n.nspname || '.' || c.relname || ' ' || conname || ' ' || contype::text || ' '
    || CASE WHEN contype = 'x' THEN '' ELSE coalesce((
        SELECT string_agg(attname, ',' ORDER BY attname COLLATE "C")
        FROM pg_attribute
        WHERE attrelid = conrelid AND attnum = ANY (conkey)), '') END
    || CASE contype
        WHEN 'f' THEN ' -> ' || (
            SELECT rn.nspname || '.' || r.relname FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace
            WHERE r.oid = confrelid) || ' ' || (SELECT relname FROM pg_class WHERE oid = conindid)
        WHEN 'c' THEN ''
        WHEN 'n' THEN ''
        WHEN 'x' THEN 'index=' || (SELECT relname FROM pg_class WHERE oid = conindid)
        ELSE ' index=' || (SELECT relname FROM pg_class WHERE oid = conindid) END
    || ' valid=' || convalidated || ' deferrable=' || condeferrable || '/' || condeferred
    || ' noinherit=' || (contype IN ('c', 'n') AND connoinherit) || ' inherited=' || coninhcount
    || ' local=' || conislocal
    || ' parent=' || coalesce((SELECT conname FROM pg_constraint p WHERE p.oid = o.conparentid), '')
FROM pg_constraint o
JOIN pg_class c ON c.oid = conrelid
JOIN pg_namespace n ON n.oid = relnamespace
WHERE n.nspname !~ '^(pg_|information)' AND contype <> 't';

SELECT 'parent ' || n.nspname || '.' || c.relname || ' ' || pn.nspname || '.' || p.relname
    || ' partition=' || c.relispartition
FROM pg_inherits
JOIN pg_class c ON c.oid = inhrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class p ON p.oid = inhparent
JOIN pg_namespace pn ON pn.oid = p.relnamespace
WHERE c.relkind IN ('r', 'p');

SELECT 'trigger ' || n.nspname || '.' || c.relname || ' ' || tgname
FROM pg_trigger
JOIN pg_class c ON c.oid = tgrelid
JOIN pg_namespace n ON n.oid = relnamespace
WHERE NOT tgisinternal;

SELECT 'index ' || n.nspname || '.' || c.relname || ' on ' || tn.nspname || '.' || t.relname || ' ' || amname
    || ' unique=' || indisunique || ' valid=' || indisvalid
    || ' key=' || (
        SELECT string_agg(
            CASE WHEN k = 0 THEN '<expr>'
                ELSE (SELECT attname FROM pg_attribute WHERE attrelid = indrelid AND attnum = k) END
            || CASE WHEN amname = 'btree' AND indoption[o - 1] & 1 = 1 THEN ' desc' ELSE '' END
            || CASE WHEN amname = 'btree' AND indoption[o - 1] & 2 = 2 THEN ' nulls first' ELSE '' END, ',' ORDER BY o)
        FROM unnest(indkey::int2[]) WITH ORDINALITY u (k, o)
        WHERE o <= indnkeyatts)
    || ' include=' || coalesce((
        SELECT string_agg((SELECT attname FROM pg_attribute WHERE attrelid = indrelid AND attnum = k), ',' ORDER BY o)
        FROM unnest(indkey::int2[]) WITH ORDINALITY u (k, o)
        WHERE o > indnkeyatts), '')
    || ' partial=' || (indpred IS NOT NULL)
    || ' parent=' || coalesce((
        SELECT p.relname FROM pg_inherits JOIN pg_class p ON p.oid = inhparent WHERE inhrelid = c.oid), '')
    || ' clustered=' || indisclustered
FROM pg_index
JOIN pg_class c ON c.oid = indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class t ON t.oid = indrelid
JOIN pg_namespace tn ON tn.oid = t.relnamespace
JOIN pg_am am ON am.oid = c.relam
WHERE n.nspname !~ '^(pg_|information)';

SELECT 'sequence ' || n.nspname || '.' || c.relname || ' ' || format_type(seqtypid, NULL) || ' owner=' || coalesce((
    SELECT r.relname || '.' || attname
    FROM pg_depend d
    JOIN pg_class r ON r.oid = refobjid
    JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
    WHERE d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.classid = 'pg_class'::regclass
        AND d.refclassid = 'pg_class'::regclass
    LIMIT 1), '')
FROM pg_sequence
JOIN pg_class c ON c.oid = seqrelid
JOIN pg_namespace n ON n.oid = relnamespace
WHERE n.nspname !~ '^(pg_|information)';
