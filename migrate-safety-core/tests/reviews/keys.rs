//! Foreign keys, the indexes behind constraints, rows that violate.

use super::{Review, dangerous};

#[rustfmt::skip] // one line a review
const REVIEWS: &[Review] = &[
    ("", "ALTER TABLE items ADD CONSTRAINT f FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE;", "BLOCK lock-contention, FLAG foreign-keys, FLAG constraint-validation"),
    ("", "ALTER TABLE items ADD FOREIGN KEY (order_id) REFERENCES public.orders;", "BLOCK lock-contention, FLAG constraint-validation"),
    ("", "ALTER TABLE items ADD COLUMN user_id bigint DEFAULT 1 REFERENCES users;", "BLOCK lock-contention"),
    ("", "ALTER TABLE items ADD COLUMN user_id bigint REFERENCES users ON DELETE CASCADE;", "FLAG foreign-keys"),
    ("", "ALTER TABLE items ADD CONSTRAINT f FOREIGN KEY (order_id) REFERENCES orders NOT VALID; ALTER TABLE items VALIDATE CONSTRAINT f;", "BLOCK lock-contention"),
    ("", "ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey, ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;", "BLOCK lock-contention, FLAG foreign-keys"),
    ("", "ALTER TABLE items ADD CONSTRAINT f FOREIGN KEY (order_id) REFERENCES orders ON DELETE SET NULL NOT VALID;", "FLAG foreign-keys"),
    ("", "ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey;", "FLAG foreign-keys"),
    ("", "ALTER TABLE items ADD CONSTRAINT f FOREIGN KEY (product_id) REFERENCES products (id) NOT VALID;", "FLAG index-dependencies"),
    ("", "ALTER TABLE events ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES users NOT VALID;", "BLOCK deployability"),
    ("", "ALTER TABLE payments ADD CONSTRAINT f FOREIGN KEY (user_id) REFERENCES users NOT VALID;", "FLAG foreign-keys, FLAG index-dependencies"),
    ("", "-- no-transaction\nDROP INDEX CONCURRENTLY orders_user_idx;", "FLAG index-dependencies"),
    ("", "DROP INDEX products_sku_key;", "BLOCK index-dependencies"),
    ("", "DROP INDEX public.users_pkey CASCADE;", "BLOCK index-dependencies"),
    ("ALTER TABLE items REPLICA IDENTITY USING INDEX items_pkey;", "ALTER TABLE items DROP CONSTRAINT items_pkey;", "FLAG index-dependencies"),
    ("", "ALTER TABLE orders DROP CONSTRAINT orders_pkey;", "FLAG index-dependencies"),
    ("", "ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE;", "FLAG foreign-keys"),
    ("", "-- no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (status);", "FLAG index-dependencies"),
    ("", "-- no-transaction\nCREATE INDEX CONCURRENTLY i ON orders (user_id);", "FLAG index-dependencies"),
    ("", "-- no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY i ON users (email);", "FLAG constraint-validation"),
    ("CREATE UNIQUE INDEX users_email ON users (email);", "DROP INDEX users_email;", "FLAG index-dependencies"),
    ("", "ALTER TABLE items ADD CONSTRAINT f FOREIGN KEY (sku) REFERENCES products (sku) ON UPDATE CASCADE NOT VALID;", "FLAG foreign-keys"),
    ("", "ALTER TABLE orders DISABLE TRIGGER ALL; UPDATE orders SET note = 'x' WHERE id = 1; ALTER TABLE orders ENABLE TRIGGER ALL;", "FLAG foreign-keys"),
    ("", "SET session_replication_role = 'replica'; DELETE FROM users WHERE id = 1;", "FLAG foreign-keys"),
];

#[test]
fn keys_and_their_indexes_are_seen() {
    dangerous(REVIEWS);
}
