//! Every sample of every recipe has a plan that holds, for every server version.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod databases;
mod files;

use migrate_safety_core::layout::Layout;
use migrate_safety_core::plan::{DualWrite, PlanOptions, RECIPES, RecipeSample, plan};
use migrate_safety_core::{Config, MigrationSet, Target};

fn catalog(before: &str, version: u16) -> migrate_safety_core::catalog::Catalog {
    let mut set = MigrationSet::from_text("before.sql", before, Layout::Plain);
    set.complete = true;
    migrate_safety_core::replay(&set, &Config { target: Target::postgres(version), ..Config::default() })
}

#[test]
fn every_sample_is_planned() {
    let only = std::env::var("RECIPE").ok();
    let mut failed = String::new();
    for recipe in RECIPES.iter().filter(|r| only.as_ref().is_none_or(|only| r.id == only)) {
        for RecipeSample { before, change, since } in recipe.samples {
            for version in (*since).max(14)..=18 {
                for dual_write in [DualWrite::Application, DualWrite::Trigger] {
                    let options = PlanOptions { dual_write, ..PlanOptions::default() };
                    match plan(&catalog(before, version), *change, &options) {
                        Ok(made) if made.recipes.contains(&recipe.id) => {
                            if only.is_some() && version == 16 {
                                println!("{made:#?}");
                            }
                        }
                        Ok(made) => failed += &format!("{}: planned by {:?}: {change}\n", recipe.id, made.recipes),
                        Err(error) => failed += &format!("{} on {version} ({dual_write:?}): {error}\n", recipe.id),
                    }
                }
            }
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

/// Where a report points to `plan`, there is a plan.
#[test]
fn what_is_said_to_be_planned_is() {
    let mut wrong = String::new();
    for rule in migrate_safety_core::rules::RULES {
        let planned = rule.bad.iter().filter(|sample| {
            let (set, config) = sample.load();
            let mut before = MigrationSet::from_text("before.sql", sample.before, Layout::Plain);
            before.complete = true;
            let catalog = migrate_safety_core::replay(&before, &config);
            let text = set.migrations.iter().map(|migration| &*migration.up.text).collect::<String>();
            let options = PlanOptions { layout: sample.host, config, ..PlanOptions::default() };
            plan(&catalog, text, &options).is_ok_and(|made| !made.already_safe || made.steps().count() > 1)
        });
        let planned = planned.count();
        if std::env::var_os("PLANNED").is_some() {
            println!("{planned} of {} of {}", rule.bad.len(), rule.id);
        }
        if rule.planned && planned == 0 {
            wrong += &format!("{}: no sample has a plan\n", rule.id);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_loses_data_is_not_called_safe() {
    let before = catalog("CREATE TABLE t (id bigint PRIMARY KEY, a int);", 16);
    let block = "DO $$ BEGIN ALTER TABLE t DROP COLUMN a; END $$";
    let made = plan(&before, block, &PlanOptions::default()).unwrap();
    assert!(!made.already_safe && !made.notes.is_empty(), "{made:#?}");
    assert!(plan(&before, "ALTER TABLE t ADD COLUMN b int", &PlanOptions::default()).unwrap().already_safe);
}

/// What comes again with less than it had is no change that nobody has to know of.
#[test]
fn what_is_lost_when_a_view_or_function_comes_again_is_told() {
    let before = "CREATE TABLE t (id bigint PRIMARY KEY, a int); CREATE VIEW v AS SELECT id, a FROM t; \
         CREATE FUNCTION f(x int) RETURNS int LANGUAGE sql AS 'SELECT x';";
    for (change, lost) in [
        ("DROP VIEW v; CREATE VIEW v AS SELECT id FROM t", Some("reads v.a")),
        ("DROP VIEW v; CREATE VIEW v AS SELECT a, id FROM t", None),
        (
            "DROP FUNCTION f(int); CREATE FUNCTION f(x text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
            Some("of f as they were"),
        ),
        ("DROP FUNCTION f(int); CREATE FUNCTION f(y int) RETURNS int LANGUAGE sql AS 'SELECT 1'", None),
    ] {
        let made = plan(&catalog(before, 16), change, &PlanOptions::default()).unwrap();
        let deploys: Vec<&str> = made.phases.iter().map(|phase| &*phase.deploy).collect();
        assert_eq!(made.already_safe, lost.is_none(), "{change}");
        assert!(lost.is_none_or(|lost| deploys.concat().contains(lost)), "{change}: {deploys:?}");
    }
}

#[test]
fn a_change_that_is_too_large_is_refused_at_once() {
    let before = catalog("CREATE TABLE t (id bigint PRIMARY KEY);", 16);
    let error = plan(&before, "SELECT 1;".repeat(100_000), &PlanOptions::default()).unwrap_err();
    assert!(error.to_string().contains("plan it in parts"), "{error}");
}

/// Where the condition tells that a row is done, a column may be computed from its own old value.
#[test]
fn what_is_made_once_may_count() {
    let before = catalog(
        "CREATE TABLE t (id bigint PRIMARY KEY, a int, b text, o bigint); CREATE TABLE s (id bigint PRIMARY KEY, a int);",
        16,
    );
    for change in [
        "UPDATE t SET o = 7, a = a + 1 WHERE o IS NULL",
        "UPDATE t SET o = id + 1, a = a + 1 WHERE o IS NULL",
        "UPDATE t SET b = 'done', a = a + 1 WHERE b = 'new'",
        "UPDATE t SET a = a + 1 WHERE a = 5",
        "UPDATE t SET a = coalesce(a, 0) + 1 WHERE a IS NULL",
        "UPDATE t SET b = lower(b) WHERE b <> lower(b)",
        "UPDATE t SET b = upper(b) WHERE b = 'bob'",
        "UPDATE t SET b = o::text, o = NULL WHERE o IS NOT NULL",
        "UPDATE t SET a = s.a + 1 FROM s WHERE s.id = t.o AND t.a IS NULL",
    ] {
        if let Err(error) = plan(&before, change, &PlanOptions::default()) {
            panic!("{change}: {error}");
        }
    }
}

/// What has no sound sequence of steps is refused, and the reason said.
#[test]
fn what_cannot_be_planned_soundly_is_refused() {
    const BEFORE: &str = "CREATE TABLE t (id bigint PRIMARY KEY, a int, b text, o bigint); \
         CREATE TABLE s (id bigint PRIMARY KEY, t_id bigint, a int, b text); \
         CREATE VIEW v AS SELECT * FROM s; CREATE TABLE heirs () INHERITS (s); \
         CREATE TABLE nodes (id bigint PRIMARY KEY, up bigint REFERENCES nodes ON DELETE CASCADE); \
         CREATE TABLE roots (id bigint PRIMARY KEY); \
         CREATE TABLE leaves (id bigint PRIMARY KEY, root bigint REFERENCES roots ON DELETE CASCADE); \
         CREATE TABLE docs (id bigint PRIMARY KEY, data jsonb, old json, n int);";
    const REFUSED: &[(&str, &str)] = &[
        ("UPDATE t SET b = s.b FROM s WHERE s.t_id = t.id", "may meet several rows of s"),
        ("UPDATE t SET b = s.b FROM s WHERE s.id = t.o", "may meet several rows of s"),
        ("UPDATE t SET b = o.b FROM ONLY s AS o WHERE o.id = t.o OR o.id = 1", "may meet several rows of o"),
        ("UPDATE t SET b = v.b FROM v WHERE v.id = t.o", "may meet several rows of v"),
        ("UPDATE t SET b = o.b FROM t AS o WHERE o.id = t.o", "computed from b itself"),
        ("UPDATE t AS x SET a = x.a + s.a FROM ONLY s WHERE s.id = x.o", "computed from a itself"),
        ("UPDATE t SET a = a + 1 WHERE a < 5", "may still meet the condition"),
        ("UPDATE t SET a = a + 1 WHERE a < 5 OR a IS NULL", "may still meet the condition"),
        ("UPDATE t SET a = a + 1 WHERE a <> 5", "may still meet the condition"),
        ("UPDATE t SET a = a + 1 WHERE NOT (a >= 5)", "may still meet the condition"),
        ("UPDATE t SET a = CASE a WHEN 1 THEN 2 ELSE 3 END WHERE a IN (1, 2)", "may still meet the condition"),
        ("UPDATE t SET a = o + 1, o = a + 1 WHERE a < 5", "may still meet the condition"),
        ("UPDATE t SET a = a * 2, o = 1 WHERE a BETWEEN 1 AND 5 AND o > id", "may still meet the condition"),
        ("UPDATE t SET o = id + a, a = a + 1 WHERE o IS NULL", "may still meet the condition"),
        ("UPDATE t SET b = 'new', a = a + 1 WHERE b = 'new'", "may still meet the condition"),
        ("UPDATE t SET o = '5', a = a + 1 WHERE o = 5", "may still meet the condition"),
        ("UPDATE t SET a = o, o = a WHERE o = 5", "may still meet the condition"),
        ("UPDATE t AS x SET b = t.b FROM s AS t WHERE t.id = x.o", "called t too"),
        ("UPDATE t AS x SET b = (SELECT max(x.b) FROM s AS x)", "calls something x"),
        ("WITH q AS (SELECT 1) UPDATE t SET a = 1", "WITH"),
        ("UPDATE s SET a = 1", "inherit from"),
        ("DELETE FROM ONLY s WHERE (SELECT count(*) FROM ONLY s AS o WHERE o.b = s.b) > 1", "reads s"),
        ("DELETE FROM t USING t AS o WHERE t.b = o.b AND t.id <> o.id", "reads t"),
        ("DELETE FROM nodes WHERE id > 7", "leads from public.nodes back to itself"),
        ("DELETE FROM roots WHERE EXISTS (SELECT FROM leaves WHERE root = roots.id)", "reads leaves"),
        ("DELETE FROM t WHERE b = 'x' RETURNING *", "RETURNING"),
        ("UPDATE docs SET n = (old->>'n')::int, old = old - 'n'", "not of type jsonb"),
        ("UPDATE docs SET n = (data->'a'->>'n')::int; UPDATE docs SET data = data #- '{a,n}'", "inside of other ones"),
        ("UPDATE docs SET n = (data->>'n')::int, data = data - 'm'", "made of the key that is taken out alone"),
        ("UPDATE docs SET n = (data->>'n')::int WHERE id > 5; UPDATE docs SET data = data - 'n'", "in every row"),
        (
            "ALTER TABLE t ADD COLUMN n int; UPDATE t SET n = docs.n FROM docs WHERE docs.id > t.o; ALTER TABLE docs DROP COLUMN n",
            "by equal columns alone",
        ),
        (
            "CREATE TABLE t_new (LIKE t); INSERT INTO t_new SELECT * FROM t; ALTER TABLE t RENAME TO t_old; \
             ALTER TABLE t_new RENAME TO t",
            "after the copy has begun is lost",
        ),
        (
            "CREATE TABLE bs (t_id bigint, b text); INSERT INTO bs SELECT id, b FROM t; ALTER TABLE t DROP COLUMN b",
            "no unique key that is filled",
        ),
        (
            "ALTER TABLE roots RENAME TO roots_old; CREATE TABLE roots (LIKE roots_old INCLUDING ALL) PARTITION BY RANGE (id); \
             ALTER TABLE roots ATTACH PARTITION roots_old DEFAULT",
            "foreign keys refer to it",
        ),
    ];
    let before = catalog(BEFORE, 16);
    let mut wrong = String::new();
    for (change, why) in REFUSED {
        match plan(&before, *change, &PlanOptions::default()) {
            Err(error) if error.to_string().contains(why) => {}
            Err(error) => wrong += &format!("{change}: {error}\n"),
            Ok(made) => wrong += &format!("{change}: planned by {:?}\n", made.recipes),
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
