//! Loops of procedural code that change data: what is said of them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use migrate_safety_core::rules::{Category, Sample};
use migrate_safety_core::{Status, check};

const TABLES: &str = "CREATE TABLE t (id bigint PRIMARY KEY, a int, b int NOT NULL);
    CREATE PROCEDURE one_batch() LANGUAGE plpgsql AS $$ BEGIN
        UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t WHERE a IS NULL LIMIT 1000); COMMIT; PERFORM pg_sleep(0.1); END $$;
    CREATE PROCEDURE uncommitted() LANGUAGE plpgsql AS $$ BEGIN
        UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t WHERE a IS NULL LIMIT 1000); PERFORM pg_sleep(0.1); END $$;
    CREATE PROCEDURE rest() LANGUAGE plpgsql AS $$ BEGIN COMMIT; PERFORM pg_sleep(0.1); END $$;";

const BLOCK: &str = "BLOCK";

/// What is said of a block in a file of its own: the rules about concurrent writes, those that block in capitals.
fn said(body: &'static str) -> String {
    let sql: &'static str = Box::leak(format!("-- no-transaction\n{body}").into_boxed_str());
    let (set, config) = Sample::new(TABLES, sql).load();
    let report = check(&set, &config);
    let mut said: Vec<String> = report
        .all_findings()
        .filter(|f| f.category == Category::ConcurrentWrites)
        .map(|f| if f.status == Status::Block { format!("{} {BLOCK}", f.rule) } else { f.rule.to_owned() })
        .collect();
    said.sort_unstable();
    said.dedup();
    said.join(", ")
}

const BATCH: &str = "UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t WHERE a IS NULL LIMIT 1000);";

#[test]
#[rustfmt::skip] // one line a loop
fn loops_are_judged_by_what_one_transaction_changes() {
    let mut wrong = Vec::new();
    for (body, expected) in [
        // Batches until nothing is left.
        ("LOOP {batch} EXIT WHEN NOT FOUND; COMMIT; PERFORM pg_sleep(0.1); END LOOP;", ""),
        ("LOOP {batch} GET DIAGNOSTICS n = ROW_COUNT; EXIT WHEN n = 0; COMMIT; PERFORM pg_sleep(0.1); END LOOP;", ""),
        ("LOOP {batch} IF NOT FOUND THEN EXIT; END IF; COMMIT; PERFORM pg_sleep_for('100 ms'); END LOOP;", ""),
        ("LOOP {batch} EXIT WHEN NOT FOUND; IF n % 10 = 0 THEN COMMIT; END IF; n := n + 1; PERFORM pg_sleep(1); END LOOP;", ""),
        ("WHILE EXISTS (SELECT 1 FROM t WHERE a IS NULL) LOOP {batch} COMMIT; PERFORM pg_sleep(0.1); END LOOP;", ""),
        ("LOOP {batch} EXIT WHEN NOT FOUND; COMMIT; END LOOP;", "loop-without-pause"),
        ("LOOP {batch} EXIT WHEN NOT FOUND; PERFORM pg_sleep(0.1); END LOOP;", "loop-without-commit BLOCK"),
        ("LOOP {batch} EXIT WHEN NOT FOUND; END LOOP;", "loop-without-commit BLOCK"),
        ("LOOP BEGIN {batch} EXIT WHEN NOT FOUND; END; COMMIT; PERFORM pg_sleep(0.1); END LOOP;", ""),
        ("LOOP UPDATE t SET a = 1 WHERE a IS NULL; EXIT WHEN NOT FOUND; COMMIT; PERFORM pg_sleep(1); END LOOP;", "backfill-not-batched BLOCK"),
        ("LOOP DELETE FROM t WHERE ctid = ANY (ARRAY(SELECT ctid FROM t WHERE b = 0 LIMIT 500)); EXIT WHEN NOT FOUND; COMMIT; PERFORM pg_sleep(1); END LOOP;", ""),
        // Variables for sizes.
        ("LOOP UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t WHERE a IS NULL LIMIT size); EXIT WHEN NOT FOUND; COMMIT; PERFORM pg_sleep(1); END LOOP;", "batch-too-large"),
        ("LOOP EXECUTE format('UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t WHERE a IS NULL LIMIT %s)', size); COMMIT; PERFORM pg_sleep(1); END LOOP;", "batch-too-large"),
        ("LOOP EXECUTE 'UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t WHERE a IS NULL LIMIT 100)'; PERFORM pg_sleep(1); END LOOP;", "loop-without-commit BLOCK"),
        // Row by row, range by range.
        ("FOR r IN SELECT id FROM t LOOP UPDATE t SET a = 1 WHERE id = r.id; END LOOP;", "loop-without-commit BLOCK"),
        ("FOR r IN SELECT id FROM t LIMIT 500 LOOP UPDATE t SET a = 1 WHERE id = r.id; END LOOP;", ""),
        ("FOR r IN SELECT id FROM t LOOP UPDATE t SET a = 1 WHERE id = r.id; COMMIT; PERFORM pg_sleep(0.01); END LOOP;", ""),
        ("FOREACH n IN ARRAY ARRAY[1, 2, 3] LOOP UPDATE t SET a = 1 WHERE id = n; END LOOP;", ""),
        ("FOR i IN 1..5 LOOP UPDATE t SET a = i WHERE id = i; END LOOP;", ""),
        ("FOR i IN 0..50 LOOP UPDATE t SET a = 1 WHERE a IS NULL AND id > i * 1000 AND id <= i * 1000 + 1000; END LOOP;", "loop-without-commit BLOCK"),
        ("FOR i IN 0..50 LOOP UPDATE t SET a = 1 WHERE id BETWEEN i * 1000 AND i * 1000 + 999; COMMIT; PERFORM pg_sleep(1); END LOOP;", ""),
        ("FOR i IN 0..50 LOOP UPDATE t SET b = b + 1 WHERE id BETWEEN i * 1000 AND i * 1000 + 999; COMMIT; PERFORM pg_sleep(1); END LOOP;", "backfill-not-idempotent"),
        ("FOR i IN 0..500 LOOP UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t ORDER BY id LIMIT 1000 OFFSET i * 1000); COMMIT; PERFORM pg_sleep(1); END LOOP;", "offset-paging"),
        ("LOOP UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t LIMIT 1000); COMMIT; PERFORM pg_sleep(1); END LOOP;", "batch-never-advances BLOCK"),
        ("LOOP SELECT max(id) INTO upto FROM (SELECT id FROM t WHERE id > last LIMIT 1000) x; EXIT WHEN upto IS NULL; UPDATE t SET a = 1 WHERE id > last AND id <= upto; COMMIT; last := upto; PERFORM pg_sleep(1); END LOOP;", "missing-key-order"),
        ("LOOP SELECT max(id) INTO upto FROM (SELECT id FROM t WHERE id > last ORDER BY id LIMIT 1000) x; EXIT WHEN upto IS NULL; UPDATE t SET a = 1 WHERE id > last AND id <= upto; COMMIT; last := upto; PERFORM pg_sleep(1); END LOOP;", ""),
        // Loops in loops, procedures in loops.
        ("FOR i IN 1..3 LOOP LOOP {batch} EXIT WHEN NOT FOUND; COMMIT; PERFORM pg_sleep(1); END LOOP; END LOOP;", ""),
        ("FOR i IN 1..3 LOOP LOOP {batch} EXIT WHEN NOT FOUND; END LOOP; COMMIT; PERFORM pg_sleep(1); END LOOP;", "loop-without-commit"),
        ("LOOP CALL one_batch(); EXIT WHEN n > 5; END LOOP;", ""),
        ("LOOP CALL uncommitted(); EXIT WHEN n > 5; END LOOP;", "loop-without-commit BLOCK"),
        ("LOOP {batch} CALL rest(); EXIT WHEN n > 5; END LOOP;", ""),
    ] {
        let body = body.replace("{batch}", BATCH);
        let declared = "DECLARE r record; n int := 0; last bigint := 0; upto bigint; size int := 50000;";
        let block: &'static str = Box::leak(format!("DO $$ {declared} BEGIN {body} END $$;").into_boxed_str());
        let said = said(block);
        if said != expected {
            wrong.push(format!("{body}\n    said     {said}\n    expected {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
