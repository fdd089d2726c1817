SELECT i.inhrelid::int8 AS child, i.inhparent::int8 AS parent,
       coalesce((to_jsonb(i) ->> 'inhdetachpending')::boolean, false) AS detach_pending
FROM pg_catalog.pg_inherits i JOIN relations r ON r.oid = i.inhrelid
ORDER BY i.inhrelid, i.inhseqno
