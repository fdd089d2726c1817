-- no-transaction
CREATE INDEX CONCURRENTLY orders_refunded_idx ON orders (placed_at) WHERE refund_reason IS NOT NULL;
