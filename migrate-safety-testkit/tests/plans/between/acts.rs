//! Changes that move data, and the releases before and after each.

use super::client::Written;
use crate::case::Case;
use migrate_safety_core::plan::DualWrite;

/// A change, and how the releases before and after it write.
#[derive(Debug)]
pub(crate) struct Act {
    pub(crate) case: Case,
    pub(crate) course: Course,
    /// The ways to keep both forms the same in which the plans differ.
    pub(crate) modes: &'static [DualWrite],
    pub(crate) old: Written,
    pub(crate) new: Written,
    /// Values in the old form and in the new one, as SQL.
    pub(crate) values: &'static [(&'static [&'static str], &'static [&'static str])],
}

/// Which releases there are between the old and the new one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Course {
    /// A value has two places; the plan's code says how the releases write.
    Values,
    /// A value is in two tables, one after the other; the plan's code says how the releases write it, rows apart.
    Tables,
    /// A column of this name has two types, one after the other.
    Types(&'static str),
    /// The application does not see anything of it.
    Unseen,
    /// A table or column has two names.
    Names,
    /// A column has two names, and rows are found by it: the new release runs when all rows have both.
    Keys,
}

const BOTH: &[DualWrite] = &[DualWrite::Application, DualWrite::Trigger];
/// The same plan in either way, or one by triggers alone.
const ONE: &[DualWrite] = &[DualWrite::Trigger];

const TEXTS: &[(&[&str], &[&str])] =
    &[(&["'a'"], &["'a'"]), (&["''"], &["''"]), (&["'it''s'"], &["'it''s'"]), (&["'a b  c'"], &["'a b  c'"])];
const TEXTS_OR_NULL: &[(&[&str], &[&str])] =
    &[(&["'a'"], &["'a'"]), (&["NULL"], &["NULL"]), (&["'nobody'"], &["'nobody'"]), (&["'B'"], &["'B'"])];
const NUMBERS: &[(&[&str], &[&str])] =
    &[(&["0"], &["0"]), (&["7"], &["7"]), (&["-5"], &["-5"]), (&["NULL"], &["NULL"])];

pub(crate) const ACTS: &[Act] = &[
    Act {
        case: Case::new(
            "rename-column",
            "CREATE TABLE users (id bigint PRIMARY KEY, user_name text NOT NULL);",
            "ALTER TABLE users RENAME COLUMN user_name TO username",
        ),
        course: Course::Values,
        modes: BOTH,
        old: Written {
            insert: &["INSERT INTO users (id, user_name) VALUES ($k, $1)"],
            update: &["UPDATE users SET user_name = $1 WHERE id = $k"],
            delete: &["DELETE FROM users WHERE id = $k"],
            read: "SELECT user_name FROM users WHERE id = $k",
        },
        new: Written {
            insert: &["INSERT INTO users (id, username) VALUES ($k, $1)"],
            update: &["UPDATE users SET username = $1 WHERE id = $k"],
            delete: &["DELETE FROM users WHERE id = $k"],
            read: "SELECT username FROM users WHERE id = $k",
        },
        values: TEXTS,
    },
    Act {
        case: Case::new(
            "rename-column, a default, a check, an index, a trigger before and one after",
            "CREATE SCHEMA app; CREATE TABLE app.\"Users\" (\"Id\" bigint PRIMARY KEY, n int, \
             \"User Name\" varchar(80) DEFAULT 'nobody', CONSTRAINT short CHECK (length(\"User Name\") < 60)); \
             CREATE INDEX \"by lower\" ON app.\"Users\" (lower(\"User Name\")); \
             CREATE FUNCTION count_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n := coalesce(NEW.n, 0) + 1; RETURN NEW; END $$; \
             CREATE TRIGGER count_up BEFORE INSERT OR UPDATE ON app.\"Users\" FOR EACH ROW EXECUTE FUNCTION count_up();",
            "ALTER TABLE app.\"Users\" RENAME \"User Name\" TO \"select\"",
        ),
        course: Course::Values,
        modes: ONE,
        old: Written {
            insert: &["INSERT INTO app.\"Users\" (\"Id\", \"User Name\") VALUES ($k, $1)"],
            update: &["UPDATE app.\"Users\" SET \"User Name\" = $1 WHERE \"Id\" = $k"],
            delete: &["DELETE FROM app.\"Users\" WHERE \"Id\" = $k"],
            read: "SELECT \"User Name\" FROM app.\"Users\" WHERE \"Id\" = $k",
        },
        new: Written {
            insert: &["INSERT INTO app.\"Users\" (\"Id\", \"select\") VALUES ($k, $1)"],
            update: &["UPDATE app.\"Users\" SET \"select\" = $1 WHERE \"Id\" = $k"],
            delete: &["DELETE FROM app.\"Users\" WHERE \"Id\" = $k"],
            read: "SELECT \"select\" FROM app.\"Users\" WHERE \"Id\" = $k",
        },
        values: TEXTS_OR_NULL,
    },
    Act {
        case: Case::new(
            "rename-column, nullable in a partitioned table",
            "CREATE TABLE logs (day date NOT NULL DEFAULT '2024-05-05', id bigint NOT NULL, message text, PRIMARY KEY (day, id)) \
             PARTITION BY RANGE (day); \
             CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');",
            "ALTER TABLE logs RENAME message TO body",
        ),
        course: Course::Names,
        modes: ONE,
        old: Written {
            insert: &["INSERT INTO logs (id, message) VALUES ($k, $1)"],
            update: &["UPDATE logs SET message = $1 WHERE id = $k AND day = '2024-05-05'"],
            delete: &["DELETE FROM logs WHERE id = $k AND day = '2024-05-05'"],
            read: "SELECT message FROM logs WHERE id = $k AND day = '2024-05-05'",
        },
        new: Written {
            insert: &["INSERT INTO logs (id, body) VALUES ($k, $1)"],
            update: &["UPDATE logs SET body = $1 WHERE id = $k AND day = '2024-05-05'"],
            delete: &["DELETE FROM logs WHERE id = $k AND day = '2024-05-05'"],
            read: "SELECT body FROM logs WHERE id = $k AND day = '2024-05-05'",
        },
        values: TEXTS_OR_NULL,
    },
    Act {
        case: Case::new(
            "rename-column of a key that is referenced",
            "CREATE TABLE users (id serial PRIMARY KEY, name text); \
             CREATE TABLE orders (id bigint PRIMARY KEY, user_id int NOT NULL REFERENCES users);",
            "ALTER TABLE users RENAME id TO user_id",
        ),
        course: Course::Keys,
        modes: ONE,
        old: Written {
            insert: &[
                "INSERT INTO users (id, name) VALUES ($k, $1)",
                "INSERT INTO orders (id, user_id) VALUES ($k, $k)",
            ],
            update: &["UPDATE users SET name = $1 WHERE id = $k"],
            delete: &["DELETE FROM orders WHERE user_id = $k", "DELETE FROM users WHERE id = $k"],
            read: "SELECT name FROM users WHERE id = $k",
        },
        new: Written {
            insert: &[
                "INSERT INTO users (user_id, name) VALUES ($k, $1)",
                "INSERT INTO orders (id, user_id) VALUES ($k, $k)",
            ],
            update: &["UPDATE users SET name = $1 WHERE user_id = $k"],
            delete: &["DELETE FROM orders WHERE user_id = $k", "DELETE FROM users WHERE user_id = $k"],
            read: "SELECT name FROM users WHERE user_id = $k",
        },
        values: TEXTS_OR_NULL,
    },
    Act {
        case: Case::new(
            "retype-column with an index",
            "CREATE TABLE t (id bigint PRIMARY KEY, n int DEFAULT 7); CREATE INDEX ON t (n);",
            "ALTER TABLE t ALTER COLUMN n TYPE bigint",
        ),
        course: Course::Types("n"),
        modes: ONE,
        old: N_OF_T,
        new: N_OF_T,
        values: NUMBERS,
    },
    Act {
        case: Case::new(
            "retype-column by a formula",
            "CREATE TABLE t (id bigint PRIMARY KEY, n numeric(10,2) NOT NULL);",
            "ALTER TABLE t ALTER COLUMN n TYPE bigint USING (n * 100)::bigint",
        ),
        course: Course::Types("n"),
        modes: ONE,
        old: N_OF_T,
        new: N_OF_T,
        values: &[(&["12.30"], &["1230"]), (&["0.00"], &["0"]), (&["-1.99"], &["-199"])],
    },
    Act {
        case: Case::new(
            "retype-column of a key that is referenced",
            "CREATE TABLE users (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, n text); \
             CREATE TABLE orders (id bigint PRIMARY KEY, user_id int NOT NULL REFERENCES users ON DELETE CASCADE);",
            "ALTER TABLE users ALTER COLUMN id TYPE bigint",
        ),
        course: Course::Names,
        modes: ONE,
        old: KEY_OF_USERS,
        new: KEY_OF_USERS,
        values: TEXTS_OR_NULL,
    },
    Act {
        case: Case::new(
            "derived-column",
            "CREATE TABLE products (id bigint PRIMARY KEY, price numeric(10,2) NOT NULL);",
            "ALTER TABLE products ADD COLUMN price_cents bigint; \
             UPDATE products SET price_cents = (price * 100)::bigint; \
             ALTER TABLE products ALTER COLUMN price_cents SET NOT NULL; ALTER TABLE products DROP COLUMN price",
        ),
        course: Course::Values,
        modes: BOTH,
        old: Written {
            insert: &["INSERT INTO products (id, price) VALUES ($k, $1)"],
            update: &["UPDATE products SET price = $1 WHERE id = $k"],
            delete: &["DELETE FROM products WHERE id = $k"],
            read: "SELECT price FROM products WHERE id = $k",
        },
        new: Written {
            insert: &["INSERT INTO products (id, price_cents) VALUES ($k, $1)"],
            update: &["UPDATE products SET price_cents = $1 WHERE id = $k"],
            delete: &["DELETE FROM products WHERE id = $k"],
            read: "SELECT price_cents FROM products WHERE id = $k",
        },
        values: &[(&["12.30"], &["1230"]), (&["0.00"], &["0"]), (&["-1.99"], &["-199"])],
    },
    Act {
        case: Case::new(
            "derived-column, half of the rows done",
            "CREATE TABLE users (id bigint PRIMARY KEY, user_name text NOT NULL, username text);",
            "UPDATE users SET username = user_name WHERE username IS NULL; ALTER TABLE users DROP COLUMN user_name",
        ),
        course: Course::Values,
        modes: BOTH,
        old: Written {
            insert: &["INSERT INTO users (id, user_name) VALUES ($k, $1)"],
            update: &["UPDATE users SET user_name = $1 WHERE id = $k"],
            delete: &["DELETE FROM users WHERE id = $k"],
            read: "SELECT user_name FROM users WHERE id = $k",
        },
        new: Written {
            insert: &["INSERT INTO users (id, username) VALUES ($k, $1)"],
            update: &["UPDATE users SET username = $1 WHERE id = $k"],
            delete: &["DELETE FROM users WHERE id = $k"],
            read: "SELECT username FROM users WHERE id = $k",
        },
        values: TEXTS,
    },
    Act {
        case: Case::new(
            "split-column",
            "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);",
            "ALTER TABLE users ADD COLUMN first text, ADD COLUMN rest text; \
             UPDATE users SET first = split_part(name, ' ', 1), rest = substr(name, strpos(name, ' ') + 1); \
             ALTER TABLE users ALTER COLUMN first SET NOT NULL; ALTER TABLE users DROP COLUMN name",
        ),
        course: Course::Values,
        modes: BOTH,
        old: Written {
            insert: &["INSERT INTO users (id, name) VALUES ($k, $1)"],
            update: &["UPDATE users SET name = $1 WHERE id = $k"],
            delete: &["DELETE FROM users WHERE id = $k"],
            read: "SELECT name FROM users WHERE id = $k",
        },
        new: Written {
            insert: &["INSERT INTO users (id, first, rest) VALUES ($k, $1, $2)"],
            update: &["UPDATE users SET first = $1, rest = $2 WHERE id = $k"],
            delete: &["DELETE FROM users WHERE id = $k"],
            read: "SELECT first, rest FROM users WHERE id = $k",
        },
        values: &[
            (&["'a b'"], &["'a'", "'b'"]),
            (&["'it''s b c'"], &["'it''s'", "'b c'"]),
            (&["' b'"], &["''", "'b'"]),
            (&["''"], &["''", "''"]),
        ],
    },
    Act {
        case: Case::new(
            "merge-columns",
            "CREATE TABLE users (id bigint PRIMARY KEY, first text NOT NULL, rest text);",
            "ALTER TABLE users ADD COLUMN name text; UPDATE users SET name = concat_ws(' ', first, rest); \
             ALTER TABLE users ALTER COLUMN name SET NOT NULL; ALTER TABLE users DROP COLUMN first, DROP COLUMN rest",
        ),
        course: Course::Values,
        modes: BOTH,
        old: Written {
            insert: &["INSERT INTO users (id, first, rest) VALUES ($k, $1, $2)"],
            update: &["UPDATE users SET first = $1, rest = $2 WHERE id = $k"],
            delete: &["DELETE FROM users WHERE id = $k"],
            read: "SELECT first, rest FROM users WHERE id = $k",
        },
        new: Written {
            insert: &["INSERT INTO users (id, name) VALUES ($k, $1)"],
            update: &["UPDATE users SET name = $1 WHERE id = $k"],
            delete: &["DELETE FROM users WHERE id = $k"],
            read: "SELECT name FROM users WHERE id = $k",
        },
        values: &[
            (&["'a'", "'b'"], &["'a b'"]),
            (&["'a'", "'b c'"], &["'a b c'"]),
            (&["'a'", "NULL"], &["'a'"]),
            (&["''", "'b'"], &["' b'"]),
        ],
    },
    Act {
        case: Case::new(
            "extract-json-key",
            "CREATE TABLE items (id bigint PRIMARY KEY, data jsonb NOT NULL DEFAULT '{\"size\": 5}');",
            "ALTER TABLE items ADD COLUMN size int; UPDATE items SET size = (data->>'size')::int; \
             UPDATE items SET data = data - 'size'",
        ),
        course: Course::Values,
        modes: BOTH,
        old: Written {
            insert: &["INSERT INTO items (id, data) VALUES ($k, $1)"],
            update: &["UPDATE items SET data = $1 WHERE id = $k"],
            delete: &["DELETE FROM items WHERE id = $k"],
            read: "SELECT data FROM items WHERE id = $k",
        },
        new: Written {
            insert: &["INSERT INTO items (id, size) VALUES ($k, $1)"],
            update: &["UPDATE items SET size = $1 WHERE id = $k"],
            delete: &["DELETE FROM items WHERE id = $k"],
            read: "SELECT size FROM items WHERE id = $k",
        },
        values: &[
            (&["'{\"size\": 5}'::jsonb"], &["5"]),
            (&["'{\"size\": -1}'::jsonb"], &["-1"]),
            (&["'{\"size\": 70}'::jsonb"], &["70"]),
        ],
    },
    Act {
        case: Case::new(
            "move-column",
            "CREATE TABLE users (id bigint PRIMARY KEY, bio text); CREATE TABLE profiles (id bigint PRIMARY KEY, \
             user_id bigint NOT NULL UNIQUE REFERENCES users ON DELETE CASCADE);",
            "ALTER TABLE profiles ADD COLUMN bio text; \
             UPDATE profiles SET bio = u.bio FROM users u WHERE u.id = profiles.user_id; ALTER TABLE users DROP COLUMN bio",
        ),
        course: Course::Tables,
        modes: BOTH,
        old: Written {
            insert: &[
                "INSERT INTO users (id, bio) VALUES ($k, $1)",
                "INSERT INTO profiles (id, user_id) VALUES ($k, $k)",
            ],
            ..BIO_OF_USERS
        },
        new: Written {
            insert: &[
                "INSERT INTO users (id) VALUES ($k)",
                "INSERT INTO profiles (id, user_id, bio) VALUES ($k, $k, $1)",
            ],
            ..BIO_OF_PROFILES
        },
        values: TEXTS_OR_NULL,
    },
    Act {
        case: Case::new(
            "split-table",
            "CREATE TABLE users (id bigint PRIMARY KEY, bio text);",
            "CREATE TABLE profiles (user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE, bio text); \
             INSERT INTO profiles (user_id, bio) SELECT id, bio FROM users; ALTER TABLE users DROP COLUMN bio",
        ),
        course: Course::Tables,
        modes: BOTH,
        old: BIO_OF_USERS,
        new: BIO_OF_PROFILES,
        values: TEXTS,
    },
    Act {
        case: Case::new(
            "split-table without a foreign key, only where there are values",
            "CREATE TABLE users (id bigint PRIMARY KEY, bio text DEFAULT 'nobody');",
            "CREATE TABLE profiles (user_id bigint PRIMARY KEY, bio text NOT NULL); \
             INSERT INTO profiles SELECT id, bio FROM users WHERE bio IS NOT NULL; ALTER TABLE users DROP COLUMN bio",
        ),
        course: Course::Tables,
        modes: ONE,
        old: BIO_OF_USERS,
        new: Written {
            delete: &["DELETE FROM profiles WHERE user_id = $k", "DELETE FROM users WHERE id = $k"],
            ..BIO_OF_PROFILES
        },
        values: TEXTS,
    },
    Act {
        case: Case::new(
            "merge-tables",
            "CREATE TABLE users (id bigint PRIMARY KEY); \
             CREATE TABLE profiles (user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE, bio text);",
            "ALTER TABLE users ADD COLUMN bio text; \
             UPDATE users SET bio = p.bio FROM profiles p WHERE p.user_id = users.id; DROP TABLE profiles",
        ),
        course: Course::Tables,
        modes: BOTH,
        old: BIO_OF_PROFILES,
        new: BIO_OF_USERS,
        values: TEXTS,
    },
    Act {
        case: Case::new(
            "partition-table",
            "CREATE TABLE t (id bigint PRIMARY KEY, n int);",
            "ALTER TABLE t RENAME TO t_old; CREATE TABLE t (LIKE t_old INCLUDING ALL) PARTITION BY RANGE (id); \
             ALTER TABLE t ATTACH PARTITION t_old FOR VALUES FROM (MINVALUE) TO (100000); \
             CREATE TABLE t_new PARTITION OF t FOR VALUES FROM (100000) TO (MAXVALUE)",
        ),
        course: Course::Unseen,
        modes: ONE,
        old: N_OF_T,
        new: N_OF_T,
        values: NUMBERS,
    },
    Act {
        case: Case::new(
            "rename-table",
            "CREATE TABLE t (id bigint PRIMARY KEY, n int DEFAULT 7);",
            "ALTER TABLE t RENAME TO things",
        ),
        course: Course::Names,
        modes: ONE,
        old: N_OF_T,
        new: Written {
            insert: &["INSERT INTO things (id, n) VALUES ($k, $1)"],
            update: &["UPDATE things SET n = $1 WHERE id = $k"],
            delete: &["DELETE FROM things WHERE id = $k"],
            read: "SELECT n FROM things WHERE id = $k",
        },
        values: NUMBERS,
    },
];

const BIO_OF_USERS: Written = Written {
    insert: &["INSERT INTO users (id, bio) VALUES ($k, $1)"],
    update: &["UPDATE users SET bio = $1 WHERE id = $k"],
    delete: &["DELETE FROM users WHERE id = $k"],
    read: "SELECT bio FROM users WHERE id = $k",
};

const BIO_OF_PROFILES: Written = Written {
    insert: &["INSERT INTO users (id) VALUES ($k)", "INSERT INTO profiles (user_id, bio) VALUES ($k, $1)"],
    update: &["UPDATE profiles SET bio = $1 WHERE user_id = $k"],
    delete: &["DELETE FROM users WHERE id = $k"],
    read: "SELECT bio FROM profiles WHERE user_id = $k",
};

const N_OF_T: Written = Written {
    insert: &["INSERT INTO t (id, n) VALUES ($k, $1)"],
    update: &["UPDATE t SET n = $1 WHERE id = $k"],
    delete: &["DELETE FROM t WHERE id = $k"],
    read: "SELECT n FROM t WHERE id = $k",
};

const KEY_OF_USERS: Written = Written {
    insert: &["INSERT INTO users (id, n) VALUES ($k, $1)", "INSERT INTO orders (id, user_id) VALUES ($k, $k)"],
    update: &["UPDATE users SET n = $1 WHERE id = $k"],
    delete: &["DELETE FROM users WHERE id = $k"],
    read: "SELECT n FROM users WHERE id = $k",
};
