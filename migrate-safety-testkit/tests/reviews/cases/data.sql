-- case: backfill of everything
UPDATE invoices SET memo = 'none';
-- case: backfill of what is missing
UPDATE accounts SET active = false WHERE active IS NULL;
-- case: backfill by a key
UPDATE accounts SET active = false WHERE id = 42;
-- case: backfill of some keys
UPDATE invoices SET state = 'void' WHERE id IN (1, 2, 3);
-- case: backfill from another table
UPDATE invoices i SET memo = a.email FROM accounts a WHERE a.id = i.account_id;
-- case: backfill in a loop without commit
DO $$ DECLARE n int; BEGIN LOOP UPDATE invoices SET memo = 'x' WHERE id IN (SELECT id FROM invoices WHERE memo = 'memo' ORDER BY id LIMIT 100); GET DIAGNOSTICS n = ROW_COUNT; EXIT WHEN n = 0; END LOOP; END $$;
-- case: backfill in a loop with commit
-- no-transaction
DO $$ DECLARE n int; BEGIN LOOP UPDATE invoices SET memo = 'x' WHERE id IN (SELECT id FROM invoices WHERE memo = 'memo' ORDER BY id LIMIT 100); GET DIAGNOSTICS n = ROW_COUNT; EXIT WHEN n = 0; COMMIT; PERFORM pg_sleep(0.001); END LOOP; END $$;
-- case: backfill in a loop with commit in a transaction
DO $$ DECLARE n int; BEGIN LOOP UPDATE invoices SET memo = 'x' WHERE id IN (SELECT id FROM invoices WHERE memo = 'memo' ORDER BY id LIMIT 100); GET DIAGNOSTICS n = ROW_COUNT; EXIT WHEN n = 0; COMMIT; END LOOP; END $$;
-- case: new column filled at once
ALTER TABLE accounts ADD COLUMN region text; UPDATE accounts SET region = 'eu';
-- case: new column filled for one
ALTER TABLE plans ADD COLUMN hidden boolean; UPDATE plans SET hidden = true WHERE code = 'big';
-- case: delete of everything
DELETE FROM invoice_lines;
-- case: delete of old rows
DELETE FROM audit WHERE at < '2023-09-01';
-- case: delete by key
DELETE FROM plans WHERE code = 'big';
-- case: delete of a parent that cascades
DELETE FROM invoices WHERE id = 7;
-- case: truncate
TRUNCATE invoice_lines;
-- case: truncate with others
TRUNCATE accounts CASCADE;
-- case: seed rows
INSERT INTO plans VALUES ('tiny', 1, 'free'), ('huge', 999, 'enterprise') ON CONFLICT DO NOTHING;
-- case: upsert of seeds
INSERT INTO plans (code, price, kind) VALUES ('free', 0, 'free') ON CONFLICT (code) DO UPDATE SET price = excluded.price;
-- case: copy of a table
INSERT INTO billing.payments (invoice_id, amount) SELECT id, 1 FROM invoices;
-- case: archive of old rows
CREATE TABLE audit_archive AS SELECT * FROM audit WHERE at < '2023-09-01'; DELETE FROM audit WHERE at < '2023-09-01';
-- case: merge of everything
MERGE INTO invoices i USING accounts a ON a.id = i.account_id WHEN MATCHED THEN UPDATE SET memo = a.email;
-- case: rows moved by a common table expression
WITH gone AS (DELETE FROM invoice_lines RETURNING *) INSERT INTO billing.payments (invoice_id) SELECT invoice_id FROM gone;
-- case: rows locked without bound
SELECT id FROM invoices ORDER BY id FOR UPDATE;
-- case: one row locked
SELECT id FROM invoices WHERE id = 1 FOR UPDATE;
-- case: update through a view
UPDATE open_invoices SET total = total * 2;
-- case: update by a function of the migration
CREATE FUNCTION fill() RETURNS void LANGUAGE plpgsql AS $$ BEGIN UPDATE invoices SET memo = 'f'; END $$; SELECT fill(); DROP FUNCTION fill();
-- case: prepared update
PREPARE fill AS UPDATE invoices SET memo = 'p'; EXECUTE fill;
-- case: prepared drop does not exist
PREPARE p AS SELECT 1; DEALLOCATE p;
-- case: update of a small set by a range
UPDATE invoices SET memo = 'r' WHERE id BETWEEN 1 AND 50;
-- case: a value that is no number
UPDATE invoices SET total = 'much' WHERE id = 1;
-- case: a column that is not there
UPDATE invoices SET remarks = 'x' WHERE id = 1;
-- case: a table that is not there
INSERT INTO price_list VALUES (1);
-- case: raise at the top
DO $$ BEGIN RAISE EXCEPTION 'not yet'; END $$;
-- case: a guard that passes
DO $$ BEGIN IF NOT EXISTS (SELECT FROM accounts) THEN RAISE EXCEPTION 'no accounts'; END IF; END $$;
-- case: triggers off while filling
ALTER TABLE accounts DISABLE TRIGGER note_kept; UPDATE accounts SET note = 'n'; ALTER TABLE accounts ENABLE TRIGGER note_kept;
-- case: a generated key
SELECT setval('invoice_numbers', 1000);
-- case: an unused extension
CREATE EXTENSION IF NOT EXISTS pg_trgm;
-- case: update by a temporary list of all
CREATE TEMP TABLE wanted AS SELECT id FROM invoices; UPDATE invoices SET memo = 'fixed' WHERE id IN (SELECT id FROM wanted); DROP TABLE wanted;
