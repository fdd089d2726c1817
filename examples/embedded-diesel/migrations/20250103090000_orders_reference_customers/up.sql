SET LOCAL lock_timeout = '2s';

-- migrate-safety: allow(foreign-key-added) every release writes customers first and deletes none
ALTER TABLE orders ADD CONSTRAINT orders_customer_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
