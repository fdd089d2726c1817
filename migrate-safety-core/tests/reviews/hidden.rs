//! What procedural code does.

use super::{Review, dangerous};

#[rustfmt::skip] // one line a review
const REVIEWS: &[Review] = &[
    ("", "DO $$ BEGIN EXECUTE 'CREATE INDEX i ON users (org_id)'; END $$;", "BLOCK lock-contention"),
    ("", "DO 'BEGIN ALTER TABLE users ALTER COLUMN metadata SET NOT NULL; END';", "BLOCK lock-contention"),
    ("", "DO LANGUAGE plpgsql $body$ BEGIN IF NOT EXISTS (SELECT FROM pg_indexes WHERE indexname = 'i') THEN CREATE INDEX i ON users (org_id); END IF; END $body$;", "BLOCK lock-contention"),
    ("", "DO $$ BEGIN EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE bigint', 'products', 'id'); END $$;", "BLOCK lock-contention"),
    ("", "DO $$ BEGIN EXECUTE 'ALTER TABLE ' || 'users' || ' ALTER COLUMN metadata SET NOT NULL'; END $$;", "BLOCK lock-contention"),
    ("", "DO $$ DECLARE s text := 'UPDATE orders SET status = 1::text'; BEGIN EXECUTE s; END $$;", "BLOCK concurrent-writes"),
    ("", "DO $$ DECLARE t text; BEGIN FOREACH t IN ARRAY ARRAY['users', 'orders'] LOOP EXECUTE format('CREATE INDEX ON %I (status)', t); END LOOP; END $$;", "BLOCK lock-contention"),
    ("", "DO $$ DECLARE t record; BEGIN FOR t IN SELECT tablename FROM pg_tables LOOP EXECUTE 'TRUNCATE ' || t.tablename; END LOOP; END $$;", "FLAG deployability"),
    ("", "DO $$ BEGIN BEGIN ALTER TABLE users ADD CONSTRAINT u UNIQUE (email); EXCEPTION WHEN duplicate_table THEN NULL; END; END $$;", "BLOCK lock-contention"),
    ("", "CREATE FUNCTION fill() RETURNS void LANGUAGE plpgsql AS $$ BEGIN UPDATE orders SET status = 'new' WHERE status IS NULL; END $$; SELECT fill();", "BLOCK concurrent-writes"),
    ("", "CREATE FUNCTION fill() RETURNS void LANGUAGE sql AS 'DELETE FROM orders'; SELECT * FROM fill();", "BLOCK concurrent-writes, FLAG data-loss"),
    ("", "CREATE PROCEDURE build() LANGUAGE plpgsql AS $$ BEGIN CREATE INDEX ON orders (status); END $$; CALL build(); DROP PROCEDURE build;", "BLOCK lock-contention"),
    ("CREATE FUNCTION harden() RETURNS void LANGUAGE plpgsql AS $$ BEGIN ALTER TABLE users ALTER metadata SET NOT NULL; END $$;", "DO $$ BEGIN PERFORM harden(); END $$;", "BLOCK lock-contention"),
    ("CREATE FUNCTION inner_one() RETURNS int LANGUAGE plpgsql AS $$ BEGIN UPDATE orders SET status = ''; RETURN 1; END $$; CREATE FUNCTION outer_one() RETURNS int LANGUAGE sql AS 'SELECT inner_one()';", "SELECT outer_one() FROM tenants;", "BLOCK concurrent-writes"),
    ("", "CREATE PROCEDURE fill() BEGIN ATOMIC UPDATE orders SET status = 'new'; END; CALL fill();", "BLOCK concurrent-writes"),
    ("", "DO $$ DECLARE n int; BEGIN WITH d AS (DELETE FROM orders RETURNING 1) SELECT count(*) INTO n FROM d; END $$;", "BLOCK concurrent-writes"),
    ("", "DO $$ DECLARE r record; BEGIN FOR r IN SELECT id, name FROM users LOOP UPDATE orders SET note = r.name WHERE user_id = r.id; END LOOP; END $$;", "BLOCK concurrent-writes"),
    ("", "DO $$ BEGIN CASE WHEN current_user = 'a' THEN DROP TABLE users CASCADE; ELSE NULL; END CASE; END $$;", "BLOCK data-loss"),
    ("", "DO $$ BEGIN ALTER TYPE mood ADD VALUE 'new'; UPDATE users SET m = 'new' WHERE id = 1; END $$;", "BLOCK deployability"),
    ("", "DO $$ DECLARE n int; BEGIN UPDATE orders SET status = '' RETURNING 1 INTO n; END $$;", "BLOCK concurrent-writes"),
    ("", "DO $$ BEGIN EXECUTE 'UPDATE orders SET status = $1 WHERE status IS NULL' USING 'new'; END $$;", "BLOCK concurrent-writes"),
    ("", "DO $x$ BEGIN EXECUTE $y$ DO $z$ BEGIN CREATE INDEX ON orders (status); END $z$ $y$; END $x$;", "BLOCK lock-contention"),
    ("", "DO $$ BEGIN EXECUTE concat('CREATE INDEX i ON ', quote_ident('users'), '(org_id)'); END $$;", "BLOCK lock-contention"),
    ("", "DO $$ BEGIN LOCK TABLE users IN ACCESS EXCLUSIVE MODE; PERFORM pg_sleep(10); END $$;", "BLOCK lock-contention"),
];

#[test]
fn procedural_code_is_read() {
    dangerous(REVIEWS);
}
