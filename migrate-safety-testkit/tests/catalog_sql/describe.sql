-- Every object of a database outside the server's own schemas: what it is, its name, what the server says of it.
WITH spaces AS (
    SELECT oid, nspname FROM pg_namespace
    WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
), of_extension AS (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
), relations AS (
    SELECT c.oid, c.oid::regclass::text AS name, c.relkind, c.relpersistence, c.reloptions, c.relrowsecurity, c.relforcerowsecurity,
           c.relreplident, c.reloftype, c.relispartition, c.relpartbound, c.relname
    FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
    WHERE (c.tableoid, c.oid) NOT IN (SELECT classid, objid FROM of_extension)
)
SELECT 'schema', nspname, '' FROM spaces
UNION ALL
SELECT 'extension', e.extname, n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
UNION ALL
SELECT 'relation', name, concat_ws(' ', relkind, relpersistence, relrowsecurity, relforcerowsecurity, relreplident, reloptions,
       nullif(reloftype, 0)::regtype, pg_get_partkeydef(oid), pg_get_expr(relpartbound, oid))
FROM relations
UNION ALL
SELECT 'column', r.name || '.' || a.attname, concat_ws(' ',
       CASE WHEN r.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
            THEN row_number() OVER (PARTITION BY r.oid ORDER BY a.attnum)::text END,
       format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, a.attislocal, a.attinhcount,
       a.attstorage, a.attcompression, a.attcollation::regcollation, pg_get_expr(d.adbin, d.adrelid))
FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
-- An index keeps the names its columns had when it was made.
WHERE r.relkind NOT IN ('S', 'i', 'I')
UNION ALL
SELECT 'inherits', r.name, i.inhseqno || ' ' || i.inhparent::regclass
FROM relations r JOIN pg_inherits i ON i.inhrelid = r.oid
UNION ALL
SELECT 'constraint', coalesce(nullif(c.conrelid, 0)::regclass::text, c.contypid::regtype::text) || ' ' || c.conname,
       concat_ws(' ', c.contype,
       -- Before PostgreSQL 18 the parts of a key that refer to single partitions stay as they were when it is validated.
       CASE WHEN p.conrelid = c.conrelid THEN replace(pg_get_constraintdef(c.oid), ' NOT VALID', '')
            ELSE concat_ws(' ', pg_get_constraintdef(c.oid), c.convalidated) END,
       -- A key that a partition had before its parent counts as its own, and goes with the parent's all the same.
       CASE WHEN c.contype IN ('c', 'n') THEN (c.conislocal, c.connoinherit) END, c.coninhcount,
       p.conname)
FROM pg_constraint c JOIN spaces s ON s.oid = c.connamespace LEFT JOIN pg_constraint p ON p.oid = c.conparentid
UNION ALL
SELECT 'index', i.indexrelid::regclass::text, concat_ws(' ', pg_get_indexdef(i.indexrelid), i.indisvalid, i.indisprimary,
       i.indisclustered, i.indisreplident)
FROM pg_index i JOIN relations r ON r.oid = i.indexrelid
UNION ALL
SELECT 'view', name, pg_get_viewdef(oid) FROM relations WHERE relkind IN ('v', 'm')
UNION ALL
SELECT 'sequence', r.name, concat_ws(' ', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
       s.seqcycle, d.deptype, d.refobjid::regclass, a.attname)
FROM relations r JOIN pg_sequence s ON s.seqrelid = r.oid
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
UNION ALL
SELECT 'trigger', r.name || ' ' || t.tgname, concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
FROM relations r JOIN pg_trigger t ON t.tgrelid = r.oid AND NOT t.tgisinternal
UNION ALL
SELECT 'rule', r.name || ' ' || w.rulename, concat_ws(' ', pg_get_ruledef(w.oid), w.ev_enabled)
FROM relations r JOIN pg_rewrite w ON w.ev_class = r.oid AND w.rulename <> '_RETURN'
UNION ALL
SELECT 'policy', r.name || ' ' || p.polname, concat_ws(' ', p.polcmd, p.polpermissive,
       (SELECT string_agg(coalesce(g.rolname, 'public'), ',') FROM unnest(p.polroles) o LEFT JOIN pg_roles g ON g.oid = o),
       pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
FROM relations r JOIN pg_policy p ON p.polrelid = r.oid
UNION ALL
SELECT 'statistics', x.stxname, pg_get_statisticsobjdef(x.oid)
FROM pg_statistic_ext x JOIN spaces s ON s.oid = x.stxnamespace
UNION ALL
SELECT 'type', t.oid::regtype::text, concat_ws(' ', t.typtype, nullif(t.typbasetype, 0)::regtype, t.typtypmod, t.typnotnull,
       t.typdefault, nullif(t.typcollation, 0)::regcollation, g.rngsubtype::regtype,
       (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
FROM pg_type t JOIN spaces s ON s.oid = t.typnamespace LEFT JOIN pg_range g ON g.rngtypid = t.oid
WHERE t.typtype IN ('e', 'd', 'r', 'c') AND (t.tableoid, t.oid) NOT IN (SELECT classid, objid FROM of_extension)
UNION ALL
SELECT 'routine', p.oid::regprocedure::text, CASE WHEN p.prokind IN ('f', 'p') THEN pg_get_functiondef(p.oid) ELSE p.prokind::text END
FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace
WHERE (p.tableoid, p.oid) NOT IN (SELECT classid, objid FROM of_extension)
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'i')
UNION ALL
SELECT 'comment', pg_describe_object(d.classoid, d.objoid, d.objsubid), d.description
FROM pg_description d
WHERE d.objoid >= 16384 AND (d.classoid, d.objoid) NOT IN (SELECT classid, objid FROM of_extension)
  AND d.classoid <> 'pg_extension'::regclass
ORDER BY 1, 2, 3
