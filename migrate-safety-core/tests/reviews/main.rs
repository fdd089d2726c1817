//! Reviews: what is said of whole migrations, by outcome. Nothing dangerous passes, nothing safe is blocked.
//!
//! A row is what exists besides the [`SHOP`], the migration, and the categories that are not PASS: of a dangerous one
//! at least these, of a safe one just these.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod changes;
mod deploys;
mod hidden;
mod keys;
mod locks;
mod releases;
mod safe;
mod unseen;

use migrate_safety_core::layout::{Layout, MigrationSet};
use migrate_safety_core::rules::Sample;
use migrate_safety_core::{Config, Report, Status, check};

/// What exists before, the migration, what is said.
type Review = (&'static str, &'static str, &'static str);

/// Tables of unknown size, in sqlx's layout, on PostgreSQL 16.
const SHOP: &str = r#"
CREATE SCHEMA app;
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN amount AS int;
CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50), name varchar(200), org_id bigint, metadata jsonb,
    status text, created_at timestamptz DEFAULT now(), seen timestamp, score real, level int, legacy text, m mood);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users, status text, total numeric(10,2), note text);
CREATE INDEX orders_user_idx ON orders (user_id);
CREATE TABLE items (id bigint PRIMARY KEY, order_id bigint NOT NULL, product_id int, qty int, sku varchar(20));
CREATE TABLE products (id int PRIMARY KEY, price real, name text, sku text UNIQUE);
CREATE TABLE tenants (id bigint PRIMARY KEY, name text);
CREATE TABLE payments (id bigint PRIMARY KEY, paid amount, user_id bigint);
CREATE TABLE "Order Lines" ("Id" bigint PRIMARY KEY, "Order" bigint);
CREATE TABLE app.users (id bigint PRIMARY KEY, email text);
CREATE TABLE events (id bigint, at date NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE events_2023 PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE TABLE events_2024 (id bigint, at date NOT NULL, kind text);
CREATE VIEW order_totals AS SELECT id, total FROM orders;
CREATE MATERIALIZED VIEW sales AS SELECT user_id, count(*) AS n FROM orders GROUP BY user_id;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE SEQUENCE numbers;
"#;

/// What is said of a migration of the shop.
fn of_the_shop(before: &str, sql: &'static str) -> Report {
    let before: &'static str = Box::leak(format!("{SHOP}{before}").into_boxed_str());
    let (set, config) = Sample::new(before, sql).load();
    check(&set, &config)
}

/// What is said of a single file, nothing being known of what exists.
fn of_a_file(_: &str, sql: &'static str) -> Report {
    check(&MigrationSet::from_text("1_file.sql", sql, Layout::Sqlx), &Config::default())
}

/// The categories that are not PASS, in words.
fn said(report: &Report) -> Vec<String> {
    let spoken = report.categories().into_iter().filter(|answer| answer.status != Status::Pass);
    spoken.map(|answer| format!("{} {}", answer.status, answer.category)).collect()
}

fn words(expected: &str) -> Vec<&str> {
    expected.split(", ").filter(|word| !word.is_empty()).collect()
}

fn dangerous(reviews: &[Review]) {
    judge(reviews, of_the_shop, |said, expected| expected.iter().all(|word| said.iter().any(|said| said == word)));
}

fn harmless(reviews: &[Review]) {
    judge(reviews, of_the_shop, |said, expected| said == expected);
}

fn unseen(reviews: &[Review]) {
    judge(reviews, of_a_file, |said, expected| said == expected);
}

fn judge(reviews: &[Review], report: fn(&str, &'static str) -> Report, right: fn(&[String], &[&str]) -> bool) {
    let mut wrong = Vec::new();
    for (before, sql, expected) in reviews {
        let said = said(&report(before, sql));
        if !right(&said, &words(expected)) {
            wrong.push(format!("{sql}\n    said     {}\n    expected {expected}", said.join(", ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
