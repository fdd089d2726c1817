SELECT t.oid::int8 AS oid, t.tgrelid::int8 AS relation, t.tgname AS name, t.tgenabled AS state,
       t.tgfoid::int8 AS routine, t.tgattr::int2[] AS columns, t.tgconstrrelid::int8 AS from_relation,
       CASE WHEN NOT r.busy OR t.tgqual IS NULL THEN pg_catalog.pg_get_triggerdef(t.oid) END AS definition
FROM pg_catalog.pg_trigger t JOIN relations r ON r.oid = t.tgrelid
LEFT JOIN pg_catalog.pg_constraint c ON c.oid = t.tgconstraint
-- Those of keys are the server's own; a partition's copy of its parent's trigger is marked so too before 15.
WHERE t.tgconstraint = 0 AND (NOT t.tgisinternal OR t.tgparentid <> 0) OR c.contype = 't'
ORDER BY t.oid
