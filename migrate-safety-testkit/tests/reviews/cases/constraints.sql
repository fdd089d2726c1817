-- case: check at once
ALTER TABLE invoices ADD CONSTRAINT total_positive CHECK (total >= 0);
-- case: check not valid
ALTER TABLE invoices ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;
-- case: validate what an earlier migration added
-- before
ALTER TABLE invoices ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;
-- migration
ALTER TABLE invoices VALIDATE CONSTRAINT total_positive;
-- case: check that rows violate
ALTER TABLE accounts ADD CONSTRAINT active_known CHECK (active IS NOT NULL);
-- case: foreign key at once
ALTER TABLE billing.payments ADD CONSTRAINT payments_invoice FOREIGN KEY (invoice_id) REFERENCES invoices;
-- case: foreign key not valid
ALTER TABLE billing.payments ADD CONSTRAINT payments_invoice FOREIGN KEY (invoice_id) REFERENCES invoices NOT VALID;
-- case: foreign key not valid and validated
ALTER TABLE billing.payments ADD CONSTRAINT payments_invoice FOREIGN KEY (invoice_id) REFERENCES invoices NOT VALID; ALTER TABLE billing.payments VALIDATE CONSTRAINT payments_invoice;
-- case: foreign key to itself
ALTER TABLE accounts ADD FOREIGN KEY (parent_id) REFERENCES accounts;
-- case: new column with a foreign key
ALTER TABLE invoices ADD COLUMN plan text REFERENCES plans;
-- case: new column with a default and a foreign key
ALTER TABLE invoices ADD COLUMN plan text DEFAULT 'free' REFERENCES plans;
-- case: foreign key of other types
ALTER TABLE invoice_lines ADD COLUMN account int REFERENCES accounts;
-- case: foreign key dropped
ALTER TABLE invoice_lines DROP CONSTRAINT lines_invoice;
-- case: foreign key whose deletes now cascade
ALTER TABLE invoices DROP CONSTRAINT invoices_account_id_fkey, ADD CONSTRAINT invoices_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts ON DELETE CASCADE NOT VALID;
-- case: unique at once
ALTER TABLE invoices ADD CONSTRAINT due_once UNIQUE (id, due);
-- case: unique that rows violate
ALTER TABLE invoices ADD CONSTRAINT state_once UNIQUE (state);
-- case: unique by an index of an earlier migration
-- before
CREATE UNIQUE INDEX invoices_id_due ON invoices (id, due);
-- migration
ALTER TABLE invoices ADD CONSTRAINT invoices_id_due UNIQUE USING INDEX invoices_id_due;
-- case: primary key exchanged
ALTER TABLE plans DROP CONSTRAINT plans_pkey; ALTER TABLE plans ADD PRIMARY KEY (code, price);
-- case: exclusion
ALTER TABLE invoices ADD CONSTRAINT x EXCLUDE (number WITH =);
-- case: not null at once
ALTER TABLE invoice_lines ALTER COLUMN amount SET NOT NULL, ALTER COLUMN label SET NOT NULL;
-- case: not null with a proof of an earlier migration
-- before
ALTER TABLE invoices ADD CONSTRAINT memo_there CHECK (memo IS NOT NULL) NOT VALID; ALTER TABLE invoices VALIDATE CONSTRAINT memo_there;
-- migration
ALTER TABLE invoices ALTER COLUMN memo SET NOT NULL;
-- case: not null that rows violate
ALTER TABLE accounts ALTER COLUMN active SET NOT NULL;
-- case: not null column without default
ALTER TABLE invoices ADD COLUMN vat int NOT NULL;
-- case: not null column without default on an empty new table
CREATE TABLE rates (id int PRIMARY KEY); ALTER TABLE rates ADD COLUMN vat int NOT NULL;
-- case: not null dropped
ALTER TABLE invoices ALTER COLUMN number DROP NOT NULL;
-- case: domain check added
ALTER DOMAIN cents ADD CONSTRAINT small CHECK (VALUE < 1000000);
-- case: domain check not valid
ALTER DOMAIN cents ADD CONSTRAINT small CHECK (VALUE < 1000000) NOT VALID;
-- case: domain not null
ALTER DOMAIN cents SET NOT NULL;
-- case: domain default
ALTER DOMAIN cents SET DEFAULT 0;
-- case: deferrable
ALTER TABLE invoice_lines ALTER CONSTRAINT lines_invoice DEFERRABLE INITIALLY DEFERRED;
-- case: constraint renamed
ALTER TABLE invoice_lines RENAME CONSTRAINT lines_invoice TO invoice_lines_invoice_fkey;
-- case: unique constraint's index dropped
DROP INDEX invoices_number_key;
-- case: unique constraint dropped
ALTER TABLE invoices DROP CONSTRAINT invoices_number_key;
-- case: primary key dropped that is referenced
ALTER TABLE invoices DROP CONSTRAINT invoices_pkey;
-- case: check that the running release violates
ALTER TABLE invoices ADD CONSTRAINT state_known CHECK (state IN ('open', 'paid')) NOT VALID;
