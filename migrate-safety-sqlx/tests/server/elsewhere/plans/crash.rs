//! Plans that are cut off at any wait end right when they are run again.

use super::super::crash::cut_off_after;
use super::super::{Database, block_on, everywhere, hasty};
use super::acts::{ACTS, Act};
use migrate_safety_core::Layout;
use migrate_safety_core::plan::{DualWrite, Plan};
use migrate_safety_sqlx::Guard;
use sqlx::migrate::Migrator;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// A directory of migrations that is gone with this value.
struct Written(PathBuf);

impl Written {
    /// A schema with rows as the first migration, and a plan behind it, releases and all.
    fn of(act: &Act, plan: &Plan) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);

        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("migrate-safety-cut-{}-{number}", std::process::id()));
        let dir = root.join("migrations");
        std::fs::create_dir_all(&dir).unwrap();
        let old = act.old().client("the old release", super::client::Form::Old);
        let row = |key: u32| super::client::filled(&old.insert, key, act.values[key as usize % act.values.len()].0);
        let rows: String = (1..40).map(|key| format!("{};\n", row(key))).collect();
        std::fs::write(dir.join("1_before.up.sql"), format!("{}\n{rows}", act.before)).unwrap();
        std::fs::write(dir.join("1_before.down.sql"), "DROP TABLE users").unwrap();
        for path in plan.write(Layout::Sqlx, &dir).unwrap() {
            std::fs::rename(&path, dir.join(path.file_name().unwrap())).unwrap();
        }
        Self(dir)
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(self.0.parent().unwrap());
    }
}

async fn state(database: &Database) -> (Vec<String>, Vec<String>) {
    (database.schema().await, database.ask("SELECT * FROM users ORDER BY id").await)
}

#[test]
fn plans_end_right_wherever_they_are_cut_off() {
    everywhere(|place| {
        let target = place.target();
        // What was under way under LOCK TABLES nobody can tell, and the run says so.
        let acts = ACTS.iter().filter(|act| act.dialects.contains(&target.dialect) && !act.is_unseen());
        let every = if std::env::var("GUARD_EVERY").is_ok() { 1 } else { 4 };
        for act in acts.step_by(every) {
            let plan = act.plan(target, DualWrite::Trigger).unwrap();
            let written = Written::of(act, &plan);
            block_on(async {
                let migrator = Migrator::new(written.0.as_path()).await.unwrap();
                let guard = Guard::new(&migrator).settings(hasty());
                let whole = place.database();
                assert!(cut_off_after(&whole, &guard, usize::MAX).await);
                let right = state(&whole).await;
                let step = if every == 1 { 1 } else { 97 };
                let mut waits = 3;
                loop {
                    let database = place.database();
                    let ended = cut_off_after(&database, &guard, waits).await;
                    let told = || format!("{}: {} cut off after {waits} waits", place.name(), act.name);
                    assert!(cut_off_after(&database, &guard, usize::MAX).await, "{}", told());
                    assert_eq!(state(&database).await, right, "{}", told());
                    if ended {
                        break;
                    }
                    waits += step;
                }
                println!("{}: {}: cut off at up to {waits} waits", place.name(), act.name);
            });
        }
    });
}
