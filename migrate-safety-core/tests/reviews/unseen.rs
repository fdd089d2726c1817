//! Single files, nothing being known of what exists: what cannot be known is asked for, and nothing passes in silence.

use super::{Review, unseen};

#[rustfmt::skip] // one line a review
const REVIEWS: &[Review] = &[
    ("", "CREATE INDEX ON orders (status);", "BLOCK lock-contention"),
    ("", "DROP INDEX orders_user_idx;", "FLAG lock-contention"),
    ("", "REINDEX TABLE orders;", "BLOCK lock-contention"),
    ("", "REINDEX INDEX orders_user_idx;", "BLOCK lock-contention"),
    ("", "ALTER TABLE queue SET LOGGED;", "BLOCK lock-contention"),
    ("", "ALTER TABLE users ALTER COLUMN metadata SET NOT NULL;", "BLOCK lock-contention, FLAG constraint-validation, FLAG rolling-deploy"),
    ("", "CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');", "FLAG lock-contention"),
    ("", "DROP SCHEMA app CASCADE;", "FLAG data-loss"),
    ("", "DROP EXTENSION citext CASCADE;", "FLAG data-loss"),
    ("", "DROP TYPE mood CASCADE;", "FLAG data-loss"),
    ("", "ALTER TYPE mood ADD VALUE 'glad';", "FLAG rolling-deploy"),
    ("", "ALTER TYPE mood RENAME VALUE 'sad' TO 'unhappy';", "BLOCK rolling-deploy"),
    ("", "ALTER SCHEMA app RENAME TO core;", "BLOCK rolling-deploy"),
    ("", "ALTER TABLE users RENAME COLUMN name TO full_name;", "BLOCK rolling-deploy"),
    ("", "UPDATE orders SET status = 'new' WHERE status IS NULL;", "BLOCK concurrent-writes, FLAG replication-lag"),
    ("", "ALTER TABLE users ADD COLUMN active boolean NOT NULL DEFAULT false;", ""),
    ("", "CREATE TABLE t (id bigint PRIMARY KEY, a int); CREATE INDEX ON t (a);", ""),
    ("", "-- no-transaction\nCREATE INDEX CONCURRENTLY i ON orders (status);", ""),
    ("", "CREATE VIEW v AS SELECT id FROM users;", ""),
    ("", "INSERT INTO tenants (id, name) VALUES (1, 'default');", ""),
    ("", "UPDATE users SET status = 'off' WHERE id = 42;", ""),
    ("", "SELECT fill_everything();", "FLAG deployability"),
    ("", "CALL fill_everything(5);", "FLAG deployability"),
    ("", "DO $$ BEGIN PERFORM app.fill_everything(); END $$;", "FLAG deployability"),
    ("", "SELECT pg_catalog.set_config('search_path', '', false); SELECT now(), count(*), coalesce(NULL, 1);", ""),
];

#[test]
fn what_is_not_known_does_not_pass() {
    unseen(REVIEWS);
}
