-- case: column renamed
ALTER TABLE invoices RENAME COLUMN memo TO remark;
-- case: table renamed
ALTER TABLE plans RENAME TO price_plans;
-- case: table renamed behind a view
ALTER TABLE plans RENAME TO price_plans; CREATE VIEW plans AS SELECT code, price, kind FROM price_plans;
-- case: table moved
ALTER TABLE plans SET SCHEMA billing;
-- case: schema renamed
ALTER SCHEMA billing RENAME TO money;
-- case: column dropped
ALTER TABLE invoices DROP COLUMN memo;
-- case: column dropped that a view reads
ALTER TABLE invoices DROP COLUMN total CASCADE;
-- case: column dropped and added under the same name
ALTER TABLE invoices DROP COLUMN memo; ALTER TABLE invoices ADD COLUMN memo text;
-- case: column exchanged
ALTER TABLE invoices ADD COLUMN amount_cents bigint; UPDATE invoices SET amount_cents = total * 100; ALTER TABLE invoices DROP COLUMN total CASCADE;
-- case: table dropped
DROP TABLE invoice_lines;
-- case: table dropped that others refer to
DROP TABLE plans, billing.payments CASCADE;
-- case: empty table dropped that the migration made
CREATE TABLE scratch (id int); DROP TABLE scratch;
-- case: view columns removed
DROP VIEW open_invoices; CREATE VIEW open_invoices AS SELECT id, total FROM invoices WHERE state = 'open';
-- case: view columns added
CREATE OR REPLACE VIEW open_invoices AS SELECT id, account_id, total, due FROM invoices WHERE state = 'open';
-- case: view dropped
DROP VIEW open_invoices;
-- case: function dropped
DROP FUNCTION discount(numeric);
-- case: function replaced with another argument
DROP FUNCTION discount(numeric); CREATE FUNCTION discount(amount numeric, rate numeric) RETURNS numeric LANGUAGE sql AS 'SELECT amount * rate';
-- case: function replaced by a wider one
CREATE OR REPLACE FUNCTION discount(amount numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT amount * 0.8';
-- case: function with a default argument beside
CREATE FUNCTION discount(amount numeric, rate numeric DEFAULT 1) RETURNS numeric LANGUAGE sql AS 'SELECT amount * rate';
-- case: trigger function that raises
CREATE OR REPLACE FUNCTION keep_note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.note IS NULL THEN RAISE EXCEPTION 'a note is needed'; END IF; RETURN NEW; END $$;
-- case: trigger that forbids
CREATE FUNCTION forbid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'read only'; END $$; CREATE TRIGGER frozen BEFORE INSERT OR UPDATE OR DELETE ON plans FOR EACH ROW EXECUTE FUNCTION forbid();
-- case: trigger that notes
CREATE TABLE changes (at timestamptz DEFAULT now(), id bigint); CREATE FUNCTION log_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO changes (id) VALUES (NEW.id); RETURN NULL; END $$; CREATE TRIGGER logged AFTER UPDATE ON invoices FOR EACH ROW EXECUTE FUNCTION log_change();
-- case: trigger dropped
DROP TRIGGER note_kept ON accounts;
-- case: enum value added
ALTER TYPE plan_kind ADD VALUE 'startup' BEFORE 'team';
-- case: enum value added and used
ALTER TYPE plan_kind ADD VALUE 'startup'; UPDATE plans SET kind = 'startup' WHERE code = 'team';
-- case: enum value renamed
ALTER TYPE plan_kind RENAME VALUE 'enterprise' TO 'business';
-- case: enum literal that the type lacks
INSERT INTO plans VALUES ('trial', 0, 'trial');
-- case: default that the enum lacks
ALTER TABLE plans ALTER COLUMN kind SET DEFAULT 'trial';
-- case: enum recreated without a value
ALTER TYPE plan_kind RENAME TO plan_kind_old; CREATE TYPE plan_kind AS ENUM ('free', 'team'); ALTER TABLE plans ALTER COLUMN kind TYPE plan_kind USING kind::text::plan_kind;
-- case: attribute added to a composite type
ALTER TYPE address ADD ATTRIBUTE city text;
-- case: attribute dropped from a composite type
ALTER TYPE address DROP ATTRIBUTE zip;
-- case: attribute renamed
ALTER TYPE address RENAME ATTRIBUTE zip TO postcode;
-- case: attribute retyped
ALTER TYPE address ALTER ATTRIBUTE zip TYPE varchar(10);
-- case: type renamed
ALTER TYPE plan_kind RENAME TO account_kind;
-- case: default dropped of a required column
ALTER TABLE invoices ALTER COLUMN total DROP DEFAULT;
-- case: default dropped of another
ALTER TABLE plans ALTER COLUMN kind DROP DEFAULT;
-- case: default changed
ALTER TABLE invoices ALTER COLUMN state SET DEFAULT 'draft';
-- case: column made generated
ALTER TABLE plans DROP COLUMN price; ALTER TABLE plans ADD COLUMN price int GENERATED ALWAYS AS (5) STORED;
-- case: identity made always
ALTER TABLE invoice_lines ALTER COLUMN id SET GENERATED ALWAYS;
-- case: sequence dropped
DROP SEQUENCE invoice_numbers;
-- case: sequence renamed
ALTER SEQUENCE invoice_numbers RENAME TO numbers;
-- case: sequence restarted
ALTER SEQUENCE invoice_numbers RESTART WITH 5000;
-- case: nullable column added
ALTER TABLE invoices ADD COLUMN paid_by text;
-- case: column narrowed below what is written
ALTER TABLE invoices ALTER COLUMN total TYPE numeric(8,2);
-- case: row security
ALTER TABLE plans ENABLE ROW LEVEL SECURITY;
-- case: policy and row security
CREATE POLICY mine ON plans USING (true); ALTER TABLE plans ENABLE ROW LEVEL SECURITY;
-- case: policy dropped
-- before
CREATE POLICY everybody ON plans USING (true); ALTER TABLE plans ENABLE ROW LEVEL SECURITY; ALTER TABLE plans FORCE ROW LEVEL SECURITY;
-- migration
DROP POLICY everybody ON plans;
-- case: rule that swallows
CREATE RULE none AS ON INSERT TO plans DO INSTEAD NOTHING;
-- case: grant
GRANT SELECT ON invoices TO public;
-- case: comment
COMMENT ON TABLE invoices IS 'what is owed'; COMMENT ON COLUMN invoices.due IS NULL;
-- case: trigger that sets a column which is not there
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$; CREATE TRIGGER stamped BEFORE UPDATE ON invoices FOR EACH ROW EXECUTE FUNCTION stamp();
-- case: a column goes that a trigger sets
ALTER TABLE accounts DROP COLUMN note;
-- case: identity that starts again
ALTER TABLE invoice_lines ALTER COLUMN id RESTART WITH 1;
-- case: identity that refuses values
ALTER TABLE invoice_lines ALTER COLUMN id SET GENERATED ALWAYS;
-- case: publication of a table without a key
CREATE TABLE hits (page text, n int); CREATE PUBLICATION feed FOR TABLE hits, invoices;
-- case: materialised view left without data
REFRESH MATERIALIZED VIEW totals WITH NO DATA;
-- case: owner that nobody made
ALTER TABLE plans OWNER TO nobody_known;
-- case: right for a role that nobody made
GRANT SELECT ON plans TO nobody_known;
-- case: extension that is not installed
CREATE EXTENSION no_such_extension;
