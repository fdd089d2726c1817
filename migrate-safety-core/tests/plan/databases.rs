//! Plans for MySQL, MariaDB and SQLite: every sample has one that holds, in every layout, and a written plan is a directory of
//! migrations that leads where the plain change leads.

use super::files::{Dir, PROJECTS, collected};
use migrate_safety_core::databases::diff::diff;
use migrate_safety_core::databases::schema::Schema;
use migrate_safety_core::layout::{Layout, MigrationSet};
use migrate_safety_core::plan::{DATABASE_RECIPES, DatabaseSample, DualWrite, PlanOptions, plan};
use migrate_safety_core::{Config, Status, check, databases};

fn schema(sample: &DatabaseSample) -> Schema {
    let mut set = MigrationSet::from_text("before.sql", sample.before, Layout::Plain);
    set.complete = true;
    databases::replay(&set, &Config { target: sample.target, ..Config::default() })
}

#[test]
fn every_sample_is_planned_in_every_layout() {
    let only = std::env::var("RECIPE").ok();
    let mut failed = String::new();
    for recipe in DATABASE_RECIPES.iter().filter(|r| only.as_ref().is_none_or(|only| r.id == only)) {
        for sample in recipe.samples {
            for dual_write in [DualWrite::Application, DualWrite::Trigger] {
                // Where a plan is written makes no difference to whether there is one: the first failure tells enough.
                let layouts = if dual_write == DualWrite::Application { &PROJECTS[..] } else { &PROJECTS[..1] };
                let all = layouts
                    .iter()
                    .map(|(layout, first)| (first, written(recipe.id, sample, dual_write, *layout, first)));
                if let Some((first, Err(why))) = all.into_iter().find(|(_, written)| written.is_err()) {
                    failed += &format!(
                        "{} ({dual_write:?}) as {first}: {} {}\n{why}\n\n",
                        recipe.id, sample.target, sample.change
                    );
                }
            }
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

fn written(
    recipe: &'static str,
    sample: &DatabaseSample,
    dual_write: DualWrite,
    layout: Layout,
    first: &str,
) -> Result<(), String> {
    let options = PlanOptions { dual_write, layout, ..PlanOptions::default() };
    let before = schema(sample);
    let made = plan(&before, sample.change, &options).map_err(|error| error.to_string())?;
    // By triggers no tool is needed.
    let takes_its_place = recipe == "online-copy" && dual_write == DualWrite::Trigger;
    let is_expected = |planned: &&str| *planned == recipe || takes_its_place && *planned == "retype-column";
    if !made.recipes.iter().any(is_expected) {
        return Err(format!("planned by {:?}", made.recipes));
    }
    if std::env::var_os("RECIPE").is_some() && first.starts_with("migrations/0001") {
        println!("{}", made.to_text());
    }
    let runbook = made.runbook();
    if runbook.contains("pg_") || !runbook.contains("## Watch") {
        return Err(format!("the runbook speaks of another server:\n{runbook}"));
    }
    let dir = Dir::with(&[(first, sample.before)]);
    made.write(layout, dir.migrations()).map_err(|error| error.to_string())?;
    collected(&dir, &made);
    let config = Config { target: sample.target, start_after: Some(super::files::newest(first)), ..Config::default() };
    let set = MigrationSet::load(&dir.migrations(), Some(layout)).map_err(|error| error.to_string())?;
    let report = check(&set, &config);
    for finding in report.all_findings() {
        if finding.status == Status::Block || finding.rule.ends_with("-allow") {
            let texts: String = set.migrations.iter().skip(1).map(|migration| &*migration.up.text).collect();
            return Err(format!("{} {}: {}\n{texts}", finding.status, finding.rule, finding.message));
        }
    }
    let plain = format!("{};\n{}", sample.before, sample.change);
    let reached = databases::replay(&set, &config);
    let Some(end) = plain_end(sample, &plain) else { return Ok(()) };
    let differences = diff(&end, &reached, None);
    if differences.is_empty() { Ok(()) } else { Err(format!("{differences:#?}")) }
}

/// The schema that the plain change leaves, where the server has words for it.
fn plain_end(sample: &DatabaseSample, plain: &str) -> Option<Schema> {
    let mut set = MigrationSet::from_text("plain.sql", plain, Layout::Plain);
    set.complete = true;
    let config = Config { target: sample.target, ..Config::default() };
    let failed = check(&set, &config).all_findings().any(|f| matches!(f.rule, "invalid-sql" | "statement-fails"));
    (!failed).then(|| databases::replay(&set, &config))
}

/// What the rules find dangerous is planned, or refused with a reason: never half a plan, never a plan that the check blocks.
#[test]
fn what_is_dangerous_is_planned_or_refused() {
    use migrate_safety_core::plan::PlanError;
    let mut wrong = String::new();
    let mut planned = 0;
    for rule in databases::RULES {
        let before_rule = planned;
        for sample in rule.rule.bad {
            let (set, config) = sample.load();
            let mut before = MigrationSet::from_text("before.sql", sample.before, Layout::Plain);
            before.complete = true;
            let schema = databases::replay(&before, &config);
            let text = set.migrations.iter().map(|migration| &*migration.up.text).collect::<Vec<_>>().join("\n");
            let options = PlanOptions { layout: sample.host, config, ..PlanOptions::default() };
            let Err(told) = plan(&schema, text.clone(), &options) else {
                planned += 1;
                continue;
            };
            if std::env::var_os("PLANNED").is_some() {
                println!("{}: {text}\n    {told}\n", rule.rule.id);
            }
            if matches!(told, PlanError::Unsafe { .. } | PlanError::Unfaithful { .. } | PlanError::NoWayBack { .. }) {
                wrong += &format!("{}: {text}\n    {told}\n\n", rule.rule.id);
            }
        }
        if std::env::var_os("PLANNED").is_some() {
            println!("{} of {} of {}", planned - before_rule, rule.rule.bad.len(), rule.rule.id);
        }
        if rule.rule.planned && planned == before_rule {
            wrong += &format!("{}: a report points to a plan, but no sample has one\n", rule.rule.id);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(planned > 40, "{planned}");
}

/// Several changes that each make a table of SQLite anew make it anew once; what stands behind a release stays apart.
#[test]
fn a_table_of_sqlite_is_made_anew_once() {
    let before = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT, b INT, c INT NOT NULL ON CONFLICT IGNORE);";
    for (change, steps) in [
        ("ALTER TABLE t ALTER COLUMN a SET NOT NULL; ALTER TABLE t ADD CHECK (b > 0)", 1),
        ("ALTER TABLE t ALTER COLUMN a SET DEFAULT 1; ALTER TABLE t ALTER COLUMN b SET DEFAULT 2", 1),
        ("ALTER TABLE t ALTER COLUMN a SET DEFAULT 1; ALTER TABLE t ALTER COLUMN b SET NOT NULL", 2),
        ("ALTER TABLE t ALTER COLUMN a TYPE TEXT USING (b); ALTER TABLE t ALTER COLUMN b TYPE TEXT USING (a)", 2),
    ] {
        let made = plan(&schema(&DatabaseSample::sqlite(before, change)), change, &PlanOptions::default()).unwrap();
        assert_eq!(made.steps().count(), steps, "{change}\n{}", made.to_text());
        let whole: String = made.steps().flat_map(|step| step.sql.clone()).collect();
        assert!(whole.contains("NOT NULL ON CONFLICT ignore"), "{whole}");
    }
}

/// SQLite takes a renamed column away by its own statement, where that leaves what is wanted.
#[test]
fn sqlite_drops_the_old_name_by_itself_where_it_can() {
    for (before, version, made_anew) in [
        ("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); CREATE INDEX by_a ON t (a);", 345, false),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT DEFAULT 5);", 335, false),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT UNIQUE);", 345, true),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT NOT NULL);", 345, true),
        ("CREATE TABLE t (id INTEGER PRIMARY KEY, a INT NOT NULL);", 353, false),
    ] {
        let change = "ALTER TABLE t RENAME COLUMN a TO b";
        let sample = DatabaseSample { target: migrate_safety_core::Target::sqlite(version), before, change };
        let made = plan(&schema(&sample), change, &PlanOptions::default()).unwrap();
        let last = made.steps().last().unwrap().sql.join(";\n");
        assert_eq!(last.contains("CREATE TABLE"), made_anew, "{before} ({version})\n{last}");
    }
}

/// What nobody knows the way back of is written by the application alone.
#[test]
fn a_trigger_needs_a_way_back() {
    let before = "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT);";
    let change = "ALTER TABLE t ADD COLUMN lower_name TEXT; UPDATE t SET lower_name = lower(name); ALTER TABLE t DROP COLUMN name";
    let sample = DatabaseSample::sqlite(before, change);
    let options = PlanOptions { dual_write: DualWrite::Trigger, ..PlanOptions::default() };
    let refused = plan(&schema(&sample), change, &options).unwrap_err().to_string();
    assert!(refused.contains("no way back is known"), "{refused}");
    plan(&schema(&sample), change, &PlanOptions::default()).unwrap();
}
