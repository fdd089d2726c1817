//! The report for people, read aloud.

#![allow(clippy::unwrap_used, unreachable_pub, dead_code, reason = "a test fails by panicking and shares helpers")]

mod common;

use common::Dir;

/// Name of a snapshot, a first migration in sqlx's layout, the one that is looked at.
const CASES: &[(&str, &str, &str)] = &[
    (
        "index_and_foreign_key",
        "CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE TABLE orders (id bigint, user_id bigint);",
        "CREATE UNIQUE INDEX users_email_key ON users (email);\n\
         ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id);\n",
    ),
    (
        "several_actions",
        "CREATE TABLE orders (id bigint PRIMARY KEY, total numeric(10,2));",
        "ALTER TABLE orders\n    ALTER COLUMN total TYPE numeric(12,4),\n    ADD COLUMN note text NOT NULL;\n\
         UPDATE orders SET note = '' WHERE note IS NULL;\n",
    ),
    (
        "not_null_and_unique",
        "CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);",
        "ALTER TABLE users ALTER COLUMN email SET NOT NULL;\n\
         ALTER TABLE users ADD CONSTRAINT users_org_key UNIQUE (org_id);\n",
    ),
    (
        "what_cannot_run",
        "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE users (id bigint PRIMARY KEY);",
        "ALTER TYPE mood ADD VALUE 'ok';\nALTER TABLE users ADD COLUMN mood mood DEFAULT 'ok';\n\
         VACUUM users;\nALTER TABLE userz ADD COLUMN a int;\n",
    ),
    (
        "what_cannot_be_read",
        "CREATE TABLE users (id bigint PRIMARY KEY);",
        "ALTER TABLE users ADD CONSTRAINT c NOT NULL id NOT VALID;\nALTER TABEL users ADD COLUMN x int;\n\
         \\d users\nDO $$\nBEGIN\n    EXECUTE 'ALTER TABLE ' || current_setting('x') || ' ADD COLUMN a int';\nEND\n$$;\n",
    ),
    (
        "inside_a_block",
        "CREATE TABLE users (id bigint PRIMARY KEY, email text);",
        "DO $$\nBEGIN\n    IF NOT EXISTS (SELECT FROM pg_indexes WHERE indexname = 'users_email') THEN\n        \
         CREATE INDEX users_email ON users (email);\n    END IF;\nEND\n$$;\n",
    ),
    (
        "partitions",
        "CREATE TABLE events (at date NOT NULL) PARTITION BY RANGE (at); CREATE TABLE other PARTITION OF events DEFAULT; \
         CREATE TABLE old (at date NOT NULL);",
        "CREATE TABLE y2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');\n\
         ALTER TABLE events ATTACH PARTITION old FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');\n",
    ),
    ("nothing", "CREATE TABLE users (id bigint PRIMARY KEY);", "ALTER TABLE users ADD COLUMN bio text;\n"),
];

#[test]
fn findings_read_well() {
    for (name, before, sql) in CASES {
        let dir = Dir::with(&[("migrations/1_before.sql", before), ("migrations/2_change.sql", sql)]);
        let text = dir.run(&["check"]).out;
        let (findings, answers) = text.split_once("\n\nlock-contention").unwrap();
        let verdict = answers.trim_end().rsplit('\n').next().unwrap();
        insta::assert_snapshot!(*name, format!("{sql}----\n{findings}\n----\n{verdict}"));
    }
}
