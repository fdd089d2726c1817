ALTER TABLE orders ALTER COLUMN id TYPE bigint;
ALTER TABLE order_items ALTER COLUMN order_id TYPE bigint;
