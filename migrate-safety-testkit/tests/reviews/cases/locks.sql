-- case: index on a busy table
CREATE INDEX invoices_state ON invoices (state);
-- case: unique index on a busy table
CREATE UNIQUE INDEX accounts_id_email ON accounts (id, email);
-- case: index concurrently
-- no-transaction
CREATE INDEX CONCURRENTLY invoices_state ON invoices (state);
-- case: index concurrently in a transaction
CREATE INDEX CONCURRENTLY invoices_state ON invoices (state);
-- case: index on a partitioned table
CREATE INDEX audit_what ON audit (what);
-- case: index only on the parent
CREATE INDEX audit_what ON ONLY audit (what);
-- case: expression index
CREATE INDEX accounts_zip ON accounts (((home).zip));
-- case: index of an empty new table
CREATE TABLE tags (id bigint PRIMARY KEY, account_id bigint REFERENCES accounts, name text); CREATE INDEX ON tags (account_id); CREATE INDEX ON tags (lower(name));
-- case: index of a new table that is filled from a busy one
CREATE TABLE copies AS SELECT * FROM invoices; CREATE INDEX ON copies (account_id);
-- case: drop and create anew
DROP INDEX invoices_due; CREATE INDEX invoices_due ON invoices (due);
-- case: drop index concurrently
-- no-transaction
DROP INDEX CONCURRENTLY invoices_due;
-- case: reindex
REINDEX TABLE invoices;
-- case: reindex concurrently
-- no-transaction
REINDEX INDEX CONCURRENTLY invoices_due;
-- case: cluster
CLUSTER invoices USING invoices_account;
-- case: vacuum full
-- no-transaction
VACUUM FULL invoices;
-- case: vacuum
-- no-transaction
VACUUM (ANALYZE) invoices;
-- case: lock and fill
LOCK TABLE invoices IN EXCLUSIVE MODE; UPDATE invoices SET memo = '' WHERE memo IS NULL;
-- case: add a volatile default
ALTER TABLE invoices ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid();
-- case: add a stable default
ALTER TABLE invoices ADD COLUMN issued_at timestamptz NOT NULL DEFAULT now();
-- case: add a constant default
ALTER TABLE invoices ADD COLUMN currency char(3) NOT NULL DEFAULT 'EUR', ADD COLUMN locked boolean DEFAULT false;
-- case: add a serial
ALTER TABLE plans ADD COLUMN position serial;
-- case: add an identity to a big table
ALTER TABLE invoices ADD COLUMN seq bigint GENERATED ALWAYS AS IDENTITY;
-- case: add a stored column
ALTER TABLE accounts ADD COLUMN mail text GENERATED ALWAYS AS (lower(email)) STORED;
-- case: add a checked column
ALTER TABLE invoices ADD COLUMN rate int CHECK (rate > 0);
-- case: add a column of a domain with a check
ALTER TABLE invoices ADD COLUMN fee cents;
-- case: add a column of an enum
ALTER TABLE invoices ADD COLUMN kind plan_kind DEFAULT 'free';
-- case: wider varchar
ALTER TABLE accounts ALTER COLUMN note TYPE varchar; ALTER TABLE invoices ALTER COLUMN state TYPE varchar(40);
-- case: narrower varchar
ALTER TABLE accounts ALTER COLUMN email TYPE varchar(60);
-- case: varchar to text with an index over an expression
ALTER TABLE accounts ALTER COLUMN email TYPE text;
-- case: wider numeric
ALTER TABLE invoices ALTER COLUMN total TYPE numeric(14,2);
-- case: another scale
ALTER TABLE invoices ALTER COLUMN total TYPE numeric(14,4);
-- case: int to bigint
ALTER TABLE invoice_lines ALTER COLUMN amount TYPE bigint;
-- case: int to bigint of a new table
CREATE TABLE fresh (n int); ALTER TABLE fresh ALTER COLUMN n TYPE bigint;
-- case: enum to text
ALTER TABLE plans ALTER COLUMN kind TYPE text USING kind::text;
-- case: unlogged
ALTER TABLE invoice_lines SET UNLOGGED;
-- case: fill factor
ALTER TABLE invoices SET (fillfactor = 80);
-- case: statistics target
ALTER TABLE invoices ALTER COLUMN state SET STATISTICS 500; ANALYZE invoices;
-- case: refresh
REFRESH MATERIALIZED VIEW totals;
-- case: refresh concurrently
REFRESH MATERIALIZED VIEW CONCURRENTLY totals;
-- case: attach a partition without proof
CREATE TABLE audit_2024 (id bigint NOT NULL, at date NOT NULL, what text); INSERT INTO audit_2024 SELECT n, date '2024-06-01', 'x' FROM generate_series(1, 100) n; ALTER TABLE audit ATTACH PARTITION audit_2024 FOR VALUES FROM ('2024-05-01') TO ('2025-01-01');
-- case: a new partition beside a default one
CREATE TABLE audit_2025 PARTITION OF audit FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
-- case: detach a partition
ALTER TABLE audit DETACH PARTITION audit_2023;
-- case: index in a block of code
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_indexes WHERE indexname = 'invoices_state') THEN CREATE INDEX invoices_state ON invoices (state); END IF; END $$;
-- case: index by dynamic SQL
DO $$ DECLARE t text; BEGIN FOREACH t IN ARRAY ARRAY['invoices', 'invoice_lines'] LOOP EXECUTE format('CREATE INDEX ON %I (id)', t); END LOOP; END $$;
-- case: prepared index
PREPARE make AS SELECT 1; EXECUTE make; DEALLOCATE make; CREATE INDEX ON invoices (memo);
-- case: sleeping with a lock
ALTER TABLE invoices ADD COLUMN x int; SELECT pg_sleep(1.5);
-- case: a lock undone
BEGIN; SAVEPOINT s; DROP TABLE plans; ROLLBACK TO SAVEPOINT s; COMMIT;
-- case: a column undone and added again
SAVEPOINT s; ALTER TABLE plans ADD COLUMN note text; ROLLBACK TO SAVEPOINT s; ALTER TABLE plans ADD COLUMN note text;
-- case: many changes of one table with an index at the end
ALTER TABLE accounts ADD COLUMN a int, ADD COLUMN b int; ALTER TABLE accounts ALTER COLUMN a SET DEFAULT 1; CREATE INDEX ON accounts (a);
-- case: a materialised view made anew
DROP MATERIALIZED VIEW totals; CREATE MATERIALIZED VIEW totals AS SELECT account_id, sum(total) AS total FROM invoices GROUP BY account_id;
-- case: index by dynamic sql on each partition
DO $$ DECLARE r record; BEGIN FOR r IN SELECT inhrelid::regclass AS part FROM pg_inherits WHERE inhparent = 'audit'::regclass LOOP EXECUTE format('CREATE INDEX audit_%s_idx ON %s (id)', r.part, r.part); END LOOP; END $$;
